//! The suite against what others have published.

use std::convert::Infallible;

use hkdf::Hkdf;
use mls_rs_core::crypto::{
    CipherSuiteProvider as _, CryptoProvider as _, HpkeCiphertext, HpkeContextR as _,
    HpkeContextS as _, HpkePsk, HpkePublicKey, HpkeSecretKey,
};
use rand_chacha::rand_core::{TryCryptoRng, TryRng};
use sha2::Sha256;

use super::people::randomness;
use crate::mls::hpke;
use crate::mls::suite::{SUITE, Suite, SuiteError};
use crate::randomness::Randomness;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn suite() -> Suite {
    Suite::new(randomness(0))
}

/// The values called `name` in a file of vectors, in order.
fn values(file: &str, name: &str) -> Vec<Vec<u8>> {
    file.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(hex).collect()
}

/// Gives out the bytes it was made of, once.
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

/// RFC 9180 section 5.1's key schedule in base mode, written from the text.
struct Schedule {
    suite: Vec<u8>,
    secret: Vec<u8>,
    context: Vec<u8>,
}

impl Schedule {
    fn new(aead: u16, shared: &[u8], info: &[u8]) -> Self {
        let mut suite = b"HPKE".to_vec();
        for id in [0x647a, 1, aead] {
            suite.extend_from_slice(&u16::to_be_bytes(id));
        }
        let extract = |salt: &[u8], label: &[u8], ikm: &[u8]| {
            let ikm = [b"HPKE-v1", &*suite, label, ikm].concat();
            Hkdf::<Sha256>::extract(Some(salt), &ikm).0.to_vec()
        };
        let context =
            [vec![0], extract(b"", b"psk_id_hash", b""), extract(b"", b"info_hash", info)].concat();
        let secret = extract(shared, b"secret", b"");
        Self { suite, secret, context }
    }

    fn expand_from(&self, prk: &[u8], label: &[u8], info: &[u8], len: u16) -> Vec<u8> {
        let info = [&len.to_be_bytes(), &b"HPKE-v1"[..], &self.suite, label, info].concat();
        let mut out = vec![0; usize::from(len)];
        Hkdf::<Sha256>::from_prk(prk).unwrap().expand(&info, &mut out).unwrap();
        out
    }

    fn expand(&self, label: &[u8], len: u16) -> Vec<u8> {
        self.expand_from(&self.secret, label, &self.context, len)
    }

    fn export(&self, context: &[u8], len: u16) -> Vec<u8> {
        self.expand_from(&self.expand(b"exp", 32), b"sec", context, len)
    }
}

/// Both ends of the suite's HPKE come to the published shared secret.
fn check_hpke(seed: &[u8], encapsulation: &[u8], enc: &[u8], shared: &[u8], info: &[u8]) {
    let (secret, public) = hpke::from_seed(seed).unwrap();
    let suite = Suite::new(Randomness::new(Fixed(encapsulation.to_vec())));
    let (sent, mut sender) = suite.hpke_setup_s(&public, info).unwrap();
    assert_eq!(sent, enc);
    let mut receiver = suite.hpke_setup_r(&sent, &secret, &public, info).unwrap();
    let schedule = Schedule::new(1, shared, info);
    let exported = schedule.export(b"for a test", 48);
    assert_eq!(*sender.export(b"for a test", 48).unwrap(), exported);
    assert_eq!(*receiver.export(b"for a test", 48).unwrap(), exported);
    let (key, nonce) = (schedule.expand(b"key", 16), schedule.expand(b"base_nonce", 12));
    let first = suite.aead_seal(&key, b"one", Some(b"aad"), &nonce).unwrap();
    assert_eq!(sender.seal(Some(b"aad"), b"one").unwrap(), first);
    let second = sender.seal(None, b"two").unwrap();
    assert_eq!(**receiver.open(Some(b"aad"), &first).unwrap(), *b"one");
    assert_eq!(**receiver.open(None, &second).unwrap(), *b"two");
}

#[test]
fn x_wing_gives_what_its_draft_says() {
    let file = include_str!("x-wing.txt");
    let named = |name| values(file, name);
    let (seeds, randoms, shared) = (named("seed"), named("eseed"), named("ss"));
    assert_eq!(seeds.len(), 3);
    for (number, public) in named("pk").iter().enumerate() {
        let (_, ours) = hpke::from_seed(&seeds[number]).unwrap();
        assert_eq!(*ours, **public);
        let enc = &named("ct")[number];
        check_hpke(&seeds[number], &randoms[number], enc, &shared[number], b"info");
    }
}

#[test]
fn hpke_with_x_wing_gives_what_its_draft_says() {
    let file = include_str!("hpke-pq.txt");
    let named = |name| values(file, name).remove(0);
    let (secret, public) = suite().kem_derive(&named("ikmR")).unwrap();
    assert_eq!(*secret, *named("skRm"));
    assert_eq!(*public, *named("pkRm"));
    let (shared, info) = (named("shared_secret"), named("info"));
    // The published AEAD is another: first the schedule written here is held against it.
    let published = Schedule::new(3, &shared, &info);
    assert_eq!(published.suite, named("suite_id"));
    assert_eq!(published.expand(b"key", 32), named("key"));
    assert_eq!(published.expand(b"base_nonce", 12), named("base_nonce"));
    assert_eq!(published.expand(b"exp", 32), named("exporter_secret"));
    assert_eq!(published.export(&named("exporter_context"), 32), named("exported"));
    check_hpke(&named("skRm"), &named("ikmE"), &named("enc"), &shared, &info);
}

#[test]
fn hkdf_gives_what_rfc_5869_says() {
    // Appendix A.1 and A.3.
    let ikm = [0x0b; 22];
    for (salt, info, okm) in [
        (
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "",
            "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ] {
        let prk = suite().kdf_extract(&hex(salt), &ikm).unwrap();
        assert_eq!(*suite().kdf_expand(&prk, &hex(info), 42).unwrap(), hex(okm));
    }
    assert_eq!(suite().kdf_expand(&[0; 32], b"", 255 * 32 + 1), Err(SuiteError::TooLong));
    assert_eq!(suite().kdf_expand(&[0; 31], b"", 1), Err(SuiteError::KeyMalformed));
}

#[test]
fn hmac_gives_what_rfc_4231_says() {
    // Test case 2.
    let mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(suite().mac(b"Jefe", b"what do ya want for nothing?").unwrap(), hex(mac));
}

#[test]
fn sha_256_gives_what_fips_180_says() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(suite().hash(b"abc").unwrap(), hex(digest));
}

#[test]
fn aes_gcm_gives_what_its_specification_says() {
    // McGrew and Viega, The Galois/Counter Mode of Operation, test case 4.
    let key = hex("feffe9928665731c6d6a8f9467308308");
    let nonce = hex("cafebabefacedbaddecaf888");
    let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let plain = hex(concat!(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    ));
    let sealed = hex(concat!(
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e",
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47"
    ));
    let suite = suite();
    assert_eq!(suite.aead_seal(&key, &plain, Some(&aad), &nonce).unwrap(), sealed);
    assert_eq!(*suite.aead_open(&key, &sealed, Some(&aad), &nonce).unwrap(), plain);
    assert_eq!(suite.aead_open(&key, &sealed, None, &nonce), Err(SuiteError::DoesNotOpen));
    assert_eq!(suite.aead_open(&key, &sealed[..15], None, &nonce), Err(SuiteError::DoesNotOpen));
    assert_eq!(suite.aead_seal(&key[1..], b"", None, &nonce), Err(SuiteError::KeyMalformed));
    assert_eq!(suite.aead_seal(&key, b"", None, &nonce[1..]), Err(SuiteError::KeyMalformed));
}

#[test]
fn ed25519_gives_what_rfc_8032_says() {
    // Section 7.1, test 3.
    let secret = hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7").into();
    let public = hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025").into();
    let signature = hex(concat!(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ));
    let (suite, message) = (suite(), hex("af82"));
    assert_eq!(suite.signature_key_derive_public(&secret).unwrap(), public);
    assert_eq!(suite.sign(&secret, &message).unwrap(), signature);
    assert_eq!(suite.verify(&public, &signature, &message), Ok(()));
    assert_eq!(suite.verify(&public, &signature, b"other"), Err(SuiteError::SignatureWrong));
    assert_eq!(suite.verify(&public, &signature[1..], &message), Err(SuiteError::SignatureWrong));
    assert_eq!(
        suite.verify(&public[1..].to_vec().into(), &signature, &message),
        Err(SuiteError::KeyMalformed)
    );
}

#[test]
fn a_signature_that_a_key_of_small_order_allows_over_anything_is_refused() {
    // The identity point as key and as R, S = 0: RFC 8032's equation holds for every message.
    let mut point = vec![0; 32];
    point[0] = 1;
    let signature = [point.clone(), vec![0; 32]].concat();
    assert_eq!(
        suite().verify(&point.into(), &signature, b"anything"),
        Err(SuiteError::SignatureWrong)
    );
}

#[test]
fn public_keys_are_checked() {
    let suite = suite();
    let (_, public) = suite.kem_generate().unwrap();
    assert_eq!(suite.kem_public_key_validate(&public), Ok(()));
    let short = HpkePublicKey::from(public[1..].to_vec());
    assert_eq!(suite.kem_public_key_validate(&short), Err(SuiteError::KeyMalformed));
    // A coefficient of 4095, where the field ends at 3328.
    let mut outside = public.to_vec();
    outside[..2].fill(0xff);
    let outside = HpkePublicKey::from(outside);
    assert_eq!(suite.kem_public_key_validate(&outside), Err(SuiteError::KeyMalformed));
    assert!(suite.hpke_seal(&outside, b"", None, b"").is_err());
}

#[test]
fn hpke_refuses_what_it_cannot_take() {
    let suite = suite();
    let (secret, public) = suite.kem_generate().unwrap();
    let long = vec![0; 1 << 17];
    assert_eq!(suite.hpke_setup_s(&public, &long).err(), Some(SuiteError::TooLong));
    let sealed = suite.hpke_seal(&public, b"info", Some(b"aad"), b"text").unwrap();
    let open = |sealed: &HpkeCiphertext, secret: &HpkeSecretKey, info: &[u8], aad| {
        suite.hpke_open(sealed, secret, &public, info, aad)
    };
    assert_eq!(**open(&sealed, &secret, b"info", Some(b"aad")).unwrap(), *b"text");
    assert_eq!(open(&sealed, &secret, &long, None), Err(SuiteError::TooLong));
    assert_eq!(open(&sealed, &secret, b"info", None), Err(SuiteError::DoesNotOpen));
    assert_eq!(open(&sealed, &secret, b"else", Some(b"aad")), Err(SuiteError::DoesNotOpen));
    let short = vec![0; 31].into();
    assert_eq!(open(&sealed, &short, b"info", None), Err(SuiteError::KeyMalformed));
    let mut cut = sealed.clone();
    cut.kem_output.pop();
    assert_eq!(open(&cut, &secret, b"info", None), Err(SuiteError::KeyMalformed));
    let psk = || HpkePsk::new(b"id", &[7; 32]);
    assert_eq!(
        suite.hpke_seal_psk(&public, b"", None, b"", psk()).err(),
        Some(SuiteError::PskRefused)
    );
    assert_eq!(
        suite.hpke_open_psk(&sealed, &secret, &public, b"", None, psk()),
        Err(SuiteError::PskRefused)
    );
}

#[test]
fn there_is_one_suite() {
    assert_eq!(suite().supported_cipher_suites(), vec![SUITE]);
    assert_eq!(SUITE.raw_value(), 0x004F);
    assert!(suite().cipher_suite_provider(1.into()).is_none());
}
