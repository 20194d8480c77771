//! How much, and how long, anything a program signs may be, and why.

use core::time::Duration;

/// The longest that a duty statement may hold (`design.md`, Keys): one that a relay keeps back is worth
/// nothing after half an hour.
pub const STATEMENT_LASTS_MAX: Duration = Duration::from_secs(30 * 60);

/// The longest that a policy may hold: a year, and a month to be late in.
pub const POLICY_LASTS_MAX: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The highest version of a policy. Devices and relays take nothing but a higher one for ever after, so one
/// that nothing can follow would be the last. Twelve digits hold a date and a time, such as 202611271530, and
/// keep their value where numbers are floats, as in `/status`.
pub const POLICY_VERSION_MAX: u64 = 999_999_999_999;

/// How far a version may be ahead of the one before without a remark: more is a slip of the hand.
pub const POLICY_VERSION_JUMP: u64 = 1_000;

/// Bytes of a policy's terms: four addresses, six messages of four hundred of the widest characters, and the
/// report key.
pub const POLICY_TERMS_MAX: usize = 13 * 1024;

/// Bytes of what helps staff while they chat: some dozens of short messages, and a dozen guides of a page each.
pub const POLICY_GUIDANCE_MAX: usize = 32 * 1024;

/// Bytes of a policy's page: what is left of a policy beside its other parts, certificates and signature.
pub const POLICY_PAGE_MAX: usize =
    stillroom_protocol::limits::POLICY_MAX - POLICY_TERMS_MAX - POLICY_GUIDANCE_MAX - 1024;

/// Notices of a policy: one that holds, and a few for later.
pub const NOTICES_MAX: usize = 4;

/// Languages in which a page can be read besides the policy's own: what a large program's interpreters speak.
pub const LOCALES_MAX: usize = 24;

/// Bytes of a file with one language's texts: they are 30 KB in English with the policy's own, and three times
/// as much in a script whose letters take three bytes each.
pub const LOCALE_MAX: usize = 120 * 1024;

/// Characters of a message that appears by itself: what somebody in distress still reads, and more to read
/// elsewhere.
pub const OPENING_MESSAGE_CHARACTERS: usize = 400;

/// Characters of a prepared message: some sentences that sound like a person, and no leaflet.
pub const PREPARED_CHARACTERS: usize = 600;

/// Characters of what a placeholder says belongs in its place.
pub const PLACEHOLDER_CHARACTERS: usize = 60;

/// Prepared messages: more are not found by looking through them.
pub const PREPARED_MAX: usize = 48;

/// Guides: each kind has a few at most.
pub const GUIDES_MAX: usize = 24;

/// Lines that a program adds to the checklist: what an advocate can go through beside a chat.
pub const CHECKLIST_OWN_MAX: usize = 12;

/// Languages that staff can say they speak: those of the chats, those of the page, and the policy's own.
pub const OFFER_LANGUAGES_MAX: usize = 24 + LOCALES_MAX + 1;

/// Seconds that somebody has at least to accept whoever is offered to them: long enough to end a sentence and look.
pub const ACCEPT_SECONDS_MIN: u16 = 15;

/// Seconds at most: with a few colleagues whoever waits has been offered to all of them within a quarter of an hour.
pub const ACCEPT_SECONDS_MAX: u16 = 300;

/// Days for which a code word is good at least: from one week to the next a survivor can give or change it.
pub const CODE_WORD_DAYS_MIN: u16 = 7;

/// Days at most: three years.
pub const CODE_WORD_DAYS_MAX: u16 = 1_095;

/// Characters that a survey item may let people write: some sentences, and not their story.
pub const SURVEY_FREE_TEXT: u16 = 500;

/// Characters that all items of a survey may let people write together: in the widest letters, what fits in
/// sealed answers beside the choices.
pub const SURVEY_FREE_TEXT_IN_ALL: u32 = 1_000;

/// Items of questions or of a survey.
pub const ASKED_MAX: usize = 8;

/// Minutes of the longest wait that a policy may set.
pub const TIMER_MAX: u16 = 240;

/// Files of one page: it has six, and a few for each language that is kept apart.
pub const MANIFEST_FILES_MAX: usize = 64;

/// Bytes of a manifest without the certificates and signature around it: so many files, and a little.
pub const MANIFEST_BYTES_MAX: usize = MANIFEST_FILES_MAX * 144 + 512;

/// Bytes of a name that survivors see: sixty-four letters of English, twenty of Chinese.
pub const NAME_MAX: usize = 64;

/// Revoked devices in one list: at 40 bytes each, what fits in
/// [`REVOCATIONS_MAX`](stillroom_protocol::limits::REVOCATIONS_MAX) beside certificates and signature.
pub const REVOKED_MAX: usize = 192;

/// Devices that a duty key is wrapped for: at 1,202 bytes each, what fits in
/// [`RECORD_MAX`](stillroom_protocol::limits::RECORD_MAX) with room for the rest.
pub const DUTY_RECIPIENTS_MAX: usize = 100;

/// Bytes of what a survivor says beforehand, padded: every intake has this size whatever it says.
pub const INTAKE_PLAINTEXT: usize = 512;

/// Bytes of why somebody was turned away, padded: one word of a few.
pub const TURNED_AWAY_PLAINTEXT: usize = 32;

/// Bytes of a note from one staff device to another, padded: every note has this size whatever it says, but those
/// that let somebody into a chat.
pub const STAFF_NOTE_PLAINTEXT: usize = 3 * 1024;

/// Bytes of what such a note says: two thousand of plain letters, or five hundred of the widest, and what is around
/// them.
pub const STAFF_NOTE_SHORT_BODY: usize = 2_048;

/// Bytes of a note that lets somebody into a chat, padded: a Welcome to a chat of three, or the keys that it is for.
pub const STAFF_NOTE_LONG_PLAINTEXT: usize = 14 * 1024;

/// Bytes of what any note says.
pub const STAFF_NOTE_BODY_MAX: usize = 13 * 1024;

const _: () = assert!(
    stillroom_protocol::limits::STAFF_NOTE_MAX == STAFF_NOTE_LONG_PLAINTEXT + 1120 + 16,
    "the limit on the wire is what a sealed note has"
);

/// Bytes of what a host's notice says: a thousand of the widest characters.
pub const HOST_NOTICE_TEXT_MAX: usize = 4_000;

const _: () = assert!(
    stillroom_protocol::limits::HOST_NOTICE_MAX >= HOST_NOTICE_TEXT_MAX + 32 + 16 + 1 + 8 + 64 + 4,
    "a signed notice fits its limit on the wire"
);

/// Entries of the record of administrative acts that are kept: forty a week for the seven years for which one is.
pub const AUDIT_MAX: usize = 16_384;

/// Characters that a passphrase must have at least. Argon2id makes guessing slow; it cannot make eight
/// letters many.
pub const PASSPHRASE_SHORTEST: usize = 12;

/// Bytes of a code word: sixteen of the widest letters.
pub const CODE_WORD_MAX: usize = 64;

/// Letters and digits that a code word must have at least: it is guessed at within a chat, three times.
pub const CODE_WORD_SHORTEST: usize = 6;

/// Bytes of what an advocate calls a case.
pub const HANDLE_MAX: usize = 48;

/// Cases that a vault holds: each takes up to 200 bytes and its tries, and all of them fit a record.
pub const CASES_MAX: usize = 256;

/// Tries of a case that are counted at most: more of them wait no longer.
pub const TRIES_COUNTED: usize = 12;

/// Bytes of a vault before it is sealed: it is padded to a multiple of a step, and a full one has seven.
pub(crate) const VAULT_STEP: usize = 16 * 1024;

/// Bytes of a vault at most, before it is padded.
pub const VAULT_PLAINTEXT_MAX: usize = 7 * VAULT_STEP - 8;

/// Bytes of a sealed vault: a full one and what HPKE adds.
pub(crate) const VAULT_SEALED_MAX: usize = 7 * VAULT_STEP + 1120 + 16;

/// Bytes of an authenticator's name for a passkey (Web Authentication level 3, section 4, “Credential ID”).
pub const PASSKEY_ID_MAX: usize = 1023;

/// Seconds that a certificate is valid before it was made, for a relay whose clock is behind.
pub(crate) const CERTIFICATE_STARTS_BEFORE: u64 = 60 * 60;

/// Bytes of a sealed enrolment or of a device's file: certificates, a name, keys, and what sealing adds.
pub(crate) const COMPLETION_MAX: usize = 4 * 1024;

/// For how long desks give tokens with one key: what came to the relay in the meantime cannot be told apart by it.
pub const ISSUER_LASTS: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// For how long a token counts after its key was made: until a relay has no answers of that time any more, and as long
/// again for those that wait for others on the program's computer. So long spent ones are remembered.
pub const ISSUER_COUNTS: Duration = Duration::from_secs(400 * 24 * 60 * 60);
