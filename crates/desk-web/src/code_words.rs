//! What the desk shows of code words: for whom one was agreed on, and how far asking for it has come in each chat
//! (`features.md` 3.4).
//!
//! No word is ever here. Handles are; they go from the screen when the desk is locked or goes off duty.

use stillroom_conversation::{Desk, KnownCase, VaultState, WordFor, WordRefusal};
use stillroom_program::{CaseId, Roles, WordDue};
use stillroom_staff_web::draw::prelude::*;

use crate::board::Seat;
use crate::console::Console;

/// All of it, as signals.
#[derive(Clone, Copy)]
pub(crate) struct CodeWords {
    /// Whether the list is open.
    pub(crate) state: RwSignal<VaultState>,
    /// For whom.
    pub(crate) cases: RwSignal<Vec<KnownCase>>,
    /// Whether whoever is here may begin a new list where it does not open.
    pub(crate) may_begin: bool,
}

impl CodeWords {
    /// Nothing yet.
    pub(crate) fn new(roles: Roles) -> Self {
        Self {
            state: RwSignal::new(VaultState::Closed),
            cases: RwSignal::new(Vec::new()),
            may_begin: roles.may_begin_vault(),
        }
    }

    /// Why the word of whom advocates call this should be changed.
    pub(crate) fn due(self, handle: &str) -> Option<WordDue> {
        self.cases.with(|cases| cases.iter().find(|case| case.handle == handle)?.due)
    }

    /// Takes up what there is.
    pub(crate) fn show(self, state: VaultState, cases: Vec<KnownCase>) {
        self.state.set(state);
        self.cases.set(cases);
    }
}

impl Console {
    /// Asks the survivor for the code word of a case.
    ///
    /// # Errors
    /// As the core says; nobody was asked then.
    pub(crate) fn ask_word(self, seat: Seat, case: CaseId) -> Result<(), WordRefusal> {
        let seated = self.board.at(seat).ok_or(WordRefusal::NotNow)?;
        self.act(|desk, now| desk.ask_word(seated.number, case, now))
    }

    /// Asks the survivor to agree on one.
    ///
    /// # Errors
    /// As the core says; nobody was asked then.
    pub(crate) fn agree_on_word(self, seat: Seat, case: WordFor) -> Result<(), WordRefusal> {
        let seated = self.board.at(seat).ok_or(WordRefusal::NotNow)?;
        self.act(|desk, now| desk.agree_on_word(seated.number, case, now))
    }

    /// Takes the question back.
    pub(crate) fn withdraw_word(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.withdraw_word(seated.number, now));
        }
    }

    /// Deletes a case, after the person said so twice.
    ///
    /// # Errors
    /// As the core says; it is there as before then.
    pub(crate) fn delete_case(self, case: CaseId) -> Result<(), WordRefusal> {
        self.act(|desk, now| desk.delete_case(case, now))
    }

    /// Looks again for what is kept.
    pub(crate) fn refresh_vault(self) {
        self.act(Desk::refresh_vault);
    }

    /// Begins a new list in place of one that does not open, after the person said so twice.
    pub(crate) fn begin_new_vault(self) {
        self.act(Desk::begin_new_vault);
    }
}
