//! Drives the conversation core: events and the time go in, frames and what to show come out
//! (`features.md` 1.7, 2.3, 2.4, 3.6, 3.7, 3.8, 4.1, 4.2).

use std::time::Duration;

use js_sys::{Date, Uint8Array};
use rand_core::UnwrapErr;
use stillroom_conversation::{
    ItemAnswer, Phase, Randomness, Said, Survivor, SurvivorEvent, SurvivorSetup, Transmit,
    WriteError,
};
use stillroom_program::{Fingerprint, Timestamp};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MessageEvent, Window, window};
use zeroize::Zeroizing;

use crate::{LEFT, Shell, socket, view::View, words};

/// How often the page looks whether "a minute ago" has become two.
const TIMES_EVERY: Duration = Duration::from_secs(15);

/// The page, from *Start chat* on.
pub(crate) struct Page {
    core: Survivor,
    view: View,
    shell: Shell,
    window: Window,
    /// Milliseconds since the Unix epoch when the browser's monotonic clock stood at nought.
    clock_start: f64,
    timer: Option<i32>,
    /// The version of the policy that the page shows.
    policy_version: u64,
    /// What the way out was last given to send.
    leaving: Option<Zeroizing<Vec<u8>>>,
}

impl Page {
    /// `None` where the page's markup is not what this code was made for.
    pub(crate) fn new(shell: Shell) -> Option<Self> {
        let window = window()?;
        let document = window.document()?;
        let root = document.document_element()?;
        let setup =
            SurvivorSetup { root: root.get_attribute("data-root")?.parse::<Fingerprint>().ok()? };
        let randomness = Randomness::new(UnwrapErr(getrandom::SysRng));
        Some(Self {
            core: Survivor::new(setup, randomness),
            view: View::new(document)?,
            shell,
            clock_start: Date::now() - window.performance()?.now(),
            window,
            timer: None,
            policy_version: root.get_attribute("data-version")?.parse().ok()?,
            leaving: None,
        })
    }

    /// Asks for an advocate, who is told beforehand what was said.
    pub(crate) fn start(&mut self, said: Said) {
        let now = self.now();
        self.core.start(Said { policy_version: self.policy_version, ..said }, now);
        self.core.hidden(self.is_hidden(), now);
        self.drain();
    }

    /// Answers the survey; what does not fit is sent as if it had been skipped.
    pub(crate) fn survey(&mut self, items: Vec<ItemAnswer>) {
        if !self.core.survey(items) {
            self.core.survey(Vec::new());
        }
        self.drain();
    }

    /// One event, or the time that was waited for.
    pub(crate) fn handle(&mut self, event: Option<Event>) {
        match event {
            Some(event) => self.handle_event(&event),
            None => self.core.handle_timeout(self.now()),
        }
        if !LEFT.get() {
            self.drain();
        }
    }

    fn handle_event(&mut self, event: &Event) {
        let now = self.now();
        match event.type_().as_str() {
            "open" if socket::is_source_of(event) => self.core.handle_connected(now),
            "close" if socket::is_source_of(event) => self.core.handle_disconnected(now),
            "message" if socket::is_source_of(event) => {
                if let Some(message) = event.dyn_ref::<MessageEvent>() {
                    self.core.handle_frame(&Uint8Array::new(&message.data()).to_vec(), now);
                }
            }
            // The worker's, which has said what it found.
            "message" => {
                let found = event.dyn_ref::<MessageEvent>().map(|message| message.data());
                let found = found.map(|data| Uint8Array::new(&data).to_vec());
                if let Some(answer) = found.and_then(|bytes| bytes.try_into().ok()) {
                    self.core.solved(u64::from_be_bytes(answer), now);
                }
            }
            "submit" => self.submit(event, now),
            "input" => {
                self.core.touched(now);
                // Whoever types has more to say.
                self.core.go_on(now);
                if self.core.shows_drafts() {
                    self.core.draft(&Zeroizing::new(self.view.written()), now);
                }
                self.view.say_length();
            }
            "keydown" => self.core.touched(now),
            "click" => {
                self.core.touched(now);
                self.handle_press(event, now);
            }
            "visibilitychange" => {
                // The time that was waited for may be long past: a browser slows a hidden page's timers.
                self.core.handle_timeout(now);
                self.core.hidden(self.is_hidden(), now);
            }
            "unsolved" => self.core.cannot_solve(now),
            "words" => self.view.say_anew(now),
            "leave" => self.leave(),
            "pagehide" => self.lose(),
            _ => {}
        }
    }

    fn handle_press(&mut self, event: &Event, now: Timestamp) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        let id = button.map(|button| button.id()).unwrap_or_default();
        if ["end-now", "end-agree", "stop-waiting"].contains(&id.as_str()) {
            self.core.end(now);
        } else if id == "handover-yes" {
            self.core.accept_handover(now);
        } else if id == "handover-wait" {
            self.core.decline_handover(now);
        } else if id == "company-yes" {
            self.core.accept_joining(now);
        } else if ["company-no", "company-back"].contains(&id.as_str()) {
            self.core.decline_joining(now);
        } else if id == "company-out" {
            self.core.put_out(now);
        } else if id == "interpreter" {
            self.core.want_interpreter(!self.core.wants_interpreter(), now);
        } else if id == "word-no" {
            self.core.give_no_word(now);
        } else if ["go-on", "keep"].contains(&id.as_str()) {
            self.core.go_on(now);
        } else if let Some(step) = words::step(&id) {
            self.core.step(step, now);
        }
    }

    fn submit(&mut self, event: &Event, now: Timestamp) {
        let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if form.is_some_and(|form| form.id() == "word-asked") {
            self.give_word(now);
        } else {
            self.write(now);
        }
    }

    fn give_word(&mut self, now: Timestamp) {
        let [word, duress] = self.view.code_words().map(Zeroizing::new);
        if let Err(error) = self.core.give_word(&word, &duress, now) {
            self.view.say_no_word(error);
        }
    }

    fn write(&mut self, now: Timestamp) {
        let text = Zeroizing::new(self.view.written());
        match self.core.write(&text, now) {
            Ok(_) => self.view.clear_written(),
            Err(WriteError::Empty) => {}
            Err(WriteError::TooLong) => self.view.say_length(),
            Err(WriteError::NotNow) => self.view.say_not_now(),
        }
    }

    /// The way out was pressed, and the page is gone already: sends what tells the others, keeps nothing.
    fn leave(&mut self) {
        self.core.leave();
        while let Some(transmit) = self.core.poll_transmit() {
            if let Transmit::Frame(frame) = transmit {
                socket::send(&frame);
            }
        }
        self.give_up();
    }

    /// The page goes in another way: closed, loaded again, or taken by the browser. A place in the line is
    /// given back. Of a chat the others see a dropped line, since the three words may lead back to it.
    fn lose(&mut self) {
        if self.view.is_in_chat() { self.give_up() } else { self.leave() }
    }

    fn give_up(&mut self) {
        socket::close();
        self.clear_timer();
        LEFT.set(true);
    }

    /// Passes on all that the core has to send and to show, then sets the timer.
    fn drain(&mut self) {
        loop {
            while let Some(event) = self.core.poll_event() {
                self.show(event);
            }
            match self.core.poll_transmit() {
                Some(Transmit::Connect(way)) => {
                    if !socket::open(way, &self.shell, &self.shell.on()) {
                        self.core.handle_disconnected(self.now());
                    }
                }
                Some(Transmit::Frame(frame)) => socket::send(&frame),
                Some(Transmit::Disconnect) => socket::close(),
                Some(Transmit::Answers(answers)) => {
                    self.shell.post(Uint8Array::from(answers.as_slice()));
                }
                None => break,
            }
        }
        self.keep_leaving();
        self.set_timer();
    }

    /// Keeps at hand what the way out sends, which can wait for nothing once it is pressed.
    fn keep_leaving(&mut self) {
        let leaving = self.core.leaving();
        if leaving != self.leaving {
            self.shell.keep(leaving.as_ref().map(|bytes| Uint8Array::from(bytes.as_slice())));
            self.leaving = leaving;
        }
    }

    fn is_hidden(&self) -> bool {
        self.window.document().is_some_and(|document| document.hidden())
    }

    fn show(&mut self, event: SurvivorEvent) {
        match event {
            SurvivorEvent::Phase(phase) => {
                if let Some((screen, part)) = self.view.show_phase(phase) {
                    self.shell.show(screen, part);
                }
                if let Phase::Chatting = phase {
                    self.view.scroll_to_end();
                }
            }
            SurvivorEvent::Line(line) => self.view.show_line(line),
            SurvivorEvent::Conversation(event) => {
                let now = self.now();
                self.view.show_conversation(event, now);
            }
            SurvivorEvent::Handover(asked) => self.view.ask_handover(asked),
            SurvivorEvent::EndAsked(minutes) => self.view.ask_end(minutes),
            SurvivorEvent::Company(company) => self.view.ask_joining(company),
            SurvivorEvent::InterpreterWanted(wanted) => self.view.show_interpreter_wanted(wanted),
            SurvivorEvent::WordAsked(wanted) => self.view.ask_word(wanted),
            SurvivorEvent::Puzzle(puzzle) => {
                let salt = puzzle.map(|puzzle| Uint8Array::from(&puzzle.tag[..]));
                self.shell.solve(salt, puzzle.map_or(0, |puzzle| puzzle.bits));
            }
        }
    }

    // Time.

    /// The time, which never runs backwards: the wall clock when the page began, and what passed since.
    fn now(&self) -> Timestamp {
        let passed = self.window.performance().map_or(0.0, |performance| performance.now());
        Timestamp((self.clock_start + passed) as u64)
    }

    fn clear_timer(&mut self) {
        if let Some(timer) = self.timer.take() {
            self.window.clear_timeout_with_handle(timer);
        }
    }

    fn set_timer(&mut self) {
        self.clear_timer();
        let now = self.now();
        self.view.show_times(now);
        let core = self.core.poll_timeout();
        let times = self.view.has_times().then(|| now + TIMES_EVERY);
        if let Some(due) = [core, times].into_iter().flatten().min() {
            // One millisecond more: a browser's timer may run a fraction early.
            let wait = due.checked_since(now).as_millis().saturating_add(1);
            let wait = i32::try_from(wait).unwrap_or(i32::MAX);
            let on = self.shell.on();
            self.timer =
                self.window.set_timeout_with_callback_and_timeout_and_arguments_0(&on, wait).ok();
        }
    }
}
