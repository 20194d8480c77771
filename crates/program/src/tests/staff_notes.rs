//! Notes among staff, and what a relay or a stranger might do with them.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::fixture::{EXACT, NOW, Program};
use crate::limits::{
    STAFF_NOTE_BODY_MAX, STAFF_NOTE_LONG_PLAINTEXT, STAFF_NOTE_PLAINTEXT, STAFF_NOTE_SHORT_BODY,
};
use crate::*;

/// Two people on duty: the first writes, the second reads.
struct Pair {
    program: Program,
    writer: Device,
    reader: Device,
    inbox: NoteInbox,
    epoch: Epoch,
}

impl Pair {
    fn new() -> Self {
        Self::of(Roles::ADVOCATE, Roles::SUPERVISOR)
    }

    fn of(writer: Roles, reader: Roles) -> Self {
        let mut program = Program::new(1);
        let (writer, reader) = (program.staff(writer), program.staff(reader));
        let inbox = NoteInbox::new(Epoch::generate(&mut program.rng));
        let epoch = Epoch::generate(&mut program.rng);
        Self { program, writer, reader, inbox, epoch }
    }

    fn note(&self, stamp: u64, body: &[u8]) -> StaffNote {
        let (sender, receiver) = (self.epoch, Some(self.inbox.epoch()));
        StaffNote { stamp, sender, receiver, body: body.try_into().unwrap() }
    }

    fn seal(&mut self, note: &StaffNote) -> Vec<u8> {
        let (writer, reader) = (self.writer.clone(), self.reader.clone());
        self.seal_from(note, &writer, &reader)
    }

    fn seal_from(&mut self, note: &StaffNote, from: &Device, to: &Device) -> Vec<u8> {
        let to = self.program.verified_staff(to);
        note.seal(from, &to, &mut self.program.rng).unwrap()
    }

    fn open(&mut self, sealed: &[u8]) -> Result<VerifiedNote, StaffNoteError> {
        let writer = self.writer.clone();
        self.open_as_from(&writer, sealed)
    }

    /// As the relay says that it is from `from`.
    fn open_as_from(
        &mut self,
        from: &Device,
        sealed: &[u8],
    ) -> Result<VerifiedNote, StaffNoteError> {
        let from = self.program.verified_staff(from);
        self.inbox.open(&self.reader, &from, &VerifiedRevocations::none(), sealed)
    }
}

#[test]
fn a_colleague_reads_the_note_and_knows_by_name_who_wrote_it() {
    let mut pair = Pair::new();
    let note = pair.note(1, b"Can you look at the time?");
    let sealed = pair.seal(&note);
    let opened = pair.open(&sealed).unwrap();
    assert_eq!(opened.note, note);
    assert_eq!(opened.name.as_str(), "Robin");
}

#[test]
fn a_relay_that_names_another_sender_is_found_out() {
    let mut pair = Pair::new();
    let third = pair.program.staff(Roles::ADVOCATE);
    let sealed = pair.seal(&pair.note(1, b"x"));
    assert_eq!(pair.open_as_from(&third, &sealed), Err(StaffNoteError::DoesNotOpen));
    assert!(pair.open(&sealed).is_ok());
}

#[test]
fn a_colleague_cannot_write_in_anothers_name() {
    let mut pair = Pair::new();
    // All that is public of the writer, and a key of somebody else's.
    let forger =
        Device { signing: SigningKey::generate(&mut pair.program.rng), ..pair.writer.clone() };
    let to = pair.program.verified_staff(&pair.reader);
    let note = pair.note(1, b"x");
    let by_key = note.seal(&forger, &to, &mut pair.program.rng).unwrap();
    assert_eq!(pair.open(&by_key), Err(StaffNoteError::DoesNotOpen), "sealed as the forger");
    let third = pair.program.staff(Roles::ADVOCATE);
    let named = Device { name: pair.writer.name.clone(), ..third.clone() };
    let by_name = note.seal(&named, &to, &mut pair.program.rng).unwrap();
    assert_eq!(pair.open_as_from(&third, &by_name), Err(StaffNoteError::NameWrong));
}

#[test]
fn what_is_sealed_for_the_sender_without_their_signature_is_found_out() {
    let mut pair = Pair::new();
    // Whoever knows both public keys can seal; the signature takes the sender's.
    let note = pair.note(1, b"x");
    let to = pair.program.verified_staff(&pair.reader);
    let sealed = note.seal_with([0; 64], &pair.writer, &to, &mut pair.program.rng).unwrap();
    assert_eq!(pair.open(&sealed), Err(StaffNoteError::SignatureWrong));
}

#[test]
fn a_relay_that_gives_a_note_to_another_device_gives_them_nothing() {
    let mut pair = Pair::new();
    let other = pair.program.staff(Roles::SUPERVISOR);
    let note = pair.note(1, b"x");
    let (writer, reader) = (pair.writer.clone(), pair.reader.clone());
    let sealed = pair.seal_from(&note, &writer, &reader);
    let from = pair.program.verified_staff(&writer);
    let opened = pair.inbox.open(&other, &from, &VerifiedRevocations::none(), &sealed);
    assert_eq!(opened, Err(StaffNoteError::DoesNotOpen));
}

#[test]
fn a_note_given_twice_or_after_a_later_one_is_passed_over() {
    let mut pair = Pair::new();
    let first = pair.seal(&pair.note(1, b"one"));
    let second = pair.seal(&pair.note(2, b"two"));
    let third = pair.seal(&pair.note(3, b"three"));
    assert!(pair.open(&first).is_ok());
    assert_eq!(pair.open(&first), Err(StaffNoteError::Replayed));
    assert!(pair.open(&third).is_ok());
    assert_eq!(pair.open(&second), Err(StaffNoteError::Replayed));
}

#[test]
fn a_note_of_an_earlier_time_on_duty_is_not_taken_in_a_later_one() {
    let mut pair = Pair::new();
    let sealed = pair.seal(&pair.note(1, b"x"));
    pair.inbox = NoteInbox::new(Epoch::generate(&mut pair.program.rng));
    assert_eq!(pair.open(&sealed), Err(StaffNoteError::OtherEpoch));
}

#[test]
fn a_note_for_no_time_on_duty_can_say_nothing() {
    let mut pair = Pair::new();
    let (mut silent, mut says) = (pair.note(1, b""), pair.note(2, b"x"));
    (silent.receiver, says.receiver) = (None, None);
    let (silent, says) = (pair.seal(&silent), pair.seal(&says));
    assert!(pair.open(&silent).is_ok());
    assert_eq!(pair.open(&says), Err(StaffNoteError::OtherEpoch));
}

#[test]
fn a_note_by_somebody_who_is_never_in_a_chat_or_for_them_is_passed_over() {
    let nobody = Roles::NONE;
    for (writer, reader) in [(nobody, Roles::ADVOCATE), (Roles::ADVOCATE, nobody)] {
        let mut pair = Pair::of(writer, reader);
        let sealed = pair.seal(&pair.note(1, b"x"));
        assert_eq!(pair.open(&sealed), Err(StaffNoteError::RoleMissing));
    }
}

#[test]
fn a_note_by_a_revoked_device_is_passed_over() {
    let mut pair = Pair::new();
    let sealed = pair.seal(&pair.note(1, b"x"));
    let list = Revocations::default().with(pair.writer.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &pair.program.administrator).unwrap();
    let list = list.verify(&pair.program.fingerprint, NOW, EXACT).unwrap();
    let from = pair.program.verified_staff(&pair.writer);
    let opened = pair.inbox.open(&pair.reader, &from, &list, &sealed);
    assert_eq!(opened, Err(StaffNoteError::SenderRevoked));
}

#[test]
fn whoever_another_program_certified_is_no_colleague() {
    let stranger = Program::new(2).staff(Roles::SUPERVISOR);
    let pair = Pair::new();
    let record = stranger.staff_record().verify(&pair.program.fingerprint, NOW, EXACT);
    assert_eq!(record, Err(CertificateError::WrongProgram));
}

#[test]
fn neither_a_note_nor_an_epoch_prints_what_it_holds() {
    let pair = Pair::new();
    let shown = alloc::format!("{:?} {:?}", pair.note(1, b"secret"), pair.epoch);
    assert_eq!(shown, "StaffNote Epoch");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_note_is_as_long_as_any_other_of_its_kind(
        length in prop_oneof![0..=STAFF_NOTE_SHORT_BODY, 0..=STAFF_NOTE_BODY_MAX]
    ) {
        let mut pair = Pair::new();
        let note = pair.note(1, &alloc::vec![7; length]);
        let sealed = pair.seal(&note);
        let is_short = length <= STAFF_NOTE_SHORT_BODY;
        let padded = if is_short { STAFF_NOTE_PLAINTEXT } else { STAFF_NOTE_LONG_PLAINTEXT };
        prop_assert_eq!(sealed.len(), padded + 1120 + 16);
        prop_assert_eq!(pair.open(&sealed).map(|opened| opened.note), Ok(note));
    }

    #[test]
    fn a_note_with_one_byte_changed_is_passed_over(at in any::<prop::sample::Index>(), by in 1_u8..) {
        let mut pair = Pair::new();
        let note = pair.note(1, b"x");
        let mut sealed = pair.seal(&note);
        let at = at.index(sealed.len());
        sealed[at] ^= by;
        prop_assert_eq!(pair.open(&sealed), Err(StaffNoteError::DoesNotOpen));
    }
}
