//! The record of administrative acts: who was invited, certified or revoked, which policy was published, which of the
//! host's notices was read (`features.md` 5.9; `decisions/0034`).
//!
//! Each entry names the one before it by its hash and is signed by the administrator whose act it is, so that nothing
//! in it can be changed, left out or put elsewhere without that being seen. It names keys and hashes; whose key is
//! whose stands in the program's own register. There is no place in it for anything about a chat.
//!
//! Whoever has seen its newest entry finds out that a relay shows another record, or an older one; two who compare
//! theirs find out that they are shown two. It does not protect against an administrator who says a wrong time, nor
//! against a relay that keeps an act and its entry back from everybody.

use alloc::vec::Vec;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_protocol::{HostNoticeId, Operation};
use stillroom_wire::{choice, decode, encode};

use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::invitation::SignedInvitation;
use crate::keys::{Fingerprint, Label, VerifyingKey};
use crate::policy::SignedPolicy;
use crate::reasons::reasons;
use crate::revocation::{SignedRevocations, VerifiedRevocations};
use crate::roles::Roles;
use crate::staff::StaffRecord;
use crate::time::{Timestamp, within};

choice! {
    /// What an administrator did.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Act {
        /// Invited somebody.
        Invited {
            /// The roles that the new device is to have.
            roles: Roles,
            /// SHA-256 of the signed invitation.
            invitation: [u8; 32],
        } = 1,
        /// Certified a device: a new member's, another administrator's, or one anew.
        Certified {
            /// The device.
            device: VerifyingKey,
            /// What it may do.
            roles: Roles,
            /// SHA-256 of the staff record.
            record: [u8; 32],
        } = 2,
        /// Revoked a device.
        Revoked {
            /// The device that the list ends with.
            device: VerifyingKey,
            /// The version of the list.
            version: u64,
            /// The hash of the list, as a duty statement names it.
            list: [u8; 32],
        } = 3,
        /// Published a policy.
        Policy {
            /// Its version.
            version: u64,
            /// Its hash, as a duty statement names it.
            hash: [u8; 32],
            /// The hash of the key that answers are sealed to; zeros where there is none.
            report_key: [u8; 32],
        } = 4,
        /// Read a notice of the host's.
        NoticeRead {
            /// Its name.
            notice: HostNoticeId,
            /// SHA-256 of the signed notice.
            hash: [u8; 32],
            /// When that device first showed it, in seconds since the Unix epoch, by its clock.
            shown: u64,
        } = 5,
    }
}

impl Act {
    /// Whether a request is an act, which needs an entry that describes it.
    pub fn is_one(operation: &Operation) -> bool {
        matches!(
            operation,
            Operation::Invite { .. }
                | Operation::PublishStaff { .. }
                | Operation::PublishRevocations { .. }
                | Operation::PublishPolicy { .. }
                | Operation::AcknowledgeHostNotice { .. }
        )
    }

    /// What a request is as an act; nothing for one that is none, does not read, or of which its entry says more than
    /// the request does.
    pub fn of(operation: &Operation) -> Option<Self> {
        Some(match operation {
            Operation::Invite { invitation } => {
                let signed: SignedInvitation = decode(invitation).ok()?;
                Self::Invited { roles: signed.invitation.roles, invitation: sha256(invitation) }
            }
            Operation::PublishStaff { record } => {
                let staff: StaffRecord = decode(record).ok()?;
                let leaf = staff.chain.leaf();
                Self::Certified { device: leaf.device, roles: leaf.roles, record: sha256(record) }
            }
            Operation::PublishRevocations { list } => {
                let SignedRevocations { revocations, .. } = decode(list).ok()?;
                let device = revocations.devices.last()?.device;
                Self::Revoked { device, version: revocations.version, list: revocations.hash() }
            }
            Operation::PublishPolicy { policy, .. } => {
                let (version, hash, key) = decode::<SignedPolicy>(policy).ok()?.named()?;
                let report_key = key.map(|key| key.hash()).unwrap_or_default();
                Self::Policy { version, hash, report_key }
            }
            _ => return None,
        })
    }

    /// Whether this act is what a request asks for.
    pub fn describes(&self, operation: &Operation) -> bool {
        match (self, operation) {
            (
                Self::NoticeRead { notice, .. },
                Operation::AcknowledgeHostNotice { notice: asked },
            ) => notice == asked,
            _ => Self::of(operation).as_ref() == Some(self),
        }
    }
}

/// How far a record goes: the number of its last entry, and that one's hash. Number 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct AuditHead {
    /// Counts up from 1.
    pub number: u64,
    /// SHA-256 of the signed entry, which covers all before it.
    pub hash: [u8; 32],
}

/// What one entry says.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct AuditEntry {
    /// What it follows.
    pub after: AuditHead,
    /// When, in seconds since the Unix epoch, as its signer says.
    pub at: u64,
    /// What was done.
    pub act: Act,
}

/// An entry and who signed it. Not true before [`verify`](Self::verify), and no part of a record before
/// [`check_audit`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedAuditEntry {
    /// The signer's certificates.
    pub chain: Chain,
    /// What it says.
    pub entry: AuditEntry,
    /// Over the entry and the program.
    pub signature: [u8; 64],
}

reasons! {
    /// Why an entry is not believed, or was not made.
    AuditError {
        /// The signer's certificates did not hold then, or the signature does not.
        Signer(CertificateError) => "the entry is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "the entry is signed by somebody who is no administrator",
        /// The signer's device had been revoked.
        SignerRevoked => "the entry is signed by a device that had been revoked",
        /// It does not follow the entry before it.
        DoesNotFollow => "the entry does not follow the one before it",
        /// It says that it is older than the one before it, whatever clocks are forgiven.
        BeforeTheLast => "the entry says that it is older than the one before it",
        /// It says that it is from later than now, whatever the clock is forgiven.
        NotYetValid => "the entry is from a later time",
    }
}

impl From<CertificateError> for AuditError {
    fn from(error: CertificateError) -> Self {
        Self::Signer(error)
    }
}

impl SignedAuditEntry {
    /// Signs an entry that follows this one with an administrator's device.
    ///
    /// # Errors
    /// [`AuditError::NotAdministrator`].
    pub fn sign(
        after: AuditHead,
        act: Act,
        now: Timestamp,
        signer: &Device,
    ) -> Result<Self, AuditError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(AuditError::NotAdministrator);
        }
        let entry = AuditEntry { after, at: now.seconds(), act };
        let signature = signer.sign_record(Label::Audit, &entry);
        Ok(Self { chain: signer.chain.clone(), entry, signature })
    }

    /// The record up to this entry.
    pub fn head(&self) -> AuditHead {
        AuditHead { number: self.number(), hash: sha256(&encode(self)) }
    }

    /// The entry's number.
    pub fn number(&self) -> u64 {
        self.entry.after.number.saturating_add(1)
    }

    /// The device that signed it.
    pub fn signer(&self) -> VerifyingKey {
        self.chain.leaf().device
    }

    /// Whether an administrator of this program signed it: its certificates held at the time that it says, which is
    /// not after now. Where it stands in a record is not asked here.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<(), AuditError> {
        let (entry, then) = (&self.entry, Timestamp::from_seconds(self.entry.at));
        let (label, signature) = (Label::Audit, &self.signature);
        let signer = self.chain.verify_record(label, entry, signature, root, then, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(AuditError::NotAdministrator);
        }
        within(entry.at, u64::MAX, now, tolerance).map_err(|_| AuditError::NotYetValid)
    }
}

/// The first entry of a record that does not hold, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// The number that it says.
    pub number: u64,
    /// Why.
    pub why: AuditError,
}

/// Checks entries that are said to follow one another, and says how far they go. Whether the first one is the first of
/// the record, and whether the last is the newest, cannot be seen from them.
///
/// A device signs nothing after the entry that revokes it; one on the list of revoked devices that no entry here revokes
/// was revoked before.
///
/// # Errors
/// [`AuditFault`], of the first that does not hold.
pub fn check_audit(
    entries: &[SignedAuditEntry],
    root: &Fingerprint,
    revocations: &VerifiedRevocations,
    now: Timestamp,
    tolerance: Duration,
) -> Result<AuditHead, AuditFault> {
    let of_entries = entries.iter().filter_map(|signed| revoked_by(&signed.entry));
    let of_entries: Vec<VerifyingKey> = of_entries.collect();
    let listed = revocations.list().devices.iter().map(|revoked| revoked.device);
    let mut revoked: Vec<_> = listed.filter(|device| !of_entries.contains(device)).collect();
    let first = entries.first().map(|first| (first.entry.after, first.entry.at));
    let (mut head, mut last) = first.unwrap_or_default();
    for signed in entries {
        let check = || {
            if signed.entry.after != head {
                return Err(AuditError::DoesNotFollow);
            }
            if signed.entry.at.saturating_add(tolerance.as_secs()) < last {
                return Err(AuditError::BeforeTheLast);
            }
            if revoked.contains(&signed.signer()) {
                return Err(AuditError::SignerRevoked);
            }
            signed.verify(root, now, tolerance)
        };
        check().map_err(|why| AuditFault { number: signed.number(), why })?;
        head = signed.head();
        last = signed.entry.at;
        revoked.extend(revoked_by(&signed.entry));
    }
    Ok(head)
}

/// The device that an entry revokes.
fn revoked_by(entry: &AuditEntry) -> Option<VerifyingKey> {
    match entry.act {
        Act::Revoked { device, .. } => Some(device),
        _ => None,
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
