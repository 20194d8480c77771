//! A desk that was changed: it says and does in a chat what no desk of ours would, and the survivor's core holds to its
//! own rules (`features.md` 3.3, 3.5; `decisions/0024`).

use stillroom_program::{Device, Roles, encode};
use stillroom_protocol::AttachToken;

use super::*;
use crate::{
    chat::introduction,
    conversation::{Handover, HandoverReason, JoinsAs, Newcomer},
    envelope::{Certified, Whom},
    limits::CLOCK_TOLERANCE,
    mls::tests::staff::{device, device_with},
};

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const LEAD: u8 = 10;

fn randomness(seed: u64) -> Randomness {
    use rand_chacha::rand_core::SeedableRng as _;
    Randomness::new(rand_chacha::ChaCha20Rng::seed_from_u64(seed))
}

fn interpreter(number: u8) -> Device {
    device_with(number, Roles::INTERPRETER, NOW)
}

/// A survivor in a chat whose lead does as it likes.
struct Scene {
    lead: Chat,
    survivor: Survivor,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        let own = device(LEAD, NOW);
        let mut prospect = Prospect::new(&randomness(1), NOW).unwrap();
        let (group, welcome) =
            Group::create_and_add(&own, prospect.key_package(), &randomness(2), NOW).unwrap();
        let setup = SurvivorSetup { root: own.program() };
        let mut survivor = Survivor::new(setup, randomness(3));
        let _ = survivor.connection.want(NOW);
        survivor.connection.handle_connected(NOW);
        survivor.connection.handle_served(NOW);
        let leaving = LeavingToken([5; 32]);
        let number = MessageNumber(0);
        let chat = join(&mut prospect, &welcome, leaving, &survivor.trust, number, NOW).unwrap();
        survivor.state = State::Chatting(Box::new(chat));

        let certified = own.chain.verify(&own.program(), NOW, CLOCK_TOLERANCE).unwrap();
        let key = certified.key;
        let members = group.members().into_iter().map(|member| match member.leaf {
            leaf if leaf == group.own_leaf() => (leaf.0, Member::staff(certified.clone())),
            leaf => (leaf.0, Member::survivor(false)),
        });
        let (members, opening) = (members.collect(), introduction(&own.name).unwrap());
        let lead = Chat::new(group, members, &key, opening, number, NOW).unwrap();
        let mut scene = Self { lead, survivor, now: NOW };
        let room = scene.lead.room();
        scene.lead.handle_line_up(NOW);
        scene.lead.handle_attached(NOW);
        if let State::Chatting(chat) = &mut scene.survivor.state {
            chat.handle_line_up(NOW);
        }
        scene.survivor.handle_frame(&encode(&RelayFrame::Attached { room }), NOW);
        scene.pass_on();
        scene
    }

    /// Passes everything on between the two, until nothing comes any more.
    fn pass_on(&mut self) {
        let room = self.lead.room();
        for _ in 0..20 {
            self.now = self.now + core::time::Duration::from_millis(500);
            while let Some(frame) = self.lead.poll_frame() {
                if let ClientFrame::Post { message, .. } = frame {
                    let frame = encode(&RelayFrame::Delivered { room, message });
                    self.survivor.handle_frame(&frame, self.now);
                }
            }
            while let Some(transmit) = self.survivor.poll_transmit() {
                if let Transmit::Frame(frame) = transmit
                    && let Ok(ClientFrame::Post { message, .. }) = decode(&frame)
                {
                    let trust = Trust::new(device(LEAD, NOW).program());
                    self.lead.handle_delivered(&message, &trust, self.now);
                }
            }
            self.lead.handle_timeout(self.now);
            self.survivor.handle_timeout(self.now);
        }
    }

    fn says(&mut self, content: Content) {
        self.lead.say(content, self.now);
        self.pass_on();
    }

    fn asks_whether(&mut self, one: &Device, turn: u32) {
        self.asks_whether_as(one, turn, JoinsAs::Interpreter);
    }

    fn asks_whether_as(&mut self, one: &Device, turn: u32, joins_as: JoinsAs) {
        self.says(Content::AskJoining { turn, colleague: shown(one), joins_as });
    }

    fn asks_to_hand_over(&mut self) {
        self.asks_to_hand_over_to(Whom::Anyone);
    }

    fn asks_to_hand_over_to(&mut self, to: Whom) {
        let handover = Handover::new(HandoverReason::ShiftEnds, "", "").unwrap();
        self.says(Content::AskHandover { turn: 1, to, handover });
    }

    /// Adds this device to the group, as if the survivor had said yes.
    fn lets_in(&mut self, one: &Device) {
        let root = one.program();
        let staff = one.staff_record().verify(&root, NOW, CLOCK_TOLERANCE).unwrap();
        let prospect = Prospect::staff(one, &randomness(4), NOW).unwrap();
        let keys = (prospect.key_package(), AttachToken([6; 32]));
        let name = Bytes::try_from(encode(&device(LEAD, NOW).name)).unwrap();
        let admitted = self.lead.admit(&staff, who(), keys, name, self.now);
        assert!(admitted.is_some());
        self.pass_on();
    }

    /// The last screen that was shown since this was asked.
    fn screen(&mut self) -> Option<Phase> {
        let mut last = None;
        while let Some(event) = self.survivor.poll_event() {
            if let SurvivorEvent::Phase(phase) = event {
                last = Some(phase);
            }
        }
        last
    }

    fn expect_over(&mut self) {
        assert_eq!(self.screen(), Some(Phase::Stopped(Stop::ConversationNotSafe)));
        assert!(matches!(self.survivor.state, State::Over));
    }
}

fn shown(one: &Device) -> Certified {
    Certified { chain: one.chain.clone(), name: one.name.clone() }
}

fn who() -> Newcomer {
    Newcomer {
        name: "Advocate".into(),
        joins_as: JoinsAs::Interpreter,
        role: crate::Role::Interpreter,
    }
}

#[test]
fn whoever_is_let_in_without_being_asked_about_ends_the_chat() {
    let mut scene = Scene::new();
    assert_eq!(scene.screen(), Some(Phase::Chatting));
    scene.lets_in(&interpreter(21));
    scene.expect_over();
}

#[test]
fn whoever_is_let_in_before_a_yes_ends_the_chat_whatever_the_desk_says() {
    let mut scene = Scene::new();
    scene.asks_whether(&interpreter(21), 1);
    assert_eq!(scene.survivor.company, Company::Asked(who()));
    scene.says(Content::LetIn { turn: 1 });
    assert_eq!(scene.survivor.company, Company::Asked(who()), "nobody comes without a yes");
    scene.lets_in(&interpreter(21));
    scene.expect_over();
}

#[test]
fn a_yes_that_was_taken_back_lets_nobody_in() {
    let mut scene = Scene::new();
    scene.asks_whether(&interpreter(21), 1);
    scene.survivor.accept_joining(scene.now);
    scene.survivor.decline_joining(scene.now);
    scene.says(Content::LetIn { turn: 1 });
    assert_eq!(scene.survivor.company, Company::Nobody);
    scene.lets_in(&interpreter(21));
    scene.expect_over();
}

#[test]
fn a_yes_to_one_lets_nobody_else_in() {
    for comes in [21, 22] {
        let mut scene = Scene::new();
        scene.asks_whether(&interpreter(21), 1);
        scene.survivor.accept_joining(scene.now);
        scene.says(Content::LetIn { turn: 1 });
        scene.lets_in(&interpreter(comes));
        if comes == 21 {
            assert_eq!(scene.screen(), Some(Phase::Chatting));
        } else {
            scene.expect_over();
        }
    }
}

#[test]
fn one_thing_is_asked_at_a_time_whatever_a_desk_asks() {
    let mut scene = Scene::new();
    scene.asks_to_hand_over();
    assert!(scene.survivor.question.is_some());
    scene.asks_whether(&interpreter(21), 1);
    assert_eq!(scene.survivor.company, Company::Nobody, "that is not asked now");

    let mut scene = Scene::new();
    scene.asks_whether(&interpreter(21), 1);
    scene.asks_to_hand_over();
    assert!(scene.survivor.question.is_none(), "nor is this");
    assert_eq!(scene.survivor.company, Company::Asked(who()));
}

#[test]
fn of_somebody_who_is_in_no_desk_can_say_that_they_are_not() {
    let mut scene = Scene::new();
    scene.asks_whether(&interpreter(21), 1);
    scene.survivor.accept_joining(scene.now);
    scene.says(Content::LetIn { turn: 1 });
    scene.lets_in(&interpreter(21));
    let why = crate::conversation::StaysAway::CannotCome;
    scene.says(Content::WithdrawJoining { turn: 1, why });
    assert_eq!(scene.survivor.company, Company::Here(who()));
}

#[test]
fn while_somebody_is_there_nobody_but_whom_they_met_for_it_can_be_proposed_to_go_on_with() {
    let (met, another) = (device(21, NOW), device(22, NOW));
    let mut scene = Scene::new();
    scene.asks_whether_as(&met, 1, JoinsAs::Successor);
    scene.survivor.accept_joining(scene.now);
    scene.says(Content::LetIn { turn: 1 });
    scene.lets_in(&met);
    let others = [Whom::Anyone, Whom::Supervisor, Whom::Colleague { shown: shown(&another) }];
    for to in others {
        scene.asks_to_hand_over_to(to);
        assert!(scene.survivor.question.is_none(), "whoever is there would be left behind");
    }
    scene.asks_to_hand_over_to(Whom::Colleague { shown: shown(&met) });
    assert!(scene.survivor.question.is_some());

    let mut scene = Scene::new();
    let interpreter = interpreter(21);
    scene.asks_whether(&interpreter, 1);
    scene.survivor.accept_joining(scene.now);
    scene.says(Content::LetIn { turn: 1 });
    scene.lets_in(&interpreter);
    for to in [Whom::Anyone, Whom::Colleague { shown: shown(&another) }] {
        scene.asks_to_hand_over_to(to);
        assert!(scene.survivor.question.is_none(), "an interpreter came for something else");
    }
}

#[test]
fn a_changed_page_that_asks_for_tokens_three_times_is_heard_once() {
    let mut scene = Scene::new();
    for _ in 0..3 {
        let (_, asked) = stillroom_program::TokenRequest::new(&mut randomness(7)).unwrap();
        if let State::Chatting(chat) = &mut scene.survivor.state {
            chat.say(Content::AskTokens { asked }, scene.now);
        }
        scene.survivor.drain_chat(scene.now);
        scene.pass_on();
    }
    let mut heard = 0;
    while let Some(output) = scene.lead.poll_output() {
        heard += usize::from(matches!(output, ChatOutput::TokensAsked(_)));
    }
    assert_eq!(heard, 1);
}
