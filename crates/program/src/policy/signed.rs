//! The policy as published, and as believed.
//!
//! Signed are the terms and the hashes of the page and of the guidance. A greeting leaves both out
//! ([`SignedPolicy::terms_alone`]): a survivor's device has no use for them but to spend time on a slow line, and
//! what the page says it has already shown. A desk asks for the guidance, and for nothing else.

use core::ops::Deref;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_wire::{Bytes, decode};

use crate::certificate::{CertificateError, Chain, VerifiedDevice};
use crate::keys::{Fingerprint, Label};
use crate::limits::{POLICY_GUIDANCE_MAX, POLICY_PAGE_MAX, POLICY_TERMS_MAX};
use crate::policy::{Guidance, Page, Policy, Terms};
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::{Outside, Timestamp, within};

reasons! {
    /// Why a policy is not believed, or was not signed.
    PolicyError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the policy is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "only an administrator may sign a policy",
        /// What was signed is not a policy.
        Malformed => "the policy is not readable",
        /// The page or the guidance is not the one that was signed, or was left out.
        OtherTexts => "the policy's texts are not the ones that were signed",
        /// It holds from a later time on, whatever the clock is forgiven.
        NotYetValid => "the policy is from a later time",
        /// It held until an earlier time.
        Expired => "the policy has run out",
        /// It does not pass `Policy::check`.
        Unsound => "the policy has faults that must be mended first",
        /// All texts together are too long.
        TooLong => "the policy is too long",
    }
}

impl From<CertificateError> for PolicyError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::NotYetValid => Self::NotYetValid,
            CertificateError::Expired => Self::Expired,
            error => Self::Signer(error),
        }
    }
}

impl From<Outside> for PolicyError {
    fn from(outside: Outside) -> Self {
        CertificateError::from(outside).into()
    }
}

/// A policy and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedPolicy {
    /// The signer's certificates.
    pub chain: Chain,
    /// The encoded terms, and the hashes of the other two.
    pub terms: Bytes<POLICY_TERMS_MAX>,
    /// The encoded page; empty where it was left out.
    pub page: Bytes<POLICY_PAGE_MAX>,
    /// The encoded guidance; empty where it was left out.
    pub guidance: Bytes<POLICY_GUIDANCE_MAX>,
    /// Over the terms, the two hashes and the program.
    pub signature: [u8; 64],
}

/// What is signed.
#[derive(MlsSize, MlsEncode, MlsDecode)]
struct Signed {
    terms: Terms,
    page: [u8; 32],
    guidance: [u8; 32],
}

impl SignedPolicy {
    /// Signs a policy with an administrator's device.
    ///
    /// # Errors
    /// [`PolicyError::NotAdministrator`], [`Unsound`](PolicyError::Unsound),
    /// [`TooLong`](PolicyError::TooLong).
    #[cfg(feature = "editing")]
    pub fn sign(policy: &Policy, signer: &crate::Device) -> Result<Self, PolicyError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(PolicyError::NotAdministrator);
        }
        if !policy.check().is_empty() {
            return Err(PolicyError::Unsound);
        }
        Self::sign_unchecked(policy, signer)
    }

    /// Signs whatever it is given.
    #[cfg(any(feature = "editing", test))]
    pub(crate) fn sign_unchecked(
        policy: &Policy,
        signer: &crate::Device,
    ) -> Result<Self, PolicyError> {
        use stillroom_wire::encode;
        let fits = |_| PolicyError::TooLong;
        let page = Bytes::try_from(encode(&policy.page)).map_err(fits)?;
        let guidance = Bytes::try_from(encode(&policy.guidance)).map_err(fits)?;
        let (terms, page_hash) = (policy.terms.clone(), sha256(&page));
        let signed = Signed { terms, page: page_hash, guidance: sha256(&guidance) };
        let terms = Bytes::try_from(encode(&signed)).map_err(fits)?;
        let signature = signer.sign_record(Label::Policy, &terms);
        Ok(Self { chain: signer.chain.clone(), terms, page, guidance, signature })
    }

    /// The same, to be verified alike, by whoever has no use for the texts.
    pub fn terms_alone(&self) -> Self {
        let (chain, terms) = (self.chain.clone(), self.terms.clone());
        let (page, guidance) = (Bytes::default(), Bytes::default());
        Self { chain, terms, page, guidance, signature: self.signature }
    }

    /// The policy, if an administrator of this program signed it, with these texts or with texts left out, and
    /// it holds now.
    ///
    /// # Errors
    /// [`PolicyError`]. [`NotYetValid`](PolicyError::NotYetValid) and [`Expired`](PolicyError::Expired) are
    /// said of genuine ones only, and may as well mean that the clock here is wrong.
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedPolicy, PolicyError> {
        let (label, signature) = (Label::Policy, &self.signature);
        let signer =
            self.chain.verify_record(label, &self.terms, signature, root, now, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(PolicyError::NotAdministrator);
        }
        let Signed { terms, page, guidance } =
            decode::<Signed>(&self.terms).map_err(|_| PolicyError::Malformed)?;
        for (text, hash) in [(&*self.page, page), (&*self.guidance, guidance)] {
            if !text.is_empty() && sha256(text) != hash {
                return Err(PolicyError::OtherTexts);
            }
        }
        within(terms.issued, terms.expires, now, tolerance)?;
        // The one fault that could do harm, were an administrator's check skipped: the page goes there.
        if terms.exits.is_empty() || terms.exits.iter().any(|exit| !exit.starts_with("https://")) {
            return Err(PolicyError::Unsound);
        }
        let hash = sha256(&self.terms);
        Ok(VerifiedPolicy { terms, page, guidance, hash, signer })
    }

    /// The same of one that may have run out since: as it holds now, or as it held as long as it did. For whoever looks
    /// back, and not for whoever starts a chat under it.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_as_it_held(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedPolicy, PolicyError> {
        let verify = |at| self.verify(root, at, tolerance);
        verify(now).or_else(|error| match self.last_held() {
            Some(then) if error == PolicyError::Expired => verify(then),
            _ => Err(error),
        })
    }

    /// What it says, whoever signed it: for its writer, who knows.
    ///
    /// # Errors
    /// [`PolicyError::Malformed`].
    #[cfg(feature = "editing")]
    pub fn unverified(&self) -> Result<Policy, PolicyError> {
        let Signed { terms, .. } =
            decode::<Signed>(&self.terms).map_err(|_| PolicyError::Malformed)?;
        let page = decode::<Page>(&self.page).map_err(|_| PolicyError::Malformed)?;
        let guidance = decode(&self.guidance).map_err(|_| PolicyError::Malformed)?;
        Ok(Policy { terms, page, guidance })
    }

    /// Its version, the hash that a duty statement names, and the key that answers are sealed to, as it says them.
    pub(crate) fn named(&self) -> Option<(u64, [u8; 32], Option<crate::ReceivingPublicKey>)> {
        let Signed { terms, .. } = decode::<Signed>(&self.terms).ok()?;
        Some((terms.version, sha256(&self.terms), terms.report_key))
    }

    /// The last moment at which it and its signer's certificates all hold, whoever signed it: for whoever shows
    /// what it said though it has run out.
    pub fn last_held(&self) -> Option<Timestamp> {
        let expires = decode::<Signed>(&self.terms).ok()?.terms.expires;
        let ends = expires.min(self.chain.administrator.not_after);
        let ends = ends.min(self.chain.leaf().not_after);
        ends.checked_sub(1).map(Timestamp::from_seconds)
    }
}

/// A policy that holds. Made by [`SignedPolicy::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPolicy {
    terms: Terms,
    page: [u8; 32],
    guidance: [u8; 32],
    hash: [u8; 32],
    signer: VerifiedDevice,
}

impl VerifiedPolicy {
    /// SHA-256 of the encoded terms, the hashes of the texts among them: what a duty statement names.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The administrator's device that signed it.
    pub fn signer(&self) -> &VerifiedDevice {
        &self.signer
    }

    /// The whole policy, if the texts beside these terms are those that were signed with them.
    ///
    /// # Errors
    /// [`PolicyError::OtherTexts`], [`Malformed`](PolicyError::Malformed).
    pub fn whole(&self, signed: &SignedPolicy) -> Result<Policy, PolicyError> {
        let (page, guidance) = (self.page(&signed.page)?, self.guidance(&signed.guidance)?);
        Ok(Policy { terms: self.terms.clone(), page, guidance })
    }

    /// What people read, if these are the encoded texts that were signed with these terms.
    ///
    /// # Errors
    /// [`PolicyError::OtherTexts`], [`Malformed`](PolicyError::Malformed).
    pub fn page(&self, page: &[u8]) -> Result<Page, PolicyError> {
        if sha256(page) != self.page {
            return Err(PolicyError::OtherTexts);
        }
        decode(page).map_err(|_| PolicyError::Malformed)
    }

    /// What helps staff, if these are the encoded texts that were signed with these terms.
    ///
    /// # Errors
    /// [`PolicyError::OtherTexts`], [`Malformed`](PolicyError::Malformed).
    pub fn guidance(&self, guidance: &[u8]) -> Result<Guidance, PolicyError> {
        if sha256(guidance) != self.guidance {
            return Err(PolicyError::OtherTexts);
        }
        decode(guidance).map_err(|_| PolicyError::Malformed)
    }
}

impl Deref for VerifiedPolicy {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.terms
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
