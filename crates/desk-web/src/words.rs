//! Which text stands for what the core reports (`features.md` 2.1, 3.3, 3.6, 3.7, 3.8, 5.2).
//!
//! Only names of texts are in here; the words themselves are in the page, in the program's language.

use stillroom_conversation::{
    Again, Announcement, Asks, ComesBack, Company, Duty, EndStep, Ending, HandoverStep, Hindrance,
    JoinsAs, Line, Live, LiveKind, LiveStep, Meant, Newcomer, Role, SafetyAnswer, Silence,
    StaysAway, Successor, Trouble, TurnedAway, VaultState, WordRefusal, WordStep, WordWanted,
    WriteError,
};
use stillroom_program::{Weakness, WordDue};
use stillroom_protocol::Refusal;

use crate::chat::Done;
use crate::hints::{Hint, Kind};

/// A duty's name.
pub(crate) fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Off => "duty-off",
        Duty::Starting => "duty-starting",
        Duty::On => "duty-on",
        Duty::Break => "duty-break",
    }
}

/// What a colleague asks, if anything.
pub(crate) fn asks(asks: Asks) -> Option<&'static str> {
    match asks {
        Asks::Nothing => None,
        Asks::Help => Some("colleague-asks-help"),
        Asks::Debrief => Some("colleague-asks-debrief"),
    }
}

/// Why nobody is taken now.
pub(crate) fn hindrance(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Locked => "hindered-locked",
        Hindrance::OffDuty => "waiting-off-duty",
        Hindrance::ShiftEnds => "hindered-shift-ends",
        Hindrance::OnBreak => "hindered-break",
        Hindrance::Full => "hindered-full",
        Hindrance::NobodyWaiting => "waiting-nobody",
    }
}

/// What the state of the line means for whoever writes.
pub(crate) fn line(line: Line) -> &'static str {
    match line {
        Line::Up => "desk-line-up",
        Line::Down => "desk-line-down",
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

/// A sentence about others in a chat, and the name and role that go into it. Of the survivor, who has no
/// name, the sentence says all.
pub(crate) fn announcement(announcement: &Announcement) -> (&'static str, Option<(&str, Role)>) {
    let (about_survivor, about_staff, name, role) = match announcement {
        Announcement::Joined { name, role } => ("desk-survivor-joined", "joined", name, *role),
        Announcement::Left { name, role } => ("desk-survivor-left", "left", name, *role),
        Announcement::LineDropped { name, role } => {
            ("desk-survivor-dropped", "line-dropped", name, *role)
        }
        Announcement::LineBack { name, role } => ("desk-survivor-back", "line-back", name, *role),
        Announcement::HandedOver { name, role } => ("desk-survivor-left", "left", name, *role),
        Announcement::AdvocateLost => return ("desk-advocate-lost", None),
        Announcement::SteppedAway { .. } => return ("desk-stepped-away", None),
        Announcement::CameBack { .. } => return ("desk-came-back", None),
        Announcement::NobodyTakesOver => return ("handover-nobody", None),
        Announcement::StaysHere => return ("handover-they-wait", None),
        Announcement::InterpreterWanted(true) => return ("interpreter-wanted", None),
        Announcement::InterpreterWanted(false) => return ("interpreter-not-wanted", None),
        Announcement::WayBack => return ("way-back-given", None),
        Announcement::GoesOn => return ("end-they-go-on", None),
        Announcement::Awaited(who) => return ("joining-awaited", Some(named(who))),
        Announcement::ComesIn(who) => return ("joining-comes-in", Some(named(who))),
        Announcement::AskedToLeave(who) => return ("joining-leaving", Some(named(who))),
        Announcement::StaysAway { who, why } => {
            return (stays_away(who.joins_as, *why), Some(named(who)));
        }
        // Said on the survivor's device alone; here it is a step of the question.
        Announcement::WordGiven(_) => return ("word-checking", None),
        Announcement::NoWordGiven => return ("word-declined", None),
    };
    if role == Role::Survivor { (about_survivor, None) } else { (about_staff, Some((name, role))) }
}

fn named(who: &Newcomer) -> (&str, Role) {
    (&who.name, who.role)
}

fn stays_away(joins_as: JoinsAs, why: StaysAway) -> &'static str {
    match why {
        StaysAway::NotWanted if joins_as == JoinsAs::Successor => "meeting-not-wanted",
        StaysAway::NotWanted => "joining-not-wanted",
        StaysAway::NotAsked => "joining-not-asked",
        StaysAway::CannotCome => "joining-cannot-come",
    }
}

/// How far it has come that a third person joins, and who; nothing where there is none.
pub(crate) fn company(company: &Company) -> Option<(&'static str, Newcomer)> {
    let (text, who) = match company {
        Company::Nobody => return None,
        Company::Asked(who) if who.joins_as == JoinsAs::Successor => ("meeting-asked", who),
        Company::Asked(who) => ("joining-asked", who),
        Company::Awaited(who) => ("joining-awaited", who),
        Company::Here(who) => ("joining-here", who),
        Company::Leaving(who) => ("joining-leaving", who),
    };
    Some((text, who.clone()))
}

/// What whoever joined a colleague's chat reads above it.
pub(crate) fn guest(joins_as: JoinsAs) -> &'static str {
    match joins_as {
        JoinsAs::Interpreter | JoinsAs::Supervisor => "guest-about",
        JoinsAs::Successor => "guest-about-successor",
    }
}

/// A colleague's call, and that this desk is on the way.
pub(crate) fn call(joins_as: JoinsAs, coming: bool) -> &'static str {
    match (joins_as, coming) {
        (JoinsAs::Interpreter | JoinsAs::Supervisor, false) => "call-asks",
        (JoinsAs::Interpreter | JoinsAs::Supervisor, true) => "call-coming",
        (JoinsAs::Successor, false) => "call-asks-successor",
        (JoinsAs::Successor, true) => "call-coming-successor",
    }
}

/// What a survivor answered about their device, in a few words; nothing where they did not.
pub(crate) fn safety(safety: SafetyAnswer) -> Option<&'static str> {
    match safety {
        SafetyAnswer::NotAsked => None,
        SafetyAnswer::Nobody => Some("safety-nobody"),
        SafetyAnswer::Yes => Some("safety-yes"),
        SafetyAnswer::NotSure => Some("safety-not-sure"),
    }
}

/// What to ask whoever answered so.
pub(crate) fn reminder(safety: SafetyAnswer) -> &'static str {
    match safety {
        SafetyAnswer::NotAsked => "reminder-not-asked",
        SafetyAnswer::Nobody => "reminder-nobody",
        SafetyAnswer::Yes => "reminder-yes",
        SafetyAnswer::NotSure => "reminder-not-sure",
    }
}

/// What it means that somebody brought return words.
pub(crate) fn comes_back(comes_back: ComesBack) -> Option<&'static str> {
    match comes_back {
        ComesBack::No => None,
        ComesBack::Here(_) => Some("comes-back-here"),
        ComesBack::Elsewhere => Some("comes-back-elsewhere"),
    }
}

/// Whether somebody had an advocate before, in a few words.
pub(crate) fn again(again: Again) -> Option<&'static str> {
    match again {
        Again::No => None,
        Again::CutOff => Some("waited-again"),
        Again::HandedOver { to: Successor::Anyone, .. } => Some("waited-handed-over"),
        Again::HandedOver { to: Successor::Supervisor, .. } => Some("waited-for-supervisor"),
        Again::HandedOver { to: Successor::Colleague { .. }, .. } => Some("waited-for-colleague"),
    }
}

/// For which certain person somebody waits. Of a colleague, whether that time is over.
pub(crate) fn meant(meant: &Meant, offered: bool) -> &'static str {
    match meant {
        Meant::Me { .. } => "meant-for-you",
        Meant::Colleague { .. } if offered => "meant-for-colleague-before",
        Meant::Colleague { .. } => "meant-for-colleague",
    }
}

/// How far the question whether somebody else may take over has come. A certain colleague's name goes into it.
pub(crate) fn handover(step: HandoverStep) -> &'static str {
    match step {
        HandoverStep::Asked(Successor::Anyone) => "handover-asked-anyone",
        HandoverStep::Asked(Successor::Supervisor) => "handover-asked-supervisor",
        HandoverStep::Asked(Successor::Colleague { .. }) => "handover-asked-colleague",
        HandoverStep::Withdrawn => "handover-withdrawn",
        HandoverStep::TheyWait => "handover-they-wait",
        HandoverStep::NobodyFree => "handover-nobody",
        HandoverStep::ColleagueLeft => "handover-colleague-left",
    }
}

/// How far the question whether a chat may end has come, and the minutes in it.
pub(crate) fn end(step: EndStep) -> (&'static str, u16) {
    match step {
        EndStep::Asked { minutes } => ("end-told", minutes),
        EndStep::Withdrawn => ("end-withdrawn", 0),
        EndStep::TheyGoOn => ("end-they-go-on", 0),
    }
}

/// How far asking for a code word has come, and how many more can be wrong.
pub(crate) fn code_word(step: WordStep) -> (&'static str, u8) {
    let text = match step {
        WordStep::Asked(WordWanted::Check) => "word-asked-check",
        WordStep::Asked(WordWanted::Agree) => "word-asked-agree",
        WordStep::Withdrawn => "word-withdrawn",
        WordStep::Declined => "word-declined",
        WordStep::Given => "word-checking",
        WordStep::Right => "word-right",
        WordStep::Duress => "word-duress",
        WordStep::Wrong { left } => return ("word-wrong", left),
        WordStep::Closed => "word-closed",
        WordStep::NotTried => "word-not-tried",
        WordStep::Kept => "word-is-kept",
        WordStep::Weak(Weakness::Short) => "word-weak-short",
        WordStep::Weak(Weakness::Even) => "word-weak-even",
        WordStep::Weak(Weakness::Handle) => "word-weak-handle",
        WordStep::Weak(Weakness::Same) => "word-weak-same",
        WordStep::NotKept => "word-is-not-kept",
    };
    (text, 0)
}

/// The same, for whoever is in another chat.
pub(crate) fn code_word_apart(step: WordStep) -> &'static str {
    match step {
        WordStep::Duress => "word-duress-apart",
        WordStep::Closed => "word-closed-apart",
        _ => "word-step-apart",
    }
}

/// Why no code word is asked for.
pub(crate) fn word_refusal(refusal: WordRefusal) -> &'static str {
    match refusal {
        WordRefusal::NotNow => "word-refused-now",
        WordRefusal::SomebodyJoins => "word-refused-company",
        WordRefusal::Closed => "word-refused-closed",
        WordRefusal::Until(_) => "word-refused-until",
        WordRefusal::Unknown => "word-refused-unknown",
        WordRefusal::HandleWrong => "word-refused-handle",
        WordRefusal::HandleTaken => "word-refused-taken",
        WordRefusal::NotKnownHere => "word-refused-not-known",
    }
}

/// Why the list of code words is not there.
pub(crate) fn vault(state: VaultState) -> Option<&'static str> {
    match state {
        VaultState::Open => None,
        VaultState::Closed => Some("vault-closed"),
        VaultState::NotShared => Some("vault-not-shared"),
        VaultState::Withheld => Some("vault-withheld"),
        VaultState::Unreadable => Some("vault-unreadable"),
    }
}

/// Why a word should be changed.
pub(crate) fn word_due(due: WordDue) -> &'static str {
    match due {
        WordDue::Revoked => "word-due-revoked",
        WordDue::Old => "word-due-old",
    }
}

/// Why the word that was just given rightly should be changed, and by what.
pub(crate) fn word_due_now(due: WordDue) -> &'static str {
    match due {
        WordDue::Revoked => "word-due-revoked-now",
        WordDue::Old => "word-due-old-now",
    }
}

/// What a silent survivor was asked or told, and the minutes in it; nothing where there is no silence.
pub(crate) fn silence(silence: Silence) -> Option<(&'static str, u16)> {
    match silence {
        Silence::Over => None,
        Silence::Asked => Some(("desk-silence-asked", 0)),
        Silence::Warned { minutes } => Some(("desk-silence-warned", minutes)),
    }
}

/// How far an agreement to show what is typed has come.
pub(crate) fn live(live: Live) -> &'static str {
    match live {
        Live::Off => "desk-live-off",
        Live::Asked(LiveKind::Typing) => "desk-live-asked-typing",
        Live::Asked(LiveKind::Text) => "desk-live-asked-text",
        Live::Offered(LiveKind::Typing) => "desk-live-offered-typing",
        Live::Offered(LiveKind::Text) => "desk-live-offered-text",
        Live::On(LiveKind::Typing) => "desk-live-on-typing",
        Live::On(LiveKind::Text) => "desk-live-on-text",
    }
}

/// What can be done about it, and what the buttons for that say.
pub(crate) fn steps(live: Live) -> &'static [(LiveStep, &'static str)] {
    match live {
        Live::Off => &[],
        Live::Asked(_) => &[(LiveStep::Stop, "desk-live-back")],
        Live::Offered(_) => {
            &[(LiveStep::Accept, "desk-live-yes"), (LiveStep::Stop, "desk-live-no")]
        }
        Live::On(_) => &[(LiveStep::Stop, "desk-live-stop")],
    }
}

/// What is left of a chat.
pub(crate) fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::BySurvivor => "ended-by-survivor",
        Ending::ByStaff => "ended-by-staff-desk",
        Ending::BySilence => "ended-by-silence-desk",
        Ending::SurvivorLeft => "ended-survivor-left",
        Ending::PageLost => "ended-page-lost",
        Ending::HandedOver => "ended-handed-over",
        Ending::CutOff => "ended-cut-off",
        Ending::Out => "ended-out",
        Ending::TurnedAway => "ended-turned-away-desk",
        Ending::Unknown => "ended-unknown-desk",
    }
}

/// Why somebody was turned away, in a word.
pub(crate) fn turned_away(why: TurnedAway) -> &'static str {
    match why {
        TurnedAway::Prank => "turned-away-prank",
        TurnedAway::Abusive => "turned-away-abusive",
        TurnedAway::Threatening => "turned-away-threatening",
    }
}

/// Why something written was not sent. That it is too long is said while it is written.
pub(crate) fn write_error(error: WriteError) -> &'static str {
    match error {
        WriteError::Empty => "desk-write-empty",
        WriteError::TooLong | WriteError::NotNow => "desk-write-not-now",
    }
}

/// What was seen in what is being written, why it matters, and what to do.
pub(crate) fn hint(hint: &Hint) -> &'static str {
    match (hint.kind, hint.meaning) {
        (Kind::Name, _) => "hint-name",
        (Kind::Telephone, _) => "hint-telephone",
        (Kind::Email, _) => "hint-email",
        (Kind::Street, _) => "hint-street",
        (Kind::Birth, _) => "hint-birth",
        (Kind::Link, _) => "hint-link",
        (Kind::Slang, _) => "hint-slang",
        (Kind::Acronym, Some(_)) => "hint-acronym",
        (Kind::Acronym, None) => "hint-acronym-unknown",
        (Kind::Emoji, _) => "hint-emoji",
        (Kind::Capitals, _) => "hint-capitals",
    }
}

/// The same in a word or two.
pub(crate) fn seen(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "seen-name",
        Kind::Telephone => "seen-telephone",
        Kind::Email => "seen-email",
        Kind::Street => "seen-street",
        Kind::Birth => "seen-birth",
        Kind::Link => "seen-link",
        Kind::Slang => "seen-slang",
        Kind::Acronym => "seen-acronym",
        Kind::Emoji => "seen-emoji",
        Kind::Capitals => "seen-capitals",
    }
}

/// What the name that was made up for a case looks like; nothing where that matters to nobody.
pub(crate) fn in_handle(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Name => Some("word-new-name"),
        Kind::Telephone => Some("word-new-telephone"),
        Kind::Email => Some("word-new-email"),
        Kind::Street => Some("word-new-street"),
        Kind::Birth => Some("word-new-date"),
        Kind::Link | Kind::Slang | Kind::Acronym | Kind::Emoji | Kind::Capitals => None,
    }
}

/// How it is known that an item of the checklist is done; nothing where that goes without saying.
pub(crate) fn done(done: Done) -> Option<&'static str> {
    match done {
        Done::No | Done::ByHand => None,
        Done::Asked => Some("done-asked"),
        Done::Answered => Some("done-answered"),
        Done::Told => Some("done-told"),
    }
}

/// What went wrong, and what to do.
pub(crate) fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::ProgramNotVerified => "trouble-program-not-verified",
        Trouble::CertificateRefused => "trouble-certificate-refused",
        Trouble::CertificateExpired => "trouble-certificate-expired",
        Trouble::ClockWrong => "trouble-clock-wrong",
        Trouble::TakenByAnother => "trouble-taken-by-another",
        Trouble::Hindered(why) => hindrance(why),
        Trouble::OthersFirst => "trouble-others-first",
        Trouble::RelayFault => "trouble-relay-fault",
        Trouble::PageOutdated => "trouble-page-outdated",
        Trouble::ConversationNotSafe => "trouble-conversation-not-safe",
        Trouble::Refused(why) => refusal(why),
    }
}

/// Why the relay did not do what this desk asked.
pub(crate) fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::VersionUnsupported => "refused-version-unsupported",
        Refusal::ProgramUnknown => "refused-program-unknown",
        Refusal::FrameTooLong => "refused-frame-too-long",
        Refusal::FrameMalformed => "refused-frame-malformed",
        Refusal::FrameUnexpected => "refused-frame-unexpected",
        Refusal::TooFast => "refused-too-fast",
        Refusal::TooSlow => "refused-too-slow",
        Refusal::ConnectionsFull => "refused-connections-full",
        Refusal::LineFull => "refused-line-full",
        Refusal::RoomsFull => "refused-rooms-full",
        Refusal::RoomBytesFull => "refused-room-bytes-full",
        // Said to survivors alone.
        Refusal::NobodyOnDuty
        | Refusal::ChatClosed
        | Refusal::TurnedAway
        | Refusal::PuzzleWrong => "refused-nobody-on-duty",
        Refusal::NotStaff => "refused-not-staff",
        Refusal::CertificateRefused => "refused-certificate-refused",
        Refusal::ProofWrong => "refused-proof-wrong",
        Refusal::RoleMissing => "refused-role-missing",
        Refusal::StatementRefused => "refused-statement-refused",
        Refusal::TicketUnknown => "refused-ticket-unknown",
        Refusal::TicketClaimed => "refused-ticket-claimed",
        Refusal::RoomUnknown => "refused-room-unknown",
        Refusal::RoomClosed => "refused-room-closed",
        Refusal::TokenWrong => "refused-token-wrong",
        Refusal::NotAttached => "refused-not-attached",
        Refusal::Replaced => "refused-replaced",
        Refusal::RecordRefused => "refused-record-refused",
        Refusal::RecordOutOfTime => "refused-record-out-of-time",
        Refusal::EntryRefused => "refused-entry-refused",
        Refusal::PolicyReplaced => "refused-policy-replaced",
        Refusal::InvitationUnknown => "refused-invitation-unknown",
        Refusal::Stopping => "refused-stopping",
        Refusal::RelayFault => "refused-relay-fault",
        Refusal::DeviceRoomsFull => "refused-device-rooms-full",
        Refusal::AttachmentsFull => "refused-attachments-full",
        Refusal::RelayBytesFull => "refused-relay-bytes-full",
    }
}

/// Why an enrolment came to nothing.
pub(crate) fn enrolment_refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::InvitationUnknown | Refusal::RecordRefused => "join-unknown",
        _ => "join-fault",
    }
}
