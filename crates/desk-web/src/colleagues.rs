//! What the desk shows of colleagues: who is on, who asks for help, and what was written among them
//! (`features.md` 5.3, 5.4).
//!
//! What was written is in memory alone, for one time on duty. No colleague sees a word of any chat by it; it does not
//! protect against what somebody types here.

use stillroom_conversation::{Asks, Colleague, Desk, HandoverStep, Successor, WriteError, Written};
use stillroom_program::Roles;
use stillroom_protocol::StaffId;
use stillroom_staff_web::draw::prelude::*;
use zeroize::Zeroizing;

use crate::board::Board;
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};
use crate::view::COLLEAGUES;
use crate::words;

/// How many words with one colleague are held: the oldest go first.
const WORDS_MOST: usize = 100;

/// A word to or from a colleague.
#[derive(Clone)]
pub(crate) struct Word {
    /// Which it is of all in this time on duty.
    pub(crate) number: u32,
    /// With whom.
    pub(crate) with: StaffId,
    /// Their name, which outlives their time on duty.
    name: String,
    /// Whether it is this desk's own.
    pub(crate) mine: bool,
    /// Whether it was in front of whoever is at this desk.
    pub(crate) read: bool,
    /// What it says.
    pub(crate) text: Zeroizing<String>,
}

/// All of it, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Colleagues {
    /// Whether this desk's own certificate has a supervisor's right.
    pub(crate) supervises: bool,
    /// Who is on.
    pub(crate) on: RwSignal<Vec<Colleague>>,
    /// What this desk asks.
    pub(crate) asks: RwSignal<Asks>,
    /// What was written.
    pub(crate) words: RwSignal<Vec<Word>>,
    /// Whose words are in front.
    pub(crate) with: RwSignal<Option<StaffId>>,
    /// Whether the panel is open.
    pub(crate) open: RwSignal<bool>,
    /// What is written to each and not sent, for when their words are in front again.
    drafts: StoredValue<Vec<(StaffId, Zeroizing<String>)>>,
}

impl Colleagues {
    /// Nobody, at a desk with these rights.
    pub(crate) fn new(roles: Roles) -> Self {
        Self {
            supervises: roles.contains(Roles::SUPERVISOR),
            on: RwSignal::new(Vec::new()),
            asks: RwSignal::new(Asks::Nothing),
            words: RwSignal::new(Vec::new()),
            with: RwSignal::new(None),
            open: RwSignal::new(false),
            drafts: StoredValue::new(Vec::new()),
        }
    }

    /// Takes up who is on; says in words who asks for something now and did not before.
    pub(crate) fn show(self, board: Board, on: Vec<Colleague>, asks: Asks) {
        let asking = self.on.with_untracked(|before| {
            let asked =
                |one: &&Colleague| before.iter().any(|b| b.id == one.id && b.asks == one.asks);
            let mut new = on.iter().filter(|one| one.asks != Asks::Nothing && !asked(one));
            new.next().map(|one| {
                let asks = say(words::asks(one.asks).unwrap_or_default());
                say_with("colleagues-asks", &[("name", one.name.as_str()), ("what", &asks)])
            })
        });
        let closed = self.on.with_untracked(|before| {
            let earlier = |id| before.iter().find(|b| b.id == id).map_or(0, |b| b.words_closed);
            let new = on.iter().find(|one| one.words_closed > earlier(one.id));
            new.map(|one| say_with("colleagues-word-closed", &[("name", one.name.as_str())]))
        });
        self.on.set(on);
        self.asks.set(asks);
        if let Some(asking) = asking.or(closed) {
            board.said.set(asking);
        }
    }

    /// A colleague wrote.
    pub(crate) fn hear(self, board: Board, from: StaffId, text: &Written) {
        let in_front = self.open.get_untracked()
            && self.with.get_untracked() == Some(from)
            && !board.locked.get_untracked();
        self.keep(from, false, in_front, text);
        // In front it is read from its log.
        if !in_front && let Some(name) = self.name(from) {
            board.said.set(say_with("colleagues-wrote", &[("name", &name)]));
        }
    }

    /// This time on duty is over: nothing that was written is left.
    pub(crate) fn forget(self) {
        self.words.update(Vec::clear);
        self.drafts.update_value(Vec::clear);
        self.with.set(None);
    }

    /// Keeps what is written to a colleague and not sent.
    pub(crate) fn keep_draft(self, to: StaffId, text: Zeroizing<String>) {
        self.drafts.update_value(|drafts| {
            drafts.retain(|(with, _)| *with != to);
            if !text.is_empty() {
                drafts.push((to, text));
            }
        });
    }

    /// What was written to them and not sent.
    pub(crate) fn draft(self, to: StaffId) -> Zeroizing<String> {
        let kept = |drafts: &Vec<(StaffId, Zeroizing<String>)>| {
            drafts.iter().find(|(with, _)| *with == to).map(|(_, text)| text.clone())
        };
        self.drafts.with_value(kept).unwrap_or_default()
    }

    /// How many words of theirs, or of anybody's, were not in front yet.
    pub(crate) fn unread(self, of: Option<StaffId>) -> usize {
        let counts = |word: &&Word| !word.read && of.is_none_or(|of| word.with == of);
        self.words.with(|words| words.iter().filter(counts).count())
    }

    /// A colleague's name, while they are on or something that was written with them is here. It is certified, and
    /// so does not change.
    pub(crate) fn name(self, id: StaffId) -> Option<String> {
        let on = self.on.with_untracked(|on| {
            let one = on.iter().find(|one| one.id == id);
            one.map(|one| one.name.as_str().to_owned())
        });
        on.or_else(|| {
            self.words.with_untracked(|words| {
                words.iter().find(|word| word.with == id).map(|word| word.name.clone())
            })
        })
    }

    /// Their name in a sentence, as long as it is known.
    pub(crate) fn name_or_a_colleague(self, id: StaffId) -> String {
        self.name(id).unwrap_or_else(|| say("a-colleague"))
    }

    /// How far the question whether somebody else may take over has come, in words.
    pub(crate) fn about_handover(self, step: HandoverStep) -> String {
        let text = words::handover(step);
        match step {
            HandoverStep::Asked(Successor::Colleague { device }) => {
                say_with(text, &[("name", &self.name_or_a_colleague(StaffId(device.0)))])
            }
            _ => say(text),
        }
    }

    /// Who has a row: whoever is on, and then those who are not and with whom something was written.
    pub(crate) fn rows(self) -> Vec<StaffId> {
        let mut rows = self.on.with(|on| on.iter().map(|one| one.id).collect::<Vec<_>>());
        self.words.with(|words| {
            for word in words {
                if !rows.contains(&word.with) {
                    rows.push(word.with);
                }
            }
        });
        rows
    }

    fn keep(self, with: StaffId, mine: bool, read: bool, text: &str) {
        let name = self.name(with).unwrap_or_default();
        self.words.update(|words| {
            let number = words.last().map_or(0, |last| last.number.wrapping_add(1));
            let text = Zeroizing::new(text.to_owned());
            words.push(Word { number, with, name, mine, read, text });
            let theirs = |word: &Word| word.with == with;
            if words.iter().filter(|word| theirs(word)).count() > WORDS_MOST
                && let Some(oldest) = words.iter().position(theirs)
            {
                words.remove(oldest);
            }
        });
    }
}

impl Console {
    /// Opens the panel, with the keyboard in it.
    pub(crate) fn open_colleagues(self) {
        self.board.guides.set(false);
        self.board.colleagues.open.set(true);
        focus::move_to(COLLEAGUES.into());
    }

    /// Closes it; the keyboard goes back to the chat in front.
    pub(crate) fn close_colleagues(self) {
        self.board.colleagues.with.set(None);
        self.board.colleagues.open.set(false);
        self.go_back();
    }

    /// Brings what was written with a colleague to the front, with the keyboard where one writes.
    pub(crate) fn consult_with(self, with: StaffId) {
        let colleagues = self.board.colleagues;
        colleagues.words.update(|words| {
            let theirs = words.iter_mut().filter(|word| word.with == with);
            theirs.for_each(|word| word.read = true);
        });
        colleagues.with.set(Some(with));
        focus::move_to("consult".into());
    }

    /// Writes to a colleague.
    ///
    /// # Errors
    /// As the core says; nothing was sent then.
    pub(crate) fn consult(self, to: StaffId, text: &str) -> Result<(), WriteError> {
        self.act(|desk, now| desk.consult(to, text, now))?;
        self.board.colleagues.keep(to, true, true, text);
        Ok(())
    }

    /// Asks something of the supervisors on duty, or takes it back where it is asked.
    pub(crate) fn ask_supervisors(self, asks: Asks) {
        let asked = self.board.colleagues.asks.get_untracked() == asks;
        let asks = if asked { Asks::Nothing } else { asks };
        self.act(|desk: &mut Desk, now| desk.ask_supervisors(asks, now));
    }
}
