//! Which text stands for what the core reports. Only names of texts are in here.

use stillroom_conversation::{PolicyTrouble, Trouble};
use stillroom_program::{NoticeKind, PolicyError};
use stillroom_protocol::Refusal;

/// What must be known.
pub(crate) fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::ProgramNotVerified => "trouble-program-not-verified",
        Trouble::CertificateRefused => "trouble-certificate-refused",
        Trouble::CertificateExpired => "trouble-certificate-expired",
        Trouble::ClockWrong => "trouble-clock-wrong",
        Trouble::PageOutdated => "trouble-page-outdated",
        Trouble::Refused(Refusal::Replaced) => "console-replaced",
        _ => "console-trouble",
    }
}

/// Why nothing came of looking at what was published before.
pub(crate) const fn past(trouble: PolicyTrouble) -> &'static str {
    match trouble {
        PolicyTrouble::NotVerified => "console-past-not-verified",
        PolicyTrouble::Older => "console-past-older",
        PolicyTrouble::Refused(_) => "console-trouble",
    }
}

/// Why something is not published.
pub(crate) fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::PolicyReplaced => "console-refused-newer",
        Refusal::RecordOutOfTime => "console-refused-time",
        Refusal::RoleMissing | Refusal::NotStaff => "console-not-administrator",
        _ => "console-refused",
    }
}

/// Why something was not signed.
pub(crate) fn not_signed(error: PolicyError) -> &'static str {
    match error {
        PolicyError::NotAdministrator => "console-not-administrator",
        PolicyError::TooLong => "console-not-signed-long",
        _ => "console-not-signed",
    }
}

/// The name of a kind of notice.
pub(crate) fn kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Closed => "console-kind-closed",
        NoticeKind::Emergency => "console-kind-emergency",
    }
}
