//! The console's driver: carries what the person does, frames and the time into the core, and what comes out to the
//! socket, the one timer and the board.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use stillroom_conversation::{
    Administrator, AdministratorEvent, AuditSeen, DeskSetup, Randomness, Transmit,
};
use stillroom_program::{Fingerprint, Policy, SignedPolicy, Timestamp, VerifyingKey};
use stillroom_protocol::{HostNoticeId, Refusal};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::{attended::Attended, focus, host, record};

use crate::board::{Board, Outcome};
use crate::change::Change;
use crate::clock::Clock;
use crate::idle::Idle;
use crate::line::{Heard, Line};
use crate::{past, view, words};

/// How often what stands on the page is looked at anew: a notice that ends is off by at most this.
const LOOKS_EVERY: Duration = Duration::from_secs(15);

/// The longest that a browser's timer can wait; the core is asked again then.
const TIMER_MOST: u64 = 3_600_000;

/// A change on its way, and the version that it was given.
struct Pending {
    change: Change,
    version: u64,
    /// Whether the relay has something newer.
    refused: bool,
}

/// A console that is open. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Console {
    /// What it shows.
    pub(crate) board: Board,
    shell: StoredValue<Rc<Shell>, LocalStorage>,
}

struct Shell {
    clock: Clock,
    root: Fingerprint,
    core: RefCell<Administrator>,
    line: Line,
    timer: RefCell<Option<TimeoutHandle>>,
    /// When somebody was last seen to be there.
    touched: Cell<Timestamp>,
    pending: RefCell<Option<Pending>>,
}

impl Console {
    /// Opens the console of this device, which connects at once.
    pub(crate) fn open(setup: DeskSetup, clock: Clock) -> Self {
        let root = setup.root;
        let mut core = Administrator::new(setup, Randomness::new(UnwrapErr(SysRng)), clock.now());
        if let Some(entry) = record::known(&root) {
            core.know_audit(entry);
        }
        if let Some(host) = host::known(&root) {
            core.know_host(host);
        }
        let board = Board::new(clock.now());
        let shell = Rc::new_cyclic(|shell: &Weak<Shell>| {
            let shell = shell.clone();
            Shell {
                clock,
                root,
                core: RefCell::new(core),
                line: Line::new(move |heard| {
                    if let Some(shell) = shell.upgrade() {
                        shell.hear(heard, board);
                    }
                }),
                timer: RefCell::new(None),
                touched: Cell::new(clock.now()),
                pending: RefCell::new(None),
            }
        });
        shell.drain(board);
        set_interval(move || board.now.set(clock.now()), LOOKS_EVERY);
        Self { board, shell: StoredValue::new_local(shell) }
    }

    /// Publishes this change: at once, on every page.
    pub(crate) fn publish(self, change: Change) {
        self.shell.get_value().publish(change, self.board);
    }

    /// A notice of the host's was read.
    pub(crate) fn acknowledge(self, notice: HostNoticeId) {
        self.ask(|core, now| core.acknowledge(notice, now));
    }

    /// Fetches the list of the policies that the relay keeps.
    pub(crate) fn fetch_history(self) {
        self.ask(|core, _| core.fetch_history());
    }

    /// Fetches the policy of this version, unless it is here.
    pub(crate) fn fetch_policy(self, version: u64) {
        if self.board.past.whole(version).is_none() {
            self.ask(|core, _| core.fetch_policy(version));
        }
    }

    /// Makes a draft of what this version said, as soon as it is here.
    pub(crate) fn bring_back(self, version: u64) {
        self.board.past.asked.set(None);
        self.board.past.wanted.set(Some(version));
        self.fetch_policy(version);
        let shell = self.shell.get_value();
        shell.bring_back(self.board);
        shell.drain(self.board);
    }

    /// This device, as the record and policies name it.
    pub(crate) fn own_key(self) -> VerifyingKey {
        self.shell.with_value(|shell| shell.core.borrow().device().key())
    }

    fn ask(self, what: impl FnOnce(&mut Administrator, Timestamp)) {
        let shell = self.shell.get_value();
        what(&mut shell.core.borrow_mut(), shell.clock.now());
        shell.drain(self.board);
    }

    /// Shows the console again: what opens it was given.
    pub(crate) fn unlock(self) {
        let now = self.now();
        self.shell.with_value(|shell| shell.touched.set(now));
        self.board.now.set(now);
        self.board.locked.set(false);
    }
}

impl Attended for Console {
    /// Unless so much time has passed unseen, as on a computer that slept, that it should have been locked before.
    fn touch(self) {
        let now = self.now();
        let gone = self.shell.with_value(|shell| {
            let gone = Idle::of(shell.touched.get(), now) == Idle::Gone;
            shell.touched.set(now);
            gone
        });
        if gone {
            self.lock();
        } else if self.board.locks_soon.get_untracked() {
            self.board.locks_soon.set(false);
        }
    }

    fn look_after(self) -> Idle {
        let idle = self.shell.with_value(|shell| Idle::of(shell.touched.get(), shell.clock.now()));
        match idle {
            Idle::No(_) => {}
            Idle::Soon(_) => self.board.locks_soon.set(true),
            Idle::Gone => self.lock(),
        }
        idle
    }

    fn lock(self) {
        self.board.asked.set(None);
        self.board.locks_soon.set(false);
        self.board.locked.set(true);
    }

    fn now(self) -> Timestamp {
        self.shell.with_value(|shell| shell.clock.now())
    }

    fn locks_soon(self) -> bool {
        self.board.locks_soon.get()
    }
}

impl Shell {
    /// Signs the next version of the policy that holds, and sends it.
    fn publish(self: &Rc<Self>, change: Change, board: Board) {
        let Some(policy) = board.policy.get_untracked() else {
            return;
        };
        let (now, replaces) = (self.clock.now(), policy.terms.version);
        let next = change.of(&policy, now);
        let signed = next.and_then(|next| self.sign(&next));
        match signed {
            Ok((version, signed)) => {
                let files = change.to().map(|to| board.draft.send(to)).unwrap_or_default();
                *self.pending.borrow_mut() = Some(Pending { change, version, refused: false });
                board.outcome.set(Some(Outcome::Sent));
                self.core.borrow_mut().publish(version, replaces, &signed, files, now);
                self.drain(board);
            }
            Err(text) => board.outcome.set(Some(Outcome::Refused(text))),
        }
    }

    fn sign(&self, next: &Policy) -> Result<(u64, SignedPolicy), &'static str> {
        let signed = SignedPolicy::sign(next, self.core.borrow().device());
        signed.map(|signed| (next.terms.version, signed)).map_err(words::not_signed)
    }

    fn hear(self: &Rc<Self>, heard: Heard, board: Board) {
        let now = self.clock.now();
        {
            let mut core = self.core.borrow_mut();
            match heard {
                Heard::Connected => core.handle_connected(now),
                Heard::Frame(frame) => core.handle_frame(&frame, now),
                Heard::Disconnected => core.handle_disconnected(now),
            }
        }
        self.drain(board);
    }

    /// Takes out all that the core has to say, then sets the timer.
    fn drain(self: &Rc<Self>, board: Board) {
        loop {
            let transmit = self.core.borrow_mut().poll_transmit();
            match transmit {
                Some(Transmit::Connect(way)) => self.line.connect(way),
                Some(Transmit::Frame(frame)) => self.line.send(&frame),
                Some(Transmit::Disconnect) => self.line.disconnect(),
                // Survivors alone answer.
                Some(Transmit::Answers(_)) => {}
                None => break,
            }
        }
        loop {
            let event = self.core.borrow_mut().poll_event();
            let Some(event) = event else { break };
            self.show(event, board);
        }
        self.set_timer(board);
    }

    fn set_timer(self: &Rc<Self>, board: Board) {
        if let Some(timer) = self.timer.borrow_mut().take() {
            timer.clear();
        }
        let Some(due) = self.core.borrow().poll_timeout() else {
            return;
        };
        let wait = due.0.saturating_sub(self.clock.now().0).min(TIMER_MOST);
        let shell = Rc::clone(self);
        let ring = move || {
            let now = shell.clock.now();
            shell.core.borrow_mut().handle_timeout(now);
            shell.drain(board);
        };
        *self.timer.borrow_mut() = set_timeout(ring, Duration::from_millis(wait));
    }

    fn show(self: &Rc<Self>, event: AdministratorEvent, board: Board) {
        match event {
            AdministratorEvent::Line(line) => board.line.set(line),
            AdministratorEvent::Policy(policy) => self.show_policy(policy, board),
            AdministratorEvent::Texts(file) => board.draft.sheets.know(vec![file]),
            AdministratorEvent::Published(version) => {
                *self.pending.borrow_mut() = None;
                board.outcome.set(Some(Outcome::Published(version)));
            }
            AdministratorEvent::NotPublished(refusal) => {
                let newer = refusal == Refusal::PolicyReplaced;
                let pending = self.pending.take().filter(|_| newer);
                *self.pending.borrow_mut() =
                    pending.map(|pending| Pending { refused: true, ..pending });
                board.outcome.set(Some(Outcome::Refused(words::refused(refusal))));
                self.try_again(board);
            }
            AdministratorEvent::Policies(event) => {
                board.past.hear(event);
                self.bring_back(board);
            }
            AdministratorEvent::Host(says) => {
                if let Some(host) = &says.host {
                    host::remember(&self.root, host);
                }
                let was_there = host::is_in_front();
                board.host.set(says);
                if was_there {
                    focus::move_if_dropped(view::CONSOLE.into());
                }
            }
            AdministratorEvent::Record(entries) => board.record.set(entries),
            AdministratorEvent::Audit(seen) => {
                let AuditSeen { newest, trouble } = *seen;
                if let Some(newest) = newest {
                    record::remember(&self.root, &newest);
                    board.follow_record(newest);
                }
                if let Some(found) = trouble {
                    record::keep_proof(found.both());
                    board.audit.set(Some(found));
                }
            }
            AdministratorEvent::Trouble(trouble) => {
                board.trouble.set(Some(words::trouble(trouble)))
            }
        }
    }

    /// The version that is to become the draft does, once it is here with its files of texts.
    fn bring_back(self: &Rc<Self>, board: Board) {
        let past = board.past;
        let newest = board.policy.get_untracked();
        let old = past.wanted.get_untracked().and_then(|version| past.whole(version));
        let (Some(old), Some(newest)) = (old, newest) else { return };
        for hash in past.not_asked(&old) {
            self.core.borrow_mut().fetch_locale(hash);
        }
        if let Some(files) = past.files_of(&old) {
            past.wanted.set(None);
            past.brought.set(Some(old.terms.version));
            board.draft.set(&past::as_it_was(&old, &newest, self.clock.now()), files);
        }
    }

    fn show_policy(self: &Rc<Self>, policy: Arc<Policy>, board: Board) {
        board.now.set(self.clock.now());
        board.draft.follow(&policy);
        board.trouble.set(None);
        board.policy.set(Some(policy));
        self.try_again(board);
    }

    /// The version that a change was given is taken, so somebody else published. As soon as theirs is here, the change is
    /// done to it.
    fn try_again(self: &Rc<Self>, board: Board) {
        let version = board
            .policy
            .with_untracked(|policy| policy.as_ref().map_or(0, |policy| policy.terms.version));
        let overtaken = |pending: &mut Pending| pending.refused && version >= pending.version;
        let overtaken = self.pending.borrow_mut().take_if(overtaken);
        if let Some(pending) = overtaken {
            self.publish(pending.change, board);
        }
    }
}
