//! Code words: asked for, judged on the desk alone, agreed on, and kept where every desk on duty finds them; and what
//! whoever guesses, a relay and a revoked device could try.

use core::time::Duration;

use stillroom_conversation::{
    Announcement, ChatNumber, Duty, VaultState, WordFor, WordRefusal, WordStep, WordWanted,
    WriteError,
};
use stillroom_program::{
    CaseId, CodeWordTimes, Device, Roles, SealedVault, SharedKeyBundle, Weakness, WordDue,
};
use stillroom_protocol::{ClientFrame, Operation, RelayFrame, Reply, Shared, decode, encode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{FIRST, SOON, add_desk, add_desk_with, chatting, on_duty, start, take};

const SECOND: ChatNumber = ChatNumber(2);
const RIGHT: &str = "blue kettle";
const DURESS: &str = "green kettle";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Longer than it takes until the desk shows what a word was.
const MOMENT: Duration = Duration::from_secs(6);

fn agree_as(
    world: &mut World,
    desk: DeviceNumber,
    survivor: DeviceNumber,
    chat: ChatNumber,
    handle: &str,
) {
    let case = WordFor::New(handle.into());
    world.as_desk(desk, |core, now| core.agree_on_word(chat, case, now)).unwrap().unwrap();
    world.run_for(MOMENT);
    world.as_survivor(survivor, |core, now| core.give_word(RIGHT, DURESS, now)).unwrap().unwrap();
    world.run_for(MOMENT);
}

/// A chat in which a word was agreed on for “Sparrow”.
fn agreed(seed: u64) -> (World, DeviceNumber, DeviceNumber, CaseId) {
    let (mut world, desk, survivor) = chatting(seed);
    world.run_for(MOMENT);
    agree_as(&mut world, desk, survivor, FIRST, "Sparrow");
    assert_eq!(steps(&world, desk, FIRST), [WordStep::Asked(WordWanted::Agree), WordStep::Kept]);
    let case = case(&world, desk);
    (world, desk, survivor, case)
}

fn case(world: &World, desk: DeviceNumber) -> CaseId {
    world.shown(desk).cases.first().unwrap().id
}

fn steps(world: &World, desk: DeviceNumber, chat: ChatNumber) -> Vec<WordStep> {
    world.shown(desk).chat(chat.0 as usize).word
}

fn ask(
    world: &mut World,
    desk: DeviceNumber,
    chat: ChatNumber,
    case: CaseId,
) -> Result<(), WordRefusal> {
    let asked = world.as_desk(desk, |core, now| core.ask_word(chat, case, now));
    world.run_for(MOMENT);
    asked.unwrap()
}

fn give(world: &mut World, survivor: DeviceNumber, word: &str) {
    world.as_survivor(survivor, |core, now| core.give_word(word, "", now)).unwrap().unwrap();
    world.run_for(MOMENT);
}

/// What the desk shows of a word that is asked for and given.
fn tried(
    world: &mut World,
    desk: DeviceNumber,
    survivor: DeviceNumber,
    chat: ChatNumber,
    word: &str,
) -> WordStep {
    let case = case(world, desk);
    ask(world, desk, chat, case).unwrap();
    give(world, survivor, word);
    *steps(world, desk, chat).last().unwrap()
}

fn puts(world: &World, which: Shared) -> Vec<Vec<u8>> {
    let put = world.seen_by_relay.iter().filter_map(|frame| match decode(frame).ok()? {
        ClientFrame::Request {
            operation: Operation::PutShared { which: of, record, .. }, ..
        } => (of == which).then(|| record.into_vec()),
        _ => None,
    });
    put.collect()
}

#[test]
fn a_word_agreed_on_in_one_chat_is_known_again_in_the_next_on_another_desk() {
    let (mut world, desk, _, _) = agreed(1);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    let kim = add_desk(&mut world, "Kim");
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.run_for(SOON);
    let again = start(&mut world);
    take(&mut world, kim, again, FIRST);
    world.run_for(MOMENT);
    assert_eq!(world.shown(kim).cases[0].handle, "Sparrow");
    assert_eq!(tried(&mut world, kim, again, FIRST, " Blue  KETTLE"), WordStep::Right);
}

#[test]
fn the_survivors_page_looks_the_same_whether_the_word_is_right_wrong_or_the_one_for_danger() {
    let seen = [RIGHT, "wrong word", DURESS].map(|word| {
        let (mut world, desk, survivor, _) = agreed(2);
        let step = tried(&mut world, desk, survivor, FIRST, word);
        let shown = world.shown(survivor);
        let chat = shown.chat(0);
        let bytes = world.seen_by_relay.iter().map(Vec::len).collect::<Vec<_>>();
        let received = chat.received().len();
        (step, (shown.word_asked.clone(), chat.announced, received, bytes))
    });
    let [(right, first), (wrong, second), (duress, third)] = seen;
    assert_eq!(
        (right, wrong, duress),
        (WordStep::Right, WordStep::Wrong { left: 2 }, WordStep::Duress)
    );
    assert_eq!((&first, &first), (&second, &third));
    assert!(first.1.contains(&Announcement::WordGiven(WordWanted::Check)));
}

#[test]
fn what_a_word_was_is_shown_after_the_same_time_whatever_it_was() {
    for word in [RIGHT, "wrong word", DURESS] {
        let (mut world, desk, survivor, case) = agreed(3);
        ask(&mut world, desk, FIRST, case).unwrap();
        world.as_survivor(survivor, |core, now| core.give_word(word, "", now)).unwrap().unwrap();
        let last = move |world: &World| *steps(world, desk, FIRST).last().unwrap();
        assert!(world.run_until(SOON, |world| last(world) == WordStep::Given));
        let given = world.now;
        assert!(world.run_until(SOON, |world| last(world) != WordStep::Given));
        assert_eq!(world.now.checked_since(given), Duration::from_secs(3), "{word}");
    }
}

#[test]
fn three_wrong_words_close_the_question_in_that_chat_and_supervisors_alone_are_told() {
    let (mut world, desk, survivor, case) = agreed(4);
    let supervisor = add_desk_with(&mut world, Roles::SUPERVISOR, "Alex");
    let kim = add_desk(&mut world, "Kim");
    world.run_for(MOMENT);
    let closed = |world: &World, at| {
        let colleagues = world.shown(at).colleagues.iter();
        colleagues.map(|one| one.words_closed).sum::<u8>()
    };
    for left in [2, 1] {
        let step = tried(&mut world, desk, survivor, FIRST, "wrong word");
        assert_eq!(step, WordStep::Wrong { left });
        assert_eq!(closed(&world, supervisor), 0);
    }
    assert_eq!(tried(&mut world, desk, survivor, FIRST, "wrong word"), WordStep::Closed);
    assert_eq!((closed(&world, supervisor), closed(&world, kim)), (1, 0));
    for _ in 0..2 {
        assert_eq!(ask(&mut world, desk, FIRST, case), Err(WordRefusal::Closed));
        world.run_for(Duration::from_secs(60));
    }
    assert!(world.shown(survivor).word_asked.last().unwrap().is_none());
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.run_for(MOMENT);
    assert_eq!(closed(&world, supervisor), 0, "as long as the chat");
}

#[test]
fn tries_are_counted_per_case_across_chats_with_a_delay_and_never_a_lock_out() {
    let (mut world, desk, survivor, case) = agreed(5);
    for _ in 0..3 {
        tried(&mut world, desk, survivor, FIRST, "wrong word");
    }
    let other = start(&mut world);
    take(&mut world, desk, other, SECOND);
    let until = match ask(&mut world, desk, SECOND, case) {
        Err(WordRefusal::Until(until)) => until,
        other => panic!("{other:?}"),
    };
    assert!(until.checked_since(world.now) <= Duration::from_secs(30));
    world.run_for(until.checked_since(world.now));
    assert_eq!(tried(&mut world, desk, other, SECOND, RIGHT), WordStep::Right);
}

#[test]
fn guessing_in_parallel_through_several_desks_is_judged_no_oftener_than_on_one() {
    let (mut world, desk, survivor, case) = agreed(6);
    let mut asked = vec![(desk, survivor)];
    for name in ["Kim", "Lee", "Ash", "Eli"] {
        let desk = add_desk(&mut world, name);
        let survivor = start(&mut world);
        take(&mut world, desk, survivor, FIRST);
        asked.push((desk, survivor));
    }
    world.run_for(SOON);
    for (desk, _) in &asked {
        world.as_desk(*desk, |core, now| core.ask_word(FIRST, case, now)).unwrap().unwrap();
    }
    world.run_for(MOMENT);
    for (_, survivor) in &asked {
        world
            .as_survivor(*survivor, |core, now| core.give_word("wrong word", "", now))
            .unwrap()
            .unwrap();
    }
    world.run_for(SOON);
    let last = |desk| *steps(&world, desk, FIRST).last().unwrap();
    let judged = asked.iter().filter(|(desk, _)| last(*desk) != WordStep::NotTried).count();
    assert_eq!(judged, 3);
    assert!(asked.iter().all(|(desk, _)| last(*desk) != WordStep::Given));
}

#[test]
fn a_word_is_not_judged_before_its_try_is_written_down() {
    let (mut world, desk, survivor, case) = agreed(7);
    ask(&mut world, desk, FIRST, case).unwrap();
    world.set_way(Box::new(move |_, direction, frame| match (direction, decode(frame)) {
        (Direction::Up, Ok(ClientFrame::Request { .. })) => Fate::Dropped,
        _ => Fate::Arrives,
    }));
    give(&mut world, survivor, RIGHT);
    world.run_for(SOON);
    assert_eq!(*steps(&world, desk, FIRST).last().unwrap(), WordStep::Given);
    world.run_for(Duration::from_secs(60));
    assert_eq!(*steps(&world, desk, FIRST).last().unwrap(), WordStep::NotTried);
}

#[test]
fn an_older_vault_than_a_colleague_knows_is_refused() {
    let (mut world, desk, survivor, _) = agreed(8);
    let old = puts(&world, Shared::Vault);
    let newest = decode::<SealedVault>(old.last().unwrap()).unwrap().content.version;
    tried(&mut world, desk, survivor, FIRST, "wrong word");
    // The relay puts back what was there before the try.
    let record = old.last().unwrap().clone();
    world.set_way(Box::new(move |to, direction, frame| match (direction, decode(frame)) {
        (
            Direction::Down,
            Ok(RelayFrame::Reply { number, reply: Reply::Shared { record: is, .. } }),
        ) if to != desk && decode::<SealedVault>(&is).is_ok() => {
            let record = record.clone().try_into().unwrap();
            let reply = Reply::Shared { version: newest, record };
            Fate::Becomes(vec![encode(&RelayFrame::Reply { number, reply })])
        }
        _ => Fate::Arrives,
    }));
    let kim = add_desk(&mut world, "Kim");
    world.run_for(MOMENT);
    assert_eq!(world.shown(kim).vault, VaultState::Withheld);
    assert!(world.shown(kim).cases.is_empty());
}

#[test]
fn two_desks_that_change_the_vault_at_once_lose_neither_change() {
    let (mut world, sam, first, _) = agreed(9);
    let kim = add_desk(&mut world, "Kim");
    let second = start(&mut world);
    take(&mut world, kim, second, FIRST);
    world.run_for(SOON);
    for (desk, handle) in [(sam, "Wren"), (kim, "Robin")] {
        let case = WordFor::New(handle.into());
        world.as_desk(desk, |core, now| core.agree_on_word(FIRST, case, now)).unwrap().unwrap();
    }
    world.run_for(MOMENT);
    for survivor in [first, second] {
        world.as_survivor(survivor, |core, now| core.give_word(RIGHT, "", now)).unwrap().unwrap();
    }
    world.run_for(SOON);
    for desk in [sam, kim] {
        let handles = world.shown(desk).cases.iter().map(|case| case.handle.clone());
        assert_eq!(handles.collect::<Vec<_>>(), ["Robin", "Sparrow", "Wren"]);
    }
}

#[test]
fn after_a_revocation_the_vault_is_sealed_to_a_key_that_the_revoked_device_never_had() {
    let (mut world, desk, _survivor, _) = agreed(10);
    let device = world.program.staff(Roles::ADVOCATE, "Lost");
    let lost = world.desk(device.clone());
    world.as_desk(lost, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(lost).vault == VaultState::Open));
    world.run_for(SOON);
    assert_eq!(world.shown(lost).cases.len(), 1, "a newcomer is given the key");
    let (keys, vaults) = (puts(&world, Shared::VaultKey), puts(&world, Shared::Vault));
    let is_for = |bundle: &[u8], device: &Device| {
        let bundle = decode::<SharedKeyBundle>(bundle).unwrap();
        bundle.content.wrapped.iter().any(|wrapped| wrapped.device == device.key())
    };
    assert!(is_for(keys.last().unwrap(), &device));
    world.revoke(&device);
    world.run_for(SOON);
    let (keys_now, vaults_now) = (puts(&world, Shared::VaultKey), puts(&world, Shared::Vault));
    assert!(keys_now.len() > keys.len() && vaults_now.len() > vaults.len());
    assert!(keys_now[keys.len()..].iter().all(|key| !is_for(key, &device)));
    assert_eq!(world.shown(desk).vault, VaultState::Open);
    assert_eq!(world.shown(desk).cases[0].due, Some(WordDue::Revoked));
    assert!(world.shown(lost).cases.is_empty(), "nothing is left on it");
}

/// Two desks that came on duty when the only device that had used code words was revoked.
fn unreadable(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, sam) = on_duty(seed);
    let device = world.program.staff(Roles::ADVOCATE, "Lost");
    let lost = world.desk(device.clone());
    world.as_desk(lost, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    world.as_desk(sam, |core, _| core.go_off_duty());
    world.run_for(SOON);
    let survivor = start(&mut world);
    take(&mut world, lost, survivor, FIRST);
    agree_as(&mut world, lost, survivor, FIRST, "Sparrow");
    assert_eq!(world.shown(lost).cases.len(), 1);
    world.as_desk(lost, |core, now| core.end(FIRST, now));
    world.as_desk(lost, |core, _| core.go_off_duty());
    world.run_for(SOON);
    world.revoke(&device);
    world.run_for(SOON);
    world.as_desk(sam, |core, now| core.go_on_duty(now));
    let supervisor = add_desk_with(&mut world, Roles::SUPERVISOR, "Alex");
    world.run_for(SOON);
    for desk in [sam, supervisor] {
        assert_eq!(world.shown(desk).vault, VaultState::Unreadable);
    }
    (world, sam, supervisor)
}

fn begin_anew(world: &mut World, desk: DeviceNumber) {
    world.as_desk(desk, |core, now| core.begin_new_vault(now));
    world.run_for(SOON);
}

#[test]
fn a_supervisor_begins_a_new_vault_in_place_of_one_that_does_not_open() {
    let (mut world, sam, supervisor) = unreadable(19);
    let old = puts(&world, Shared::Vault).pop().unwrap();
    begin_anew(&mut world, supervisor);
    let new = puts(&world, Shared::Vault).pop().unwrap();
    let version = |record: &[u8]| decode::<SealedVault>(record).unwrap().content.version;
    assert_eq!(version(&new), version(&old) + 1);
    for desk in [sam, supervisor] {
        assert_eq!(world.shown(desk).vault, VaultState::Open);
        assert!(world.shown(desk).cases.is_empty());
    }
    let survivor = start(&mut world);
    take(&mut world, sam, survivor, FIRST);
    agree_as(&mut world, sam, survivor, FIRST, "Wren");
    for desk in [sam, supervisor] {
        let handles = world.shown(desk).cases.iter().map(|case| case.handle.as_str());
        assert_eq!(handles.collect::<Vec<_>>(), ["Wren"]);
    }
}

#[test]
fn an_advocate_begins_no_new_vault_and_nobody_does_where_it_opens() {
    let (mut world, sam, _) = unreadable(20);
    let written = puts(&world, Shared::Vault).len();
    begin_anew(&mut world, sam);
    assert_eq!(world.shown(sam).vault, VaultState::Unreadable);
    assert_eq!(puts(&world, Shared::Vault).len(), written);
    let (mut world, desk, _, _) = agreed(21);
    let supervisor = add_desk_with(&mut world, Roles::SUPERVISOR, "Alex");
    world.run_for(SOON);
    begin_anew(&mut world, supervisor);
    for desk in [desk, supervisor] {
        assert_eq!(world.shown(desk).cases.len(), 1);
    }
}

#[test]
fn two_supervisors_who_begin_a_new_vault_at_once_begin_one() {
    let (mut world, _, first) = unreadable(22);
    let second = add_desk_with(&mut world, Roles::SUPERVISOR, "Eli");
    world.run_for(SOON);
    for desk in [first, second] {
        world.as_desk(desk, |core, now| core.begin_new_vault(now));
    }
    world.run_for(SOON);
    for desk in [first, second] {
        assert_eq!(world.shown(desk).vault, VaultState::Open);
    }
    let written = puts(&world, Shared::Vault).len();
    world.run_for(SOON * 10);
    assert_eq!(puts(&world, Shared::Vault).len(), written);
}

#[test]
fn desks_that_are_shown_different_lists_do_not_replace_the_vaults_key_for_ever() {
    let (mut world, _, _, _) = agreed(11);
    let device = world.program.staff(Roles::ADVOCATE, "Lost");
    let lee = add_desk(&mut world, "Lee");
    world.run_for(SOON);
    world.set_way(Box::new(move |to, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Greeting { .. })) if to == lee => Fate::Dropped,
        _ => Fate::Arrives,
    }));
    let made = puts(&world, Shared::VaultKey).len();
    world.revoke(&device);
    world.run_for(Duration::from_secs(30 * 60));
    let made = puts(&world, Shared::VaultKey).len() - made;
    assert!(made <= 3, "{made}");
}

#[test]
fn a_weak_word_is_not_kept_and_the_word_of_a_case_is_changed_only_with_whoever_gave_it() {
    let (mut world, desk, survivor, case) = agreed(12);
    let agree = |world: &mut World, chat, case, word: &str, duress: &str, by| {
        world.as_desk(desk, |core, now| core.agree_on_word(chat, case, now)).unwrap().unwrap();
        world.run_for(MOMENT);
        world.as_survivor(by, |core, now| core.give_word(word, duress, now)).unwrap().unwrap();
        world.run_for(MOMENT);
        *steps(world, desk, chat).last().unwrap()
    };
    let wren = || WordFor::New("Wren".into());
    let step = agree(&mut world, FIRST, wren(), "abc", "", survivor);
    assert_eq!(step, WordStep::Weak(Weakness::Short));
    let step = agree(&mut world, FIRST, wren(), RIGHT, "BLUE kettle", survivor);
    assert_eq!(step, WordStep::Weak(Weakness::Same));
    assert_eq!(world.shown(desk).cases.len(), 1);
    let other = start(&mut world);
    take(&mut world, desk, other, SECOND);
    let known = || WordFor::Known(case);
    let refused = world.as_desk(desk, |core, now| core.agree_on_word(SECOND, known(), now));
    assert_eq!(refused, Some(Err(WordRefusal::NotKnownHere)));
    assert_eq!(tried(&mut world, desk, other, SECOND, DURESS), WordStep::Duress);
    let refused = world.as_desk(desk, |core, now| core.agree_on_word(SECOND, known(), now));
    assert_eq!(refused, Some(Err(WordRefusal::NotKnownHere)));
    assert_eq!(tried(&mut world, desk, other, SECOND, RIGHT), WordStep::Right);
    let step = agree(&mut world, SECOND, known(), "brown teapot", "", other);
    assert_eq!(step, WordStep::Kept);
    assert_eq!(tried(&mut world, desk, other, SECOND, RIGHT), WordStep::Wrong { left: 2 });
    assert_eq!(tried(&mut world, desk, other, SECOND, "brown teapot"), WordStep::Right);
    world.as_desk(desk, |core, now| core.delete_case(case, now)).unwrap().unwrap();
    world.run_for(MOMENT);
    assert!(world.shown(desk).cases.is_empty());
    assert_eq!(ask(&mut world, desk, SECOND, case), Err(WordRefusal::Unknown));
}

/// A program whose words are due after a week and deleted after two.
fn with_times(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, desk, survivor, _) = agreed(seed);
    world.publish(|policy| {
        policy.guidance.code_words = CodeWordTimes { due_days: Some(7), delete_days: Some(14) };
    });
    world.run_for(SOON);
    (world, desk, survivor)
}

/// Nobody is on duty for so many days.
fn days_pass(world: &mut World, desk: DeviceNumber, days: u32) {
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.run_for(SOON);
    world.sleep(desk);
    world.run_for(DAY * days);
    world.wake(desk);
    world.run_for(SOON);
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
}

#[test]
fn a_word_is_due_and_then_deleted_as_the_program_says_and_using_it_puts_that_off() {
    let (mut world, desk, survivor) = with_times(17);
    let shown = |world: &World| {
        let cases = world.shown(desk).cases.iter();
        cases.map(|case| (case.due, case.deleted_in)).collect::<Vec<_>>()
    };
    assert_eq!(shown(&world), [(None, Some(14))]);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.leave(survivor);
    days_pass(&mut world, desk, 8);
    assert_eq!(shown(&world), [(Some(WordDue::Old), Some(6))]);
    let again = start(&mut world);
    take(&mut world, desk, again, SECOND);
    assert_eq!(tried(&mut world, desk, again, SECOND, RIGHT), WordStep::Right);
    assert_eq!(shown(&world), [(Some(WordDue::Old), Some(14))], "it was used");
    let known = WordFor::Known(case(&world, desk));
    world.as_desk(desk, |core, now| core.agree_on_word(SECOND, known, now)).unwrap().unwrap();
    world.run_for(MOMENT);
    give(&mut world, again, "brown teapot");
    assert_eq!(shown(&world), [(None, Some(14))], "and changed");
    world.as_desk(desk, |core, now| core.end(SECOND, now));
    world.leave(again);
    days_pass(&mut world, desk, 13);
    assert_eq!(shown(&world), [(Some(WordDue::Old), Some(1))]);
    let written = puts(&world, Shared::Vault).len();
    days_pass(&mut world, desk, 1);
    assert_eq!(shown(&world), []);
    assert_eq!(puts(&world, Shared::Vault).len(), written + 1, "the relay has it so");
}

#[test]
fn a_desk_that_is_on_duty_for_days_deletes_as_well_and_no_colleague_brings_it_back() {
    let (mut world, desk, survivor) = with_times(18);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.leave(survivor);
    days_pass(&mut world, desk, 13);
    let kim = add_desk(&mut world, "Kim");
    world.run_for(SOON);
    assert_eq!(world.shown(kim).cases.len(), 1);
    world.run_for(DAY);
    for desk in [desk, kim] {
        assert_eq!((world.shown(desk).vault, world.shown(desk).cases.len()), (VaultState::Open, 0));
    }
    let written = puts(&world, Shared::Vault).len();
    world.run_for(DAY * 2);
    assert_eq!(puts(&world, Shared::Vault).len(), written, "nor is it written for ever");
}

#[test]
fn a_desk_that_slept_on_duty_deletes_no_word_that_a_colleague_used_meanwhile() {
    let (mut world, sam, survivor) = with_times(20);
    let kim = add_desk(&mut world, "Kim");
    world.run_for(SOON);
    world.as_desk(sam, |core, now| core.end(FIRST, now));
    world.leave(survivor);
    world.run_for(SOON);
    world.lock(sam);
    world.run_for(DAY * 13);
    let again = start(&mut world);
    take(&mut world, kim, again, FIRST);
    assert_eq!(tried(&mut world, kim, again, FIRST, RIGHT), WordStep::Right);
    world.run_for(DAY * 2);
    world.unlock(sam);
    world.run_for(SOON);
    for desk in [sam, kim] {
        assert_eq!((world.shown(desk).vault, world.shown(desk).cases.len()), (VaultState::Open, 1));
    }
}

#[test]
fn words_outlast_the_certificate_of_whoever_kept_them() {
    let (mut world, kim) = on_duty(21);
    let device = world.program.staff_for(Roles::ADVOCATE, "Sam", 10);
    let sam = world.desk(device);
    world.as_desk(sam, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    let survivor = start(&mut world);
    take(&mut world, sam, survivor, FIRST);
    world.run_for(MOMENT);
    agree_as(&mut world, sam, survivor, FIRST, "Sparrow");
    world.run_for(SOON);
    assert_eq!(world.shown(kim).cases.len(), 1);
    world.as_desk(sam, |core, now| core.end(FIRST, now));
    world.destroy(sam);
    world.destroy(survivor);
    days_pass(&mut world, kim, 15);
    assert_eq!((world.shown(kim).vault, world.shown(kim).cases.len()), (VaultState::Open, 1));
    let written = puts(&world, Shared::Vault).len();
    world.run_for(DAY * 2);
    assert_eq!(puts(&world, Shared::Vault).len(), written, "it is not renewed for ever");
}

#[test]
fn an_answer_to_a_question_that_was_withdrawn_is_none_and_no_word_is_taken_unasked() {
    let (mut world, desk, survivor, case) = agreed(13);
    ask(&mut world, desk, FIRST, case).unwrap();
    world.as_desk(desk, |core, now| core.withdraw_word(FIRST, now));
    world.as_survivor(survivor, |core, now| core.give_word(RIGHT, "", now)).unwrap().unwrap();
    world.run_for(SOON);
    assert_eq!(*steps(&world, desk, FIRST).last().unwrap(), WordStep::Withdrawn);
    let unasked = world.as_survivor(survivor, |core, now| core.give_word(RIGHT, "", now));
    assert_eq!(unasked, Some(Err(WriteError::NotNow)));
    ask(&mut world, desk, FIRST, case).unwrap();
    let empty = world.as_survivor(survivor, |core, now| core.give_word("  ", "", now));
    assert_eq!(empty, Some(Err(WriteError::Empty)));
    world.as_survivor(survivor, |core, now| core.give_no_word(now));
    world.run_for(MOMENT);
    assert_eq!(*steps(&world, desk, FIRST).last().unwrap(), WordStep::Declined);
}

#[test]
fn a_relay_that_is_killed_meanwhile_costs_no_try_and_no_word() {
    let (mut world, desk, survivor, case) = agreed(14);
    ask(&mut world, desk, FIRST, case).unwrap();
    world.as_survivor(survivor, |core, now| core.give_word(RIGHT, "", now)).unwrap().unwrap();
    world.run_until(SOON, |world| *steps(world, desk, FIRST).last().unwrap() == WordStep::Given);
    world.kill_relay();
    world.run_for(Duration::from_secs(5));
    world.start_relay();
    world.run_for(SOON * 2);
    assert_eq!(*steps(&world, desk, FIRST).last().unwrap(), WordStep::Right);
    assert_eq!(world.shown(desk).vault, VaultState::Open);
}

#[test]
fn a_desk_that_goes_off_duty_keeps_nothing_and_a_program_without_words_makes_no_key() {
    let (mut world, desk) = on_duty(15);
    world.run_for(SOON);
    assert_eq!(world.shown(desk).vault, VaultState::Open);
    assert!(puts(&world, Shared::VaultKey).is_empty());
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    agree_as(&mut world, desk, survivor, FIRST, "Sparrow");
    assert_eq!(world.shown(desk).cases.len(), 1);
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.run_for(SOON);
    assert_eq!(world.shown(desk).cases.len(), 1, "the chat goes on");
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.run_for(SOON);
    assert_eq!((world.shown(desk).vault, world.shown(desk).cases.len()), (VaultState::Closed, 0));
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
    world.run_for(MOMENT);
    assert_eq!(world.shown(desk).cases.len(), 1);
}

#[test]
fn a_relay_sees_no_word_and_no_handle() {
    let (mut world, desk, survivor, _) = agreed(16);
    tried(&mut world, desk, survivor, FIRST, RIGHT);
    for frame in &world.seen_by_relay {
        for part in ["kettle", "Sparrow"] {
            assert!(!frame.windows(part.len()).any(|window| window == part.as_bytes()));
        }
    }
}
