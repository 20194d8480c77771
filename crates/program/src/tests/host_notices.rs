//! Who can put a host's notice in front of an administrator: the host whose key is known, for this program.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use stillroom_protocol::HostNoticeId;
use stillroom_wire::{decode, encode};

use crate::{
    Fingerprint, HostNotice, HostNoticeError, HostNoticeKind, SignedHostNotice, SigningKey,
};

const PROGRAM: Fingerprint = Fingerprint([7; 32]);

fn host(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn signed(host: &SigningKey) -> SignedHostNotice {
    let notice = HostNotice {
        id: HostNoticeId([1; 16]),
        kind: HostNoticeKind::Breach,
        given: 1_800_000_000,
        text: "Somebody read our backups.".try_into().unwrap(),
    };
    SignedHostNotice::sign(notice, &PROGRAM, host)
}

#[test]
fn the_hosts_own_notice_holds_for_whoever_knows_it_and_for_whoever_knows_none_yet() {
    let host = host(1);
    let signed = signed(&host);
    assert_eq!(signed.verify(&PROGRAM, None), Ok(&signed.notice));
    assert_eq!(signed.verify(&PROGRAM, Some(&host.verifying_key())), Ok(&signed.notice));
}

#[test]
fn another_hosts_or_another_programs_notice_does_not() {
    let ours = host(1).verifying_key();
    let other = Err(HostNoticeError::OtherHost);
    assert_eq!(signed(&host(2)).verify(&PROGRAM, Some(&ours)), other);
    let wrong = Err(HostNoticeError::SignatureWrong);
    assert_eq!(signed(&host(1)).verify(&Fingerprint([8; 32]), Some(&ours)), wrong);
}

#[test]
fn an_altered_notice_does_not_hold_whichever_byte_was_altered() {
    let host = host(1);
    let whole = encode(&signed(&host));
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        let held = decode::<SignedHostNotice>(&altered)
            .is_ok_and(|altered| altered.verify(&PROGRAM, Some(&host.verifying_key())).is_ok());
        assert!(!held, "{place}");
    }
}
