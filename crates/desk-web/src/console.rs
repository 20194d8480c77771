//! The desk's driver: carries what the person does, frames and the time into the core, and what comes out
//! to the socket, the one timer and the board.
//!
//! Nothing is decided here. After each call into the core everything that it has to say is taken out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use stillroom_conversation::{
    AuditSeen, Capacity, ChatEvent, Desk, DeskEvent, DeskSetup, Duty, Handover, HandoverReason,
    JoinsAs, LiveStep, Randomness, Shift, Successor, Transmit, TurnedAway, WriteError,
};
use stillroom_program::{Fingerprint, Roles, Timestamp};
use stillroom_protocol::{HostNoticeId, StaffId, TicketId};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::{attended::Attended, host, record};

use crate::board::{Asked, Board, Seat};
use crate::clock::Clock;
use crate::focus;
use crate::idle::Idle;
use crate::line::{Heard, Line};
use crate::offers::LEFT_EVERY;
use crate::shift::TimeOfDay;
use crate::view::{
    COLLEAGUES, COLLEAGUES_PANEL, GUIDES, drafted, erase_drawn, erase_within, handing_over,
    message_id, panel_id,
};
use crate::words;

/// How often ages on the screen move on: a minute's age is off by at most this.
const AGES_EVERY: Duration = Duration::from_secs(15);

/// The longest that a browser's timer can wait; the core is asked again then.
const TIMER_MOST: u64 = 3_600_000;

/// A desk that is open. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Console {
    /// What it shows.
    pub(crate) board: Board,
    shell: StoredValue<Rc<Shell>, LocalStorage>,
}

struct Shell {
    clock: Clock,
    root: Fingerprint,
    /// Whether whoever is at the desk looks after the program.
    looks_after: bool,
    desk: RefCell<Desk>,
    line: Line,
    timer: RefCell<Option<TimeoutHandle>>,
    /// When somebody was last seen to be there.
    touched: Cell<Timestamp>,
    /// Whether the person asked for a chat that has not come yet.
    asked: RefCell<bool>,
}

impl Console {
    /// Opens the desk of this device, which connects at once.
    pub(crate) fn open(setup: DeskSetup, practice: bool, clock: Clock) -> Self {
        let roles = setup.device.chain.leaf().roles;
        let board = Board::new(roles, practice, clock.now());
        let root = setup.root;
        let looks_after = roles.contains(Roles::ADMINISTRATOR) || roles.contains(Roles::SUPERVISOR);
        let mut desk = Desk::new(setup, Randomness::new(UnwrapErr(SysRng)), clock.now());
        if let Some(host) = host::known(&root) {
            desk.know_host(host);
        }
        if let Some(entry) = record::known(&root).filter(|_| !practice) {
            desk.know_audit(entry);
        }
        let shell = Rc::new_cyclic(|shell: &std::rc::Weak<Shell>| {
            let shell = shell.clone();
            Shell {
                clock,
                root,
                looks_after,
                desk: RefCell::new(desk),
                line: Line::new(move |heard| {
                    if let Some(shell) = shell.upgrade() {
                        shell.hear(heard, board);
                    }
                }),
                timer: RefCell::new(None),
                touched: Cell::new(clock.now()),
                asked: RefCell::new(false),
            }
        });
        shell.drain(board);
        set_interval(move || board.now.set(clock.now()), AGES_EVERY);
        set_interval(move || board.offers.pass_time(clock.now()), LEFT_EVERY);
        Self { board, shell: StoredValue::new_local(shell) }
    }

    /// Goes on duty.
    pub(crate) fn go_on_duty(self) {
        self.board.trouble.set(None);
        self.act(Desk::go_on_duty);
    }

    /// Goes off duty, by which the shift is over; open chats stay.
    pub(crate) fn go_off_duty(self) {
        self.board.ends.set(None);
        self.act(|desk, _| desk.go_off_duty());
    }

    /// Takes a break; open chats stay.
    pub(crate) fn take_break(self) {
        self.act(Desk::take_break);
    }

    /// How many chats the person wants at once, and when their shift ends, if they say so.
    pub(crate) fn set_shift(self, capacity: Capacity, ends: Option<TimeOfDay>) {
        let clock = self.shell.with_value(|shell| shell.clock);
        let ends = ends.map(|time| (time, clock.next(time.hours, time.minutes)));
        self.board.trouble.set(None);
        self.board.capacity.set(capacity);
        self.board.ends.set(ends);
        self.board.now.set(clock.now());
        self.act(|desk, now| {
            desk.set_capacity(capacity);
            desk.set_shift_end(ends.map(|(_, ends)| ends), now);
        });
    }

    /// Locks the desk: all that is drawn of chats, of the line and of anybody's name goes at once.
    pub(crate) fn lock(self) {
        let board = self.board;
        if board.locked.get_untracked() {
            return;
        }
        for seated in board.seated.get_untracked() {
            seated.chat.update_untracked(|chat| {
                chat.keep_draft(drafted(seated.seat));
                chat.keep_handing_over(handing_over(seated.seat));
            });
            erase_drawn(seated.seat);
        }
        erase_within(COLLEAGUES_PANEL);
        board.colleagues.with.set(None);
        board.asked.set(None);
        board.choosing.set(None);
        board.locks_soon.set(false);
        board.locked.set(true);
        self.act(Desk::lock);
    }

    /// A notice of the host's was read.
    pub(crate) fn acknowledge(self, notice: HostNoticeId) {
        self.act(|desk, _| desk.acknowledge(notice));
    }

    /// Shows the desk again: the passphrase was right.
    pub(crate) fn unlock(self) {
        self.act(Desk::unlock);
        let now = self.now();
        self.shell.with_value(|shell| shell.touched.set(now));
        // What happened meanwhile stands in the chats themselves.
        self.board.said.set(String::new());
        self.board.now.set(now);
        self.board.locked.set(false);
    }

    /// Somebody is there, unless so much time has passed unseen, as on a computer that slept, that the desk
    /// should have been locked before.
    pub(crate) fn touch(self) {
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

    /// Does what a desk that is left alone does by itself.
    pub(crate) fn look_after(self) -> Idle {
        let idle = self.shell.with_value(|shell| Idle::of(shell.touched.get(), shell.clock.now()));
        match idle {
            Idle::No(_) => {}
            Idle::Soon(_) => self.board.locks_soon.set(true),
            Idle::Gone => self.lock(),
        }
        idle
    }

    /// Now.
    pub(crate) fn now(self) -> Timestamp {
        self.shell.with_value(|shell| shell.clock.now())
    }

    /// Takes whoever is next.
    pub(crate) fn take_next(self) {
        self.ask();
        self.act(|desk, _| desk.take_next());
    }

    /// Takes this one.
    pub(crate) fn take(self, ticket: TicketId) {
        self.ask();
        self.act(|desk, _| desk.take(ticket));
    }

    fn ask(self) {
        self.board.trouble.set(None);
        self.shell.with_value(|shell| *shell.asked.borrow_mut() = true);
    }

    /// Sends what was written.
    ///
    /// # Errors
    /// As the core says; nothing was sent then.
    pub(crate) fn write(self, seat: Seat, text: &str) -> Result<(), WriteError> {
        let seated = self.board.at(seat).ok_or(WriteError::NotNow)?;
        self.act(|desk, now| desk.write(seated.number, text, now)).map(|_| ())
    }

    /// Takes a step towards showing what is typed, or out of it.
    pub(crate) fn step(self, seat: Seat, step: LiveStep) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.step(seated.number, step, now));
        }
    }

    /// Tells the core what is in a message box, where the survivor is to see it.
    pub(crate) fn draft(self, seat: Seat, text: &str) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.draft(seated.number, text, now));
        }
    }

    /// The page is hidden behind another, or in sight again.
    pub(crate) fn hidden(self, hidden: bool) {
        self.act(|desk, now| desk.hidden(hidden, now));
    }

    /// Gives a silent survivor more time.
    pub(crate) fn postpone(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.postpone(seated.number, now));
        }
    }

    /// Asks the survivor by hand whether they are there, or tells them when the chat closes.
    pub(crate) fn ask_silence(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            let told = self.act(|desk, now| desk.ask_silence(seated.number, now));
            self.board.trouble.set((!told).then_some("silence-not-now"));
        }
    }

    /// Asks the survivor whether somebody else may take over.
    ///
    /// # Errors
    /// As the core says; nothing was asked then.
    pub(crate) fn hand_over(
        self,
        seat: Seat,
        to: Successor,
        why: HandoverReason,
        words: &str,
        note: &str,
    ) -> Result<(), WriteError> {
        let seated = self.board.at(seat).ok_or(WriteError::NotNow)?;
        let asked = Handover::new(why, words, note)?;
        self.act(|desk, now| desk.hand_over(seated.number, to, asked, now))
    }

    /// Takes that question back.
    pub(crate) fn withdraw_handover(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.withdraw_handover(seated.number, now));
        }
    }

    /// Tells the survivor that the chat is about to end, and asks whether they go on.
    pub(crate) fn ask_end(self, seat: Seat, with_way_back: bool) {
        if let Some(seated) = self.board.at(seat) {
            let given =
                !with_way_back || self.act(|desk, now| desk.give_way_back(seated.number, now));
            self.board.trouble.set((!given).then_some("way-back-not-now"));
            self.act(|desk, now| desk.ask_end(seated.number, now));
        }
    }

    /// Takes that back.
    pub(crate) fn withdraw_end(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.withdraw_end(seated.number, now));
        }
    }

    /// Asks the survivor whether a colleague may join.
    pub(crate) fn ask_joining(self, seat: Seat, colleague: StaffId, joins_as: JoinsAs) {
        if let Some(seated) = self.board.at(seat) {
            let asked =
                self.act(|desk, now| desk.ask_joining(seated.number, colleague, joins_as, now));
            self.board.trouble.set(asked.err().map(|_| "joining-not-now"));
        }
    }

    /// Asks the survivor whether whoever may go on with them may come into this chat first.
    ///
    /// # Errors
    /// As the core says; nothing was asked then.
    pub(crate) fn ask_meeting(self, seat: Seat, colleague: StaffId) -> Result<(), WriteError> {
        let chat = self.board.at(seat).ok_or(WriteError::NotNow)?.number;
        self.act(|desk, now| desk.ask_joining(chat, colleague, JoinsAs::Successor, now))
    }

    /// Asks the survivor whether the colleague whom they met may take over.
    ///
    /// # Errors
    /// As the core says; nothing was asked then.
    pub(crate) fn hand_over_to_met(
        self,
        seat: Seat,
        why: HandoverReason,
        words: &str,
        note: &str,
    ) -> Result<(), WriteError> {
        let chat = self.board.at(seat).ok_or(WriteError::NotNow)?.number;
        let asked = Handover::new(why, words, note)?;
        self.act(|desk, now| desk.hand_over_to_met(chat, asked, now))
    }

    /// Asks no more, or puts a third person out.
    pub(crate) fn put_out(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.put_out(seated.number, now));
        }
    }

    /// Says to a colleague who calls whether this desk comes.
    pub(crate) fn answer_call(self, from: StaffId, number: u32, comes: bool) {
        self.shell.with_value(|shell| *shell.asked.borrow_mut() = comes);
        self.act(|desk, now| desk.answer_call(from, number, comes, now));
    }

    /// Ends a chat at once, after the person said so twice; one that a colleague leads is left.
    pub(crate) fn end(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.end(seated.number, now));
        }
    }

    /// Ends a chat at once and turns the survivor away.
    pub(crate) fn turn_away(self, seat: Seat, why: TurnedAway) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.turn_away(seated.number, why, now));
        }
    }

    /// Brings a chat to the front, with the keyboard in it.
    pub(crate) fn go_to(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.board.current.set(Some(seat));
            let over = seated.chat.with_untracked(crate::chat::Chat::is_over);
            focus::move_to(if over { panel_id(seat) } else { message_id(seat) });
        }
    }

    /// Opens the guides beside the chats, with the keyboard in them.
    pub(crate) fn open_guides(self) {
        self.board.colleagues.with.set(None);
        self.board.colleagues.open.set(false);
        self.board.guides.set(true);
        focus::move_to(GUIDES.into());
    }

    /// Closes the guides; the keyboard goes back to the chat in front.
    pub(crate) fn close_guides(self) {
        self.board.guides.set(false);
        self.go_back();
    }

    /// Puts the keyboard in the chat in front, or where one is taken.
    pub(crate) fn go_back(self) {
        match self.board.current.get_untracked() {
            Some(seat) => self.go_to(seat),
            None => focus::move_if_dropped("take-next".into()),
        }
    }

    /// Lets a prepared message be chosen for this chat, while something can be written in it.
    pub(crate) fn choose_prepared(self, seat: Seat) {
        let open = self.board.at(seat).is_some_and(|seated| {
            seated.chat.with_untracked(crate::chat::Chat::stage) == crate::chat::Stage::Open
        });
        if open {
            self.board.choosing.set(Some(seat));
        }
    }

    pub(crate) fn act<R>(self, action: impl FnOnce(&mut Desk, Timestamp) -> R) -> R {
        let shell = self.shell.get_value();
        let now = shell.clock.now();
        let result = action(&mut shell.desk.borrow_mut(), now);
        shell.drain(self.board);
        result
    }
}

impl Attended for Console {
    fn touch(self) {
        Self::touch(self);
    }

    fn look_after(self) -> Idle {
        Self::look_after(self)
    }

    fn lock(self) {
        Self::lock(self);
    }

    fn now(self) -> Timestamp {
        Self::now(self)
    }

    fn locks_soon(self) -> bool {
        self.board.locks_soon.get()
    }
}

impl Shell {
    fn hear(self: &Rc<Self>, heard: Heard, board: Board) {
        let now = self.clock.now();
        {
            let mut desk = self.desk.borrow_mut();
            match heard {
                Heard::Connected => desk.handle_connected(now),
                Heard::Frame(frame) => desk.handle_frame(&frame, now),
                Heard::Disconnected => desk.handle_disconnected(now),
            }
        }
        self.drain(board);
    }

    /// Takes out all that the core has to say, then sets the timer.
    fn drain(self: &Rc<Self>, board: Board) {
        loop {
            let transmit = self.desk.borrow_mut().poll_transmit();
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
            let event = self.desk.borrow_mut().poll_event();
            let Some(event) = event else { break };
            self.show(event, board);
        }
        self.set_timer(board);
    }

    fn set_timer(self: &Rc<Self>, board: Board) {
        if let Some(timer) = self.timer.borrow_mut().take() {
            timer.clear();
        }
        let Some(due) = self.desk.borrow().poll_timeout() else {
            return;
        };
        let wait = due.0.saturating_sub(self.clock.now().0).min(TIMER_MOST);
        let shell = Rc::clone(self);
        let ring = move || {
            let now = shell.clock.now();
            shell.desk.borrow_mut().handle_timeout(now);
            shell.drain(board);
        };
        *self.timer.borrow_mut() = set_timeout(ring, Duration::from_millis(wait));
    }

    fn show(&self, event: DeskEvent, board: Board) {
        match event {
            DeskEvent::Line(line) => board.line.set(line),
            DeskEvent::Duty(duty) => {
                board.duty.set(duty);
                if duty == Duty::Off {
                    board.colleagues.forget();
                }
            }
            DeskEvent::Colleagues { on, asks } => {
                let was_there = focus::is_within(&format!("#{COLLEAGUES_PANEL}"));
                board.colleagues.show(board, on, asks);
                if was_there {
                    focus::move_if_dropped(COLLEAGUES.into());
                }
            }
            DeskEvent::Calls(calls) => board.calls.set(calls),
            DeskEvent::Vault { state, cases } => board.code_words.show(state, cases),
            DeskEvent::Offers { offers, passes } => {
                board.offers.show(board, offers, passes, self.clock.now());
            }
            DeskEvent::Consult { from, text } => board.colleagues.hear(board, from, &text),
            DeskEvent::Hindrance(hindrance) => board.hindrance.set(hindrance),
            DeskEvent::Shift(shift) => board.reminder.set((shift != Shift::On).then_some(shift)),
            DeskEvent::Waiting(waiting) => {
                let was_there = focus::is_within(".who-waits");
                board.say_who_is_for_me(&waiting);
                board.waiting.set(waiting);
                if was_there {
                    focus::move_if_dropped("take-next".into());
                }
            }
            // Asked for by the administrator's page alone.
            DeskEvent::Host(says) => {
                if let Some(host) = says.host.filter(|_| !board.practice) {
                    host::remember(&self.root, &host);
                }
                let was_there = host::is_in_front();
                board.host.set(says);
                if was_there {
                    focus::move_if_dropped("go-on-duty".into());
                }
            }
            DeskEvent::Audit(seen) => {
                let AuditSeen { newest, trouble } = *seen;
                if let Some(newest) = newest.filter(|_| !board.practice) {
                    record::remember(&self.root, &newest);
                }
                if let Some(found) = trouble {
                    record::keep_proof(found.both());
                    if self.looks_after {
                        board.audit.set(Some(found));
                    }
                }
            }
            DeskEvent::Notices(notices) => {
                board.now.set(self.clock.now());
                board.notices.set(notices);
            }
            DeskEvent::Guidance(guidance) => board.guidance.set(Some(Arc::new(guidance))),
            DeskEvent::Chat { chat, event } => {
                let opened = matches!(event, ChatEvent::Opened(_) | ChatEvent::Entered(_));
                let over = matches!(event, ChatEvent::Ended(_) | ChatEvent::Lost);
                let Some(seat) = board.handle_chat(chat, event, self.clock.now()) else {
                    return;
                };
                if opened {
                    self.bring_forward(seat, board);
                }
                if over {
                    close_panel(seat, board);
                }
            }
            DeskEvent::Trouble(trouble) => {
                *self.asked.borrow_mut() = false;
                board.trouble.set(Some(words::trouble(trouble)));
            }
        }
    }

    /// A chat that was asked for comes to the front, unless the person went on to something else.
    fn bring_forward(&self, seat: Seat, board: Board) {
        let asked = self.asked.replace(false);
        let free = focus::is_nowhere() || focus::is_within(".who-waits, .calls");
        if asked && free {
            board.current.set(Some(seat));
            focus::move_to(message_id(seat));
        } else if board.current.get_untracked().is_none() {
            board.current.set(Some(seat));
        }
    }
}

/// Empties what is drawn of a chat that is over; the keyboard stays with its panel if it was in it.
fn close_panel(seat: Seat, board: Board) {
    erase_drawn(seat);
    let about_it = [Asked::End(seat), Asked::TurnAway(seat)];
    if board.asked.get_untracked().is_some_and(|asked| about_it.contains(&asked)) {
        board.asked.set(None);
    }
    if board.choosing.get_untracked() == Some(seat) {
        board.choosing.set(None);
    }
    focus::move_if_dropped(panel_id(seat));
}
