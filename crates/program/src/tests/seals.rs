//! Sealing, against what others have published and against a bad relay.

use alloc::vec::Vec;
use core::convert::Infallible;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes128Gcm, KeyInit as _};
use hkdf::Hkdf;
use rand_core::{TryCryptoRng, TryRng};
use sha2::Sha256;

use super::fixture::Program;
use crate::*;

/// github.com/hpkewg/hpke-pq, test-vectors.json.
const PUBLISHED: &str = include_str!("hpke-pq.txt");

fn published(name: &str) -> Vec<u8> {
    let line = PUBLISHED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let hex = line.unwrap().as_bytes().chunks(2);
    hex.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Gives out the bytes that it was made of.
struct Fixed(Vec<u8>);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!()
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        let rest = self.0.split_off(out.len());
        out.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

/// What RFC 9180 section 5.1 makes of a shared secret in base mode, written from the text: key and nonce.
fn schedule(shared: &[u8], info: &[u8]) -> ([u8; 16], [u8; 12]) {
    let suite = [b"HPKE".as_slice(), &[0x64, 0x7a, 0, 1, 0, 1]].concat();
    let extract = |salt: &[u8], label: &[u8], ikm: &[u8]| {
        let ikm = [b"HPKE-v1", &*suite, label, ikm].concat();
        Hkdf::<Sha256>::extract(Some(salt), &ikm)
    };
    let context =
        [[0].as_slice(), &extract(b"", b"psk_id_hash", b"").0, &extract(b"", b"info_hash", info).0]
            .concat();
    let secret = extract(shared, b"secret", b"").1;
    let expand = |label: &[u8], out: &mut [u8]| {
        let length = u16::try_from(out.len()).unwrap().to_be_bytes();
        let info = [&length, b"HPKE-v1".as_slice(), &suite, label, &context].concat();
        secret.expand(&info, out).unwrap();
    };
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    expand(b"key", &mut key);
    expand(b"base_nonce", &mut nonce);
    (key, nonce)
}

/// What sealing must give, from the published encapsulation and the text of RFC 9180.
fn expected(info: &[u8], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let (key, nonce) = schedule(&published("shared_secret"), info);
    let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg: plaintext, aad }).unwrap();
    [published("enc"), sealed].concat()
}

fn published_key() -> ReceivingKey {
    ReceivingKey::from_bytes(published("skRm").as_slice().try_into().unwrap())
}

#[test]
fn a_published_seed_gives_the_published_public_key() {
    assert_eq!(published_key().public_key().as_bytes(), published("pkRm"));
}

#[test]
fn sealing_with_published_randomness_gives_the_known_bytes() {
    let to = published_key().public_key();
    let mut randomness = Fixed(published("ikmE"));
    let sealed = seal(&to, b"info", b"aad", b"what is sealed", &mut randomness).unwrap();
    assert_eq!(sealed, expected(b"info", b"aad", b"what is sealed"));
}

#[test]
fn what_another_implementation_sealed_opens() {
    let sealed = expected(b"info", b"aad", b"what is sealed");
    let opened = published_key().open(b"info", b"aad", &sealed).unwrap();
    assert_eq!(*opened, b"what is sealed");
}

#[test]
fn another_key_or_context_opens_nothing() {
    let mut program = Program::new(1);
    let key = ReceivingKey::generate(&mut program.rng);
    let sealed = seal(&key.public_key(), b"info", b"aad", b"text", &mut program.rng).unwrap();
    assert_eq!(*key.open(b"info", b"aad", &sealed).unwrap(), b"text");
    assert_eq!(key.open(b"other", b"aad", &sealed), Err(SealError::DoesNotOpen));
    assert_eq!(key.open(b"info", b"other", &sealed), Err(SealError::DoesNotOpen));
    let other = ReceivingKey::generate(&mut program.rng);
    assert_eq!(other.open(b"info", b"aad", &sealed), Err(SealError::DoesNotOpen));
    assert_eq!(key.open(b"info", b"aad", b""), Err(SealError::DoesNotOpen));
    assert_eq!(key.open(b"info", b"aad", &sealed[..1120]), Err(SealError::DoesNotOpen));
}

#[test]
fn bytes_of_the_right_length_that_are_no_key_are_found_out_when_sealed_to() {
    let no_key = ReceivingPublicKey::try_from([0xff; 1216].as_slice()).unwrap();
    let mut program = Program::new(1);
    assert_eq!(seal(&no_key, b"", b"", b"text", &mut program.rng), Err(SealError::KeyMalformed));
    for length in [0, 1215, 1217] {
        let bytes = alloc::vec![1; length];
        assert_eq!(ReceivingPublicKey::try_from(&*bytes), Err(SealError::KeyMalformed));
        assert!(decode::<ReceivingPublicKey>(&encode(&*bytes)).is_err());
    }
}

#[test]
fn a_context_that_is_too_long_is_refused_and_not_a_panic() {
    let long = alloc::vec![0; 70_000];
    let mut program = Program::new(1);
    let key = ReceivingKey::generate(&mut program.rng);
    let public = key.public_key();
    assert_eq!(seal(&public, &long, b"", b"", &mut program.rng), Err(SealError::TooLong));
    assert_eq!(key.open(&long, b"", &[0; 1200]), Err(SealError::TooLong));
}
