//! The desk's driver: carries what the person does, frames and the time into the core, and what comes out
//! to the socket, the one timer and the board.
//!
//! Nothing is decided here. After each call into the core everything that it has to say is taken out.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use getrandom::SysRng;
use leptos::prelude::*;
use rand_core::UnwrapErr;
use stillroom_conversation::{
    ChatEvent, Desk, DeskEvent, DeskSetup, LiveStep, Randomness, Transmit, WriteError,
};
use stillroom_program::Timestamp;
use stillroom_protocol::TicketId;

use crate::board::{Board, Seat};
use crate::clock::Clock;
use crate::focus;
use crate::line::{Heard, Line};
use crate::view::{GUIDES, erase_drawn, message_id, panel_id};
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
    desk: RefCell<Desk>,
    line: Line,
    timer: RefCell<Option<TimeoutHandle>>,
    /// Whether the person asked for a chat that has not come yet.
    asked: RefCell<bool>,
}

impl Console {
    /// Opens the desk of this device, which connects at once.
    pub(crate) fn open(setup: DeskSetup, practice: bool, clock: Clock) -> Self {
        let board = Board::new(practice, clock.now());
        let desk = Desk::new(setup, Randomness::new(UnwrapErr(SysRng)), clock.now());
        let shell = Rc::new_cyclic(|shell: &std::rc::Weak<Shell>| {
            let shell = shell.clone();
            Shell {
                clock,
                desk: RefCell::new(desk),
                line: Line::new(move |heard| {
                    if let Some(shell) = shell.upgrade() {
                        shell.hear(heard, board);
                    }
                }),
                timer: RefCell::new(None),
                asked: RefCell::new(false),
            }
        });
        shell.drain(board);
        set_interval(move || board.now.set(clock.now()), AGES_EVERY);
        Self { board, shell: StoredValue::new_local(shell) }
    }

    /// Goes on duty.
    pub(crate) fn go_on_duty(self) {
        self.board.trouble.set(None);
        self.act(Desk::go_on_duty);
    }

    /// Goes off duty; open chats stay.
    pub(crate) fn go_off_duty(self) {
        self.act(|desk, _| desk.go_off_duty());
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

    /// Ends a chat, after the person said so twice.
    pub(crate) fn end(self, seat: Seat) {
        if let Some(seated) = self.board.at(seat) {
            self.act(|desk, now| desk.end(seated.number, now));
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
        self.board.guides.set(true);
        focus::move_to(GUIDES.into());
    }

    /// Closes the guides; the keyboard goes back to the chat in front.
    pub(crate) fn close_guides(self) {
        self.board.guides.set(false);
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

    fn act<R>(self, action: impl FnOnce(&mut Desk, Timestamp) -> R) -> R {
        let shell = self.shell.get_value();
        let now = shell.clock.now();
        let result = action(&mut shell.desk.borrow_mut(), now);
        shell.drain(self.board);
        result
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
                Some(Transmit::Connect) => self.line.connect(),
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
        *self.timer.borrow_mut() = set_timeout_with_handle(ring, Duration::from_millis(wait)).ok();
    }

    fn show(&self, event: DeskEvent, board: Board) {
        match event {
            DeskEvent::Line(line) => board.line.set(line),
            DeskEvent::Duty(duty) => board.duty.set(duty),
            DeskEvent::Waiting(waiting) => {
                let was_there = focus::is_within(".who-waits");
                board.waiting.set(waiting);
                if was_there {
                    focus::move_if_dropped("take-next".into());
                }
            }
            DeskEvent::Guidance(guidance) => board.guidance.set(Some(Arc::new(guidance))),
            DeskEvent::Chat { chat, event } => {
                let opened = matches!(event, ChatEvent::Opened(_));
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
        let free = focus::is_nowhere() || focus::is_within(".who-waits");
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
    if board.ending.get_untracked() == Some(seat) {
        board.ending.set(None);
    }
    if board.choosing.get_untracked() == Some(seat) {
        board.choosing.set(None);
    }
    focus::move_if_dropped(panel_id(seat));
}
