//! What the host says reaches every administrator at once or when they come, and nobody else.

use std::collections::BTreeSet;

use stillroom_delivery::{HostNotice, Kept, Sort};
use stillroom_protocol::{About, ClientFrame, HostNoticeId, Operation, Refusal, RelayFrame};

use crate::world::*;

fn standing(words: &[u8]) -> HostNotice {
    HostNotice { signed: words.try_into().unwrap(), read_by: BTreeSet::new() }
}

fn told(words: &[&[u8]]) -> RelayFrame {
    let notices = words.iter().map(|words| (*words).try_into().unwrap()).collect::<Vec<_>>();
    RelayFrame::HostNotices { notices: notices.try_into().unwrap() }
}

impl World {
    fn say(&mut self, notices: Vec<HostNotice>) {
        self.core.set_host_notices(notices);
        self.drain();
    }
}

#[test]
fn administrators_who_are_there_are_told_at_once_and_nobody_else() {
    let mut world = World::new();
    let device = world.program.administrator.clone();
    let administrator = world.desk(&device);
    let (_, advocate) = world.advocate_on_duty();
    let survivor = world.survivor();
    world.hear(administrator);
    world.say(vec![standing(b"a breach")]);
    assert_eq!(world.hear(administrator), [told(&[b"a breach"])]);
    assert_eq!(world.hear(advocate), []);
    assert_eq!(world.hear(survivor), []);
}

#[test]
fn whoever_was_away_is_told_when_they_come_until_it_was_read_on_their_device() {
    let mut world = World::new();
    let device = world.program.administrator.clone();
    world.say(vec![standing(b"first"), standing(b"second")]);
    let line = world.connect_administrator();
    assert_eq!(world.hear(line), [told(&[b"first", b"second"])]);
    world.drop_line(line);
    let first = HostNotice { read_by: BTreeSet::from([device.key()]), ..standing(b"first") };
    world.say(vec![first, standing(b"second")]);
    let line = world.connect_administrator();
    assert_eq!(world.hear(line), [told(&[b"second"])]);
    world.say(Vec::new());
    assert_eq!(world.hear(line), [told(&[])], "withdrawn");
}

impl World {
    /// The administrator's device, let in; what it is told then is still to be heard.
    fn connect_administrator(&mut self) -> stillroom_delivery::ConnectionId {
        let device = self.program.administrator.clone();
        let line = self.survivor();
        let nonce = match self.send(line, chain(&device))[..] {
            [RelayFrame::Challenge { nonce }] => nonce,
            ref other => panic!("{other:?}"),
        };
        let message = [&self.program.root.program_id().0[..], &nonce.0[..]].concat();
        let signature = device.signing.sign(stillroom_program::Label::Challenge, &message);
        let mut heard = self.send(line, ClientFrame::Proof { signature });
        assert_eq!(heard.remove(0), RelayFrame::Admitted);
        self.heard.entry(line).or_default().extend(heard);
        line
    }
}

#[test]
fn an_administrator_alone_says_that_a_notice_was_read() {
    let mut world = World::new();
    let notice = HostNoticeId([3; 16]);
    let ask = || ClientFrame::Request {
        number: 5,
        operation: Operation::AcknowledgeHostNotice { notice },
    };
    let (_, advocate) = world.advocate_on_duty();
    let missing = refused(About::Request(5), Refusal::RoleMissing);
    assert_eq!(world.send(advocate, ask()), [missing]);
    let administrator = world.connect_administrator();
    assert_eq!(world.send(administrator, ask()), []);
    let by = world.requests.last().and_then(|request| request.by.as_ref().map(|by| by.key));
    assert_eq!(by, Some(world.program.administrator.key()));
}

#[test]
fn what_the_host_says_is_counted() {
    let mut world = World::new();
    world.say(vec![standing(b"12345")]);
    let inventory = world.core.inventory();
    let held = inventory.iter().find(|held| held.sort == Sort::HostNotices).unwrap();
    assert_eq!((held.count, held.bytes(), held.kept), (1, 5, Kept::UntilReplaced));
}
