//! What a console believes, asks and publishes, against a relay that is written out here frame by frame.

mod history;
mod record;

use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_program::{Device, Direction, Locale, LocaleFile, Notice, NoticeKind, SAMPLE_POLICY};
use stillroom_protocol::List;

use super::*;
use crate::mls::tests::staff;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const OPENING: Duration = Duration::from_secs(1);

fn policy(version: u64) -> Policy {
    let mut policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    policy.terms.version = version;
    policy
}

fn signed(policy: &Policy, administrator: &Device) -> SignedPolicy {
    SignedPolicy::sign(policy, administrator).unwrap()
}

fn administrator() -> Device {
    staff::administrator(NOW)
}

/// A console of this device, and its end of the line.
struct Scene {
    console: Administrator,
    events: Vec<AdministratorEvent>,
    asked: Vec<(u32, Operation)>,
    /// The record of administrative acts at the relay, and what was told of it.
    record: Vec<SignedAuditEntry>,
    told: Vec<AdministratorEvent>,
    /// An entry that is in it once it was read.
    late: Option<SignedAuditEntry>,
}

impl Scene {
    fn new(device: Device) -> Self {
        let setup = DeskSetup { root: device.program(), device };
        let randomness = Randomness::new(ChaCha20Rng::seed_from_u64(9));
        let console = Administrator::new(setup, randomness, NOW);
        let (events, asked, record, told) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut scene = Self { console, events, asked, record, told, late: None };
        scene.connect();
        scene
    }

    fn connect(&mut self) {
        self.console.handle_connected(NOW);
        self.drain();
    }

    fn say(&mut self, frame: &RelayFrame) {
        self.console.handle_frame(&encode(frame), NOW);
        self.drain();
    }

    fn greet(&mut self, signed: &SignedPolicy) {
        let policy = encode(&signed.terms_alone()).try_into().unwrap();
        let (revocations, statement) = (Bytes::default(), Bytes::default());
        self.say(&RelayFrame::Greeting { version: VERSION, policy, revocations, statement });
    }

    /// Answers what was asked of the policy's parts from this one.
    fn answer(&mut self, signed: &SignedPolicy) {
        for (number, operation) in core::mem::take(&mut self.asked) {
            let record = match operation {
                Operation::Page => signed.page.to_vec(),
                Operation::Guidance => signed.guidance.to_vec(),
                other => panic!("{other:?}"),
            };
            let records = List::try_from(vec![Bytes::try_from(record).unwrap()]).unwrap();
            self.say(&RelayFrame::Reply { number, reply: Reply::Records { records } });
        }
    }

    /// Lets the console in, with this policy.
    fn admit(&mut self, signed: &SignedPolicy) {
        self.greet(signed);
        self.say(&RelayFrame::Challenge { nonce: Nonce([7; 32]) });
        self.say(&RelayFrame::Admitted);
    }

    /// Takes what comes out, and answers what is asked of the record of administrative acts.
    fn drain(&mut self) {
        while let Some(transmit) = self.console.poll_transmit() {
            if let Transmit::Frame(frame) = transmit
                && let Ok(ClientFrame::Request { number, operation }) = decode(&frame)
            {
                match operation {
                    Operation::AuditFrom { .. } => {
                        let records = self.record.iter().map(|entry| encode(entry).try_into());
                        let records = records.collect::<Result<Vec<_>, _>>().unwrap();
                        let reply = Reply::Records { records: records.try_into().unwrap() };
                        let all = RelayFrame::Reply { number, reply };
                        self.record.extend(self.late.take());
                        self.console.handle_frame(&encode(&all), NOW);
                    }
                    operation => self.asked.push((number, operation)),
                }
            }
        }
        while let Some(event) = self.console.poll_event() {
            let of_record =
                matches!(event, AdministratorEvent::Audit(_) | AdministratorEvent::Record(_));
            if of_record { self.told.push(event) } else { self.events.push(event) }
        }
    }

    fn shown(&mut self) -> Vec<AdministratorEvent> {
        core::mem::take(&mut self.events)
    }

    /// Answers the last question with these records.
    fn reply(&mut self, records: Vec<Vec<u8>>) {
        let (number, _) = self.asked.pop().unwrap();
        let records = records.into_iter().map(|record| record.try_into().unwrap());
        let records = List::try_from(records.collect::<Vec<_>>()).unwrap();
        self.say(&RelayFrame::Reply { number, reply: Reply::Records { records } });
    }

    /// The line drops, and stands again.
    fn come_back(&mut self, signed: &SignedPolicy) {
        self.console.handle_disconnected(NOW);
        self.console.handle_timeout(NOW + OPENING);
        self.connect();
        self.admit(signed);
    }

    fn publish(&mut self, policy: &Policy) -> SignedPolicy {
        let signed = signed(policy, self.console.device());
        let version = policy.terms.version;
        self.console.publish(version, version - 1, &signed, Vec::new(), NOW);
        self.drain();
        signed
    }
}

fn closed(version: u64) -> Policy {
    let notice = Notice {
        kind: NoticeKind::Closed,
        text: "Our lines are down.".try_into().unwrap(),
        from: None,
        until: None,
    };
    policy(version - 1).closed_with(notice, NOW).unwrap()
}

#[test]
fn the_whole_policy_is_fetched_and_shown_with_each_that_is_published() {
    let administrator = administrator();
    let mut scene = Scene::new(administrator.clone());
    let first = signed(&policy(1), &administrator);
    scene.admit(&first);
    scene.answer(&first);
    assert_eq!(scene.shown(), [AdministratorEvent::Policy(Arc::new(policy(1)))]);
    let second = signed(&closed(2), &administrator);
    scene.greet(&second);
    scene.answer(&second);
    assert_eq!(scene.shown(), [AdministratorEvent::Policy(Arc::new(closed(2)))]);
}

#[test]
fn what_was_signed_with_another_policy_is_not_shown() {
    let administrator = administrator();
    let mut scene = Scene::new(administrator.clone());
    let first = signed(&policy(1), &administrator);
    scene.admit(&first);
    scene.answer(&signed(&closed(2), &administrator));
    assert_eq!(scene.shown(), [], "its page is another's");
}

#[test]
fn a_policy_that_no_administrator_of_this_program_signed_is_not_believed() {
    let mut scene = Scene::new(administrator());
    let mut forged = signed(&closed(2), &administrator());
    forged.signature = [0; 64];
    scene.admit(&forged);
    let trouble = AdministratorEvent::Trouble(Trouble::ProgramNotVerified);
    assert_eq!(scene.shown(), [trouble]);
}

#[test]
fn what_is_published_goes_again_after_a_dropped_line_and_is_told_once() {
    let mut scene = Scene::new(administrator());
    let first = signed(&policy(1), &administrator());
    scene.admit(&first);
    scene.answer(&first);
    scene.shown();
    let next = scene.publish(&closed(2));
    let sent = core::mem::take(&mut scene.asked);
    let [(_, Operation::Audited { entry, operation })] = &sent[..] else { panic!("{sent:?}") };
    let asked: Operation = decode(operation).unwrap();
    let policy = encode(&next).try_into().unwrap();
    assert_eq!(asked, Operation::PublishPolicy { replaces: 1, policy });
    let entry: SignedAuditEntry = decode(entry).unwrap();
    assert!(entry.entry.act.describes(&asked) && entry.signer() == scene.console.device().key());

    scene.console.handle_disconnected(NOW);
    scene.console.handle_timeout(NOW + OPENING);
    scene.connect();
    scene.admit(&first);
    assert_eq!(core::mem::take(&mut scene.asked), sent, "the same one, under its number");
    let (number, _) = sent[0];
    scene.say(&RelayFrame::Reply { number, reply: Reply::Done });
    scene.say(&RelayFrame::Reply { number, reply: Reply::Done });
    let published =
        scene.shown().into_iter().filter(|event| matches!(event, AdministratorEvent::Published(2)));
    assert_eq!(published.count(), 1);
}

#[test]
fn a_refusal_is_told_and_what_was_refused_is_not_sent_again() {
    let mut scene = Scene::new(administrator());
    let first = signed(&policy(1), &administrator());
    scene.admit(&first);
    scene.answer(&first);
    scene.shown();
    scene.publish(&closed(2));
    let (number, _) = scene.asked.pop().unwrap();
    let about = About::Request(number);
    scene.say(&RelayFrame::Refused { about, refusal: Refusal::RecordRefused });
    assert_eq!(scene.shown(), [AdministratorEvent::NotPublished(Refusal::RecordRefused)]);
    scene.console.handle_disconnected(NOW);
    scene.console.handle_timeout(NOW + OPENING);
    scene.connect();
    scene.admit(&first);
    assert_eq!(scene.asked, []);
}

#[test]
fn a_policy_whose_answer_was_lost_with_the_line_is_told_of_once_its_entry_is_read() {
    let mut scene = Scene::new(administrator());
    let first = signed(&policy(1), &administrator());
    scene.admit(&first);
    scene.answer(&first);
    let next = scene.publish(&closed(2));
    let (_, asked) = scene.asked.pop().unwrap();
    let Operation::Audited { entry, .. } = asked else { panic!("{asked:?}") };
    scene.console.handle_disconnected(NOW);
    scene.console.handle_timeout(NOW + OPENING);
    scene.console.handle_connected(NOW);
    let greeting = RelayFrame::Greeting {
        version: VERSION,
        policy: encode(&next.terms_alone()).try_into().unwrap(),
        revocations: Bytes::default(),
        statement: Bytes::default(),
    };
    let entry = entry.to_vec().try_into().unwrap();
    let records = List::try_from(vec![entry]).unwrap();
    let reply = Reply::Records { records };
    for frame in [
        greeting,
        RelayFrame::Challenge { nonce: Nonce([7; 32]) },
        RelayFrame::Admitted,
        RelayFrame::Reply { number: REQUEST, reply },
    ] {
        scene.console.handle_frame(&encode(&frame), NOW);
    }
    scene.drain();
    assert!(scene.shown().contains(&AdministratorEvent::Published(2)));
    let again = scene.asked.iter().any(|(_, asked)| matches!(asked, Operation::Audited { .. }));
    assert!(!again, "and not published once more");
}

/// A policy in another language as well, and the file of its texts.
fn in_arabic(version: u64) -> (Policy, LocaleFile) {
    let file = LocaleFile::try_from("leave-this-page = غادر\n".as_bytes().to_vec()).unwrap();
    let mut policy = policy(version);
    let locale = Locale {
        tag: "ar".try_into().unwrap(),
        name: "العربية".try_into().unwrap(),
        direction: Direction::RightToLeft,
        file: Locale::hash(&file),
    };
    policy.page.locales = vec![locale].try_into().unwrap();
    (policy, file)
}

#[test]
fn texts_go_to_the_relay_before_the_policy_that_names_them_and_again_after_a_dropped_line() {
    let administrator = administrator();
    let mut scene = Scene::new(administrator.clone());
    let first = signed(&policy(1), &administrator);
    scene.admit(&first);
    scene.answer(&first);
    let (next, file) = in_arabic(2);
    let next = signed(&next, &administrator);
    scene.console.publish(2, 1, &next, vec![file.clone()], NOW);
    scene.drain();
    let sent = Operation::PublishLocale { file: file.to_vec().try_into().unwrap() };
    assert_eq!(core::mem::take(&mut scene.asked), [(texts::SENT, sent.clone())]);
    scene.console.handle_disconnected(NOW);
    scene.console.handle_timeout(NOW + OPENING);
    scene.connect();
    scene.admit(&first);
    assert_eq!(core::mem::take(&mut scene.asked), [(texts::SENT, sent)]);
    scene.say(&RelayFrame::Reply { number: texts::SENT, reply: Reply::Done });
    let [(_, Operation::Audited { .. })] = &scene.asked[..] else { panic!("{:?}", scene.asked) };
}

#[test]
fn texts_that_the_relay_refuses_keep_the_policy_back_and_that_is_told() {
    let administrator = administrator();
    let mut scene = Scene::new(administrator.clone());
    let first = signed(&policy(1), &administrator);
    scene.admit(&first);
    scene.answer(&first);
    scene.shown();
    let (next, file) = in_arabic(2);
    scene.console.publish(2, 1, &signed(&next, &administrator), vec![file], NOW);
    scene.drain();
    scene.asked.clear();
    let about = About::Request(texts::SENT);
    scene.say(&RelayFrame::Refused { about, refusal: Refusal::RecordRefused });
    assert_eq!(scene.shown(), [AdministratorEvent::NotPublished(Refusal::RecordRefused)]);
    assert_eq!(scene.asked, []);
}

#[test]
fn texts_of_the_policy_that_holds_are_fetched_and_others_are_not_believed() {
    let administrator = administrator();
    for genuine in [true, false] {
        let mut scene = Scene::new(administrator.clone());
        let (policy, file) = in_arabic(1);
        let first = signed(&policy, &administrator);
        scene.admit(&first);
        scene.answer(&first);
        let wanted = Operation::Locale { file: Locale::hash(&file) };
        assert_eq!(scene.asked.pop(), Some((texts::FETCHED, wanted)));
        let given = if genuine { file.to_vec() } else { b"send = x\n".to_vec() };
        let records = List::try_from(vec![given.try_into().unwrap()]).unwrap();
        let reply = Reply::Records { records };
        scene.say(&RelayFrame::Reply { number: texts::FETCHED, reply });
        let told = scene.shown().contains(&AdministratorEvent::Texts(file));
        assert_eq!(told, genuine);
    }
}
