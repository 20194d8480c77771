//! What the desk shows: who waits, what happened in a chat, and trouble (`features.md` 2.1, 3.6, 5.2).

use core::fmt;

use stillroom_program::{Again, DisplayName, Guidance, Notice, SafetyAnswer, Timestamp};
use stillroom_protocol::{Refusal, StaffId, TicketId};

use super::{
    Asks, Call, Colleague, Duty, Hindrance, KnownCase, PlaceOffer, Shift, TurnedAwayBefore,
    VaultState, WordStep,
};
use crate::{
    audit::AuditSeen,
    conversation::{Company, ConversationEvent, EndStep, Ending, HandoverStep, JoinsAs, Written},
    host::HostSays,
    line::Line,
};

/// A chat's number on this desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatNumber(pub u32);

/// What a survivor said before the chat. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Beforehand {
    /// Whether they were with an advocate before: they come first.
    pub again: Again,
    /// The language that they want to write in (BCP 47); empty where they did not say.
    pub language: String,
    /// Whether they want an interpreter.
    pub interpreter: bool,
    /// What they answered about their device.
    pub safety: SafetyAnswer,
    /// Whether they say that they were in a chat when their page was lost.
    pub comes_back: ComesBack,
    /// Whether they say that they have agreed on a code word before.
    pub code_word: bool,
}

impl fmt::Debug for Beforehand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beforehand")
    }
}

/// Whether somebody came with return words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComesBack {
    /// They came with none.
    No,
    /// With words that this desk gave out in this chat, which may be over by now: they come first. Whoever
    /// saw the words could have brought them.
    Here(ChatNumber),
    /// With words that this desk did not give out: a colleague's, or wrong ones.
    Elsewhere,
}

/// Somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingSurvivor {
    /// Their place.
    pub ticket: TicketId,
    /// Since when, as far as the relay knows.
    pub since: Timestamp,
    /// Where many wait, in which turn they are to be taken, as far as the relay says; lower ones first.
    pub turn: u32,
    /// That somebody from the same address was turned away lately. They may be somebody else.
    pub turned_away: Option<TurnedAwayBefore>,
    /// Whether their line stands, as far as the relay says.
    pub here: bool,
    /// What they said beforehand.
    pub beforehand: Beforehand,
    /// Whether they can be taken here. If not, others come first: a supervisor, a certain colleague, or anybody
    /// but the one who handed them over. Where none of those takes them they are offered later.
    pub offered: bool,
    /// For whom they were handed over, where it is for a certain person.
    pub meant: Option<Meant>,
}

/// The certain person for whom somebody was handed over. Names are certified; nothing where this desk has not heard
/// from that colleague while on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// Whoever is at this desk.
    Me {
        /// Who handed them over.
        by: Option<DisplayName>,
    },
    /// A colleague.
    Colleague {
        /// Who.
        to: Option<DisplayName>,
    },
}

impl WaitingSurvivor {
    /// The order in which people are to be taken: who had an advocate before comes first, then whose
    /// turn it is, then who has waited longest. Whose line dropped comes last, in the same order: nobody could be met by taking them.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let had_an_advocate = self.beforehand.again != Again::No
            || matches!(self.beforehand.comes_back, ComesBack::Here(_));
        (!self.here, !had_an_advocate, self.turn, self.since, self.ticket)
    }
}

/// What the desk shows next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskEvent {
    /// Whether the line stands.
    Line(Line),
    /// Whether this device is on duty.
    Duty(Duty),
    /// How far the person's shift has come.
    Shift(Shift),
    /// Why this desk takes nobody now, or that it would.
    Hindrance(Option<Hindrance>),
    /// Who waits, whole, in the order in which they are to be taken.
    Waiting(Vec<WaitingSurvivor>),
    /// What the program gives its staff to help them while they chat; again with each policy.
    Guidance(Guidance),
    /// The program's notices, whole: while one of them holds, chat is not offered. Chats that have begun go on.
    Notices(Vec<Notice>),
    /// Who else is on duty, whole, and what this desk asks of the supervisors.
    Colleagues {
        /// By their names.
        on: Vec<Colleague>,
        /// What this desk asks.
        asks: Asks,
    },
    /// To whom places are offered, whole, where the program wants that.
    Offers {
        /// Each that is offered to somebody.
        offers: Vec<PlaceOffer>,
        /// Whether this desk is passed over for the moment, as whoever is at it wants.
        passes: bool,
    },
    /// A colleague on duty wrote to this desk alone.
    Consult {
        /// Whose device.
        from: StaffId,
        /// What they wrote.
        text: Written,
    },
    /// Who calls this desk into a chat of theirs, whole.
    Calls(Vec<Call>),
    /// The cases that a code word was agreed on for, whole, and whether they can be asked for.
    Vault {
        /// Whether.
        state: VaultState,
        /// By what they are called.
        cases: Vec<KnownCase>,
    },
    /// What the host says to administrators, whole.
    Host(HostSays),
    /// The record of administrative acts, as far as this device knows it.
    Audit(Box<AuditSeen>),
    /// Something in a chat.
    Chat {
        /// Which.
        chat: ChatNumber,
        /// What.
        event: ChatEvent,
    },
    /// Something did not work, or must be known.
    Trouble(Trouble),
}

/// What happened in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// It was offered to a survivor, who had said this.
    Opened(Beforehand),
    /// It is a colleague's, and this desk joined it so, with the survivor's consent. What was said before is not here.
    Entered(JoinsAs),
    /// The survivor is in it.
    Joined,
    /// How far it has come that a third person joins, at the desk that leads.
    Company(Company),
    /// Whether the survivor wishes for an interpreter, and none has come yet, at the desk that leads.
    InterpreterWanted(bool),
    /// The program says this by itself: on the survivor's page now, in the page's language.
    OpeningMessages(Vec<String>),
    /// Something in the conversation.
    Conversation(ConversationEvent),
    /// How far the question whether somebody else may take over has come.
    Handover(HandoverStep),
    /// How far the question whether the chat may end has come.
    End(EndStep),
    /// Whether the survivor's page is hidden behind another, so that no silence counts.
    Hidden(bool),
    /// How far asking for a code word has come.
    Word(WordStep),
    /// What the survivor's last advocate wrote for this one, as the survivor could read it.
    Note(Written),
    /// It is over.
    Ended(Ending),
    /// The survivor did not come, or went to somebody else before they came.
    Lost,
}

/// What the desk has to tell the person at it. Each has a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// What the relay shows is not signed by this program.
    ProgramNotVerified,
    /// This device's certificate does not hold good, or was revoked.
    CertificateRefused,
    /// This device's certificate has run out.
    CertificateExpired,
    /// This device's clock is more than a day off.
    ClockWrong,
    /// A colleague took that person first, or they left.
    TakenByAnother,
    /// This desk takes nobody now.
    Hindered(Hindrance),
    /// That person is for others first.
    OthersFirst,
    /// The relay could not do its part.
    RelayFault,
    /// The relay speaks a newer version than this page.
    PageOutdated,
    /// Something tried to break a rule that keeps a chat private; that chat is over.
    ConversationNotSafe,
    /// The relay refused something, for this reason.
    Refused(Refusal),
}
