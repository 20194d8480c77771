//! What a page shows of a conversation: messages, who is here, what changed (`features.md` 3.3, 3.6, 3.8, 3.12).
//!
//! Pages draw these and decide nothing. Everything in here has been checked: a name comes from a
//! certificate of this program, an author from the group.

use core::{fmt, ops::Deref};

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_program::{DisplayName, Roles, Successor};
use stillroom_protocol::{Text, choice};
use zeroize::{Zeroize, Zeroizing};

use crate::limits::{
    HANDOVER_NOTE_CHARACTERS, HANDOVER_NOTE_MAX, HANDOVER_WORDS_CHARACTERS, HANDOVER_WORDS_MAX,
};

/// A message's number in one chat on one device, in the order in which it shows there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u64);

impl MessageNumber {
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A member's number in one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberNumber(pub u32);

/// What somebody wrote. Overwritten when dropped; never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Written(Zeroizing<String>);

impl Written {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

impl Deref for Written {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written")
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Whoever uses this device.
    Me,
    /// Somebody else in the chat.
    Member(MemberNumber),
}

/// In what role somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who asked for help.
    Survivor,
    /// Who gives it.
    Advocate,
    /// Who stands by the advocate.
    Supervisor,
    /// Who translates.
    Interpreter,
}

/// As what somebody joins an advocate and a survivor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum JoinsAs {
    /// To translate.
    Interpreter = 0,
    /// To stand by the advocate.
    Supervisor = 1,
    /// To meet the survivor, who may go on with them.
    Successor = 2,
}

impl JoinsAs {
    /// The role that somebody with these rights shows as.
    pub fn role(self, roles: Roles) -> Role {
        match self {
            Self::Interpreter => Role::Interpreter,
            Self::Supervisor => Role::Supervisor,
            Self::Successor => role_of(roles),
        }
    }

    /// Whether somebody with these rights may: with whom the survivor goes on leads the next chat.
    pub fn is_for(self, roles: Roles) -> bool {
        match self {
            Self::Interpreter => roles.contains(Roles::INTERPRETER),
            Self::Supervisor => roles.contains(Roles::SUPERVISOR),
            Self::Successor => roles.may_lead(),
        }
    }
}

/// The role that a certificate's rights show as: a supervisor who is an advocate as well is who was promised
/// where a survivor goes on with a supervisor.
pub(crate) fn role_of(roles: Roles) -> Role {
    if roles.contains(Roles::SUPERVISOR) {
        Role::Supervisor
    } else if roles.contains(Roles::ADVOCATE) {
        Role::Advocate
    } else {
        Role::Interpreter
    }
}

/// A third person who may join, is here, or is about to leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The name in their certificate.
    pub name: String,
    /// As what.
    pub joins_as: JoinsAs,
    /// The role that they show as, by their certificate.
    pub role: Role,
}

impl Newcomer {
    /// Somebody of this name, with these rights.
    pub(crate) fn new(name: &str, joins_as: JoinsAs, roles: Roles) -> Self {
        Self { name: name.into(), joins_as, role: joins_as.role(roles) }
    }
}

impl fmt::Debug for Newcomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Newcomer as {:?}", self.joins_as)
    }
}

/// How far it has come that a third person joins. The same on the survivor's page and at the lead's desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Company {
    /// There is none, and nobody is asked.
    #[default]
    Nobody,
    /// The survivor is asked whether they may join.
    Asked(Newcomer),
    /// The survivor said yes, and they are asked whether they can come. They read nothing.
    Awaited(Newcomer),
    /// They come in now or are in: what is written from now on they read.
    Here(Newcomer),
    /// They are to leave: until it is certain that they read nothing more, nothing that is written is sent.
    Leaving(Newcomer),
}

/// Why somebody does not join after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum StaysAway {
    /// The survivor said no.
    NotWanted = 0,
    /// The advocate does not ask any more.
    NotAsked = 1,
    /// They cannot come now.
    CannotCome = 2,
}

/// Somebody who is in the chat.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// Their number.
    pub member: MemberNumber,
    /// The name in their certificate; empty for the survivor, who has none.
    pub name: String,
    /// Their role, from their certificate.
    pub role: Role,
    /// Whether it is whoever uses this device.
    pub me: bool,
    /// Whether their line stands, as far as the relay says.
    pub here: bool,
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} (me: {}, here: {})", self.role, self.member, self.me, self.here)
    }
}

/// Something about the others that must not pass unseen.
#[derive(Clone, PartialEq, Eq)]
pub enum Announcement {
    /// Somebody joined.
    Joined {
        /// Their name; empty for the survivor.
        name: String,
        /// Their role.
        role: Role,
    },
    /// Somebody left, and can read nothing from now on.
    Left {
        /// Their name; empty for the survivor.
        name: String,
        /// Their role.
        role: Role,
    },
    /// Somebody's line dropped. They have not left.
    LineDropped {
        /// Their name; empty for the survivor.
        name: String,
        /// Their role.
        role: Role,
    },
    /// Somebody's line is back.
    LineBack {
        /// Their name; empty for the survivor.
        name: String,
        /// Their role.
        role: Role,
    },
    /// The advocate's line did not come back: the survivor is asked for again at the head of the line.
    AdvocateLost,
    /// The advocate's desk is locked for the moment. The chat goes on, and nothing is lost.
    SteppedAway {
        /// Their name.
        name: String,
        /// Their role.
        role: Role,
    },
    /// They are at their desk again.
    CameBack {
        /// Their name.
        name: String,
        /// Their role.
        role: Role,
    },
    /// The survivor agreed that somebody else takes over: this advocate left, and can read nothing from now
    /// on. The survivor has a place at the head of the line.
    HandedOver {
        /// The name of whoever left.
        name: String,
        /// Their role.
        role: Role,
    },
    /// The survivor agreed, and nobody else can be had: they stay with the advocate whom they have.
    NobodyTakesOver,
    /// The survivor said no to that, or is not asked any more: they stay with the advocate whom they have.
    StaysHere,
    /// The survivor has more to say, or the advocate is not about to end the chat any more: it goes on.
    GoesOn,
    /// The survivor agreed to somebody who joins, who is asked now whether they can come.
    Awaited(Newcomer),
    /// Somebody to whom the survivor agreed comes in: what is written from now on they read.
    ComesIn(Newcomer),
    /// The survivor wishes for an interpreter, or does not any more.
    InterpreterWanted(bool),
    /// They do not join after all.
    StaysAway {
        /// Who.
        who: Newcomer,
        /// Why not.
        why: StaysAway,
    },
    /// A third person is to leave.
    AskedToLeave(Newcomer),
    /// The survivor gave a code word, for this. Whether it was the right one is not known here.
    WordGiven(WordWanted),
    /// The survivor would rather not, or is not asked any more.
    NoWordGiven,
    /// The advocate gave the survivor words that lead back to them after this chat.
    WayBack,
}

impl fmt::Debug for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Joined { .. } => "Joined",
            Self::Left { .. } => "Left",
            Self::LineDropped { .. } => "LineDropped",
            Self::LineBack { .. } => "LineBack",
            Self::AdvocateLost => "AdvocateLost",
            Self::SteppedAway { .. } => "SteppedAway",
            Self::CameBack { .. } => "CameBack",
            Self::HandedOver { .. } => "HandedOver",
            Self::NobodyTakesOver => "NobodyTakesOver",
            Self::StaysHere => "StaysHere",
            Self::WayBack => "WayBack",
            Self::GoesOn => "GoesOn",
            Self::Awaited(_) => "Awaited",
            Self::ComesIn(_) => "ComesIn",
            Self::StaysAway { .. } => "StaysAway",
            Self::AskedToLeave(_) => "AskedToLeave",
            Self::WordGiven(_) => "WordGiven",
            Self::NoWordGiven => "NoWordGiven",
            Self::InterpreterWanted(_) => "InterpreterWanted",
        })
    }
}

/// What a page shows next of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationEvent {
    /// A message, to be shown last.
    Message {
        /// Its number.
        number: MessageNumber,
        /// Who wrote it.
        from: Author,
        /// The text.
        text: Written,
    },
    /// Everybody who is in the chat has this message of mine.
    Delivered {
        /// Its number.
        number: MessageNumber,
    },
    /// Who is here, whole.
    Roster(Vec<Participant>),
    /// Something to say about the others.
    Announced(Announcement),
    /// The three words that lead back to this advocate if the page is lost. For the survivor alone.
    ReturnWords(Written),
    /// The three words that lead back to this advocate after the chat, to be shown then. For the survivor alone.
    WayBack(Written),
    /// What the program says to whoever is turned away, to be shown when the chat has ended. For the survivor alone.
    LastWords(Written),
    /// The survivor has been silent for long, or is not any more.
    Silence(Silence),
    /// How far an agreement to show what is not sent yet has come.
    Live(Live),
    /// What the other side is typing and has not sent.
    Typed(Typed),
}

choice! {
    /// What is shown of a message before it is sent, where both sides agreed to it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum LiveKind {
        /// That somebody is typing.
        Typing = 0,
        /// The words themselves, as they are typed.
        Text = 1,
    }
}

choice! {
    /// A step towards such an agreement, or out of it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum LiveStep {
        /// Offers it to the other side.
        Offer {
            /// What would be shown.
            kind: LiveKind
        } = 0,
        /// Accepts what was offered.
        Accept = 1,
        /// Withdraws an offer, declines one, or stops what was agreed.
        Stop = 2,
    }
}

/// How far such an agreement has come, seen from this side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Live {
    /// There is none: what is typed is seen when it is sent.
    #[default]
    Off,
    /// This side offered it, and the other has not answered.
    Asked(LiveKind),
    /// The other side offers it.
    Offered(LiveKind),
    /// Both agreed: each sees it of the other.
    On(LiveKind),
}

/// What somebody is typing and has not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Nothing, as far as is known.
    #[default]
    Nothing,
    /// Something; what, is not for this side to see.
    Something,
    /// These words; a long text begins with `…` in place of what came before.
    Text(Written),
}

choice! {
    /// How far a silence of the survivor's has come. The same on both sides.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Silence {
        /// There is none: they did something, or the advocate gave them more time.
        Over = 0,
        /// They are asked kindly whether they are there.
        Asked = 1,
        /// They are told when the chat will close.
        Warned {
            /// So many minutes after this was said.
            minutes: u16
        } = 2,
    }
}

choice! {
    /// For what an advocate asks for a code word.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum WordWanted {
        /// To know again whom they agreed one with.
        Check = 0,
        /// To agree on one, or on another.
        Agree = 1,
    }
}

choice! {
    /// Why somebody else should take over, as the survivor is told.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum HandoverReason {
        /// The advocate's shift ends.
        ShiftEnds = 0,
        /// A supervisor can help better.
        SupervisorHelps = 1,
        /// Somebody else is better placed.
        BetterPlaced = 2,
    }
}

/// Who would come, as a survivor is told.
#[derive(Clone, PartialEq, Eq)]
pub enum Proposed {
    /// Whoever is on duty.
    Anyone,
    /// A supervisor.
    Supervisor,
    /// A certain colleague.
    Colleague {
        /// The name in their certificate.
        name: DisplayName,
        /// Their role by it.
        role: Role,
    },
}

impl fmt::Debug for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anyone => "Anyone",
            Self::Supervisor => "Supervisor",
            Self::Colleague { .. } => "Colleague",
        })
    }
}

/// What a survivor is asked: whether somebody else may take over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoverAsked {
    /// Who would come.
    pub to: Proposed,
    /// Why, and what they would be told.
    pub handover: Handover,
}

/// Why somebody else should take over, and the note for them. Never prints; overwritten when dropped.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Handover {
    /// Why.
    pub why: HandoverReason,
    /// Why, in the advocate's own words; they may be empty.
    pub words: Text<HANDOVER_WORDS_MAX>,
    /// What whoever comes would be told; it may be empty. It is this that the survivor's device passes on.
    pub note: Text<HANDOVER_NOTE_MAX>,
}

impl Handover {
    /// Why, why in the advocate's own words, and the note.
    ///
    /// # Errors
    /// [`WriteError::TooLong`].
    pub fn new(why: HandoverReason, words: &str, note: &str) -> Result<Self, WriteError> {
        let fits = words.chars().count() <= HANDOVER_WORDS_CHARACTERS
            && note.chars().count() <= HANDOVER_NOTE_CHARACTERS;
        match (words.trim().try_into(), note.trim().try_into()) {
            (Ok(words), Ok(note)) if fits => Ok(Self { why, words, note }),
            _ => Err(WriteError::TooLong),
        }
    }
}

impl Zeroize for Handover {
    fn zeroize(&mut self) {
        self.words.zeroize();
        self.note.zeroize();
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handover, {:?}", self.why)
    }
}

/// How far a question whether somebody else may take over has come, at the desk that asked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoverStep {
    /// The survivor is asked.
    Asked(Successor),
    /// They are not asked any more.
    Withdrawn,
    /// They would rather stay with this advocate for now.
    TheyWait,
    /// They agreed, and nobody else can be had: they stay.
    NobodyFree,
    /// The colleague who came to meet them is not here any more, so they are not asked.
    ColleagueLeft,
}

/// How far the question whether the chat may end has come, at the desk that asked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndStep {
    /// The survivor is told what will happen, and asked.
    Asked {
        /// The minutes that they have, counted while they could answer.
        minutes: u16,
    },
    /// They are not asked any more.
    Withdrawn,
    /// They go on: they said so, or wrote.
    TheyGoOn,
}

/// How a chat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The survivor ended it.
    BySurvivor,
    /// The advocate, or another member of staff, ended it.
    ByStaff,
    /// It closed after a silence, of which the survivor was told.
    BySilence,
    /// The survivor left, and their page is gone. Shown to the others.
    SurvivorLeft,
    /// The survivor lost their page and came back for a new chat. Shown to the others.
    PageLost,
    /// The survivor went on with somebody else, as they were asked. Shown to the others.
    HandedOver,
    /// The advocate's line was gone for so long that the survivor went on with somebody else. Shown to the others.
    CutOff,
    /// This device is not in it any more, and it goes on without. Shown to a third person alone.
    Out,
    /// The advocate ended it and turned the survivor away, who gets no other chat on this page.
    TurnedAway,
    /// The relay says that it was ended; by whom did not arrive.
    Unknown,
}

/// Why something written was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// There is nothing in it.
    Empty,
    /// It is longer than a message may be.
    TooLong,
    /// There is no chat to write in, or too much waits for a line that is down.
    NotNow,
}

/// Checks what somebody wrote: something in it, and not over the limit of characters.
pub(crate) fn check_text(text: &str) -> Result<(), WriteError> {
    if text.trim().is_empty() {
        return Err(WriteError::Empty);
    }
    if text.chars().count() > stillroom_protocol::limits::MESSAGE_CHARACTERS {
        return Err(WriteError::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_four_thousand_characters_is_taken_in_any_script() {
        assert_eq!(check_text(&"न".repeat(4_000)), Ok(()));
        assert_eq!(check_text(&"न".repeat(4_001)), Err(WriteError::TooLong));
        assert_eq!(check_text(" \n"), Err(WriteError::Empty));
    }

    #[test]
    fn a_note_has_a_limit_in_any_script_and_does_not_print() {
        let new = |words: &str, note: &str| Handover::new(HandoverReason::ShiftEnds, words, note);
        let longest = new(&"न".repeat(200), &"𞤀".repeat(1_000)).unwrap();
        assert!(!format!("{longest:?}").contains('न'));
        assert_eq!(new(&"न".repeat(201), ""), Err(WriteError::TooLong));
        assert_eq!(new("", &"न".repeat(1_001)), Err(WriteError::TooLong));
    }

    #[test]
    fn what_was_written_and_who_wrote_does_not_print() {
        let event = ConversationEvent::Announced(Announcement::Joined {
            name: "Sam".into(),
            role: Role::Advocate,
        });
        let message = ConversationEvent::Message {
            number: MessageNumber(1),
            from: Author::Me,
            text: Written::new("a secret"),
        };
        let shown = format!("{event:?} {message:?}");
        assert!(!shown.contains("Sam") && !shown.contains("secret"), "{shown}");
    }
}
