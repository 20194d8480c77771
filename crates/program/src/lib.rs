//! What a program signs and seals: its keys and certificates, the policy, who is on duty, what survivors
//! say beforehand, and the devices of its staff (`features.md` 2.4, 3.1, 5.1; `design.md`, Keys).
//!
//! Everything here leads back to one [`Fingerprint`], which a page or a person got by other means than the
//! relay. What came from outside is one type ([`Chain`], [`SignedPolicy`], [`SignedStatement`]) and what was
//! checked another ([`VerifiedDevice`], [`VerifiedPolicy`], [`VerifiedStatement`]); only the check makes the
//! second from the first. There is no I/O, clock or randomness in here: all three are arguments.
//!
//! Not protected against: whoever holds the root key, or an administrator's unlocked device that has not
//! been revoked; and a page whose code was changed, since that page does the checking.
#![no_std]
extern crate alloc;

mod answers;
mod audit;
mod certificate;
mod code_word;
mod day_counts;
mod device;
mod enrolment;
mod host_notice;
mod intake;
mod invitation;
mod keys;
pub mod limits;
mod manifest;
mod name;
#[cfg(feature = "staff")]
mod passkey;
#[cfg(feature = "staff")]
mod passphrase;
mod policy;
mod reasons;
#[cfg(feature = "author")]
mod report_key;
mod return_words;
mod revocation;
mod roles;
#[cfg(feature = "author")]
mod root;
#[cfg(feature = "staff")]
mod sealed_vault;
mod sealing;
mod shared_key;
mod staff;
mod staff_note;
mod statement;
mod time;
mod tokens;
mod turned_away;
#[cfg(feature = "staff")]
mod vault;

pub use answers::{Answers, AnswersEnvelope, AnswersError, ItemAnswer};
pub use audit::{
    Act, AuditEntry, AuditError, AuditFault, AuditHead, SignedAuditEntry, check_audit,
};
pub use certificate::{Certificate, CertificateError, Chain, Validity, VerifiedDevice};
pub use code_word::CodeWord;
#[cfg(feature = "staff")]
pub use code_word::{Verifier, Weakness};
pub use day_counts::{DayCounts, DayCountsError};
pub use device::{Device, DeviceError, NewDevice};
pub use enrolment::{Enrolment, EnrolmentError, EnrolmentRequest, VerifiedKeys};
pub use host_notice::{HostNotice, HostNoticeError, HostNoticeKind, SignedHostNotice};
pub use intake::{Again, Intake, IntakeError, SafetyAnswer, Successor};
pub use invitation::{Invitation, InvitationError, InvitationSecret, SignedInvitation};
pub use keys::{
    Fingerprint, FingerprintError, Label, SignatureWrong, SigningKey, VerifyingKey, verify,
};
pub use manifest::{Manifest, ManifestError, ManifestFile, ManifestPage, SignedManifest};
pub use name::{DisplayName, NameCertificate};
#[cfg(feature = "staff")]
pub use passkey::{Passkey, PasskeyError, PasskeySecret};
#[cfg(feature = "staff")]
pub use passphrase::{PassphraseCost, PassphraseError};
pub use policy::{
    Alternative, AlternativeKind, CannedMessage, Checklist, Choice, CodeWordTimes, Date, Day,
    Direction, Emergency, Exception, Guidance, Guide, GuideKind, Hours, Icon, Language, Languages,
    Locale, LocaleFile, Notice, NoticeKind, Offers, OpenTime, OpeningMessage, Page, Policy,
    PolicyError, PolicyText, Question, Right, Safety, SignedPolicy, SpokenBy, SurveyItem, Terms,
    TextKind, Timers, VerifiedPolicy, Weekly,
};
#[cfg(feature = "hours")]
pub use policy::{Calendar, LocalTime, Offer, TimeZoneUnknown};
#[cfg(feature = "editing")]
pub use policy::{
    Conflict, Difference, FORM, FieldAt, FieldKind, Finding, FormField, FormPart, Merge,
    MergeError, NoticesFull, OldNotices, PolicyDraft, PolicyFileError, Problem, SAMPLE_POLICY,
    Side, Unfit, Untimely, Warning, Why,
};
#[cfg(feature = "author")]
pub use report_key::ReportKey;
pub use return_words::ReturnWords;
pub use revocation::{
    Revocations, RevocationsError, Revoked, SignedRevocations, VerifiedRevocations,
};
pub use roles::Roles;
#[cfg(feature = "author")]
pub use root::{RecoveryError, RootKey};
#[cfg(feature = "staff")]
pub use sealed_vault::{SealedVault, SealedVaultContent, SealedVaultError};
pub use sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal};
pub use shared_key::{
    SharedKey, SharedKeyBundle, SharedKeyContent, SharedKeyError, VerifiedSharedKey, WrappedKey,
};
pub use staff::{StaffRecord, VerifiedStaff};
pub use staff_note::{Epoch, NoteInbox, StaffNote, StaffNoteError, VerifiedNote};
pub use statement::{DutyStatement, SignedStatement, StatementError, VerifiedStatement};
pub use stillroom_protocol::AnswersKind;
pub use stillroom_wire::{Bytes, DecodeError, Flag, List, Text, decode, encode};
pub use time::Timestamp;
pub use tokens::{
    AskedTokens, GivenTokens, Issuer, IssuerContent, IssuerError, IssuerRecord, IssuingKey,
    SharedIssuer, Token, TokenRequest, VerifiedIssuer,
};
pub use turned_away::TurnedAway;
#[cfg(feature = "staff")]
pub use vault::{Case, CaseId, Judgement, PendingTry, Vault, VaultError, WordDue, Words};

#[cfg(test)]
mod tests;
