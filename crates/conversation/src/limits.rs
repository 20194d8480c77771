//! How long the core waits, how much it holds, and why.

use core::time::Duration;

/// How often an entry of the record of administrative acts is written anew where a colleague's came first.
pub(crate) const AUDIT_TRIES: u8 = 3;

/// How far a device's clock may be off (`design.md`, Keys). Phones and library computers are often wrong
/// by a time zone, seldom by a day.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// First wait before a dropped line is tried again; it doubles from there.
pub(crate) const RECONNECT_FIRST: Duration = Duration::from_millis(300);

/// Longest wait before a dropped line is tried again: somebody in a hurry looks at the page that long.
pub(crate) const RECONNECT_LONGEST: Duration = Duration::from_secs(8);

/// How long opening a connection may take, and how long a relay may take to serve us on it, before it is
/// tried anew: a slow line's handshake with margin.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The same for a WebSocket where none was served yet: as long as a person bears to look at a page that does nothing.
/// Whoever's line is merely slow goes on by the second way, which waits longer.
pub(crate) const WEB_SOCKET_TIMEOUT: Duration = Duration::from_secs(5);

/// A WebSocket that stood no longer was cut soon: servers on the way cut after half a minute, or after a minute.
pub(crate) const CUT_SHORT: Duration = Duration::from_secs(75);

/// WebSockets in a row that are cut soon, before the second way is taken. Once is a network, twice is bad luck.
pub(crate) const CUT_SHORT_MAX: u8 = 3;

/// How long a line stays with the second way where a WebSocket was served before: longer than somebody walks through a
/// network that breaks it, and a shift's desk loses little by it.
pub(crate) const SECOND_WAY_LASTS: Duration = Duration::from_secs(10 * 60);

/// How long acknowledgements wait for one another, or for a message to ride on.
pub(crate) const ACKNOWLEDGE_AFTER: Duration = Duration::from_millis(150);

/// First wait for an acknowledgement before a message is sent again; it doubles from there.
pub(crate) const RESEND_FIRST: Duration = Duration::from_secs(4);

/// Longest wait before a message that nobody acknowledged is sent again.
pub(crate) const RESEND_LONGEST: Duration = Duration::from_secs(30);

/// Longest wait before a message is sent again while everybody who lacks it is away, as far as the relay
/// says. What was sent waits in the room's tail, and all of it is sent again when they are back; each
/// repeat costs a key of the group that they must skip then.
pub(crate) const RESEND_TO_ABSENT: Duration = Duration::from_secs(10 * 60);

/// Messages sent since the last acknowledgement, after which only the oldest is sent again, and seldom: the
/// MLS library reads nothing that is more than 1,024 keys ahead of what it read last.
pub(crate) const UNANSWERED_MAX: u32 = 512;

/// Wait before a room is asked for again at a relay that did not answer.
pub(crate) const ATTACH_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Wait before a room that the relay does not know is tried again: its lead is on the way back.
pub(crate) const REATTACH_AFTER: Duration = Duration::from_millis(700);

/// How long the lead's line may be gone, while the survivor's stands, before the survivor is asked for
/// again at the head of the line. A desk's reload loses its chats at once, so waiting longer helps only
/// a line that drops; ninety seconds is a router's restart.
pub(crate) const LEAD_LOST_AFTER: Duration = Duration::from_secs(90);

/// How long a survivor in the line waits for a duty statement after the last one is gone: a relay that
/// restarted hears from the desks within that time.
pub(crate) const DUTY_LOST_AFTER: Duration = Duration::from_secs(60);

/// How long a page that has just been started waits for a desk's word before it says that nobody is on duty. A policy
/// that is published makes every statement void, and desks state anew within a moment; what the page was told before
/// *Start chat* said that somebody is there.
pub(crate) const FIRST_DUTY_WITHIN: Duration = Duration::from_secs(5);

/// How long whoever ends a chat stays to see that everybody heard it, so that it is erased on the other side
/// too: a relay that restarts, or a phone that finds its network again, takes minutes. What was written is
/// gone here meanwhile; what is kept are the keys to say that it ended.
pub(crate) const CLOSING_AT_MOST: Duration = Duration::from_secs(15 * 60);

/// How long after a key or a press somebody counts as there: whoever is asked then was writing, and is
/// answered for.
pub(crate) const TOUCHED_LATELY: Duration = Duration::from_secs(60);

/// The longest that return words are good: as long as a long shift.
pub(crate) const RETURN_WORDS_LAST: Duration = Duration::from_secs(12 * 60 * 60);

/// Return words of one desk that are good at once: a shift's worth of chats. The oldest give way.
pub(crate) const RETURN_WORDS_HELD: usize = 64;

/// Claims by words that are not this desk's before it listens to no more until its next shift: with three
/// words out of 1,024 each, and 64 of them good at once, whoever guesses as often finds one in 130,000
/// shifts. People who belong to another desk count among them.
pub(crate) const RETURN_TRIES_MAX: usize = 128;

/// How long a desk keeps the group of a survivor who was offered it and has not come.
pub(crate) const OFFER_AT_MOST: Duration = Duration::from_secs(120);

/// How long somebody who was handed over to a supervisor, or whom this desk itself handed over, is left to
/// the others before this desk may take them: long enough to be seen, short enough to wait.
pub(crate) const LEFT_TO_OTHERS: Duration = Duration::from_secs(3 * 60);

/// How long somebody who does not want to be offered anybody is passed over: long enough to finish what is at hand,
/// short enough not to be forgotten.
pub(crate) const NOT_NOW_LASTS: Duration = Duration::from_secs(3 * 60);

/// Languages that somebody can say they speak.
pub(crate) const SPOKEN_MAX: usize = 8;

/// Minutes that a survivor has to say whether they go on, once they are asked: long enough to read it twice and
/// to think of what is left to say.
pub const END_ASKED_MINUTES: u16 = 2;

/// Characters of why somebody else should take over, in the advocate's own words: a sentence or two.
pub const HANDOVER_WORDS_CHARACTERS: usize = 200;

/// The same in bytes of the widest script.
pub(crate) const HANDOVER_WORDS_MAX: usize = HANDOVER_WORDS_CHARACTERS * 4;

/// Characters of the note for whoever takes over: what a survivor can read and agree to on a phone.
pub const HANDOVER_NOTE_CHARACTERS: usize = 1_000;

/// The same in bytes of the widest script.
pub(crate) const HANDOVER_NOTE_MAX: usize = HANDOVER_NOTE_CHARACTERS * 4;

/// Messages ahead of a gap that are held for one sender. Beyond it they are dropped and sent again.
pub(crate) const HELD_AHEAD_MAX: usize = 256;

/// Messages of one's own that wait for acknowledgement. Nobody writes that many while a line is down; a
/// script does.
pub(crate) const UNACKNOWLEDGED_MAX: usize = 512;

/// Messages on their way at once, so that a long absence's backlog is not taken for a flood.
pub(crate) const WINDOW: usize = 16;

/// Messages that can be written before an advocate is there.
pub(crate) const UNSENT_MAX: usize = 64;

/// Welcomes that did not hold good before the page stops trusting the relay.
pub(crate) const BAD_WELCOMES_MAX: u32 = 5;

/// How long one duty statement lasts; half an hour is the most that a survivor accepts.
pub(crate) const STATEMENT_LASTS: Duration = Duration::from_secs(30 * 60);

/// How long a desk waits that could not get the duty key before it asks for it again: a relay that was asked too fast
/// has room again by then.
pub(crate) const DUTY_KEY_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// How often a desk on duty makes a new statement (`design.md`, Keys).
pub(crate) const STATEMENT_EVERY: Duration = Duration::from_secs(10 * 60);

/// How old a duty key may be before the next desk that goes on duty replaces it (`design.md`, Keys).
pub(crate) const DUTY_KEY_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// Duty keys that a desk keeps, so that whoever was already waiting when one was replaced is readable.
pub(crate) const DUTY_KEYS_HELD: usize = 3;

/// Vault keys that a desk keeps, so that it still opens what a colleague has not sealed anew yet.
pub(crate) const VAULT_KEYS_HELD: usize = 3;

/// Wrong code words in one chat before no more is asked for in it.
pub(crate) const WORDS_WRONG_MAX: u8 = 3;

/// How long after a code word was given the desk shows what it was, whatever it was: longer than working it out
/// takes, so that nothing which an advocate does next tells the survivor's side more than their words do.
pub(crate) const WORD_SHOWN_AFTER: Duration = Duration::from_secs(3);

/// How long after that a word is kept whose try the relay does not take: long enough for a line that drops.
pub(crate) const WORD_HELD_AT_MOST: Duration = Duration::from_secs(60);

/// How often each side says what it is typing, where both agreed that it is shown, whether or not anything
/// was typed: often enough to follow (T.140 sends what was typed within 0.5 s).
pub(crate) const LIVE_EVERY: Duration = Duration::from_millis(500);

/// What each of those is padded to: with what encryption adds, 2.5 KB a second in each direction.
pub(crate) const LIVE_PADDED: usize = 1024;

/// Bytes of a draft that are shown while it is typed: all of nearly every message, and the end of a longer
/// one. The rest of the bucket is the envelope.
pub(crate) const LIVE_TEXT_MAX: usize = LIVE_PADDED - 64;

/// How long the other side may be unheard before this one stops its beats and shows no more of theirs. So
/// nobody who is away misses more than twenty keys of the group by them, of the 1,024 that the MLS library
/// skips.
pub(crate) const LIVE_UNHEARD: Duration = Duration::from_secs(10);

/// How long after a key somebody counts as typing.
pub(crate) const TYPING_LASTS: Duration = Duration::from_secs(5);

/// How long an offer to show what is typed waits for an answer. It can be made again.
pub(crate) const LIVE_OFFER_LASTS: Duration = Duration::from_secs(10 * 60);

/// How long a desk is locked before the survivors in its chats are told that the advocate has stepped away:
/// who mistyped a passphrase, or locked by a slip of the hand, worries nobody.
pub(crate) const AWAY_TOLD_AFTER: Duration = Duration::from_secs(30);

/// How long a locked desk counts as on duty. Nobody at it can take anybody, so it must not be what others
/// wait for; a shorter absence sends nobody out of the line.
pub(crate) const LOCKED_ON_DUTY: Duration = Duration::from_secs(5 * 60);

/// The most chats that somebody can want at once. Guidance speaks of fewer; a national line's evening of
/// short chats, of more.
pub(crate) const CAPACITY_MAX: u8 = 12;

/// How long a third person's line may be gone before they are put out: a desk's reload loses the chat at once, a
/// line that drops is back by then, and until then the survivor waits for what only that person has not acknowledged.
pub(crate) const THIRD_LOST_AFTER: Duration = LEAD_LOST_AFTER;

/// How long a colleague who is called into a chat has to say that they come, and then to come: a survivor who said
/// yes waits that long to hear that they cannot.
pub(crate) const CALL_LASTS: Duration = Duration::from_secs(3 * 60);

/// How often what calls a colleague, or lets them in, is said again meanwhile.
pub(crate) const CALL_AGAIN: Duration = Duration::from_secs(5);

/// Calls from colleagues that a desk shows at once. Nobody is in demand like that; a device that was changed calls
/// as often as it can.
pub(crate) const CALLS_HELD: usize = 16;

/// How often it is said again that a third person is to be put out, until it is done.
pub(crate) const PUT_OUT_AGAIN: Duration = Duration::from_secs(2);

/// Characters of a word to a colleague: some sentences, and in the widest letters what fits in one note.
pub const CONSULT_CHARACTERS: usize = 500;

/// Bytes of a word to a colleague.
pub(crate) const CONSULT_BYTES: usize = CONSULT_CHARACTERS * 4;

/// How long the answer to a puzzle waits before it is sent again to a relay that could not look at it.
pub(crate) const ANSWER_AGAIN_AFTER: Duration = Duration::from_secs(2);
