//! What is held is told sort by sort, whole, and with the limit that really ends it. That it equals the core's own
//! counts is looked at after every step of every test (`World::drain`).

use stillroom_delivery::{Held, Kept, Sort};
use stillroom_program::{Roles, Validity};

use crate::program::DAY;
use crate::world::*;

impl World {
    fn held(&self, sort: Sort) -> Held {
        *self.core.inventory().iter().find(|held| held.sort == sort).unwrap()
    }
}

#[test]
fn each_sort_is_told_once() {
    let mut sorts: Vec<Sort> = World::new().core.inventory().iter().map(|held| held.sort).collect();
    let told = sorts.len();
    sorts.sort_unstable();
    sorts.dedup();
    assert_eq!(sorts.len(), told);
}

#[test]
fn what_a_survivor_sent_is_counted_until_their_place_is_gone() {
    let mut world = World::new();
    world.advocate_on_duty();
    assert_eq!(world.held(Sort::Line).bytes(), 0);
    let survivor = world.waiting(1);
    assert_eq!(world.held(Sort::Line).sent, key_package(1).len() + 50);
    let Kept::WithLine(kept) = world.held(Sort::Line).kept else { panic!("a place has a line") };
    world.drop_line(survivor);
    world.wait(kept - seconds(1));
    assert_eq!(world.held(Sort::Line).count, 1);
    world.wait(seconds(1));
    assert_eq!((world.held(Sort::Line).count, world.held(Sort::Line).bytes()), (0, 0));
}

#[test]
fn what_waits_in_a_room_goes_when_it_is_said_to() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.send(desk, post(room, b"sealed"));
    let tails = world.held(Sort::Tails);
    assert_eq!(tails.count, 1);
    let Kept::AtMost(kept) = tails.kept else { panic!("a message waits only so long") };
    world.wait_with(kept - seconds(1), &[desk]);
    assert_eq!(world.held(Sort::Tails).count, 1);
    world.wait_with(seconds(1), &[desk]);
    assert_eq!(world.held(Sort::Tails).bytes(), 0);
}

#[test]
fn a_staff_device_is_known_no_longer_than_its_certificate_lasts() {
    let mut world = World::new();
    let short = world.program.staff_until(Roles::ADVOCATE, Validity::days(world.now, 1));
    let line = world.desk(&short);
    world.drop_line(line);
    assert_eq!(world.held(Sort::Staff).count, 1);
    // A day of the certificate, and the day that clocks are forgiven.
    world.now = world.now + 2 * DAY;
    let long = world.program.advocate();
    world.desk(&long);
    assert_eq!(world.held(Sort::Staff).count, 1, "the other one alone");
}
