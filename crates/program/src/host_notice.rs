//! What a host tells a program's administrators: a breach, a legal demand, maintenance (`features.md` 6.3;
//! `decisions/0027`).
//!
//! Signed by a key of the host's own, for one program. No certificate leads to it: a console remembers the first such
//! key that it sees, and believes no other. It stops whoever stands between the relay and the console, and whoever
//! gets at the relay's records without the key; it does not stop the host itself from keeping a notice back, nor the
//! one who shows a console its first key.

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_protocol::HostNoticeId;
use stillroom_wire::{Text, choice, encode};

use crate::keys::{Fingerprint, Label, SigningKey, VerifyingKey, verify_record};
use crate::limits::HOST_NOTICE_TEXT_MAX;
use crate::reasons::reasons;

choice! {
    /// What a notice is about.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum HostNoticeKind {
        /// Somebody got at the host's systems.
        Breach = 1,
        /// Somebody demands by law what the host has.
        LegalDemand = 2,
        /// The relay will not be there for a while, or was changed.
        Maintenance = 3,
    }
}

/// What a host says.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct HostNotice {
    /// Its name.
    pub id: HostNoticeId,
    /// What it is about.
    pub kind: HostNoticeKind,
    /// When it was given, in seconds since the Unix epoch, by the host's clock.
    pub given: u64,
    /// In the host's words.
    pub text: Text<HOST_NOTICE_TEXT_MAX>,
}

/// A notice, and the key that signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedHostNotice {
    /// The host's public key.
    pub host: VerifyingKey,
    /// What is said.
    pub notice: HostNotice,
    /// Over the notice and the program.
    pub signature: [u8; 64],
}

reasons! {
    /// Why a host's notice is not shown.
    HostNoticeError {
        /// The signature does not hold, or is for another program.
        SignatureWrong => "the notice was altered, or is for another program",
        /// It is rightly signed, by another key than the host's as it is known here.
        OtherHost => "the notice is signed by another host",
    }
}

impl SignedHostNotice {
    /// Signs a notice for one program with the host's key.
    pub fn sign(notice: HostNotice, program: &Fingerprint, host: &SigningKey) -> Self {
        let signature = host.sign_record(Label::HostNotice, program, &notice);
        Self { host: host.verifying_key(), notice, signature }
    }

    /// SHA-256 of the whole, as the record of administrative acts names it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(encode(self)).into()
    }

    /// The notice, if this host gave it for this program. Where no host is known yet, whoever signed it is taken for
    /// the host.
    ///
    /// # Errors
    /// [`HostNoticeError`]. [`OtherHost`](HostNoticeError::OtherHost) is said of rightly signed ones only.
    pub fn verify(
        &self,
        program: &Fingerprint,
        known: Option<&VerifyingKey>,
    ) -> Result<&HostNotice, HostNoticeError> {
        verify_record(Label::HostNotice, program, &self.host, &self.notice, &self.signature)
            .map_err(|_| HostNoticeError::SignatureWrong)?;
        match known {
            Some(known) if *known != self.host => Err(HostNoticeError::OtherHost),
            _ => Ok(&self.notice),
        }
    }
}
