//! How much anything on the wire may hold, and why that much.

/// Characters in one message, as a person counts them: about two pages of a letter. What somebody in
/// distress writes in one breath fits; what a script pours in does not.
pub const MESSAGE_CHARACTERS: usize = 4_000;

/// Bytes of one message's text: [`MESSAGE_CHARACTERS`] of the widest characters of UTF-8.
pub const MESSAGE_TEXT_MAX: usize = MESSAGE_CHARACTERS * 4;

/// Bytes of one encrypted message: the largest padding bucket (17,408) and what MLS adds (about 200),
/// rounded up. Commits (3,166 bytes measured) fit as well.
pub const MESSAGE_MAX: usize = 18 * 1024;

/// Bytes of a KeyPackage: 2,650 measured for a survivor; staff carry two certificates in theirs.
pub const KEY_PACKAGE_MAX: usize = 6 * 1024;

/// Bytes of a Welcome: 4,175 measured, and the lead's certificates.
pub const WELCOME_MAX: usize = 12 * 1024;

/// Bytes of a sealed intake: one padded record of 512 bytes and what HPKE adds (1,120 + 16).
pub const INTAKE_MAX: usize = 2 * 1024;

/// Bytes of a chain of certificates: two signed records of at most 400 bytes.
pub const CHAIN_MAX: usize = 1024;

/// Bytes of a signed duty statement: a chain, an X-Wing public key (1,216), hashes and a signature.
pub const STATEMENT_MAX: usize = 4 * 1024;

/// Bytes of a signed policy: what devices go by, all that a page says, and what helps staff.
pub const POLICY_MAX: usize = 96 * 1024;

/// Policies that are listed at once, without their texts: each has up to twelve thousand bytes, and all of them are
/// less than a page's answer may be.
pub const POLICIES_LISTED: usize = 8;

/// Bytes of the signed list of revoked devices: 40 each, for two hundred that are still within their
/// certificates' validity.
pub const REVOCATIONS_MAX: usize = 8 * 1024;

/// Bytes of any other signed or sealed record that the relay keeps: invitations, enrolments,
/// a duty key wrapped for a hundred devices (1,200 bytes each).
pub const RECORD_MAX: usize = 128 * 1024;

/// Bytes of a frame from somebody who has not shown a staff certificate: the largest is a message.
pub const CLIENT_FRAME_MAX: usize = 20 * 1024;

/// Bytes of a frame from an admitted staff device: the largest is a record.
pub const STAFF_FRAME_MAX: usize = RECORD_MAX + 1024;

/// Bytes of a sealed note from one staff device to another: one padded record, of 3,072 bytes or of 14,336 where it
/// lets somebody into a chat, and what HPKE adds (1,120 + 16).
pub const STAFF_NOTE_MAX: usize = 15_472;

/// Bytes of why somebody was turned away, sealed: one padded record of 32 bytes and what HPKE adds (1,120 + 16).
pub const TURNED_AWAY_BYTES: usize = 1_168;

/// Staff devices that are named as connected: as many as a duty key is wrapped for.
pub const STAFF_HERE_MAX: usize = 100;

/// Bytes of a signed notice of the host's: a thousand of the widest characters, a key, a signature, and what is
/// around them.
pub const HOST_NOTICE_MAX: usize = 4_200;

/// Notices of the host's that stand at once: more are not read.
pub const HOST_NOTICES_MAX: usize = 16;

/// Bytes of a signed entry of the record of administrative acts: an administrator's certificates, what was done, hashes
/// and a signature; 460 at most today.
pub const AUDIT_ENTRY_MAX: usize = 1024;

/// Bytes of a request that comes with the entry that describes it: the largest publishes a policy.
pub const AUDITED_MAX: usize = POLICY_MAX + 1024;

/// Members of one chat: survivor, lead, the next lead, an interpreter, a supervisor, and room to spare.
pub const MEMBERS_MAX: usize = 8;

/// Records in one answer to an administrative request; longer lists are asked for in parts.
pub const RECORDS_MAX: usize = 256;

/// Seconds after which a device that has heard nothing asks whether the line is alive.
pub const PING_AFTER_SECONDS: u64 = 20;

/// Seconds of silence after which either end takes the line for dropped: two pings lost, and a margin.
pub const LINE_DEAD_AFTER_SECONDS: u64 = 50;
