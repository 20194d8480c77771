//! What a relay counts of a day: equally long whatever it is, and opened by the report key alone.

use super::fixture::Program;
use crate::*;
use stillroom_protocol::counts::COUNTS_SEALED_BYTES;

#[test]
fn a_day_of_nothing_and_a_day_of_much_are_equally_long_and_read_back() {
    let mut program = Program::new(1);
    let key = RootKey::generate(&mut program.rng).report_key();
    let id = program.fingerprint.program_id();
    let most = u32::MAX;
    let much = DayCounts { day: most, chats: most, left_waiting: most, open_seconds: most };
    for counts in [DayCounts::default(), much] {
        let sealed = counts.seal(&id, &key.public_key(), &mut program.rng).unwrap();
        assert_eq!(sealed.len(), COUNTS_SEALED_BYTES);
        assert_eq!(key.open_counts(&id, &sealed), Ok(counts));
    }
}

#[test]
fn another_key_another_program_and_altered_counts_open_nothing() {
    let mut program = Program::new(1);
    let key = RootKey::generate(&mut program.rng).report_key();
    let id = program.fingerprint.program_id();
    let counts = DayCounts { day: 20_000, chats: 1, ..DayCounts::default() };
    let sealed = counts.seal(&id, &key.public_key(), &mut program.rng).unwrap();
    let closed = Err(DayCountsError::DoesNotOpen);
    let other = RootKey::generate(&mut program.rng).report_key();
    assert_eq!(other.open_counts(&id, &sealed), closed);
    assert_eq!(key.open_counts(&Program::new(2).fingerprint.program_id(), &sealed), closed);
    for at in (0..sealed.len()).step_by(53) {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert_eq!(key.open_counts(&id, &altered), closed, "{at}");
        assert_eq!(key.open_counts(&id, &sealed[..at]), closed, "{at}");
    }
}
