//! Hours and notices as people meet them, over the real cores.

use core::time::Duration;

use stillroom_conversation::{Phase, Stop};
use stillroom_program::{Notice, NoticeKind, Policy};

use crate::scene::{
    FIRST, SOON, add_desk, assert_all_arrived, on_duty, start, take, write_both_ways,
};

/// Within which a closing is on every page that waits (`features.md` 5.7).
const AT_ONCE: Duration = Duration::from_secs(2);

fn emergency(policy: &mut Policy) {
    let text = "Stay away from the river.".try_into().expect("a short text");
    let notice = Notice { kind: NoticeKind::Emergency, text, from: None, until: None };
    policy.page.notices = vec![notice].try_into().expect("one notice");
}

fn never_mind(policy: &mut Policy) {
    policy.page.notices = Vec::new().try_into().expect("no notice");
}

#[test]
fn an_emergency_is_told_at_once_to_those_who_wait_and_ends_no_chat() {
    let (mut world, desk) = on_duty(61);
    let chatting = start(&mut world);
    take(&mut world, desk, chatting, FIRST);
    let waiting = start(&mut world);
    world.run_for(SOON);
    assert!(matches!(world.shown(waiting).phase(), Some(Phase::Waiting { ahead: Some(_) })));

    world.publish(emergency);
    let stopped = Some(Phase::Stopped(Stop::Closed));
    assert!(world.run_until(AT_ONCE, |world| world.shown(waiting).phase() == stopped));
    let late = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(late).phase() == stopped));
    write_both_ways(&mut world, desk, chatting, 0);
    assert_all_arrived(&mut world, desk, chatting, SOON);

    // Nor does whoever comes before the desk has said under the new policy that it is on duty hear that nobody is.
    world.publish(never_mind);
    let next = start(&mut world);
    assert!(world.run_until(SOON, |world| {
        matches!(world.shown(next).phase(), Some(Phase::Waiting { ahead: Some(_) }))
    }));
}

#[test]
fn a_relay_that_was_killed_knows_its_hours_when_it_comes_back() {
    let (mut world, _) = on_duty(62);
    world.publish(emergency);
    world.kill_relay();
    world.run_for(SOON);
    world.start_relay();
    add_desk(&mut world, "Kim");
    let survivor = start(&mut world);
    let stopped = Some(Phase::Stopped(Stop::Closed));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == stopped));
}
