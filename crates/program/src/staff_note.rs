//! A note from one staff device to another, which nobody else reads and nobody else could have written
//! (`features.md` 5.4; `decisions/0020`).
//!
//! Signed by the sender's certified key over both devices, both epochs and a stamp that only goes up, then sealed
//! to the receiver's certified key; every note is equally long, but for those that let somebody into a chat, which are
//! longer and again all alike. A relay can keep one back. It can neither read nor
//! alter it, nor pass it off as somebody else's, hand it to another device, or give it twice. Not protected
//! against: whoever holds the receiver's key later reads what was recorded on the way.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_wire::Bytes;
use zeroize::Zeroize;

use crate::device::Device;
use crate::keys::{Fingerprint, Label, VerifyingKey, verify_record};
use crate::limits::{
    STAFF_NOTE_BODY_MAX, STAFF_NOTE_LONG_PLAINTEXT, STAFF_NOTE_PLAINTEXT, STAFF_NOTE_SHORT_BODY,
};
use crate::name::{DisplayName, NameCertificate};
use crate::reasons::reasons;
use crate::revocation::VerifiedRevocations;
use crate::sealing::{SealError, seal_padded};
use crate::staff::VerifiedStaff;

const INFO: &[u8] = b"stillroom staff note 1";

/// One time on duty of one device, drawn at random: what was meant for another time is not taken in this one.
#[derive(Clone, Copy, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Epoch([u8; 16]);

impl Epoch {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut epoch = Self([0; 16]);
        rng.fill_bytes(&mut epoch.0);
        epoch
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch")
    }
}

/// What one device says to another. Overwritten when dropped; does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffNote {
    /// Goes up with every note of the sending device, whoever it is for.
    pub stamp: u64,
    /// The sender's time on duty.
    pub sender: Epoch,
    /// The receiver's, as they told it; nothing in the first note, which says nothing but the sender's.
    pub receiver: Option<Epoch>,
    /// What is said; what is in it is for whoever reads it. Nothing where `receiver` is nothing.
    pub body: Bytes<STAFF_NOTE_BODY_MAX>,
}

impl Drop for StaffNote {
    fn drop(&mut self) {
        let mut body = core::mem::take(&mut self.body).into_vec();
        body.zeroize();
    }
}

impl fmt::Debug for StaffNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaffNote")
    }
}

/// What the signature is over, beside the label and the program.
#[derive(MlsSize, MlsEncode)]
struct Signed<'a> {
    from: VerifyingKey,
    to: VerifyingKey,
    stamp: u64,
    sender: Epoch,
    receiver: Option<Epoch>,
    body: &'a Bytes<STAFF_NOTE_BODY_MAX>,
}

/// What is sealed.
#[derive(MlsSize, MlsEncode, MlsDecode)]
struct Sealed {
    name: NameCertificate,
    stamp: u64,
    sender: Epoch,
    receiver: Option<Epoch>,
    body: Bytes<STAFF_NOTE_BODY_MAX>,
    signature: [u8; 64],
}

impl Drop for Sealed {
    fn drop(&mut self) {
        let mut body = core::mem::take(&mut self.body).into_vec();
        body.zeroize();
    }
}

reasons! {
    /// Why a note is passed over.
    StaffNoteError {
        /// The sender or the receiver is never in a chat.
        RoleMissing => "the note is from or for somebody who is never on duty",
        /// The sender's device was revoked.
        SenderRevoked => "the note is from a revoked device",
        /// It was sealed to another device or by another sender, or was altered.
        DoesNotOpen => "the note does not open here",
        /// It opened, and holds no note.
        Malformed => "the note is not readable",
        /// It is not signed by the device that it is said to be from, for this one.
        SignatureWrong => "the note is not signed by its sender",
        /// The name in it is not the sender's.
        NameWrong => "the name in the note is not its sender's",
        /// It is for another time on duty, or for none and says something.
        OtherEpoch => "the note is for another time on duty",
        /// It was there before, or a later one was.
        Replayed => "the note was there before",
    }
}

impl StaffNote {
    /// Signs and seals it to a colleague.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        &self,
        from: &Device,
        to: &VerifiedStaff,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let Self { stamp, sender, receiver, body } = self;
        let (stamp, sender, receiver) = (*stamp, *sender, *receiver);
        let signed = Signed { from: from.key(), to: to.device.key, stamp, sender, receiver, body };
        self.seal_with(from.sign_record(Label::StaffNote, &signed), from, to, rng)
    }

    /// Seals it with this signature, whatever that is one over.
    pub(crate) fn seal_with(
        &self,
        signature: [u8; 64],
        from: &Device,
        to: &VerifiedStaff,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let (name, body) = (from.name.clone(), self.body.clone());
        let (stamp, sender, receiver) = (self.stamp, self.sender, self.receiver);
        let record = Sealed { name, stamp, sender, receiver, body, signature };
        let context = context(&from.program(), &from.key(), &to.device.key);
        let is_short = record.body.len() <= STAFF_NOTE_SHORT_BODY;
        let length = if is_short { STAFF_NOTE_PLAINTEXT } else { STAFF_NOTE_LONG_PLAINTEXT };
        seal_padded(&to.receiving_key, INFO, &context, &record, length, rng)
    }
}

/// A note whose sender is who they say they are. Made by [`NoteInbox::open`] alone.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedNote {
    /// The name in the sender's certificate.
    pub name: DisplayName,
    /// What says so, to be shown to others.
    pub certificate: NameCertificate,
    /// What they say.
    pub note: StaffNote,
}

impl fmt::Debug for VerifiedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedNote")
    }
}

/// What one device has taken in during one time on duty: how far each sender's stamps have come.
#[derive(Debug)]
pub struct NoteInbox {
    epoch: Epoch,
    last: BTreeMap<VerifyingKey, u64>,
}

impl NoteInbox {
    /// One for a new time on duty. It holds one number for each device of the program that ever wrote in it.
    pub fn new(epoch: Epoch) -> Self {
        Self { epoch, last: BTreeMap::new() }
    }

    /// This device's time on duty.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Opens a note that the relay says is from this colleague, once.
    ///
    /// # Errors
    /// [`StaffNoteError`]; whatever it is, the note is passed over.
    pub fn open(
        &mut self,
        device: &Device,
        from: &VerifiedStaff,
        revocations: &VerifiedRevocations,
        sealed: &[u8],
    ) -> Result<VerifiedNote, StaffNoteError> {
        if !from.device.roles.may_join() || !device.chain.leaf().roles.may_join() {
            return Err(StaffNoteError::RoleMissing);
        }
        if revocations.is_revoked(&from.device) {
            return Err(StaffNoteError::SenderRevoked);
        }
        let record = opened(device, from, sealed)?;
        let name = record.name.verify(&from.device).map_err(|_| StaffNoteError::NameWrong)?;
        let is_first = record.receiver.is_none() && record.body.is_empty();
        if record.receiver != Some(self.epoch) && !is_first {
            return Err(StaffNoteError::OtherEpoch);
        }
        let last = self.last.get(&from.device.key).copied();
        if last.is_some_and(|last| record.stamp <= last) {
            return Err(StaffNoteError::Replayed);
        }
        self.last.insert(from.device.key, record.stamp);
        let (stamp, sender, receiver) = (record.stamp, record.sender, record.receiver);
        let note = StaffNote { stamp, sender, receiver, body: record.body.clone() };
        Ok(VerifiedNote { name, certificate: record.name.clone(), note })
    }
}

/// What was sealed, if the sender signed it for this device.
fn opened(device: &Device, from: &VerifiedStaff, sealed: &[u8]) -> Result<Sealed, StaffNoteError> {
    let (program, sender, to) = (device.program(), from.device.key, device.key());
    let context = context(&program, &sender, &to);
    let is_long = sealed.len() > STAFF_NOTE_LONG_PLAINTEXT;
    let length = if is_long { STAFF_NOTE_LONG_PLAINTEXT } else { STAFF_NOTE_PLAINTEXT };
    let opened = device.receiving.open_padded(INFO, &context, length, sealed);
    let opened = opened.map_err(|_| StaffNoteError::DoesNotOpen)?;
    let record: Sealed = opened.ok_or(StaffNoteError::Malformed)?;
    let signed = Signed {
        from: sender,
        to,
        stamp: record.stamp,
        sender: record.sender,
        receiver: record.receiver,
        body: &record.body,
    };
    verify_record(Label::StaffNote, &program, &sender, &signed, &record.signature)
        .map_err(|_| StaffNoteError::SignatureWrong)?;
    Ok(record)
}

/// Three fields of fixed length: which program, from whom, for whom.
fn context(program: &Fingerprint, from: &VerifyingKey, to: &VerifyingKey) -> Vec<u8> {
    [program.0, from.0, to.0].concat()
}
