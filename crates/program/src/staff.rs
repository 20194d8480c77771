//! What the relay's directory keeps of a member of staff, so that others can seal to them
//! (`features.md` 5.1): certificates and receiving key, no name.
//!
//! A relay can leave records out of the list it gives; it cannot put one in.

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};

use crate::certificate::{CertificateError, Chain, VerifiedDevice};
use crate::keys::Fingerprint;
use crate::sealing::ReceivingPublicKey;
use crate::time::Timestamp;

/// A member of staff as published. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct StaffRecord {
    /// The device's certificates.
    pub chain: Chain,
    /// The device's receiving key, whose hash is certified.
    pub receiving_key: ReceivingPublicKey,
}

/// A member of staff whose certificates hold and name this receiving key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedStaff {
    /// The device.
    pub device: VerifiedDevice,
    /// The certificates that say so, to be shown to others.
    pub chain: Chain,
    /// What can be sealed to it with.
    pub receiving_key: ReceivingPublicKey,
}

impl StaffRecord {
    /// Checks the certificates, and that the receiving key is the certified one.
    ///
    /// # Errors
    /// [`CertificateError`]; [`OtherDevice`](CertificateError::OtherDevice) where the receiving key is not
    /// the device's.
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedStaff, CertificateError> {
        let device = self.chain.verify(root, now, tolerance)?;
        if device.receiving != self.receiving_key.hash() {
            return Err(CertificateError::OtherDevice);
        }
        let (chain, receiving_key) = (self.chain.clone(), self.receiving_key.clone());
        Ok(VerifiedStaff { device, chain, receiving_key })
    }
}
