//! Certificates: from the program's root key over one administrator to a device (`features.md` 3.1, 5.1).
//!
//! A chain is what the relay may know of a member of staff: keys, roles and how long, never a name. Three
//! links and no more: the root certifies administrators, administrators certify everybody else, and nobody
//! else certifies anybody. Whether a device was revoked is not said here; ask
//! [`VerifiedRevocations`](crate::VerifiedRevocations).

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};

use crate::keys::{Fingerprint, Label, SignatureWrong, SigningKey, VerifyingKey, verify_record};
use crate::limits::CERTIFICATE_STARTS_BEFORE;
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::{Outside, Timestamp, within};

reasons! {
    /// Why certificates do not show that a device belongs to this program.
    CertificateError {
        /// They lead to the root key of another program.
        WrongProgram => "the certificates belong to another program",
        /// A certificate names another issuer than the one above it.
        IssuerWrong => "a certificate was issued by somebody else",
        /// A signature does not hold.
        SignatureWrong => "a signature is wrong",
        /// What only administrators do was done by somebody who is none.
        NotAdministrator => "only an administrator may do this",
        /// An administrator certified another one, which only the root key does.
        RoleNotGrantable => "only the root key makes administrators",
        /// It is about another device than the one it came with.
        OtherDevice => "it is about another device",
        /// It holds from a later time on, whatever the clock is forgiven.
        NotYetValid => "a certificate is not valid yet",
        /// It held until an earlier time.
        Expired => "a certificate has run out",
    }
}

impl From<SignatureWrong> for CertificateError {
    fn from(_: SignatureWrong) -> Self {
        Self::SignatureWrong
    }
}

impl From<Outside> for CertificateError {
    fn from(outside: Outside) -> Self {
        match outside {
            Outside::Early => Self::NotYetValid,
            Outside::Late => Self::Expired,
        }
    }
}

/// From when until when, in seconds since the Unix epoch; the end itself is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: u64,
    /// The second after the last.
    pub not_after: u64,
}

impl Validity {
    /// From an hour ago, for relays whose clock is behind, until so many days from now.
    pub fn days(now: Timestamp, days: u32) -> Self {
        Self {
            not_before: now.seconds().saturating_sub(CERTIFICATE_STARTS_BEFORE),
            not_after: now.seconds().saturating_add(u64::from(days) * 24 * 60 * 60),
        }
    }
}

/// What an issuer says of a device. Nothing in it is true before [`Chain::verify`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Certificate {
    /// The device's signing key.
    pub device: VerifyingKey,
    /// SHA-256 of the device's receiving key.
    pub receiving: [u8; 32],
    /// What it may do.
    pub roles: Roles,
    /// From when, in seconds since the Unix epoch.
    pub not_before: u64,
    /// Until when, in seconds since the Unix epoch; that second is outside.
    pub not_after: u64,
    /// Who says so.
    pub issuer: VerifyingKey,
    /// Over all of the above and the program.
    pub signature: [u8; 64],
}

/// What the signature of a certificate is over, beside the program.
#[derive(MlsSize, MlsEncode)]
struct Signed {
    device: VerifyingKey,
    receiving: [u8; 32],
    roles: Roles,
    not_before: u64,
    not_after: u64,
    issuer: VerifyingKey,
}

impl Certificate {
    /// Certifies a device. Whether anybody believes it is decided by where `issuer` stands in the chain.
    pub(crate) fn issue(
        device: VerifyingKey,
        receiving: [u8; 32],
        roles: Roles,
        validity: Validity,
        program: &Fingerprint,
        issuer: &SigningKey,
    ) -> Self {
        let mut certificate = Self {
            device,
            receiving,
            roles,
            not_before: validity.not_before,
            not_after: validity.not_after,
            issuer: issuer.verifying_key(),
            signature: [0; 64],
        };
        let signed = certificate.signed();
        certificate.signature = issuer.sign_record(Label::Certificate, program, &signed);
        certificate
    }

    fn signed(&self) -> Signed {
        Signed {
            device: self.device,
            receiving: self.receiving,
            roles: self.roles,
            not_before: self.not_before,
            not_after: self.not_after,
            issuer: self.issuer,
        }
    }

    fn check_issuer(
        &self,
        issuer: &VerifyingKey,
        program: &Fingerprint,
    ) -> Result<(), CertificateError> {
        if self.issuer != *issuer {
            return Err(CertificateError::IssuerWrong);
        }
        verify_record(Label::Certificate, program, issuer, &self.signed(), &self.signature)?;
        Ok(())
    }

    fn check_time(&self, now: Timestamp, tolerance: Duration) -> Result<(), CertificateError> {
        Ok(within(self.not_before, self.not_after, now, tolerance)?)
    }
}

/// From a program's root to a device. Nothing in it is true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Chain {
    /// The root's public key.
    pub root: VerifyingKey,
    /// What the root says of an administrator's device.
    pub administrator: Certificate,
    /// What that administrator says of the device; nothing where it is the administrator's own.
    pub device: Option<Certificate>,
}

/// A device that belongs to the program. Made by [`Chain::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedDevice {
    /// The program.
    pub program: Fingerprint,
    /// The device's signing key.
    pub key: VerifyingKey,
    /// SHA-256 of its receiving key.
    pub receiving: [u8; 32],
    /// What it may do.
    pub roles: Roles,
    /// The earlier of the ends of the two certificates, in seconds since the Unix epoch.
    pub not_after: u64,
    /// The administrator's device that certified it; its own key where it is an administrator's.
    pub administrator: VerifyingKey,
}

impl Chain {
    /// Follows the certificates from the device up to the root that has this fingerprint.
    ///
    /// # Errors
    /// [`CertificateError`]. Signatures are judged before times, so [`NotYetValid`] and [`Expired`] are said
    /// of genuine certificates only, and may as well mean that the clock here is wrong.
    ///
    /// [`NotYetValid`]: CertificateError::NotYetValid
    /// [`Expired`]: CertificateError::Expired
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedDevice, CertificateError> {
        self.check_signatures(root)?;
        self.administrator.check_time(now, tolerance)?;
        let leaf = self.leaf();
        leaf.check_time(now, tolerance)?;
        Ok(VerifiedDevice {
            program: *root,
            key: leaf.device,
            receiving: leaf.receiving,
            roles: leaf.roles,
            not_after: self.not_after(),
            administrator: self.administrator.device,
        })
    }

    /// The same, for what the device also signed with its key: the chain first, then the record.
    pub(crate) fn verify_record(
        &self,
        label: Label,
        record: &impl MlsEncode,
        signature: &[u8; 64],
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedDevice, CertificateError> {
        let device = self.verify(root, now, tolerance)?;
        verify_record(label, root, &device.key, record, signature)?;
        Ok(device)
    }

    /// The certificate of the device that the chain is for.
    pub fn leaf(&self) -> &Certificate {
        self.device.as_ref().unwrap_or(&self.administrator)
    }

    /// The earlier of the ends of the two certificates, in seconds since the Unix epoch, as they say it.
    pub fn not_after(&self) -> u64 {
        self.leaf().not_after.min(self.administrator.not_after)
    }

    fn check_signatures(&self, root: &Fingerprint) -> Result<(), CertificateError> {
        if Fingerprint::of(&self.root) != *root {
            return Err(CertificateError::WrongProgram);
        }
        self.administrator.check_issuer(&self.root, root)?;
        if !self.administrator.roles.contains(Roles::ADMINISTRATOR) {
            return Err(CertificateError::NotAdministrator);
        }
        if let Some(device) = &self.device {
            device.check_issuer(&self.administrator.device, root)?;
            if device.roles.contains(Roles::ADMINISTRATOR) {
                return Err(CertificateError::RoleNotGrantable);
            }
        }
        Ok(())
    }
}
