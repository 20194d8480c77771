//! The duty statement: somebody is on duty now, and this is the policy, the list of revoked devices and the
//! duty key of now (`features.md` 2.4, 3.1; `design.md`, Keys).
//!
//! It keeps a relay from passing off anything old as new: without a current one nothing is sealed and no
//! Welcome is taken. A clock that is wrong is forgiven as far as the caller says, and so much older may a
//! statement be; a page that stays open learns better from the statements it has seen.

use core::ops::Deref;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::Flag;

use crate::certificate::{CertificateError, Chain, VerifiedDevice};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::limits::STATEMENT_LASTS_MAX;
use crate::policy::VerifiedPolicy;
use crate::reasons::reasons;
use crate::revocation::VerifiedRevocations;
use crate::sealing::ReceivingPublicKey;
use crate::time::{Outside, Timestamp, within};

/// What a device on duty states.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct DutyStatement {
    /// When it was made, in seconds since the Unix epoch.
    pub issued: u64,
    /// Until when it holds, in seconds since the Unix epoch: at most half an hour later.
    pub expires: u64,
    /// The version of the policy of now.
    pub policy_version: u64,
    /// Its hash.
    pub policy_hash: [u8; 32],
    /// The hash of the list of revoked devices of now.
    pub revocations_hash: [u8; 32],
    /// What survivors seal to what they say beforehand.
    pub duty_key: ReceivingPublicKey,
    /// The version of the staff's shared blob; 0 where there is none.
    pub vault_version: u64,
    /// The hash of the key that tokens are made with; zeros where there is none.
    pub issuer: [u8; 32],
    /// Whether the program takes chats.
    pub open: Flag,
}

reasons! {
    /// Why a duty statement is not believed.
    StatementError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the duty statement is not signed by this program",
        /// The signer may not be on duty.
        RoleMissing => "the duty statement is signed by somebody who is never on duty",
        /// The signer's device was revoked.
        SignerRevoked => "the duty statement is signed by a revoked device",
        /// It holds for longer than half an hour, or for no time.
        LastsTooLong => "the duty statement holds for too long",
        /// It holds from a later time on, whatever the clock is forgiven.
        NotYetValid => "the duty statement is from a later time",
        /// It held until an earlier time.
        Expired => "the duty statement has run out",
        /// It names another policy than the one at hand.
        OtherPolicy => "the duty statement names another policy",
        /// It names another list of revoked devices than the one at hand.
        OtherRevocations => "the duty statement names another list of revoked devices",
    }
}

impl From<CertificateError> for StatementError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::NotYetValid => Self::NotYetValid,
            CertificateError::Expired => Self::Expired,
            error => Self::Signer(error),
        }
    }
}

impl From<Outside> for StatementError {
    fn from(outside: Outside) -> Self {
        CertificateError::from(outside).into()
    }
}

/// A statement and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedStatement {
    /// The signer's certificates.
    pub chain: Chain,
    /// What is stated.
    pub statement: DutyStatement,
    /// Over the statement and the program.
    pub signature: [u8; 64],
}

impl SignedStatement {
    /// States it. Whether anybody believes it is decided by the device's certificate.
    pub fn sign(statement: DutyStatement, signer: &Device) -> Self {
        let signature = signer.sign_record(Label::DutyStatement, &statement);
        Self { chain: signer.chain.clone(), statement, signature }
    }

    /// The statement, if it was signed by a device of this program that may be on duty and was not revoked,
    /// holds now, for no longer than half an hour, and is about this policy and these revocations.
    ///
    /// # Errors
    /// [`StatementError`]. [`NotYetValid`](StatementError::NotYetValid) and
    /// [`Expired`](StatementError::Expired) are said of genuine ones only, and may as well mean that the
    /// clock here is wrong.
    pub fn verify(
        &self,
        root: &Fingerprint,
        policy: &VerifiedPolicy,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedStatement, StatementError> {
        let statement = &self.statement;
        let (label, signature) = (Label::DutyStatement, &self.signature);
        let signer = self.chain.verify_record(label, statement, signature, root, now, tolerance)?;
        if !signer.roles.may_state_duty() {
            return Err(StatementError::RoleMissing);
        }
        if revocations.is_revoked(&signer) {
            return Err(StatementError::SignerRevoked);
        }
        let lasts = statement.expires.checked_sub(statement.issued);
        if !lasts.is_some_and(|lasts| lasts > 0 && lasts <= STATEMENT_LASTS_MAX.as_secs()) {
            return Err(StatementError::LastsTooLong);
        }
        within(statement.issued, statement.expires, now, tolerance)?;
        if (statement.policy_version, statement.policy_hash) != (policy.version, policy.hash()) {
            return Err(StatementError::OtherPolicy);
        }
        if statement.revocations_hash != revocations.hash() {
            return Err(StatementError::OtherRevocations);
        }
        Ok(VerifiedStatement { statement: statement.clone(), signer })
    }
}

/// A statement that holds. Made by [`SignedStatement::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStatement {
    statement: DutyStatement,
    signer: VerifiedDevice,
}

impl VerifiedStatement {
    /// Who stated it.
    pub fn signer(&self) -> &VerifiedDevice {
        &self.signer
    }
}

impl Deref for VerifiedStatement {
    type Target = DutyStatement;

    fn deref(&self) -> &DutyStatement {
        &self.statement
    }
}
