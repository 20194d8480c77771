//! Policies, signed and as the file that an administrator writes: none is believed that was not signed, none
//! brings texts along that were not signed with it, and no file, hours or date makes a reader panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD};
use stillroom_program::{Calendar, Guidance, Page, Policy, SignedPolicy, Terms, decode};

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    if let Ok(signed) = decode::<SignedPolicy>(bytes)
        && signed.verify(&world.root, NOW, TOLERANCE).is_ok()
    {
        let texts = SignedPolicy {
            page: signed.page.clone(),
            guidance: signed.guidance.clone(),
            ..world.policy.clone()
        };
        assert_eq!(signed, texts);
        assert!(signed.page.is_empty() || signed.page == world.policy.page);
        assert!(signed.guidance.is_empty() || signed.guidance == world.policy.guidance);
    }
    let genuine = || world.policy.unverified().unwrap();
    if let Ok(terms) = decode::<Terms>(bytes) {
        read(&Policy { terms, ..genuine() });
    }
    if let Ok(page) = decode::<Page>(bytes) {
        read(&Policy { page, ..genuine() });
    }
    if let Ok(guidance) = decode::<Guidance>(bytes) {
        for message in guidance.canned_messages.iter() {
            let _ = message.placeholders().count();
        }
        read(&Policy { guidance, ..genuine() });
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(policy) = Policy::from_toml(text)
    {
        read(&policy);
    }
});

/// All that is ever asked of a policy.
fn read(policy: &Policy) {
    let _ = (policy.check(), policy.warnings());
    if let Ok(calendar) = Calendar::of(policy) {
        let _ = calendar.offer(NOW);
        assert!(calendar.next_moment(NOW) > NOW);
        assert!(calendar.next_change(NOW).is_none_or(|next| next > NOW));
    }
    let genuine = WORLD.policy.unverified().unwrap();
    let _ = genuine.differences(policy);
}
