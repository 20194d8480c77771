use std::collections::VecDeque;

use proptest::prelude::*;
use stillroom_protocol::Flag;

use super::*;
use crate::{envelope::Envelope, limits::LIVE_PADDED};

const TYPING: LiveKind = LiveKind::Typing;
const TEXT: LiveKind = LiveKind::Text;
const OFFER: LiveStep = LiveStep::Offer { kind: TEXT };

/// Two sides and the steps on their way to each, in order and once, as the streams of a chat deliver them.
struct Pair {
    sides: [Shared; 2],
    under_way: [VecDeque<(u32, LiveStep)>; 2],
    /// The newest offer that each side itself made or accepted.
    wanted: [Option<(u32, LiveKind)>; 2],
    now: Timestamp,
}

impl Pair {
    fn new() -> Self {
        Self {
            sides: [Shared::new(), Shared::new()],
            under_way: [VecDeque::new(), VecDeque::new()],
            wanted: [None, None],
            now: Timestamp(0),
        }
    }

    /// A pair that agreed.
    fn agreed(kind: LiveKind) -> Self {
        let mut pair = Self::new();
        pair.take(0, LiveStep::Offer { kind });
        pair.settle();
        pair.take(1, LiveStep::Accept);
        pair.settle();
        assert_eq!(pair.live(), [Live::On(kind); 2]);
        pair
    }

    fn take(&mut self, side: usize, step: LiveStep) {
        let offered = self.sides[side].live();
        if let Some(Content::Live { turn, step }) = self.sides[side].take(step, self.now) {
            match (step, offered) {
                (LiveStep::Offer { kind }, _) | (LiveStep::Accept, Live::Offered(kind)) => {
                    self.wanted[side] = Some((turn, kind));
                }
                _ => {}
            }
            self.under_way[1 - side].push_back((turn, step));
        }
    }

    /// The first step on its way to this side arrives.
    fn arrive(&mut self, side: usize) {
        if let Some((turn, step)) = self.under_way[side].pop_front() {
            self.sides[side].handle_step(turn, step, self.now);
        }
    }

    fn settle(&mut self) {
        while self.under_way.iter().any(|steps| !steps.is_empty()) {
            self.arrive(0);
            self.arrive(1);
        }
    }

    fn live(&self) -> [Live; 2] {
        [self.sides[0].live(), self.sides[1].live()]
    }

    /// The next beat of a side, after the time that it takes.
    fn beat(&mut self, side: usize) -> Option<Content> {
        self.now = self.sides[side].poll_timeout(true)?;
        self.sides[side].handle_timeout(true, self.now)
    }

    fn hear(&mut self, side: usize, beat: &Content) {
        let Content::Beat { turn, number, typing, draft } = beat else {
            panic!("a beat");
        };
        self.sides[side].handle_heard(self.now);
        self.sides[side].handle_beat(*turn, *number, **typing, draft);
    }

    /// What a side showed last of the other's typing, and forgets all that it has to show.
    fn typed(&mut self, side: usize) -> Option<Typed> {
        let outputs = core::mem::take(&mut self.sides[side].outputs);
        let mut typed = outputs.into_iter().filter_map(|event| match event {
            ChatOutput::Conversation(ConversationEvent::Typed(typed)) => Some(typed),
            _ => None,
        });
        typed.next_back()
    }
}

fn text(text: &str) -> Option<Typed> {
    Some(Typed::Text(Written::new(text)))
}

#[test]
fn an_offer_is_accepted_and_either_side_can_stop_it_at_once() {
    for stops in [0, 1] {
        let mut pair = Pair::agreed(TEXT);
        pair.take(stops, LiveStep::Stop);
        assert_eq!(pair.live()[stops], Live::Off, "before anybody heard of it");
        pair.settle();
        assert_eq!(pair.live(), [Live::Off; 2]);
    }
}

#[test]
fn an_offer_is_declined_or_withdrawn_or_lapses() {
    for side in [0, 1] {
        let mut pair = Pair::new();
        pair.take(0, OFFER);
        pair.settle();
        assert_eq!(pair.live(), [Live::Asked(TEXT), Live::Offered(TEXT)]);
        pair.take(side, LiveStep::Stop);
        pair.settle();
        assert_eq!(pair.live(), [Live::Off; 2]);
    }
    let mut shared = Shared::new();
    shared.take(OFFER, Timestamp(0));
    let due = shared.poll_timeout(false).unwrap();
    assert!(matches!(
        shared.handle_timeout(false, due),
        Some(Content::Live { turn: 1, step: LiveStep::Stop })
    ));
    assert_eq!(shared.live(), Live::Off);
}

#[test]
fn nothing_is_accepted_that_was_not_offered() {
    let mut pair = Pair::new();
    pair.take(0, LiveStep::Accept);
    assert!(pair.under_way[1].is_empty());
    pair.sides[0].handle_step(1, LiveStep::Accept, Timestamp(0));
    assert_eq!(pair.live()[0], Live::Off);
    pair.take(0, OFFER);
    let turn = pair.sides[0].turn;
    pair.sides[0].handle_step(turn - 1, LiveStep::Accept, Timestamp(0));
    pair.sides[0].handle_step(turn + 1, LiveStep::Accept, Timestamp(0));
    assert_eq!(pair.live()[0], Live::Asked(TEXT), "an answer to another offer is none");
}

#[test]
fn two_offers_at_once_agree_to_what_shows_less() {
    let mut pair = Pair::new();
    pair.take(0, OFFER);
    pair.take(1, LiveStep::Offer { kind: TYPING });
    pair.settle();
    assert_eq!(pair.live(), [Live::On(TYPING); 2]);
}

#[test]
fn what_is_typed_is_seen_as_it_is_typed_and_is_gone_when_it_is_sent_or_stopped() {
    let mut pair = Pair::agreed(TEXT);
    for draft in ["h", "he", "h"] {
        pair.sides[0].set_draft(draft, pair.now);
        let beat = pair.beat(0).unwrap();
        pair.hear(1, &beat);
        assert_eq!(pair.typed(1), text(draft));
    }
    pair.sides[1].handle_sent();
    assert_eq!(pair.typed(1), Some(Typed::Nothing));
    let beat = pair.beat(0).unwrap();
    pair.hear(1, &beat);
    pair.take(0, LiveStep::Stop);
    pair.settle();
    assert_eq!(pair.typed(1), Some(Typed::Nothing));
}

#[test]
fn a_typing_sign_holds_no_word_and_passes() {
    let mut pair = Pair::agreed(TYPING);
    pair.sides[0].set_draft("a secret", pair.now);
    let beat = pair.beat(0).unwrap();
    assert!(matches!(&beat, Content::Beat { typing: Flag(true), draft, .. } if draft.is_empty()));
    pair.hear(1, &beat);
    assert_eq!(pair.typed(1), Some(Typed::Something));
    for _ in 0..10 {
        let beat = pair.beat(0).unwrap();
        pair.hear(1, &beat);
        pair.sides[0].handle_heard(pair.now);
    }
    assert_eq!(pair.typed(1), Some(Typed::Nothing));
}

#[test]
fn words_are_not_shown_where_only_the_sign_was_agreed_to() {
    let mut pair = Pair::agreed(TYPING);
    pair.sides[1].handle_beat(1, 1, true, "a secret");
    assert_eq!(pair.typed(1), Some(Typed::Something));
}

#[test]
fn a_beat_that_is_late_repeated_or_of_no_agreement_shows_nothing() {
    let mut pair = Pair::agreed(TEXT);
    let turn = pair.sides[1].turn;
    pair.sides[1].handle_beat(turn, 7, true, "new");
    for (turn, number) in [(turn, 6), (turn, 7), (turn - 1, 8), (turn + 1, 8)] {
        pair.sides[1].handle_beat(turn, number, true, "old");
    }
    assert_eq!(pair.typed(1), text("new"));
    pair.take(1, LiveStep::Stop);
    pair.typed(1);
    pair.sides[1].handle_beat(turn, 9, true, "after it was stopped");
    pair.take(1, OFFER);
    pair.sides[1].handle_beat(turn + 1, 1, true, "before it is accepted");
    assert_eq!(pair.typed(1), None);
}

#[test]
fn whoever_is_not_heard_gets_twenty_beats_and_no_more_and_their_words_go() {
    let mut pair = Pair::agreed(TEXT);
    pair.sides[0].handle_beat(1, 1, true, "and then");
    let mut beats = 0;
    while let Some(due) = pair.sides[0].poll_timeout(true) {
        pair.now = due;
        beats += u32::from(pair.sides[0].handle_timeout(true, due).is_some());
    }
    assert!((19..=20).contains(&beats), "{beats}");
    assert_eq!(pair.typed(0), Some(Typed::Nothing));
    pair.sides[0].handle_heard(pair.now);
    assert!(pair.beat(0).is_some(), "they are back");
}

#[test]
fn a_late_timer_makes_one_beat_and_not_all_that_it_missed() {
    let mut pair = Pair::agreed(TEXT);
    let late = pair.now + LIVE_EVERY * 7;
    assert!(pair.sides[0].handle_timeout(true, late).is_some());
    assert!(pair.sides[0].handle_timeout(true, late).is_none());
}

#[test]
fn the_end_of_a_long_draft_is_shown_in_any_script() {
    for letter in ["a", "é", "न", "👩"] {
        let draft = letter.repeat(4_000);
        let shown = end_of(&draft);
        assert!(shown.len() <= LIVE_TEXT_MAX && shown.len() > LIVE_TEXT_MAX - 8);
        assert!(shown.starts_with(BEFORE) && draft.ends_with(&shown[BEFORE.len()..]));
    }
    assert_eq!(end_of("short"), "short");
}

proptest! {
    /// Whatever both do, and however it crosses: where nothing more is under way both have the same, and
    /// neither has an agreement that it did not itself offer or accept.
    #[test]
    fn steps_that_cross_leave_both_sides_with_the_same(
        steps in proptest::collection::vec((0_usize..2, 0_u8..6), 0..60)
    ) {
        let mut pair = Pair::new();
        for (side, what) in steps {
            match what {
                0 => pair.take(side, OFFER),
                1 => pair.take(side, LiveStep::Offer { kind: TYPING }),
                2 => pair.take(side, LiveStep::Accept),
                3 => pair.take(side, LiveStep::Stop),
                _ => pair.arrive(side),
            }
            for side in [0, 1] {
                if let Live::On(kind) = pair.sides[side].live() {
                    let (turn, wanted) = pair.wanted[side].unwrap();
                    prop_assert_eq!(turn, pair.sides[side].turn);
                    prop_assert!(kind <= wanted, "no more is shown than was agreed to");
                }
            }
        }
        pair.settle();
        let same = match pair.live() {
            [Live::Asked(one), Live::Offered(other)] | [Live::Offered(one), Live::Asked(other)] => {
                one == other
            }
            [one, other] => one == other && !matches!(one, Live::Asked(_) | Live::Offered(_)),
        };
        prop_assert!(same, "{:?}", pair.live());
    }

    /// The times and the sizes of a side's beats are the same whatever is typed, and whether anything is.
    #[test]
    fn beats_are_the_same_whatever_is_typed(
        kind in prop_oneof![Just(TYPING), Just(TEXT)],
        keys in proptest::collection::vec((0_u64..1500, ".{0,1200}"), 0..20)
    ) {
        let mut pair = Pair::agreed(kind);
        let start = pair.now;
        let mut keys: VecDeque<_> = keys.into_iter().scan(start, |at, (wait, text)| {
            at.0 += wait;
            Some((*at, text))
        }).collect();
        for expected in 1..40 {
            let due = pair.sides[0].poll_timeout(true).unwrap();
            while let Some((at, draft)) = keys.pop_front_if(|(at, _)| *at < due) {
                pair.sides[0].set_draft(&draft, at);
                pair.sides[0].handle_heard(at);
                prop_assert_eq!(pair.sides[0].poll_timeout(true), Some(due));
            }
            prop_assert_eq!(due, start + LIVE_EVERY * expected);
            let content = pair.sides[0].handle_timeout(true, due).unwrap();
            pair.sides[0].handle_heard(due);
            let envelope = Envelope {
                place: 0,
                acknowledged: Default::default(),
                starts: Default::default(),
                content,
            };
            prop_assert_eq!(envelope.seal().unwrap().len(), LIVE_PADDED);
        }
    }
}
