//! Every record that comes from outside: random, altered, truncated and oversized bytes.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use proptest::prelude::*;
use stillroom_wire::{MlsDecode, MlsEncode};

use super::fixture::{self, EXACT, NOW, Program};
use super::manifests::manifest;
use crate::*;

/// Bytes either do not decode, or are the one encoding of what they decode to.
fn is_canonical<T: MlsDecode + MlsEncode + Debug>(bytes: &[u8]) {
    if let Ok(record) = decode::<T>(bytes) {
        assert_eq!(encode(&record), bytes);
    }
}

/// One whole record of each kind, and what it takes to verify it.
struct Records {
    root: Fingerprint,
    policy: VerifiedPolicy,
    secret: InvitationSecret,
    advocate: VerifiedDevice,
    records: Vec<(Kind, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Policy,
    Statement,
    Revocations,
    Invitation,
    Request,
    Staff,
    DutyKey,
    Chain,
    Name,
    Manifest,
}

impl Records {
    fn new() -> Self {
        let mut program = Program::new(1);
        let advocate = program.staff(Roles::ADVOCATE);
        let policy = program.verified_policy();
        let statement = DutyStatement {
            issued: NOW.seconds(),
            expires: NOW.seconds() + 1800,
            policy_version: policy.version,
            policy_hash: policy.hash(),
            revocations_hash: Revocations::none_hash(),
            duty_key: advocate.receiving.public_key(),
            vault_version: 0,
            issuer: [0; 32],
            open: true.into(),
        };
        let list = Revocations::default().with(advocate.key(), u64::MAX, NOW).unwrap();
        let secret = InvitationSecret::generate(&mut program.rng);
        let invitation =
            Invitation { id: secret.id(), roles: Roles::ADVOCATE, expires: NOW.seconds() + 60 };
        let new = NewDevice::generate(&mut program.rng);
        let bundle = SharedKeyBundle::make(
            SharedKey::Duty,
            &advocate,
            &[],
            &VerifiedRevocations::none(),
            NOW,
            &mut program.rng,
        )
        .unwrap()
        .0;
        let signer = &program.administrator;
        let records = vec![
            (Kind::Policy, encode(&SignedPolicy::sign(&fixture::policy(), signer).unwrap())),
            (Kind::Statement, encode(&SignedStatement::sign(statement, &advocate))),
            (Kind::Revocations, encode(&SignedRevocations::sign(list, signer).unwrap())),
            (Kind::Invitation, encode(&SignedInvitation::sign(invitation, signer).unwrap())),
            (Kind::Request, encode(&new.request(&secret, &program.fingerprint))),
            (Kind::Staff, encode(&advocate.staff_record())),
            (Kind::DutyKey, encode(&bundle)),
            (Kind::Chain, encode(&advocate.chain)),
            (Kind::Name, encode(&advocate.name)),
            (Kind::Manifest, encode(&SignedManifest::sign(&manifest(), signer).unwrap())),
        ];
        let advocate = program.verified_staff(&advocate).device;
        Self { root: program.fingerprint, policy, secret, advocate, records }
    }

    /// Whether these bytes are believed as a record of this kind.
    fn believed(&self, kind: Kind, bytes: &[u8]) -> bool {
        self.verify(kind, bytes).unwrap_or(false)
    }

    fn verify(&self, kind: Kind, bytes: &[u8]) -> Option<bool> {
        let (root, none) = (&self.root, VerifiedRevocations::none());
        Some(match kind {
            Kind::Policy => decode::<SignedPolicy>(bytes).ok()?.verify(root, NOW, EXACT).is_ok(),
            Kind::Statement => {
                let signed = decode::<SignedStatement>(bytes).ok()?;
                signed.verify(root, &self.policy, &none, NOW, EXACT).is_ok()
            }
            Kind::Revocations => {
                decode::<SignedRevocations>(bytes).ok()?.verify(root, NOW, EXACT).is_ok()
            }
            Kind::Invitation => {
                decode::<SignedInvitation>(bytes).ok()?.verify(root, NOW, EXACT).is_ok()
            }
            Kind::Request => {
                decode::<EnrolmentRequest>(bytes).ok()?.verify(&self.secret, root).is_ok()
            }
            Kind::Staff => decode::<StaffRecord>(bytes).ok()?.verify(root, NOW, EXACT).is_ok(),
            Kind::DutyKey => decode::<SharedKeyBundle>(bytes)
                .ok()?
                .verify(SharedKey::Duty, root, &none, NOW, EXACT)
                .is_ok(),
            Kind::Chain => decode::<Chain>(bytes).ok()?.verify(root, NOW, EXACT).is_ok(),
            Kind::Name => decode::<NameCertificate>(bytes).ok()?.verify(&self.advocate).is_ok(),
            Kind::Manifest => {
                decode::<SignedManifest>(bytes).ok()?.verify(root, NOW, EXACT).is_ok()
            }
        })
    }
}

#[test]
fn every_record_is_believed_as_it_was_made() {
    let all = Records::new();
    for (kind, bytes) in &all.records {
        assert!(all.believed(*kind, bytes), "{kind:?}");
    }
}

#[test]
fn a_truncated_or_lengthened_record_is_refused_at_every_length() {
    let all = Records::new();
    for (kind, bytes) in &all.records {
        for length in 0..bytes.len() {
            assert!(!all.believed(*kind, &bytes[..length]), "{kind:?} of {length} bytes");
        }
        assert!(!all.believed(*kind, &[&bytes[..], &[0]].concat()), "{kind:?}");
    }
}

#[test]
fn an_oversized_field_is_refused_before_it_is_read() {
    let program = Program::new(1);
    let mut bytes = encode(&program.administrator.chain);
    bytes.extend((0x8000_0000 | (1_u32 << 20)).to_be_bytes());
    bytes.resize(bytes.len() + (1 << 20), 0);
    assert_eq!(decode::<SignedPolicy>(&bytes), Err(DecodeError::TooLong));
}

#[test]
fn a_record_with_a_bit_changed_anywhere_is_not_believed() {
    let all = Records::new();
    for (kind, bytes) in &all.records {
        // 71 is odd: every bit of a byte has its turn along the record.
        for at in (0..bytes.len() * 8).step_by(71) {
            let mut bytes = bytes.clone();
            bytes[at / 8] ^= 1_u8 << (at % 8);
            assert!(!all.believed(*kind, &bytes), "{kind:?}, bit {at}");
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic_and_are_canonical(
        bytes in proptest::collection::vec(any::<u8>(), 0..600)
    ) {
        is_canonical::<Terms>(&bytes);
        is_canonical::<Page>(&bytes);
        is_canonical::<SignedPolicy>(&bytes);
        is_canonical::<SignedStatement>(&bytes);
        is_canonical::<SignedRevocations>(&bytes);
        is_canonical::<SignedInvitation>(&bytes);
        is_canonical::<EnrolmentRequest>(&bytes);
        is_canonical::<Enrolment>(&bytes);
        is_canonical::<StaffRecord>(&bytes);
        is_canonical::<SharedKeyBundle>(&bytes);
        is_canonical::<Chain>(&bytes);
        is_canonical::<NameCertificate>(&bytes);
        is_canonical::<Intake>(&bytes);
        is_canonical::<SignedManifest>(&bytes);
        let _ = Device::from_bytes(&bytes);
    }

    #[test]
    fn a_policy_altered_anywhere_is_canonical_or_refused(
        at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let policy = fixture::policy();
        for mut bytes in [encode(&policy.terms), encode(&policy.page)] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            is_canonical::<Terms>(&bytes);
            is_canonical::<Page>(&bytes);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_a_policy_file_or_refused(text in any::<alloc::string::String>()) {
        prop_assert!(Policy::from_toml(&text).is_err());
    }
}
