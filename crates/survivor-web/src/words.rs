//! Which words say how long ago, how far, how much: the choices alone, without a browser
//! (`features.md` 2.1, 3.6, 3.7, 3.12). The words themselves are in `pages/texts/`.

use stillroom_conversation::{
    Announcement, Company, Ending, HandoverAsked, HandoverReason, Live, LiveKind, LiveStep,
    Newcomer, Proposed, Role, SafetyAnswer, Silence, StaysAway, Stop, WordWanted, WriteError,
};
use stillroom_protocol::limits::MESSAGE_CHARACTERS;

/// From how many characters before the limit on the page speaks of it: early enough to finish a thought.
const SPEAK_OF_LIMIT: usize = 200;

/// The room left is said in steps of this many, so that a screen reader is not talking at every key.
const LIMIT_STEP: usize = 50;

/// A text by its name in the Fluent files, and the number that goes into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) id: &'static str,
    pub(crate) count: u64,
}

impl Phrase {
    fn of(id: &'static str, count: u64) -> Self {
        Self { id, count }
    }
}

/// How long ago, from seconds.
pub(crate) fn how_long_ago(seconds: u64) -> Phrase {
    match seconds / 60 {
        0 => Phrase::of("time-now", 0),
        1 => Phrase::of("time-minute", 1),
        minutes @ 2..60 => Phrase::of("time-minutes", minutes),
        60..120 => Phrase::of("time-hour", 1),
        minutes => Phrase::of("time-hours", minutes / 60),
    }
}

/// What there is to say of a message's length, if anything.
pub(crate) fn room_left(characters: usize) -> Option<Phrase> {
    if let Some(over @ 1..) = characters.checked_sub(MESSAGE_CHARACTERS) {
        return Some(Phrase::of("characters-over", over as u64));
    }
    let left = MESSAGE_CHARACTERS.saturating_sub(characters);
    let step = if left < LIMIT_STEP { 10 } else { LIMIT_STEP };
    (left <= SPEAK_OF_LIMIT).then(|| Phrase::of("characters-left", (left / step * step) as u64))
}

/// Where somebody stands in the line.
pub(crate) fn place(ahead: Option<u32>) -> Phrase {
    match ahead {
        None => Phrase::of("place-asking", 0),
        Some(0) => Phrase::of("place-next", 0),
        Some(ahead) => Phrase::of("place-ahead", ahead.into()),
    }
}

/// The answer of the safety check, by its value in the page.
pub(crate) fn safety(value: &str) -> SafetyAnswer {
    match value {
        "no" => SafetyAnswer::Nobody,
        "yes" => SafetyAnswer::Yes,
        "not-sure" => SafetyAnswer::NotSure,
        _ => SafetyAnswer::NotAsked,
    }
}

/// What is said to somebody who has been silent, if anything.
pub(crate) fn silence(silence: Silence) -> Option<Phrase> {
    match silence {
        Silence::Over => None,
        Silence::Asked => Some(Phrase::of("silence-asked", 0)),
        Silence::Warned { minutes: 0 | 1 } => Some(Phrase::of("silence-minute", 1)),
        Silence::Warned { minutes } => Some(Phrase::of("silence-minutes", minutes.into())),
    }
}

/// When a chat ends that the advocate is about to end.
pub(crate) fn ends_in(minutes: u16) -> Phrase {
    match minutes {
        0 | 1 => Phrase::of("end-minute", 1),
        minutes => Phrase::of("end-minutes", minutes.into()),
    }
}

/// What is said of an agreement to show what is typed: its state in the page, and the sentence.
pub(crate) fn live(live: Live) -> Option<(&'static str, &'static str)> {
    Some(match live {
        Live::Off => return None,
        Live::Asked(LiveKind::Typing) => ("asked", "live-asked-typing"),
        Live::Asked(LiveKind::Text) => ("asked", "live-asked-text"),
        Live::Offered(LiveKind::Typing) => ("offered", "live-offered-typing"),
        Live::Offered(LiveKind::Text) => ("offered", "live-offered-text"),
        Live::On(LiveKind::Typing) => ("on", "live-on-typing"),
        Live::On(LiveKind::Text) => ("on", "live-on-text"),
    })
}

/// The step that a button stands for.
pub(crate) fn step(button: &str) -> Option<LiveStep> {
    Some(match button {
        "live-typing" => LiveStep::Offer { kind: LiveKind::Typing },
        "live-text" => LiveStep::Offer { kind: LiveKind::Text },
        "live-yes" => LiveStep::Accept,
        "live-no" | "live-back" | "live-stop" => LiveStep::Stop,
        _ => return None,
    })
}

/// Who would come, and why.
pub(crate) fn handover(asked: &HandoverAsked) -> (&'static str, &'static str) {
    let to = match asked.to {
        Proposed::Anyone => "handover-to-anyone",
        Proposed::Supervisor => "handover-to-supervisor",
        Proposed::Colleague { .. } => "handover-to-colleague",
    };
    let why = match asked.handover.why {
        HandoverReason::ShiftEnds => "handover-shift-ends",
        HandoverReason::SupervisorHelps => "handover-supervisor-helps",
        HandoverReason::BetterPlaced => "handover-better-placed",
    };
    (to, why)
}

/// What is asked for, as the page's markup calls it, and the sentence in the log that says so.
pub(crate) fn code_word(wanted: WordWanted) -> (&'static str, &'static str) {
    match wanted {
        WordWanted::Check => ("check", "word-asked"),
        WordWanted::Agree => ("agree", "word-agree-asked"),
    }
}

/// Why what was typed is no code word.
pub(crate) fn no_code_word(error: WriteError) -> &'static str {
    match error {
        WriteError::Empty => "word-empty",
        WriteError::TooLong => "word-long",
        WriteError::NotNow => "message-not-now",
    }
}

/// A role's name.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Survivor => "role-survivor",
        Role::Advocate => "role-advocate",
        Role::Supervisor => "role-supervisor",
        Role::Interpreter => "role-interpreter",
    }
}

/// The sentence of an announcement, and whom it is about.
pub(crate) fn announcement(said: &Announcement) -> (&'static str, Option<(&str, Role)>) {
    match said {
        Announcement::Joined { name, role } => ("joined", Some((name, *role))),
        Announcement::Left { name, role } => ("left", Some((name, *role))),
        Announcement::LineDropped { name, role } => ("line-dropped", Some((name, *role))),
        Announcement::LineBack { name, role } => ("line-back", Some((name, *role))),
        Announcement::HandedOver { name, role } => ("handed-over", Some((name, *role))),
        Announcement::AdvocateLost => ("advocate-lost", None),
        Announcement::SteppedAway { name, role } => ("stepped-away", Some((name, *role))),
        Announcement::CameBack { name, role } => ("came-back", Some((name, *role))),
        Announcement::NobodyTakesOver => ("nobody-takes-over", None),
        Announcement::StaysHere => ("stays-here", None),
        Announcement::InterpreterWanted(true) => ("interpreter-asked", None),
        Announcement::InterpreterWanted(false) => ("interpreter-not-asked", None),
        Announcement::GoesOn => ("goes-on", None),
        Announcement::WayBack => ("way-back", None),
        Announcement::WordGiven(WordWanted::Check) => ("word-given", None),
        Announcement::WordGiven(WordWanted::Agree) => ("word-agreed", None),
        Announcement::NoWordGiven => ("word-not-given", None),
        Announcement::Awaited(who) => ("awaited", named(who)),
        Announcement::ComesIn(who) => ("comes-in", named(who)),
        Announcement::AskedToLeave(who) => ("asked-to-leave", named(who)),
        Announcement::StaysAway { who, why } => {
            let text = match why {
                StaysAway::NotWanted => "not-wanted",
                StaysAway::NotAsked => "not-asked",
                StaysAway::CannotCome => "cannot-come",
            };
            (text, named(who))
        }
    }
}

fn named(who: &Newcomer) -> Option<(&str, Role)> {
    Some((&who.name, who.role))
}

/// How far it has come that a third person joins, as the page's parts are called, and what is said of whom.
pub(crate) fn company(company: &Company) -> Option<(&'static str, &'static str, &Newcomer)> {
    match company {
        Company::Nobody => None,
        Company::Asked(who) => Some(("asked", "company-asked", who)),
        Company::Awaited(who) => Some(("awaited", "company-awaited", who)),
        Company::Here(who) => Some(("here", "company-here", who)),
        Company::Leaving(who) => Some(("leaving", "company-leaving", who)),
    }
}

/// The part of the page that says how it ended.
pub(crate) fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::BySurvivor => "ended-by-survivor",
        Ending::ByStaff => "ended-by-staff",
        Ending::BySilence => "ended-by-silence",
        Ending::TurnedAway => "ended-turned-away",
        Ending::Unknown
        | Ending::SurvivorLeft
        | Ending::PageLost
        | Ending::HandedOver
        | Ending::CutOff
        | Ending::Out => "ended-unknown",
    }
}

/// The part of the page that says why there is no chat.
pub(crate) fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::NobodyOnDuty => "stop-nobody-on-duty",
        Stop::Closed => "stop-closed",
        Stop::ProgramNotVerified => "stop-program-not-verified",
        Stop::ClockWrong => "stop-clock-wrong",
        Stop::StatementStale => "stop-statement-stale",
        Stop::PageOutdated => "stop-page-outdated",
        Stop::LineFull => "stop-line-full",
        Stop::TooBusy => "stop-too-busy",
        Stop::ConversationNotSafe => "stop-conversation-not-safe",
        Stop::RelayFault => "stop-relay-fault",
    }
}

/// Puts a value in the place of `{name}`.
pub(crate) fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&["{", name, "}"].concat(), value)
}

/// A name inside a sentence: set apart, so that its direction turns nothing around it.
pub(crate) fn isolated(name: &str) -> String {
    ["\u{2068}", name, "\u{2069}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_conversation::Handover;

    const PAGE: &str = include_str!("../../../pages/survivor/page.html");
    const STOPS: [Stop; 10] = [
        Stop::NobodyOnDuty,
        Stop::Closed,
        Stop::ProgramNotVerified,
        Stop::ClockWrong,
        Stop::StatementStale,
        Stop::PageOutdated,
        Stop::LineFull,
        Stop::TooBusy,
        Stop::ConversationNotSafe,
        Stop::RelayFault,
    ];

    fn page_has_text(id: &str) -> bool {
        PAGE.contains(&format!("data-text=\"{id}\""))
    }

    fn page_has_part(id: &str) -> bool {
        PAGE.contains(&format!("id=\"{id}\" hidden"))
    }

    #[test]
    fn times_are_said_as_a_person_would() {
        let said = [0, 59, 60, 119, 120, 3_599, 3_600, 7_199, 7_200].map(how_long_ago);
        assert_eq!(
            said,
            [
                Phrase::of("time-now", 0),
                Phrase::of("time-now", 0),
                Phrase::of("time-minute", 1),
                Phrase::of("time-minute", 1),
                Phrase::of("time-minutes", 2),
                Phrase::of("time-minutes", 59),
                Phrase::of("time-hour", 1),
                Phrase::of("time-hour", 1),
                Phrase::of("time-hours", 2),
            ]
        );
        assert!(said.iter().all(|phrase| page_has_text(phrase.id)));
    }

    #[test]
    fn the_limit_is_spoken_of_only_near_it_and_never_promises_too_much() {
        assert_eq!(room_left(0), None);
        assert_eq!(room_left(3_799), None);
        assert_eq!(room_left(3_801), Some(Phrase::of("characters-left", 150)));
        assert_eq!(room_left(3_979), Some(Phrase::of("characters-left", 20)));
        assert_eq!(room_left(4_000), Some(Phrase::of("characters-left", 0)));
        assert_eq!(room_left(4_003), Some(Phrase::of("characters-over", 3)));
        assert!(page_has_text("characters-left") && page_has_text("characters-over"));
    }

    #[test]
    fn every_place_in_the_line_has_words() {
        for ahead in [None, Some(0), Some(7)] {
            assert!(page_has_text(place(ahead).id));
        }
        assert_eq!(place(Some(7)).count, 7);
    }

    #[test]
    fn every_answer_of_the_safety_check_is_one_of_the_pages() {
        let answers = [
            ("no", SafetyAnswer::Nobody),
            ("yes", SafetyAnswer::Yes),
            ("not-sure", SafetyAnswer::NotSure),
        ];
        for (value, answer) in answers {
            assert!(PAGE.contains(&format!("name=\"seen\" value=\"{value}\"")), "{value}");
            assert_eq!(safety(value), answer);
        }
        assert_eq!(safety(""), SafetyAnswer::NotAsked);
    }

    #[test]
    fn a_silence_has_words_until_it_is_over() {
        assert_eq!(silence(Silence::Over), None);
        for minutes in [0, 1, 2, 10] {
            let said = silence(Silence::Warned { minutes }).unwrap();
            assert!(page_has_text(said.id) && said.count == u64::from(minutes.max(1)));
        }
        assert!(page_has_text(silence(Silence::Asked).unwrap().id));
    }

    #[test]
    fn an_agreement_has_words_and_buttons_for_as_long_as_it_is_more_than_nothing() {
        assert_eq!(live(Live::Off), None);
        for kind in [LiveKind::Typing, LiveKind::Text] {
            for state in [Live::Asked(kind), Live::Offered(kind), Live::On(kind)] {
                assert!(live(state).is_some_and(|(_, id)| page_has_text(id)), "{state:?}");
            }
        }
        for id in ["live-typing", "live-text", "live-yes", "live-no", "live-back", "live-stop"] {
            assert!(step(id).is_some() && PAGE.contains(&format!("class=\"button\" id=\"{id}\"")));
        }
        assert_eq!(step("send"), None);
    }

    #[test]
    fn a_question_whether_somebody_else_may_come_has_words_and_three_equal_answers() {
        for why in [
            HandoverReason::ShiftEnds,
            HandoverReason::SupervisorHelps,
            HandoverReason::BetterPlaced,
        ] {
            for to in [Proposed::Anyone, Proposed::Supervisor] {
                let handover = Handover::new(why, "", "").unwrap();
                let (to, why) = super::handover(&HandoverAsked { to, handover });
                assert!(page_has_text(to) && page_has_text(why));
            }
        }
        assert!(page_has_text("handover-to-colleague"));
        for id in ["handover-yes", "handover-wait", "handover-end"] {
            assert!(PAGE.contains(&format!("class=\"button\" id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn a_chat_that_is_about_to_end_says_when_and_gives_two_equal_answers() {
        for minutes in [0, 1, 2, 5] {
            assert!(page_has_text(ends_in(minutes).id));
        }
        for id in ["end-agree", "go-on"] {
            assert!(PAGE.contains(&format!("class=\"button\" id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn a_question_for_a_code_word_has_words_for_both_and_two_equal_answers() {
        for wanted in [WordWanted::Check, WordWanted::Agree] {
            let (part, said) = code_word(wanted);
            assert!(page_has_text(said) && PAGE.contains(&format!("class=\"of-{part}\"")));
        }
        for id in ["word-give", "word-no"] {
            assert!(PAGE.contains(&format!("class=\"button\" id=\"{id}\"")), "{id}");
        }
        for error in [WriteError::Empty, WriteError::TooLong, WriteError::NotNow] {
            assert!(page_has_text(no_code_word(error)), "{error:?}");
        }
    }

    #[test]
    fn every_reason_why_there_is_no_chat_has_its_part_of_the_page() {
        for reason in STOPS {
            assert!(page_has_part(stop(reason)), "{reason:?}");
        }
    }

    #[test]
    fn every_ending_has_its_part_of_the_page() {
        for how in [
            Ending::BySurvivor,
            Ending::ByStaff,
            Ending::BySilence,
            Ending::TurnedAway,
            Ending::Unknown,
        ] {
            assert!(page_has_part(ending(how)), "{how:?}");
        }
    }

    #[test]
    fn every_announcement_and_role_has_words() {
        let name = String::from("Sam");
        let who = Role::Interpreter;
        for said in [
            Announcement::Joined { name: name.clone(), role: who },
            Announcement::Left { name: name.clone(), role: who },
            Announcement::LineDropped { name: name.clone(), role: who },
            Announcement::LineBack { name: name.clone(), role: who },
            Announcement::AdvocateLost,
            Announcement::NobodyTakesOver,
            Announcement::StaysHere,
            Announcement::InterpreterWanted(true),
            Announcement::InterpreterWanted(false),
            Announcement::GoesOn,
            Announcement::WayBack,
            Announcement::WordGiven(WordWanted::Check),
            Announcement::WordGiven(WordWanted::Agree),
            Announcement::NoWordGiven,
            Announcement::SteppedAway { name: name.clone(), role: who },
            Announcement::CameBack { name: name.clone(), role: who },
            Announcement::HandedOver { name, role: who },
        ] {
            assert!(page_has_text(announcement(&said).0), "{said:?}");
        }
        for who in [Role::Survivor, Role::Advocate, Role::Supervisor, Role::Interpreter] {
            assert!(page_has_text(role(who)), "{who:?}");
        }
    }

    #[test]
    fn a_name_in_another_direction_is_set_apart() {
        let text = fill("{name} ({role}) is here.", "name", &isolated("أمل"));
        assert_eq!(fill(&text, "role", "Advocate"), "\u{2068}أمل\u{2069} (Advocate) is here.");
    }
}
