//! Asking a survivor for a code word, and agreeing on one (`features.md` 3.4; `decisions/0023`).
//!
//! The word is held from when it comes until it was judged, and the person at the desk never sees it. A try is at
//! the relay, written into the vault, before it is judged; what came of it is shown so long after the word came,
//! whatever it was. It does not protect against a desk that was changed, which could keep the word.

use stillroom_program::{
    Case, CaseId, CodeWord, Judgement, PendingTry, Timestamp, Vault, VaultError, Weakness, WordDue,
    Words,
};

use super::{ChatEvent, ChatNumber, Desk, DeskEvent, Duty, Held, VaultState, vault::Change};
use crate::{
    conversation::{EndStep, WordWanted},
    envelope::Content,
    limits::{WORD_HELD_AT_MOST, WORD_SHOWN_AFTER, WORDS_WRONG_MAX},
};

/// How far asking for a code word has come in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordStep {
    /// The survivor is asked.
    Asked(WordWanted),
    /// The advocate asks no more.
    Withdrawn,
    /// The survivor would rather not.
    Declined,
    /// They gave one, and it is not known yet what it is.
    Given,
    /// It is the one that was agreed on.
    Right,
    /// It is the one that was agreed on for danger. Their page shows nothing of that.
    Duress,
    /// It is neither.
    Wrong {
        /// How many more can be wrong in this chat.
        left: u8,
    },
    /// It is the last that can be wrong in this chat: supervisors on duty are told, and none is asked for any more.
    Closed,
    /// It was not tried: others tried words for this case at the same time, or the case is gone.
    NotTried,
    /// It is kept from now on.
    Kept,
    /// It is not kept, for this reason.
    Weak(Weakness),
    /// It could not be kept: another case has this handle by now, or the vault is full.
    NotKept,
}

/// Why no code word is asked for now. Each has a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordRefusal {
    /// There is no survivor in the chat, or the vault is not open.
    NotNow,
    /// Somebody else is in the chat, or is asked to join: they would read the word.
    SomebodyJoins,
    /// Too many were wrong in this chat.
    Closed,
    /// Too many were wrong for this case: not before then.
    Until(Timestamp),
    /// There is no such case any more.
    Unknown,
    /// The handle is empty or too long.
    HandleWrong,
    /// Another case has this handle.
    HandleTaken,
    /// The word of a case is changed with whoever gave it in this chat.
    NotKnownHere,
}

/// For which case a word is agreed on.
#[derive(Clone, PartialEq, Eq)]
pub enum WordFor {
    /// A new one, which the advocate calls this.
    New(String),
    /// One whose word the survivor gave in this chat.
    Known(CaseId),
}

impl core::fmt::Debug for WordFor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WordFor")
    }
}

/// A case, as a desk shows it. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownCase {
    /// Which.
    pub id: CaseId,
    /// What advocates call it.
    pub handle: String,
    /// Why its word should be changed.
    pub due: Option<WordDue>,
    /// In how many days it is deleted, if its word is not given before; nothing where that is never.
    pub deleted_in: Option<u32>,
}

impl core::fmt::Debug for KnownCase {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KnownCase")
    }
}

/// What was asked in a chat and is not answered.
enum Stage {
    Idle,
    Checking(CaseId),
    Agreeing(WordFor),
    /// A word is there; it is judged when the relay has the try.
    Trying {
        case: CaseId,
        tried: PendingTry,
        word: CodeWord,
        change: Change,
        shown: Timestamp,
    },
    /// It was judged, and is shown then.
    Judged {
        step: WordStep,
        shown: Timestamp,
    },
    /// It is kept when the relay has it.
    Keeping {
        case: CaseId,
        change: Change,
    },
}

/// The questions for a code word in one chat.
pub(super) struct WordQuestion {
    /// How many there were.
    turn: u32,
    stage: Stage,
    wrong: u8,
    /// The case whose word was given here.
    known: Option<CaseId>,
}

/// What was shown of the vault last.
#[derive(Default)]
pub(super) struct VaultShown {
    state: VaultState,
    cases: Vec<KnownCase>,
}

impl WordQuestion {
    pub(super) fn new() -> Self {
        Self { turn: 0, stage: Stage::Idle, wrong: 0, known: None }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Judged { shown, .. } => Some(shown),
            Stage::Trying { shown, .. } => Some(shown + WORD_HELD_AT_MOST),
            _ => None,
        }
    }

    /// Whether too many were wrong here.
    pub(super) fn is_closed(&self) -> bool {
        self.wrong >= WORDS_WRONG_MAX
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Checking(_) | Stage::Agreeing(_))
    }

    /// Takes note of what a word of this case turned out to be.
    fn judged(&mut self, case: CaseId, judgement: Judgement) -> WordStep {
        match judgement {
            Judgement::Right => {
                self.known = Some(case);
                WordStep::Right
            }
            Judgement::Duress => WordStep::Duress,
            Judgement::Wrong => {
                self.wrong = self.wrong.saturating_add(1);
                let left = WORDS_WRONG_MAX.saturating_sub(self.wrong);
                if left == 0 { WordStep::Closed } else { WordStep::Wrong { left } }
            }
        }
    }
}

impl Desk {
    /// Asks the survivor for the code word of a case. Their page is not told which. Takes the place of whatever else
    /// they are asked.
    ///
    /// # Errors
    /// [`WordRefusal`]; nobody was asked then.
    pub fn ask_word(
        &mut self,
        chat: ChatNumber,
        case: CaseId,
        now: Timestamp,
    ) -> Result<(), WordRefusal> {
        self.now = now;
        let vault = self.vault.vault().ok_or(WordRefusal::NotNow)?;
        let next = vault.next_try(case, now).map_err(|_| WordRefusal::Unknown)?;
        if self.chats.get(&chat).is_some_and(|held| held.word.is_closed()) {
            return Err(WordRefusal::Closed);
        }
        if next > now {
            return Err(WordRefusal::Until(next));
        }
        self.ask_survivor(chat, Stage::Checking(case), WordWanted::Check)
    }

    /// Asks the survivor to agree on a code word, or on another. Their page says first what is kept.
    ///
    /// # Errors
    /// [`WordRefusal`]; nobody was asked then.
    pub fn agree_on_word(
        &mut self,
        chat: ChatNumber,
        case: WordFor,
        now: Timestamp,
    ) -> Result<(), WordRefusal> {
        self.now = now;
        let vault = self.vault.vault().ok_or(WordRefusal::NotNow)?;
        match &case {
            WordFor::New(handle) => vault.may_be_called(handle).map_err(refusal)?,
            WordFor::Known(case) => {
                let known = self.chats.get(&chat).and_then(|held| held.word.known);
                if known != Some(*case) {
                    return Err(WordRefusal::NotKnownHere);
                }
            }
        }
        self.ask_survivor(chat, Stage::Agreeing(case), WordWanted::Agree)
    }

    /// Asks no more, where that is asked.
    pub fn withdraw_word(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        if let Some(held) = self.chats.get_mut(&chat).filter(|held| held.word.is_open()) {
            held.word.stage = Stage::Idle;
            held.chat.say(Content::WithdrawWord { turn: held.word.turn }, now);
            self.show_word(chat, WordStep::Withdrawn);
        }
        self.settle();
    }

    /// Deletes a case: nothing of it is kept but that there was one.
    ///
    /// # Errors
    /// [`WordRefusal::NotNow`] and [`Unknown`](WordRefusal::Unknown).
    pub fn delete_case(&mut self, case: CaseId, now: Timestamp) -> Result<(), WordRefusal> {
        self.now = now;
        let deleted = self.vault.change(|vault| vault.delete(case, now));
        self.settle();
        deleted.ok_or(WordRefusal::NotNow)?.map_err(refusal).map(|_| ())
    }

    /// Reads the vault anew, whatever came of that before.
    pub fn refresh_vault(&mut self, now: Timestamp) {
        self.now = now;
        self.vault.refresh();
        self.settle();
    }

    /// Begins a new vault in place of one that does not open here; nothing where the person may not, or where it
    /// opens. Every word that was agreed on is lost by it.
    pub fn begin_new_vault(&mut self, now: Timestamp) {
        self.now = now;
        if self.setup.device.chain.leaf().roles.may_begin_vault() {
            self.vault.begin_anew();
        }
        self.settle();
    }

    fn ask_survivor(
        &mut self,
        chat: ChatNumber,
        stage: Stage,
        wanted: WordWanted,
    ) -> Result<(), WordRefusal> {
        let now = self.now;
        self.withdraw_handover(chat, now);
        self.close_end_question(chat, EndStep::Withdrawn);
        let held = self.chats.get_mut(&chat).filter(|held| held.is_with_survivor());
        let held = held.ok_or(WordRefusal::NotNow)?;
        if !held.joining.is_nobody() {
            return Err(WordRefusal::SomebodyJoins);
        }
        if !held.word.is_open() && !matches!(held.word.stage, Stage::Idle) {
            return Err(WordRefusal::NotNow);
        }
        held.word.turn = held.word.turn.saturating_add(1);
        held.word.stage = stage;
        held.chat.say(Content::AskWord { turn: held.word.turn, wanted }, now);
        held.silence.handle_said(now);
        self.show_word(chat, WordStep::Asked(wanted));
        self.settle();
        Ok(())
    }

    /// The survivor answers. An answer to an earlier question is none.
    pub(super) fn handle_word(
        &mut self,
        chat: ChatNumber,
        turn: u32,
        given: Option<(CodeWord, Option<CodeWord>)>,
    ) {
        let held = self.chats.get_mut(&chat);
        let held = held.filter(|held| held.word.is_open() && held.word.turn == turn);
        let Some(held) = held else { return };
        let stage = core::mem::replace(&mut held.word.stage, Stage::Idle);
        match (stage, given) {
            (Stage::Checking(case), Some((word, _))) => self.begin_try(chat, case, word),
            (Stage::Agreeing(case), Some((word, duress))) => {
                self.keep_word(chat, &case, &word, duress.as_ref());
            }
            _ => self.show_word(chat, WordStep::Declined),
        }
    }

    /// Writes down that a word is tried, before anything is known of it.
    fn begin_try(&mut self, chat: ChatNumber, case: CaseId, word: CodeWord) {
        let (now, shown) = (self.now, self.now + WORD_SHOWN_AFTER);
        let randomness = &mut self.randomness;
        let begun = self.vault.change(|vault| vault.begin_try(case, now, randomness));
        let stage = match begun {
            Some(Ok((tried, change))) => Stage::Trying { case, tried, word, change, shown },
            Some(Err(_)) | None => Stage::Judged { step: WordStep::NotTried, shown },
        };
        self.set_stage(chat, stage);
        self.show_word(chat, WordStep::Given);
    }

    /// Keeps what makes the word known again, and not the word.
    fn keep_word(
        &mut self,
        chat: ChatNumber,
        case: &WordFor,
        word: &CodeWord,
        duress: Option<&CodeWord>,
    ) {
        let handle = match case {
            WordFor::New(handle) => handle.as_str(),
            WordFor::Known(case) => {
                let case = self.vault.vault().and_then(|vault| vault.case(*case));
                case.map_or("", |case| case.handle())
            }
        };
        if let Some(weakness) = word.weakness_with(duress, handle) {
            return self.show_word(chat, WordStep::Weak(weakness));
        }
        let (now, randomness) = (self.now, &mut self.randomness);
        let words = Words { word, duress, revocations: self.trust.revocations().version() };
        let kept = self.vault.change(|vault: &mut Vault| match case {
            WordFor::New(handle) => vault.add(handle, words, now, randomness),
            WordFor::Known(case) => vault.change(*case, words, now, randomness).map(|()| *case),
        });
        match kept {
            Some(Ok((case, change))) => self.set_stage(chat, Stage::Keeping { case, change }),
            Some(Err(_)) | None => self.show_word(chat, WordStep::NotKept),
        }
    }

    /// After anything happened: the vault is fetched, read and written, and what waits for it goes on.
    pub(super) fn mind_vault(&mut self) {
        if self.duty.shown() == Duty::Off && self.chats.is_empty() {
            self.vault.close();
        } else if self.admitted && self.may_use_vault() {
            self.vault.expire(self.now);
            let now = self.now;
            let (_, vault, mut context) = self.askers_and_context();
            let frame = vault.advance(&mut context, now);
            self.send_all(frame);
        }
        for chat in self.chats.keys().copied().collect::<Vec<_>>() {
            self.mind_word(chat);
        }
        self.show_vault();
    }

    fn may_use_vault(&self) -> bool {
        self.setup.device.chain.leaf().roles.may_state_duty()
    }

    fn mind_word(&mut self, chat: ChatNumber) {
        let Some(held) = self.chats.get_mut(&chat) else { return };
        match core::mem::replace(&mut held.word.stage, Stage::Idle) {
            Stage::Trying { case, tried, word, change, shown } if self.vault.has(change) => {
                // Written again whatever it is, so that a relay cannot tell which it was.
                let judged = self.vault.change(|vault| vault.judge(tried, &word));
                let step = match judged {
                    Some(Ok((judgement, _))) => held.word.judged(case, judgement),
                    Some(Err(_)) | None => WordStep::NotTried,
                };
                held.word.stage = Stage::Judged { step, shown };
            }
            Stage::Trying { shown, .. } if shown + WORD_HELD_AT_MOST <= self.now => {
                self.show_word(chat, WordStep::NotTried);
            }
            Stage::Judged { step, shown } if shown <= self.now => self.show_word(chat, step),
            Stage::Keeping { case, change } if self.vault.has(change) => {
                let is_kept = self.vault.vault().is_some_and(|vault| vault.case(case).is_some());
                held.word.known = is_kept.then_some(case);
                self.show_word(chat, if is_kept { WordStep::Kept } else { WordStep::NotKept });
            }
            stage => held.word.stage = stage,
        }
    }

    fn show_vault(&mut self) {
        let revocations = self.trust.revocations().version();
        let (times, now) = (self.vault.times(), self.now);
        let known = |vault: &Vault| {
            let known = |(id, case): (CaseId, &Case)| KnownCase {
                id,
                handle: case.handle().into(),
                due: case.due(times.due_days, revocations, now),
                deleted_in: times.delete_days.and_then(|days| vault.deleted_in(id, days, now)),
            };
            vault.cases().into_iter().map(known).collect::<Vec<_>>()
        };
        let cases = self.vault.vault().map(known).unwrap_or_default();
        let state = self.vault.state();
        let shown = &mut self.vault_shown;
        if (shown.state, &shown.cases) != (state, &cases) {
            (shown.state, shown.cases) = (state, cases.clone());
            self.show(DeskEvent::Vault { state, cases });
        }
    }

    fn set_stage(&mut self, chat: ChatNumber, stage: Stage) {
        if let Some(held) = self.chats.get_mut(&chat) {
            held.word.stage = stage;
        }
    }

    fn show_word(&mut self, chat: ChatNumber, step: WordStep) {
        self.show_chat(chat, ChatEvent::Word(step));
    }

    /// The chats in which too many were wrong.
    pub(super) fn words_closed(&self) -> u8 {
        let closed = |held: &&Held| held.chat.is_open() && held.word.is_closed();
        u8::try_from(self.chats.values().filter(closed).count()).unwrap_or(u8::MAX)
    }
}

fn refusal(error: VaultError) -> WordRefusal {
    match error {
        VaultError::HandleWrong => WordRefusal::HandleWrong,
        VaultError::HandleTaken => WordRefusal::HandleTaken,
        VaultError::Unknown => WordRefusal::Unknown,
        VaultError::Full | VaultError::TooEarly => WordRefusal::NotNow,
    }
}
