//! Which text stands for what the core reports (`features.md` 2.1, 3.3, 3.7, 3.8, 5.2).
//!
//! Only names of texts are in here; the words themselves are in the page, in the program's language.

use stillroom_conversation::{
    Announcement, ComesBack, Duty, Ending, Line, Live, LiveKind, LiveStep, Role, SafetyAnswer,
    Silence, Trouble, WriteError,
};
use stillroom_protocol::Refusal;

/// A duty's name.
pub(crate) fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Off => "duty-off",
        Duty::Starting => "duty-starting",
        Duty::On => "duty-on",
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
        Announcement::AdvocateLost => return ("desk-advocate-lost", None),
    };
    if role == Role::Survivor { (about_survivor, None) } else { (about_staff, Some((name, role))) }
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
        Ending::Unknown => "ended-unknown-desk",
    }
}

/// Why something written was not sent. That it is too long is said while it is written.
pub(crate) fn write_error(error: WriteError) -> &'static str {
    match error {
        WriteError::Empty => "desk-write-empty",
        WriteError::TooLong | WriteError::NotNow => "desk-write-not-now",
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
        Trouble::NobodyWaiting => "trouble-nobody-waiting",
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
        Refusal::NobodyOnDuty | Refusal::ChatClosed => "refused-nobody-on-duty",
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
