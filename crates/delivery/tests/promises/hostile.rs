//! Frames that nobody honest sends.

use proptest::prelude::*;
use stillroom_delivery::Side;
use stillroom_program::encode;
use stillroom_protocol::{About, ClientFrame, ProgramId, Refusal, RelayFrame, VERSION};

use crate::world::*;

#[test]
fn nothing_is_obeyed_before_the_greeting() {
    let room = secret(1).room(&[0; 32]);
    for frame in [ClientFrame::Ping, ask(1), claim(1), attach(room, 0)] {
        let mut world = World::new();
        let connection = world.connect();
        let unexpected = refused(About::Connection, Refusal::FrameUnexpected);
        assert_eq!(world.send(connection, frame), [unexpected]);
        assert_eq!(world.core.holdings().connections, 0);
    }
}

#[test]
fn another_version_and_another_program_are_refused_by_name() {
    let mut world = World::new();
    let program = world.program.root.program_id();
    let version = VERSION + 1;
    let newer = world.connect();
    let refusal = refused(About::Connection, Refusal::VersionUnsupported);
    let heard = world.send(newer, ClientFrame::Hello { version, program });
    assert_eq!(heard, [refusal]);
    let lost = world.connect();
    let refusal = refused(About::Connection, Refusal::ProgramUnknown);
    assert_eq!(world.send(lost, hello(ProgramId([0; 16]))), [refusal]);
}

#[test]
fn a_second_greeting_is_unexpected() {
    let mut world = World::new();
    let survivor = world.survivor();
    let program = world.program.root.program_id();
    let unexpected = refused(About::Connection, Refusal::FrameUnexpected);
    assert_eq!(world.send(survivor, hello(program)), [unexpected]);
}

#[test]
fn a_frame_that_is_cut_short_or_goes_on_too_long_ends_its_connection() {
    let whole = encode(&ask(1));
    let mut longer = whole.clone();
    longer.push(0);
    for bytes in [&whole[..whole.len() - 1], &longer, &[]] {
        let mut world = World::new();
        let survivor = world.survivor();
        let malformed = refused(About::Connection, Refusal::FrameMalformed);
        assert_eq!(world.send_bytes(survivor, bytes), [malformed]);
        assert_eq!(world.closed.get(&survivor), Some(&Some(Refusal::FrameMalformed)));
    }
}

#[test]
fn a_survivor_cannot_do_what_staff_do() {
    let mut world = World::new();
    world.advocate_on_duty();
    world.waiting(1);
    let stranger = world.survivor();
    let not_staff = refused(About::Ticket(place(1)), Refusal::NotStaff);
    assert_eq!(world.send(stranger, claim(1)), only(&not_staff));
    assert_eq!(world.send(stranger, offer(1, b"w")), only(&not_staff));
    let ticket = place(1);
    let release = world.send(stranger, ClientFrame::Release { ticket });
    assert_eq!(release, [not_staff]);
    let off = world.send(stranger, ClientFrame::GoOffDuty);
    assert_eq!(off, [refused(About::Duty, Refusal::NotStaff)]);
    assert!(world.core.is_open());
}

#[test]
fn nothing_prints_what_the_core_holds() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.core.handle_frame(desk, &encode(&post(room, b"SECRET")), world.now);
    let survivor = world.survivor();
    world.core.handle_frame(survivor, &encode(&attach(room, 0)), world.now);
    let mut shown = format!("{:?}", world.core);
    while let Some(command) = world.core.poll_command() {
        shown.push_str(&format!("{command:?}"));
    }
    let content = format!("{:?}", b"SECRET");
    assert!(!shown.contains("SECRET") && !shown.contains(content.trim_matches(['[', ']'])));
}

#[test]
fn a_relay_that_stops_tells_everybody_and_lets_nobody_in() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (_, survivor) = world.chat(&device, desk);
    assert!(world.core.is_open());
    world.core.handle_stop(world.now);
    assert!(!world.core.is_open());
    let stopping = refused(About::Connection, Refusal::Stopping);
    assert_eq!(world.hear(desk), only(&stopping));
    assert_eq!(world.hear(survivor).last(), Some(&stopping));
    assert_eq!(world.closed.get(&desk), Some(&Some(Refusal::Stopping)));
    let refused = world.core.handle_connect(Side::Survivors, &share(EVERYBODY), world.now);
    assert_eq!(refused, Err(Refusal::Stopping));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic_and_never_get_an_answer_but_a_refusal(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 1..20)
    ) {
        let mut world = World::new();
        for bytes in frames {
            let survivor = world.survivor();
            for answer in world.send_bytes(survivor, &bytes) {
                let is_refusal = matches!(answer, RelayFrame::Refused { .. } | RelayFrame::Pong);
                prop_assert!(is_refusal, "{answer:?}");
            }
        }
        prop_assert_eq!(world.core.holdings().bytes, 0);
    }

    #[test]
    fn a_whole_frame_with_one_byte_changed_never_panics(
        which in 0_usize..8, at in any::<prop::sample::Index>(), to in any::<u8>()
    ) {
        let mut world = World::new();
        let (device, desk) = world.advocate_on_duty();
        let (room, survivor) = world.chat(&device, desk);
        let frames = [
            ask(1), claim(1), offer(1, b"welcome"), open_room(1), attach(room, 0),
            post(room, b"hello"), ClientFrame::CloseRoom { room }, chain(&device),
        ];
        let mut bytes = encode(&frames[which]);
        let at = at.index(bytes.len());
        bytes[at] = to;
        world.send_bytes(survivor, &bytes);
        world.send_bytes(desk, &bytes);
        world.wait(seconds(2_000));
        prop_assert_eq!(world.core.holdings().bytes, 0);
    }
}
