//! What an administrator's desk believes of the host, and what somebody between the two could try.

use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use stillroom_conversation::HostSays;
use stillroom_program::{Act, HostNotice, HostNoticeKind, SignedHostNotice, SigningKey, encode};
use stillroom_protocol::{ClientFrame, HostNoticeId, Operation, RelayFrame, decode};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::on_duty;

const MOMENT: Duration = Duration::from_secs(2);

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn notice(number: u8) -> HostNotice {
    HostNotice {
        id: HostNoticeId([number; 16]),
        kind: HostNoticeKind::LegalDemand,
        given: 1_800_000_000,
        text: "A court asks what we have.".try_into().unwrap(),
    }
}

/// A world with an administrator at a desk, not on duty.
fn administrator(seed: u64) -> (World, DeviceNumber) {
    let (mut world, _) = on_duty(seed);
    let device = world.program.administrator.clone();
    let desk = world.desk(device);
    world.run_for(MOMENT);
    (world, desk)
}

fn signed(world: &World, number: u8, host: &SigningKey) -> Vec<u8> {
    encode(&SignedHostNotice::sign(notice(number), &world.program.root, host))
}

/// What a desk shows once the relay said this.
fn told(world: &mut World, desk: DeviceNumber, notices: &[Vec<u8>]) -> HostSays {
    let notices = notices.iter().map(|signed| signed.clone().try_into().unwrap());
    let notices = notices.collect::<Vec<_>>().try_into().unwrap();
    world.inject_down(desk, encode(&RelayFrame::HostNotices { notices }));
    world.run_for(MOMENT);
    world.shown(desk).host.clone()
}

#[test]
fn the_hosts_notices_are_shown_and_the_first_one_tells_whose_they_are() {
    let (mut world, desk) = administrator(1);
    let host = key(1);
    let all = [signed(&world, 1, &host), signed(&world, 2, &host)];
    let says = told(&mut world, desk, &all);
    assert_eq!(says.notices, [notice(1), notice(2)]);
    assert_eq!(says.host, Some(host.verifying_key()));
    assert!(!says.of_another);
    assert_eq!(told(&mut world, desk, &[]).notices, [], "withdrawn, or read");
}

#[test]
fn a_notice_of_another_key_is_mentioned_without_its_words() {
    let (mut world, desk) = administrator(2);
    let host = key(1);
    let first = signed(&world, 1, &host);
    told(&mut world, desk, std::slice::from_ref(&first));
    let forged = signed(&world, 2, &key(2));
    let says = told(&mut world, desk, &[first, forged]);
    assert_eq!((says.notices, says.of_another), (vec![notice(1)], true));
    assert_eq!(says.host, Some(host.verifying_key()));
}

#[test]
fn a_desk_that_knows_its_host_from_before_believes_no_other() {
    let (mut world, desk) = administrator(3);
    let host = key(1).verifying_key();
    world.as_desk(desk, |desk, _| desk.know_host(host));
    let forged = signed(&world, 1, &key(2));
    let says = told(&mut world, desk, &[forged]);
    assert_eq!(says, HostSays { host: Some(host), notices: vec![], of_another: true });
}

#[test]
fn an_altered_notice_or_one_for_another_program_is_passed_over() {
    let (mut world, desk) = administrator(4);
    let host = key(1);
    let whole = signed(&world, 1, &host);
    let words = whole.windows(5).position(|five| five == b"court").unwrap();
    let mut altered = whole.clone();
    altered[words] = b'C';
    let elsewhere = stillroom_program::Fingerprint([9; 32]);
    let elsewhere = encode(&SignedHostNotice::sign(notice(2), &elsewhere, &host));
    let cut = whole[..whole.len() - 1].to_vec();
    let says = told(&mut world, desk, &[altered, elsewhere, cut, whole]);
    assert_eq!(says.notices, [notice(1)], "the whole one alone");
    assert!(!says.of_another);
}

#[test]
fn an_advocates_desk_shows_none() {
    let (mut world, advocate) = on_duty(5);
    let genuine = signed(&world, 1, &key(1));
    assert_eq!(told(&mut world, advocate, &[genuine]), HostSays::default());
}

#[test]
fn what_was_read_is_told_to_the_relay_with_its_entry_in_the_record() {
    let (mut world, desk) = administrator(6);
    let whole = signed(&world, 7, &key(1));
    let hash = decode::<SignedHostNotice>(&whole).unwrap().hash();
    told(&mut world, desk, &[whole]);
    let first = world.now.seconds();
    world.run_for(MOMENT * 30);
    world.as_desk(desk, |desk, _| desk.acknowledge(HostNoticeId([7; 16])));
    world.run_for(MOMENT);
    let entry = &world.record()[0];
    assert_eq!(entry.signer(), world.program.administrator.key());
    let Act::NoticeRead { notice, hash: named, shown } = entry.entry.act else { panic!() };
    assert_eq!((notice, named), (HostNoticeId([7; 16]), hash));
    assert!(shown < first && entry.entry.at > first, "shown then, read a minute later");
    let asked = world.seen_by_relay.iter().find_map(|frame| match decode(frame).ok()? {
        ClientFrame::Request { operation: Operation::Audited { operation, .. }, .. } => {
            decode::<Operation>(&operation).ok()
        }
        _ => None,
    });
    let read = Operation::AcknowledgeHostNotice { notice: HostNoticeId([7; 16]) };
    assert_eq!(asked, Some(read));
    assert_eq!(world.shown(desk).audit.newest.as_ref(), Some(entry));
}

#[test]
fn what_was_never_shown_is_not_said_to_be_read() {
    let (mut world, desk) = administrator(7);
    world.as_desk(desk, |desk, _| desk.acknowledge(HostNoticeId([7; 16])));
    world.run_for(MOMENT);
    assert!(world.record().is_empty());
}
