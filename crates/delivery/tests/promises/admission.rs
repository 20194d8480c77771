//! How staff devices are let in and put out.

use stillroom_delivery::ConnectionId;
use stillroom_program::{Device, Label, Validity};
use stillroom_protocol::{About, Bytes, ClientFrame, Nonce, Refusal, RelayFrame};

use crate::program::{NOW, Program};
use crate::world::*;

fn challenge(world: &mut World, device: &Device) -> (ConnectionId, Nonce) {
    let connection = world.survivor();
    match world.send(connection, chain(device))[..] {
        [RelayFrame::Challenge { nonce }] => (connection, nonce),
        ref other => panic!("{other:?}"),
    }
}

fn proof(world: &World, device: &Device, nonce: &Nonce) -> ClientFrame {
    let message = [&world.program.root.program_id().0[..], &nonce.0[..]].concat();
    ClientFrame::Proof { signature: device.signing.sign(Label::Challenge, &message) }
}

fn revoke(world: &mut World, device: &Device) {
    let (signed, list) = world.program.revoke(device.key());
    let signed = Bytes::try_from(signed).unwrap();
    world.core.set_revocations(signed, list, world.now);
    world.drain();
}

fn refuse_and_close(world: &World, connection: ConnectionId, heard: &[RelayFrame], why: Refusal) {
    assert_eq!(heard, [refused(About::Connection, why)]);
    assert_eq!(world.closed.get(&connection), Some(&Some(why)));
}

#[test]
fn a_device_that_signs_the_challenge_is_let_in() {
    let mut world = World::new();
    let device = world.program.advocate();
    world.desk(&device);
    assert_eq!(world.core.holdings().staff, 1);
}

#[test]
fn every_connection_gets_a_challenge_of_its_own_and_an_old_answer_does_not_serve() {
    let mut world = World::new();
    let device = world.program.advocate();
    let (_, first) = challenge(&mut world, &device);
    let (connection, second) = challenge(&mut world, &device);
    assert!(first != second);
    let replayed = proof(&world, &device, &first);
    let heard = world.send(connection, replayed);
    refuse_and_close(&world, connection, &heard, Refusal::ProofWrong);
}

#[test]
fn somebody_elses_certificates_do_not_serve_without_their_key() {
    let mut world = World::new();
    let device = world.program.advocate();
    let thief = world.program.advocate();
    let (connection, nonce) = challenge(&mut world, &device);
    let forged = proof(&world, &thief, &nonce);
    let heard = world.send(connection, forged);
    refuse_and_close(&world, connection, &heard, Refusal::ProofWrong);
}

#[test]
fn certificates_of_another_program_are_refused() {
    let mut world = World::new();
    let stranger = Program::new(42).advocate();
    let connection = world.survivor();
    let heard = world.send(connection, chain(&stranger));
    refuse_and_close(&world, connection, &heard, Refusal::CertificateRefused);
    let connection = world.survivor();
    let chain = Bytes::try_from(b"noise".to_vec()).unwrap();
    let heard = world.send(connection, ClientFrame::Staff { chain });
    refuse_and_close(&world, connection, &heard, Refusal::CertificateRefused);
}

#[test]
fn a_certificate_that_has_run_out_is_refused() {
    let mut world = World::new();
    let validity = Validity {
        not_before: NOW.seconds() - 100 * 86_400,
        not_after: NOW.seconds() - 2 * 86_400,
    };
    let roles = stillroom_program::Roles::ADVOCATE;
    let device = world.program.staff_until(roles, validity);
    let connection = world.survivor();
    let heard = world.send(connection, chain(&device));
    refuse_and_close(&world, connection, &heard, Refusal::CertificateRefused);
}

#[test]
fn a_device_is_put_out_when_its_certificate_runs_out() {
    let mut world = World::new();
    let validity = Validity { not_before: NOW.seconds() - 100, not_after: NOW.seconds() + 60 };
    let roles = stillroom_program::Roles::ADVOCATE;
    let device = world.program.staff_until(roles, validity);
    let desk = world.desk(&device);
    world.wait_with(seconds(86_400 + 61), &[desk]);
    assert_eq!(world.closed.get(&desk), Some(&Some(Refusal::CertificateRefused)));
}

#[test]
fn certificates_are_shown_once_for_each_connection() {
    let mut world = World::new();
    let device = world.program.advocate();
    let (connection, _) = challenge(&mut world, &device);
    let heard = world.send(connection, chain(&device));
    refuse_and_close(&world, connection, &heard, Refusal::FrameUnexpected);
    let survivor = world.survivor();
    let early = ClientFrame::Proof { signature: [0; 64] };
    let heard = world.send(survivor, early);
    refuse_and_close(&world, survivor, &heard, Refusal::FrameUnexpected);
}

#[test]
fn a_device_that_connects_again_replaces_its_older_line() {
    let mut world = World::new();
    let (device, older) = world.advocate_on_duty();
    let newer = world.desk(&device);
    let replaced = refused(About::Connection, Refusal::Replaced);
    assert_eq!(world.hear(older), [replaced]);
    assert_eq!(world.closed.get(&older), Some(&Some(Refusal::Replaced)));
    assert!(world.core.is_open(), "its duty is kept for a moment");
    assert_eq!(world.go_on_duty(newer, &device), []);
    let holdings = world.core.holdings();
    assert_eq!((holdings.staff, holdings.on_duty), (1, 1));
}

#[test]
fn a_revoked_device_is_cut_off_at_once_with_its_duty_claims_and_rooms() {
    let mut world = World::new();
    let (lost, desk) = world.advocate_on_duty();
    let (_, other) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&lost, desk);
    world.waiting(1);
    world.send(desk, claim(1));
    world.hear(other);
    revoke(&mut world, &lost);
    let put_out = refused(About::Connection, Refusal::CertificateRefused);
    assert_eq!(world.hear(desk), [put_out]);
    assert_eq!(world.closed.get(&desk), Some(&Some(Refusal::CertificateRefused)));
    let heard = world.hear(survivor);
    assert!(heard.contains(&refused(About::Room(room), Refusal::RoomUnknown)));
    assert!(
        matches!(world.hear(other)[0], RelayFrame::Waiting { ticket, .. } if ticket == place(1))
    );
    let holdings = world.core.holdings();
    assert_eq!((holdings.staff, holdings.claimed, holdings.rooms), (1, 0, 0));
    assert_eq!(holdings.on_duty, 1);
}

#[test]
fn a_revoked_device_whose_line_is_down_loses_its_rooms_and_is_not_let_in_again() {
    let mut world = World::new();
    let (lost, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&lost, desk);
    world.drop_line(desk);
    revoke(&mut world, &lost);
    assert_eq!(world.core.holdings().rooms, 0);
    let thief = world.survivor();
    let unknown = refused(About::Room(room), Refusal::RoomUnknown);
    assert_eq!(world.send(thief, attach(room, 1)), [unknown]);
    let heard = world.send(thief, chain(&lost));
    refuse_and_close(&world, thief, &heard, Refusal::CertificateRefused);
}

#[test]
fn a_device_revoked_between_challenge_and_proof_is_not_let_in() {
    let mut world = World::new();
    let lost = world.program.advocate();
    let (connection, nonce) = challenge(&mut world, &lost);
    revoke(&mut world, &lost);
    let answer = proof(&world, &lost, &nonce);
    let heard = world.send(connection, answer);
    refuse_and_close(&world, connection, &heard, Refusal::CertificateRefused);
}

#[test]
fn everybody_is_shown_a_new_list_of_revoked_devices() {
    let mut world = World::new();
    let lost = world.program.advocate();
    let (device, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    let (signed, list) = world.program.revoke(lost.key());
    let bytes = Bytes::try_from(signed.clone()).unwrap();
    world.core.set_revocations(bytes, list, world.now);
    match &world.hear(survivor)[..] {
        [RelayFrame::Greeting { revocations, .. }] => assert_eq!(revocations[..], signed[..]),
        other => panic!("{other:?}"),
    }
    world.hear(desk);
    assert_eq!(world.go_on_duty(desk, &device), [], "naming the new list");
}
