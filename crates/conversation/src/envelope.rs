//! What members say to one another inside the group: content, its place in the sender's stream, and what
//! the sender has received of the others (`design.md`, A chat, 5).

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_program::{
    AskedTokens, Chain, CodeWord, GivenTokens, IssuerRecord, NameCertificate, ReturnWords,
};
use stillroom_protocol::{
    Bytes, Flag, LeavingHash, List, Text, choice, decode, encode,
    limits::{CHAIN_MAX, MEMBERS_MAX, MESSAGE_TEXT_MAX},
    padding,
};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    conversation::{Handover, JoinsAs, LiveStep, Silence, StaysAway, WordWanted},
    limits::{HANDOVER_NOTE_MAX, LIVE_PADDED, LIVE_TEXT_MAX},
};

/// A member's number in the group: their leaf.
pub(crate) type LeafNumber = u32;

choice! {
    /// What an envelope holds.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) enum Content {
        /// Nothing but acknowledgements. Has no place in the stream and is not acknowledged itself, unless it
        /// stands there in place of a message that is kept for somebody else.
        Acknowledgement = 0,
        /// The first that a survivor sends: they joined, and this is the hash of what their page will give
        /// away when they leave.
        Arrived { leaving: LeavingHash } = 1,
        /// The first that a member of staff sends: the part of their certificate with their name.
        Introduction { name: Bytes<CHAIN_MAX> } = 2,
        /// Something written.
        Message { text: Text<MESSAGE_TEXT_MAX> } = 3,
        /// The chat is over.
        End { why: Why } = 4,
        /// From the lead to the survivor: what leads back here if their page is lost.
        ReturnWords { words: ReturnWords } = 5,
        /// From the lead to the survivor: how far their silence has come.
        Silence { silence: Silence } = 6,
        /// From the survivor, who was asked: they are there.
        StillHere = 7,
        /// From the survivor: their page is hidden behind another, or in sight again.
        Hidden { hidden: Flag } = 8,
        /// From the lead to the survivor: may somebody else take over? `turn` numbers the lead's questions.
        AskHandover { turn: u32, to: Whom, handover: Handover } = 9,
        /// From the lead to the survivor: that question is withdrawn.
        WithdrawHandover { turn: u32 } = 10,
        /// From the survivor to the lead, in answer to that question: they stay. Whoever goes on with
        /// somebody else says so by the end.
        StayHere { turn: u32, why: Stay } = 11,
        /// From the survivor to the next lead: the note that the one before wrote, and the survivor could read.
        Note { text: Text<HANDOVER_NOTE_MAX> } = 12,
        /// From the lead to the survivor: the chat is about to end, so many minutes after this, unless they go
        /// on. `turn` numbers the lead's questions.
        AskEnd { turn: u32, minutes: u16 } = 13,
        /// From the lead to the survivor: that is taken back.
        WithdrawEnd { turn: u32 } = 14,
        /// From the survivor to the lead, in answer to that question: they go on. Whoever agrees ends the chat.
        GoOn { turn: u32 } = 15,
        /// From the lead to the survivor: nothing. That it is acknowledged shows that what their device said before
        /// is here.
        HearOut = 18,
        /// Towards showing one another what is not sent yet, or out of it. `turn` numbers the offers of both.
        Live { turn: u32, step: LiveStep } = 16,
        /// While that is agreed: whether this member is typing, and what. Has no place in the stream, is
        /// neither kept nor acknowledged, and is always padded alike.
        Beat { turn: u32, number: u32, typing: Flag, draft: Text<LIVE_TEXT_MAX> } = 17,
        /// From the lead to the survivor: nobody is at the lead's desk for a moment, or somebody is again.
        Away { away: Flag } = 24,
        /// From the lead to the survivor: may this colleague join? `turn` numbers the lead's questions.
        AskJoining { turn: u32, colleague: Certified, joins_as: JoinsAs } = 30,
        /// From the lead to the survivor: they do not join after all.
        WithdrawJoining { turn: u32, why: StaysAway } = 31,
        /// From the survivor to the lead, in answer to that question; a no also after a yes.
        AnswerJoining { turn: u32, agrees: Flag } = 32,
        /// From the lead to the survivor, who agreed: they come now. The lead says nothing more before they are in.
        LetIn { turn: u32 } = 33,
        /// From the survivor to the lead, in answer to that: their device lets exactly this colleague in, and says
        /// nothing more before they are.
        Open { turn: u32 } = 34,
        /// To the lead, from the survivor or from the third person themselves: whoever joined last is to be put out.
        /// Has no place in the stream: it overtakes whatever waits there, and is sent again until it is done.
        PutOut { turn: u32 } = 35,
        /// From the lead to the survivor: for a code word. Says of no case, and of no earlier answer. `turn` numbers
        /// the lead's questions.
        AskWord { turn: u32, wanted: WordWanted } = 25,
        /// From the lead to the survivor: that question is withdrawn.
        WithdrawWord { turn: u32 } = 26,
        /// From the survivor to the lead, in answer to that question: the word; where one is agreed on, the one for
        /// danger too, if they want one.
        GiveWord { turn: u32, word: CodeWord, duress: Option<CodeWord> } = 27,
        /// From the survivor to the lead, in answer to that question: they would rather not.
        NoWord { turn: u32 } = 28,
        /// From the lead to the survivor: what leads back to the lead after this chat.
        WayBack { words: ReturnWords } = 29,
        /// From the lead to a survivor who is turned away: what the program says to everybody who is, just before the end.
        LastWords { text: Text<MESSAGE_TEXT_MAX> } = 38,
        /// From the survivor to the lead: they wish for an interpreter, or do not any more.
        Interpreter { wanted: Flag } = 39,
        /// From the survivor to the lead, once: for the tokens that go with answers, whether there are any or not.
        AskTokens { asked: AskedTokens } = 41,
        /// From the lead to the survivor, once: those, and the key that they were made with.
        GiveTokens { given: GivenTokens, issuer: IssuerRecord } = 42,
    }
}

choice! {
    /// Who would take over, as the lead says.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) enum Whom {
        /// Whoever is on duty.
        Anyone = 0,
        /// A supervisor.
        Supervisor = 1,
        /// A certain colleague.
        Colleague { shown: Certified } = 2,
    }
}

/// What shows who somebody is. Nothing in it is true before it was followed up to the root.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(crate) struct Certified {
    pub(crate) chain: Chain,
    pub(crate) name: NameCertificate,
}

impl Zeroize for Content {
    fn zeroize(&mut self) {
        match self {
            Self::Message { text } | Self::LastWords { text } => text.zeroize(),
            Self::Beat { draft, .. } => draft.zeroize(),
            Self::ReturnWords { words } | Self::WayBack { words } => words.zeroize(),
            Self::AskHandover { handover, .. } => handover.zeroize(),
            Self::Note { text } => text.zeroize(),
            Self::GiveWord { word, duress, .. } => {
                word.zeroize();
                duress.zeroize();
            }
            _ => {}
        }
    }
}

/// Why a chat is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub(crate) enum Why {
    /// Somebody ended it.
    Ended = 0,
    /// The survivor was silent for too long.
    Silence = 1,
    /// The survivor goes on with somebody else, as they were asked.
    HandedOver = 2,
    /// The advocate turns the survivor away.
    TurnedAway = 3,
    /// The advocate's line was gone for so long that the survivor goes on with somebody else.
    CutOff = 4,
}

choice! {
    /// Why a survivor stays with the advocate whom they have.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Stay {
        /// They would rather wait.
        Wait = 0,
        /// They agreed, and nobody else can be had.
        NobodyFree = 1,
    }
}

/// "I have everything of yours up to this."
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(crate) struct Acknowledged {
    pub(crate) sender: LeafNumber,
    pub(crate) up_to: u64,
}

/// "For you my stream starts here": told to a member who joined later, who can read nothing before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(crate) struct StartsAt {
    pub(crate) receiver: LeafNumber,
    pub(crate) first: u64,
}

/// One encrypted message's plaintext, before padding.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(crate) struct Envelope {
    /// 1 for the sender's first; 0 for an acknowledgement.
    pub(crate) place: u64,
    pub(crate) acknowledged: List<Acknowledged, MEMBERS_MAX>,
    pub(crate) starts: List<StartsAt, MEMBERS_MAX>,
    pub(crate) content: Content,
}

impl Envelope {
    /// The padded bytes to encrypt; nothing when the content is over its limit, which its type forbids.
    pub(crate) fn seal(&self) -> Option<Zeroizing<Vec<u8>>> {
        let least = if matches!(self.content, Content::Beat { .. }) { LIVE_PADDED } else { 0 };
        padding::pad(encode(self), least).ok().map(Zeroizing::new)
    }

    /// The envelope in decrypted bytes; nothing where a member sent something else.
    pub(crate) fn open(padded: &[u8]) -> Option<Self> {
        decode(padding::unpad(padded)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn envelope(text: &str) -> Envelope {
        Envelope {
            place: 7,
            acknowledged: List::default(),
            starts: List::default(),
            content: Content::Message { text: text.try_into().unwrap() },
        }
    }

    #[test]
    fn two_messages_of_different_length_look_alike() {
        let (short, long) = (envelope("no"), envelope(&"a longer answer ".repeat(10)));
        assert_eq!(short.seal().unwrap().len(), long.seal().unwrap().len());
    }

    #[test]
    fn the_longest_message_in_the_widest_script_fits() {
        let longest = envelope(&"𞤀".repeat(4_000));
        assert_eq!(Envelope::open(&longest.seal().unwrap()), Some(longest));
    }

    #[test]
    fn what_was_written_does_not_print() {
        assert!(!format!("{:?}", envelope("my secret")).contains("secret"));
    }

    #[test]
    fn a_code_word_looks_on_the_way_like_any_short_message_does_not_print_and_is_overwritten() {
        let word = |text: &str| CodeWord::of(text).unwrap();
        let duress = Some(word(&"𞤀".repeat(16)));
        let content = Content::GiveWord { turn: 7, word: word(&"x".repeat(64)), duress };
        let mut given = Envelope { content, ..envelope("") };
        assert_eq!(given.seal().unwrap().len(), envelope("no").seal().unwrap().len());
        assert_eq!(Envelope::open(&given.seal().unwrap()), Some(given.clone()));
        assert!(!format!("{given:?}").contains("xx"));
        given.content.zeroize();
        assert!(!given.seal().unwrap().windows(2).any(|pair| pair == b"xx"));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Envelope::open(&bytes);
        }
    }
}
