//! The name that survivors see: the part of a certificate that the relay never does (`features.md` 3.3).
//!
//! It travels inside the group, and inside the sealed answer to an enrolment. What an administrator writes
//! into it is theirs to answer for.

use alloc::string::{String, ToString as _};

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{Text, TooLong};

use crate::certificate::{CertificateError, VerifiedDevice};
use crate::keys::{Fingerprint, Label, SigningKey, VerifyingKey, verify_record};
use crate::limits::NAME_MAX;

/// What an administrator says a device's user is called. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct NameCertificate {
    /// Whose name it is.
    pub device: VerifyingKey,
    /// The name.
    pub name: Text<NAME_MAX>,
    /// The administrator's device that says so.
    pub issuer: VerifyingKey,
    /// Over all of the above and the program.
    pub signature: [u8; 64],
}

#[derive(MlsSize, MlsEncode)]
struct Signed<'a> {
    device: VerifyingKey,
    name: &'a Text<NAME_MAX>,
    issuer: VerifyingKey,
}

/// A name that the program vouches for. Made by [`NameCertificate::verify`] alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for DisplayName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DisplayName")
    }
}

impl NameCertificate {
    /// Names the user of a device.
    ///
    /// # Errors
    /// [`TooLong`] where the name is over [`NAME_MAX`] bytes.
    pub(crate) fn issue(
        device: VerifyingKey,
        name: &str,
        program: &Fingerprint,
        issuer: &SigningKey,
    ) -> Result<Self, TooLong> {
        let mut certificate = Self {
            device,
            name: name.trim().try_into()?,
            issuer: issuer.verifying_key(),
            signature: [0; 64],
        };
        certificate.signature = issuer.sign_record(Label::Name, program, &certificate.signed());
        Ok(certificate)
    }

    fn signed(&self) -> Signed<'_> {
        Signed { device: self.device, name: &self.name, issuer: self.issuer }
    }

    /// The name, if the administrator who certified `device` gave it to that very device.
    ///
    /// # Errors
    /// [`CertificateError::OtherDevice`], [`IssuerWrong`](CertificateError::IssuerWrong) or
    /// [`SignatureWrong`](CertificateError::SignatureWrong).
    pub fn verify(&self, device: &VerifiedDevice) -> Result<DisplayName, CertificateError> {
        if self.device != device.key {
            return Err(CertificateError::OtherDevice);
        }
        if self.issuer != device.administrator {
            return Err(CertificateError::IssuerWrong);
        }
        let signed = self.signed();
        verify_record(Label::Name, &device.program, &self.issuer, &signed, &self.signature)?;
        Ok(DisplayName(self.name.to_string()))
    }
}
