//! Who may ask what of the lasting records (`features.md` 5.1; `design.md`, Keys).
//!
//! The right is read from a certificate that was verified and a key that was proved. Whether what is to
//! be published is rightly signed is for whoever keeps the records, and for every reader.

use stillroom_program::{Roles, VerifiedDevice};
use stillroom_protocol::{Operation, Refusal};

/// What it takes to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// The link of an invitation, which the request itself shows.
    Anybody,
    /// An admitted staff device.
    Staff,
    /// The right to state duty.
    Duty,
    /// The role of an administrator.
    Administrator,
}

/// Whether `device` may ask this.
///
/// # Errors
/// [`Refusal::NotStaff`], [`Refusal::RoleMissing`].
pub(crate) fn check(operation: &Operation, device: Option<&VerifiedDevice>) -> Result<(), Refusal> {
    let right = right(operation);
    if right == Right::Anybody {
        return Ok(());
    }
    let roles = device.ok_or(Refusal::NotStaff)?.roles;
    let held = match right {
        Right::Anybody | Right::Staff => true,
        Right::Duty => roles.may_state_duty(),
        Right::Administrator => roles.contains(Roles::ADMINISTRATOR),
    };
    if held { Ok(()) } else { Err(Refusal::RoleMissing) }
}

fn right(operation: &Operation) -> Right {
    match operation {
        Operation::PublishPolicy { .. }
        | Operation::PublishLocale { .. }
        | Operation::PublishStaff { .. }
        | Operation::PublishRevocations { .. }
        | Operation::Invite { .. }
        | Operation::EnrolmentRequest { .. }
        | Operation::CompleteEnrolment { .. }
        | Operation::NextAnswers
        | Operation::DestroyAnswers { .. }
        | Operation::PolicyHistory { .. }
        | Operation::Policy { .. }
        | Operation::Locale { .. }
        | Operation::NextCounts
        | Operation::DestroyCounts { .. }
        | Operation::AcknowledgeHostNotice { .. }
        // Whatever it asks for: an administrator may ask all that comes with an entry, and nothing else does.
        | Operation::Audited { .. } => Right::Administrator,
        Operation::Enrol { .. } | Operation::TakeEnrolment { .. } => Right::Anybody,
        Operation::ListStaff
        | Operation::Revocations
        | Operation::Shared { .. }
        | Operation::AuditFrom { .. }
        | Operation::Guidance
        | Operation::Page => Right::Staff,
        Operation::PutShared { .. } => Right::Duty,
    }
}
