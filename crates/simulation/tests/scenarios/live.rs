//! What is typed and not sent, shown where both agreed: at a fixed beat that tells nothing to the relay, over
//! lines that drop and lose, and never without an agreement.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use stillroom_conversation::{Live, LiveKind, LiveStep, Phase, Silence, Typed};
use stillroom_protocol::{ClientFrame, RelayFrame, decode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{
    self, A_WHILE, FIRST, SOON, assert_all_arrived, chatting, on_duty, start, take, write_both_ways,
};

const TEXT: LiveKind = LiveKind::Text;
const TYPING: LiveKind = LiveKind::Typing;
const MOMENT: Duration = Duration::from_secs(2);

fn survivor_steps(world: &mut World, survivor: DeviceNumber, step: LiveStep) {
    world.as_survivor(survivor, |core, now| core.step(step, now));
}

fn desk_steps(world: &mut World, desk: DeviceNumber, step: LiveStep) {
    world.as_desk(desk, |core, now| core.step(FIRST, step, now));
}

fn live(world: &World, device: DeviceNumber, chat: usize) -> Option<Live> {
    world.shown(device).chat(chat).live.last().copied()
}

/// A chat whose sides agreed; the survivor offered it.
fn agreed(seed: u64, kind: LiveKind) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, desk, survivor) = chatting(seed);
    agree(&mut world, desk, survivor, kind);
    (world, desk, survivor)
}

fn agree(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber, kind: LiveKind) {
    survivor_steps(world, survivor, LiveStep::Offer { kind });
    let offered = |world: &World| live(world, desk, 1) == Some(Live::Offered(kind));
    assert!(world.run_until(SOON, offered));
    desk_steps(world, desk, LiveStep::Accept);
    let on = |world: &World| live(world, survivor, 0) == Some(Live::On(kind));
    assert!(world.run_until(SOON, on));
}

/// What a device shows that the other side has typed, as text; nothing where it shows nothing.
fn typed(world: &World, device: DeviceNumber, chat: usize) -> Option<String> {
    match world.shown(device).chat(chat).typed.last() {
        Some(Typed::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// How long each thing was that a device posted.
type Posted = Rc<RefCell<Vec<usize>>>;

fn watch_posts(world: &mut World, of: DeviceNumber) -> Posted {
    let posted = Posted::default();
    let watched = Rc::clone(&posted);
    world.set_way(Box::new(move |device, direction, frame| {
        if direction == Direction::Up
            && device == of
            && let Ok(ClientFrame::Post { message, .. }) = decode(frame)
        {
            watched.borrow_mut().push(message.len());
        }
        Fate::Arrives
    }));
    posted
}

/// What a device posts in each half second of a while, in which it does this at each.
fn posted_each_beat(
    world: &mut World,
    device: DeviceNumber,
    beats: usize,
    mut act: impl FnMut(&mut World, usize),
) -> Vec<Vec<usize>> {
    let posted = watch_posts(world, device);
    let each = (0..beats).map(|beat| {
        act(world, beat);
        world.run_for(Duration::from_millis(500));
        core::mem::take(&mut *posted.borrow_mut())
    });
    each.collect()
}

#[test]
fn both_see_what_the_other_types_until_one_stops_it() {
    let (mut world, desk, survivor) = agreed(1, TEXT);
    world.as_survivor(survivor, |core, now| core.draft("I do not kn", now));
    world.as_desk(desk, |core, now| core.draft(FIRST, "Take your ti", now));
    world.run_for(MOMENT);
    assert_eq!(typed(&world, desk, 1).as_deref(), Some("I do not kn"));
    assert_eq!(typed(&world, survivor, 0).as_deref(), Some("Take your ti"));
    desk_steps(&mut world, desk, LiveStep::Stop);
    assert_eq!(typed(&world, desk, 1), None, "at once");
    world.run_for(MOMENT);
    assert_eq!(typed(&world, survivor, 0), None);
    assert_eq!(live(&world, survivor, 0), Some(Live::Off));
    world.as_survivor(survivor, |core, now| core.draft("unseen", now));
    world.run_for(SOON);
    assert_eq!(typed(&world, desk, 1), None);
}

#[test]
fn a_message_takes_the_place_of_its_draft() {
    let (mut world, desk, survivor) = agreed(2, TEXT);
    world.as_survivor(survivor, |core, now| core.draft("hello", now));
    world.run_for(MOMENT);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    world.run_for(MOMENT);
    assert_eq!(typed(&world, desk, 1), None);
    assert_eq!(world.shown(desk).chat(1).received(), ["hello"]);
}

/// What the relay, and whoever looks at the line, can see of a side: how much is sent in each half second.
#[test]
fn the_relay_sees_the_same_whatever_is_typed_and_whether_anything_is() {
    let novel = "and then he said ".repeat(60);
    for kind in [TYPING, TEXT] {
        let (mut quiet, _, survivor) = agreed(3, kind);
        quiet.run_for(SOON);
        let silence = posted_each_beat(&mut quiet, survivor, 30, |_, _| {});
        let (mut typing, _, survivor) = agreed(3, kind);
        typing.run_for(SOON);
        let typed = posted_each_beat(&mut typing, survivor, 30, |world, beat| {
            let draft: String = novel.chars().take(beat * 33).collect();
            world.as_survivor(survivor, |core, now| {
                core.touched(now);
                core.draft(&draft, now);
            });
        });
        assert_eq!(silence, typed);
        assert!(silence.iter().all(|sizes| sizes.len() == 1), "one each half second: {silence:?}");
        assert!(silence.iter().flatten().all(|size| *size == silence[0][0]));
    }
}

#[test]
fn the_relay_cannot_tell_which_of_the_two_was_agreed_to() {
    let sizes = [TYPING, TEXT].map(|kind| {
        let (mut world, desk, _) = agreed(4, kind);
        world.run_for(SOON);
        posted_each_beat(&mut world, desk, 10, |_, _| {})
    });
    assert_eq!(sizes[0], sizes[1]);
}

#[test]
fn nothing_of_what_is_typed_is_sent_without_an_agreement() {
    let type_on = |world: &mut World, survivor: DeviceNumber| {
        let each = posted_each_beat(world, survivor, 20, |world, beat| {
            let draft = "x".repeat(beat);
            world.as_survivor(survivor, |core, now| {
                assert!(!core.shows_drafts());
                core.touched(now);
                core.draft(&draft, now);
            });
        });
        assert_eq!(each.concat(), Vec::<usize>::new());
    };
    let (mut world, desk, survivor) = chatting(5);
    world.run_for(SOON);
    type_on(&mut world, survivor);
    survivor_steps(&mut world, survivor, LiveStep::Offer { kind: TEXT });
    world.run_for(SOON);
    type_on(&mut world, survivor);
    desk_steps(&mut world, desk, LiveStep::Stop);
    world.run_for(SOON);
    assert_eq!(live(&world, survivor, 0), Some(Live::Off), "declined");
    type_on(&mut world, survivor);
    desk_steps(&mut world, desk, LiveStep::Offer { kind: TEXT });
    world.run_for(SOON);
    type_on(&mut world, survivor);
    assert_eq!(live(&world, survivor, 0), Some(Live::Offered(TEXT)));
    assert!(world.shown(desk).chat(1).typed.is_empty());
}

/// A phone that is locked for ten minutes would miss 1,200 beats, more than the 1,024 that can be skipped.
#[test]
fn somebody_who_is_away_for_ten_minutes_is_sent_no_beats_and_reads_all_that_was_written() {
    let (mut world, desk, survivor) = agreed(6, TEXT);
    world.run_for(SOON);
    world.lock(survivor);
    let posted = watch_posts(&mut world, desk);
    world.run_for(Duration::from_secs(600));
    assert!(posted.borrow().len() <= 2, "what was on its way: {}", posted.borrow().len());
    assert!(world.holdings().bytes < 8 * 1024, "{} bytes", world.holdings().bytes);
    world.as_desk(desk, |core, now| core.write(FIRST, "I am here", now).unwrap());
    world.unlock(survivor);
    assert_all_arrived(&mut world, desk, survivor, SOON);
    world.as_desk(desk, |core, now| core.draft(FIRST, "Take", now));
    world.run_for(MOMENT);
    assert_eq!(typed(&world, survivor, 0).as_deref(), Some("Take"), "and it goes on by itself");
}

/// A line that seems to stand and delivers nothing, as a network that swallows does.
#[test]
fn somebody_who_is_not_heard_is_sent_few_beats_and_reads_all_when_they_are() {
    let (mut world, desk, survivor) = agreed(7, TEXT);
    world.run_for(SOON);
    let beats = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&beats);
    world.set_way(Box::new(move |device, direction, frame| {
        if device == survivor
            && direction == Direction::Down
            && let Ok(RelayFrame::Delivered { message, .. }) = decode(frame)
        {
            // What asks for a sign of life is sent again and again, and is shorter.
            *counted.borrow_mut() += u32::from(message.len() > 1024);
            return Fate::Dropped;
        }
        let posts = matches!(decode(frame), Ok(ClientFrame::Post { .. }));
        if device == survivor && direction == Direction::Up && posts {
            return Fate::Dropped;
        }
        Fate::Arrives
    }));
    world.run_for(Duration::from_secs(3600));
    assert!((10..=22).contains(&*beats.borrow()), "{}", beats.borrow());
    world.mend_way();
    write_both_ways(&mut world, desk, survivor, 0);
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
    world.as_survivor(survivor, |core, now| core.draft("now", now));
    world.run_for(MOMENT);
    assert_eq!(typed(&world, desk, 1).as_deref(), Some("now"));
}

#[test]
fn under_loss_the_newest_draft_comes_through_and_no_message_is_lost() {
    let (mut world, desk, survivor) = agreed(8, TEXT);
    let mut luck = ChaCha20Rng::seed_from_u64(8);
    world.set_way(Box::new(move |_, _, frame| {
        let is_message = matches!(decode(frame), Ok(RelayFrame::Delivered { .. }))
            || matches!(decode(frame), Ok(ClientFrame::Post { .. }));
        if is_message && luck.next_u32() % 3 == 0 { Fate::Dropped } else { Fate::Arrives }
    }));
    for round in 0..40 {
        let draft = format!("draft {round}");
        world.as_survivor(survivor, |core, now| core.draft(&draft, now));
        let seen = |world: &World| typed(world, desk, 1).as_deref() == Some(&*draft);
        assert!(world.run_until(SOON, seen), "{draft}");
    }
    write_both_ways(&mut world, desk, survivor, 0);
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn beats_that_the_relay_turns_around_or_repeats_show_nothing_older() {
    let (mut world, desk, survivor) = agreed(9, TEXT);
    let mut kept: Vec<Vec<u8>> = Vec::new();
    world.set_way(Box::new(move |device, direction, frame| {
        let is_message = matches!(decode(frame), Ok(RelayFrame::Delivered { .. }));
        if device != desk || direction != Direction::Down || !is_message {
            return Fate::Arrives;
        }
        kept.push(frame.to_vec());
        if kept.len() < 4 {
            return Fate::Dropped;
        }
        let mut turned = core::mem::take(&mut kept);
        turned.reverse();
        turned.extend(turned.clone());
        Fate::Becomes(turned)
    }));
    for round in 0..40 {
        let draft = format!("{round:02}");
        world.as_survivor(survivor, |core, now| core.draft(&draft, now));
        world.run_for(Duration::from_millis(500));
    }
    let seen = world.shown(desk).chat(1).typed;
    let texts = seen.iter().filter_map(|typed| match typed {
        Typed::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let texts: Vec<_> = texts.collect();
    assert!(texts.len() > 5 && texts.is_sorted(), "{texts:?}");
}

#[test]
fn a_page_that_is_hidden_sends_no_beats_and_shows_no_words_until_it_is_in_sight() {
    let (mut world, desk, survivor) = agreed(10, TEXT);
    world.as_survivor(survivor, |core, now| core.draft("half a sent", now));
    world.run_for(MOMENT);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    world.run_for(SOON);
    assert_eq!(typed(&world, desk, 1), None);
    let each = posted_each_beat(&mut world, desk, 40, |_, _| {});
    assert_eq!(each.concat().len(), 0, "the other side pauses as well");
    let each = posted_each_beat(&mut world, survivor, 40, |_, _| {});
    assert_eq!(each.concat().len(), 0);
    world.as_survivor(survivor, |core, now| core.hidden(false, now));
    world.run_for(MOMENT);
    assert_eq!(typed(&world, desk, 1).as_deref(), Some("half a sent"));
    world.as_desk(desk, |core, now| core.hidden(true, now));
    world.run_for(SOON);
    let each = posted_each_beat(&mut world, desk, 40, |_, _| {});
    assert_eq!(each.concat().len(), 0);
    world.as_desk(desk, |core, now| core.hidden(false, now));
    let each = posted_each_beat(&mut world, survivor, 40, |_, _| {});
    assert!(each.concat().len() > 30);
}

#[test]
fn a_relay_that_was_killed_ends_no_agreement() {
    let (mut world, desk, survivor) = agreed(11, TEXT);
    world.kill_relay();
    world.as_survivor(survivor, |core, now| core.draft("still", now));
    world.run_for(SOON);
    world.start_relay();
    let seen = |world: &World| typed(world, desk, 1).as_deref() == Some("still");
    assert!(world.run_until(A_WHILE, seen));
}

#[test]
fn a_stop_counts_at_once_even_while_the_line_is_down() {
    let (mut world, desk, survivor) = agreed(12, TEXT);
    world.as_survivor(survivor, |core, now| core.draft("a secret", now));
    world.kill_relay();
    survivor_steps(&mut world, survivor, LiveStep::Stop);
    assert_eq!(live(&world, survivor, 0), Some(Live::Off));
    world.start_relay();
    let off = |world: &World| live(world, desk, 1) == Some(Live::Off);
    assert!(world.run_until(A_WHILE, off));
    assert_eq!(typed(&world, desk, 1), None);
}

#[test]
fn an_advocate_who_is_lost_takes_the_agreement_along() {
    let (mut world, desk) = on_duty(13);
    let colleague = scene::add_desk(&mut world, "Kim");
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    agree(&mut world, desk, survivor, TEXT);
    world.as_survivor(survivor, |core, now| core.draft("a secret", now));
    world.run_for(MOMENT);
    world.destroy(desk);
    let waits =
        |world: &World| matches!(world.shown(survivor).phase(), Some(Phase::Waiting { .. }));
    assert!(world.run_until(A_WHILE, waits));
    assert_eq!(live(&world, survivor, 0), Some(Live::Off));
    take(&mut world, colleague, survivor, FIRST);
    assert_eq!(world.as_survivor(survivor, |core, _| core.shows_drafts()), Some(false));
    world.run_for(SOON);
    assert!(world.shown(colleague).chat(1).typed.is_empty());
}

#[test]
fn whoever_is_seen_to_type_is_not_silent() {
    let (mut world, desk, survivor) = agreed(14, TEXT);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    world.run_for(SOON);
    world.as_desk(desk, |core, now| core.write(FIRST, "how are you", now).unwrap());
    for minute in 0..30 {
        let draft = "word ".repeat(minute + 1);
        world.as_survivor(survivor, |core, now| core.draft(&draft, now));
        world.run_for(Duration::from_secs(60));
    }
    assert_eq!(world.shown(desk).chat(1).silences, Vec::<Silence>::new());
}

/// Whatever is not a step from where one is has no effect.
#[test]
fn steps_that_make_no_sense_are_none() {
    let (mut world, desk, survivor) = chatting(15);
    desk_steps(&mut world, desk, LiveStep::Accept);
    survivor_steps(&mut world, survivor, LiveStep::Stop);
    world.run_for(SOON);
    assert!(world.shown(survivor).chat(0).live.is_empty());
    assert!(world.shown(desk).chat(1).live.is_empty());
    agree(&mut world, desk, survivor, TYPING);
    survivor_steps(&mut world, survivor, LiveStep::Offer { kind: TEXT });
    world.run_for(SOON);
    assert_eq!(live(&world, desk, 1), Some(Live::On(TYPING)));
}
