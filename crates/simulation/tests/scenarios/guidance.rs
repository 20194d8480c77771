//! What helps staff reaches every desk, with each policy, and nobody puts a word of their own into it.

use stillroom_program::{Bytes, List, encode};
use stillroom_protocol::{RelayFrame, Reply};

use crate::scene::{SOON, on_duty};

#[test]
fn a_desk_has_what_helps_its_staff_and_again_when_it_changes_or_the_relay_was_killed() {
    let (mut world, desk) = on_duty(71);
    world.run_for(SOON);
    let first = world.program.policy.unverified().expect("the program signed it").guidance;
    assert_eq!(world.shown(desk).guidance, std::slice::from_ref(&first));
    world.publish(|policy| policy.guidance.check_in = 40);
    let newer = world.run_until(SOON, |world| world.shown(desk).guidance.len() == 2);
    assert!(newer && world.shown(desk).guidance[1].check_in == 40);
    world.kill_relay();
    world.run_for(SOON);
    world.start_relay();
    world.run_for(SOON);
    assert_eq!(world.shown(desk).guidance.len(), 2, "what is here is not asked for again");
}

#[test]
fn a_relay_cannot_give_a_desk_guides_that_nobody_signed() {
    let (mut world, desk) = on_duty(72);
    world.run_for(SOON);
    let mut forged = world.shown(desk).guidance[0].clone();
    let mut messages = forged.canned_messages.to_vec();
    messages[0].text = "Tell me where you live.".try_into().expect("a short text");
    forged.canned_messages = messages.try_into().expect("as many as before");
    let record = Bytes::try_from(encode(&forged)).expect("as long as before");
    let records = List::try_from(vec![record]).expect("one");
    let reply = Reply::Records { records };
    world.inject_down(desk, encode(&RelayFrame::Reply { number: 0, reply }));
    world.run_for(SOON);
    assert_eq!(world.shown(desk).guidance.len(), 1);
}
