//! What keeps a staff device out: told once on both pages of staff's, and not anew with each try.

use stillroom_program::CertificateError;
use stillroom_protocol::Refusal;

use crate::{Trouble, trust::TrustError};

/// What was told last, since the device was let in.
#[derive(Default)]
pub(crate) struct KeptOut(Option<Trouble>);

impl KeptOut {
    /// This keeps it out now. What there is to tell, if anything is new.
    pub(crate) fn by(&mut self, why: Trouble) -> Option<Trouble> {
        (self.0.replace(why) != Some(why)).then_some(why)
    }

    /// It was let in.
    pub(crate) fn let_in(&mut self) {
        self.0 = None;
    }
}

/// What it means for a staff device that the relay's greeting is not to be gone by.
pub(crate) fn trouble_of_greeting(error: TrustError) -> Trouble {
    match error {
        TrustError::Outdated => Trouble::PageOutdated,
        TrustError::ClockWrong => Trouble::ClockWrong,
        TrustError::NotVerified | TrustError::Stale => Trouble::ProgramNotVerified,
    }
}

/// What it means for a staff device that its own certificate does not hold good.
pub(crate) fn trouble_of(error: CertificateError) -> Trouble {
    match error {
        CertificateError::NotYetValid => Trouble::ClockWrong,
        CertificateError::Expired => Trouble::CertificateExpired,
        _ => Trouble::CertificateRefused,
    }
}

/// What it means for a staff device that the relay is about to close its connection.
pub(crate) fn refused_connection(refusal: Refusal) -> Trouble {
    match refusal {
        Refusal::VersionUnsupported => Trouble::PageOutdated,
        Refusal::ProgramUnknown => Trouble::ProgramNotVerified,
        Refusal::CertificateRefused | Refusal::ProofWrong => Trouble::CertificateRefused,
        Refusal::RelayFault => Trouble::RelayFault,
        other => Trouble::Refused(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_device_out_is_told_once_until_that_is_another_or_it_was_let_in() {
        let (mut kept_out, fault) = (KeptOut::default(), Trouble::RelayFault);
        assert_eq!([(); 3].map(|()| kept_out.by(fault)), [Some(fault), None, None]);
        assert_eq!(kept_out.by(Trouble::ClockWrong), Some(Trouble::ClockWrong));
        assert_eq!(kept_out.by(fault), Some(fault));
        kept_out.let_in();
        assert_eq!(kept_out.by(fault), Some(fault));
    }
}
