//! The driver of what stands before the desk: which screen, making and opening this device's keys, and
//! waiting for an administrator; and opening a desk again that was locked (`features.md` 5.1).
//!
//! Keys are made here and leave this page only wrapped under a passkey or a passphrase, and only for this browser's
//! own storage. The passphrase, or the passkey's secret, is held while an enrolment goes on, and no longer.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use stillroom_conversation::{CLOCK_TOLERANCE, DeskSetup, Way};
use stillroom_program::{Device, Fingerprint, InvitationSecret, NewDevice, Passkey, PasskeySecret};
use stillroom_protocol::encode;
use stillroom_staff_web::draw::prelude::*;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::console::Console;
use crate::enrol::{Due, Enrolling, Outcome};
use crate::kept;
use crate::line::{Heard, Line};
use crate::link::Link;
use crate::lock::{Asking, Lock};
use crate::passkey::{self, Made, NoSecret};
use crate::words;

/// Wait before a dropped line is tried again: somebody who enrols looks at the page, and is one of few.
const RECONNECT_AFTER: Duration = Duration::from_secs(3);

/// How long a line may say nothing before it is tried by the other way.
const HEARD_WITHIN: Duration = Duration::from_secs(5);

/// What is shown.
#[derive(Clone, Copy)]
#[allow(
    clippy::large_enum_variant,
    reason = "handles to what is shown at the desk; there is one screen, copied when it changes"
)]
pub(crate) enum Screen {
    /// Nothing was ever enrolled here.
    NotEnrolled,
    /// The link is damaged.
    NotWhole,
    /// Making a passkey, or choosing a passphrase.
    Join,
    /// Waiting for an administrator.
    JoinWaiting,
    /// The enrolment came to nothing; the text says why.
    JoinRefused(&'static str),
    /// Asking for what opens this device.
    Unlock,
    /// The desk.
    Desk(Console),
}

/// The gate. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Gate {
    /// What is shown.
    pub(crate) screen: RwSignal<Screen>,
    /// What opens this device.
    pub(crate) lock: Lock,
    /// Whether a passkey was made that has to be asked once more for its secret.
    pub(crate) confirms: RwSignal<bool>,
    /// Whether the line stands, while an administrator is waited for.
    pub(crate) line_up: RwSignal<bool>,
    shell: StoredValue<Rc<Shell>, LocalStorage>,
}

struct Shell {
    clock: Clock,
    root: Fingerprint,
    secret: RefCell<Option<InvitationSecret>>,
    /// A passkey that was made, and has not given its secret yet.
    made: RefCell<Option<Passkey>>,
    joining: RefCell<Option<Joining>>,
    timer: RefCell<Option<TimeoutHandle>>,
}

/// What a device is kept under.
enum Under {
    Passphrase(Zeroizing<String>),
    Passkey(Passkey, PasskeySecret),
}

impl Under {
    fn wrap(&self, device: &Device) -> Option<Vec<u8>> {
        let rng = &mut UnwrapErr(SysRng);
        match self {
            Self::Passphrase(passphrase) => device.wrap_with_passphrase(passphrase, rng).ok(),
            Self::Passkey(passkey, secret) => device.wrap_with_passkey(passkey, secret, rng).ok(),
        }
    }
}

/// An enrolment on its way.
struct Joining {
    secret: InvitationSecret,
    device: NewDevice,
    under: Under,
    enrolling: Enrolling,
    line: Line,
    tried: Tried,
}

/// The newest try at a line.
#[derive(Clone, Copy)]
struct Tried {
    number: u32,
    way: Way,
    /// Whether the relay was heard by it.
    heard: bool,
}

impl Gate {
    /// Looks what this visit is.
    pub(crate) fn open() -> Self {
        // A page without its root, which no relay renders, trusts nobody: no fingerprint is all zeros.
        let root = document()
            .document_element()
            .and_then(|html| html.get_attribute("data-root")?.parse().ok())
            .unwrap_or(Fingerprint([0; 32]));
        let shell = Rc::new(Shell {
            clock: Clock::start(),
            root,
            secret: RefCell::new(None),
            made: RefCell::new(None),
            joining: RefCell::new(None),
            timer: RefCell::new(None),
        });
        let gate = Self {
            screen: RwSignal::new(Screen::NotEnrolled),
            lock: Lock::new(),
            confirms: RwSignal::new(false),
            line_up: RwSignal::new(true),
            shell: StoredValue::new_local(shell),
        };
        gate.look(&location().hash().unwrap_or_default());
        gate
    }

    fn look(self, fragment: &str) {
        match Link::read(fragment) {
            Link::Device(bytes) => match Device::from_bytes(&bytes) {
                Ok(device) => self.enter(device, None),
                Err(_) => self.screen.set(Screen::NotWhole),
            },
            Link::Join(secret) => {
                let secret = InvitationSecret::from_bytes(&secret);
                self.shell.with_value(|shell| *shell.secret.borrow_mut() = Some(secret));
                self.screen.set(Screen::Join);
            }
            // A device that is here already is never written over.
            Link::Kept(wrapped) if kept::load().is_some() || kept::save(&wrapped) => {
                self.screen.set(Screen::Unlock);
            }
            Link::Kept(_) | Link::NotWhole => self.screen.set(Screen::NotWhole),
            Link::Plain if kept::load().is_some() => self.screen.set(Screen::Unlock),
            Link::Plain => self.screen.set(Screen::NotEnrolled),
        }
    }
}

impl Gate {
    /// Makes this device's keys, and asks to be enrolled. They are kept when an administrator has certified
    /// them, under this passphrase; until then they live in this page alone.
    pub(crate) fn choose(self, passphrase: Zeroizing<String>) {
        let shell = self.shell.get_value();
        let enrol = move || self.enrol(&shell, Under::Passphrase(passphrase));
        self.lock.after_drawing(enrol);
    }

    /// The same under a passkey, which is made now; one that gives no secret at once is asked once more.
    pub(crate) fn choose_passkey(self) {
        if !kept::is_possible() {
            self.screen.set(Screen::JoinRefused("join-not-kept"));
            return;
        }
        let shell = self.shell.get_value();
        self.lock.while_asked(async move || {
            let made = shell.made.take();
            let given = match &made {
                Some(passkey) => passkey::ask(passkey)
                    .await
                    .map(|secret| Made { passkey: passkey.clone(), secret: Some(secret) }),
                None => passkey::make().await,
            };
            let silent = match given {
                Ok(Made { passkey, secret: Some(secret) }) => {
                    self.enrol(&shell, Under::Passkey(passkey, secret));
                    None
                }
                Ok(Made { passkey, secret: None }) => Some(passkey),
                Err(why) => {
                    self.lock.asking.set(Asking::InVain(why.not_made()));
                    made.filter(|_| why == NoSecret::NotGiven)
                }
            };
            self.confirms.set(silent.is_some());
            *shell.made.borrow_mut() = silent;
        });
    }

    fn enrol(self, shell: &Rc<Shell>, under: Under) {
        let secret = shell.secret.borrow_mut().take();
        match secret {
            Some(_) if !kept::is_possible() => {
                self.screen.set(Screen::JoinRefused("join-not-kept"));
            }
            Some(secret) => self.join(shell, secret, under),
            None => self.screen.set(Screen::NotWhole),
        }
    }

    /// Shows the desk of this device.
    pub(crate) fn enter(self, device: Device, wrapped: Option<Vec<u8>>) {
        let shell = self.shell.get_value();
        let practice = wrapped.is_none();
        self.lock.hold(wrapped);
        let setup = DeskSetup { root: shell.root, device };
        self.screen.set(Screen::Desk(Console::open(setup, practice, shell.clock)));
    }

    fn join(self, shell: &Rc<Shell>, secret: InvitationSecret, under: Under) {
        let device = NewDevice::generate(&mut UnwrapErr(SysRng));
        let Ok(request) = encode(&device.request(&secret, &shell.root)).try_into() else {
            return;
        };
        kept::forget_link();
        kept::ask_for_good();
        let enrolling = Enrolling::new(shell.root.program_id(), secret.id(), request);
        let report: Weak<Shell> = Rc::downgrade(shell);
        let line = Line::new(move |heard| {
            if let Some(shell) = report.upgrade() {
                self.hear(&shell, heard);
            }
        });
        let tried = Tried { number: 0, way: Way::Requests, heard: false };
        *shell.joining.borrow_mut() =
            Some(Joining { secret, device, under, enrolling, line, tried });
        connect(shell);
        self.screen.set(Screen::JoinWaiting);
    }

    fn hear(self, shell: &Rc<Shell>, heard: Heard) {
        let now = shell.clock.now();
        let mut joining = shell.joining.borrow_mut();
        let Some(Joining { enrolling, line, tried, .. }) = joining.as_mut() else {
            return;
        };
        let outcome = match heard {
            Heard::Connected => {
                self.line_up.set(true);
                enrolling.handle_connected(now).iter().for_each(|frame| line.send(frame));
                None
            }
            Heard::Frame(frame) => {
                tried.heard = true;
                enrolling.handle_frame(&frame, now)
            }
            Heard::Disconnected => {
                self.line_up.set(false);
                enrolling.handle_disconnected();
                let again = Rc::downgrade(shell);
                set_timeout(move || reconnect(&again, |_| true), RECONNECT_AFTER);
                None
            }
        };
        drop(joining);
        match outcome {
            None | Some(Outcome::Sent) => self.set_timer(shell),
            Some(Outcome::Completion(completion)) => self.complete(shell, &completion),
            Some(Outcome::Refused(refusal)) => {
                self.refuse(shell, words::enrolment_refused(refusal))
            }
        }
    }

    fn set_timer(self, shell: &Rc<Shell>) {
        if let Some(timer) = shell.timer.borrow_mut().take() {
            timer.clear();
        }
        let due =
            shell.joining.borrow().as_ref().and_then(|joining| joining.enrolling.poll_timeout());
        let Some(due) = due else { return };
        let again = Rc::downgrade(shell);
        let ring = move || {
            if let Some(shell) = again.upgrade() {
                self.ask(&shell);
            }
        };
        *shell.timer.borrow_mut() = set_timeout(ring, due.checked_since(shell.clock.now()));
    }

    /// Does what it is time for. A browser's timer may run a fraction early: then it is set anew, since nothing else
    /// would ask.
    fn ask(self, shell: &Rc<Shell>) {
        let now = shell.clock.now();
        let mut joining = shell.joining.borrow_mut();
        let Some(Joining { enrolling, line, .. }) = joining.as_mut() else {
            return;
        };
        let due = enrolling.handle_timeout(now);
        if let Some(Due::Ask(frame)) = &due {
            line.send(frame);
        }
        drop(joining);
        if due == Some(Due::Connect) {
            connect(shell);
        }
        self.set_timer(shell);
    }

    /// Opens what the administrator handed over, and keeps the finished device.
    fn complete(self, shell: &Rc<Shell>, completion: &[u8]) {
        let Some(joining) = shell.joining.borrow_mut().take() else {
            return;
        };
        let Joining { secret, device, under, .. } = joining;
        let now = shell.clock.now();
        let device = device.complete(&secret, &shell.root, completion, now, CLOCK_TOLERANCE);
        let Ok(device) = device else {
            self.screen.set(Screen::JoinRefused("join-not-verified"));
            return;
        };
        match under.wrap(&device).filter(|wrapped| kept::save(wrapped)) {
            Some(wrapped) => self.enter(device, Some(wrapped)),
            None => self.screen.set(Screen::JoinRefused("join-not-kept")),
        }
    }

    /// Whether leaving the page would lose keys that wait to be certified.
    pub(crate) fn is_joining(self) -> bool {
        self.shell.with_value(|shell| shell.joining.borrow().is_some())
    }

    fn refuse(self, shell: &Rc<Shell>, text: &'static str) {
        drop(shell.joining.borrow_mut().take());
        self.screen.set(Screen::JoinRefused(text));
    }
}

/// Opens a line, by the other way than before where nothing was heard by that. One that stays silent is tried anew.
fn connect(shell: &Rc<Shell>) {
    if let Some(Joining { line, tried, .. }) = shell.joining.borrow_mut().as_mut() {
        if !tried.heard {
            tried.way = match tried.way {
                Way::WebSocket => Way::Requests,
                Way::Requests => Way::WebSocket,
            };
        }
        *tried = Tried { number: tried.number + 1, heard: false, ..*tried };
        line.connect(tried.way);
        let (again, number) = (Rc::downgrade(shell), tried.number);
        let silent = move |tried: &Tried| tried.number == number && !tried.heard;
        set_timeout(move || reconnect(&again, silent), HEARD_WITHIN);
    }
}

/// The same, while somebody still waits and if what was tried last is like that.
fn reconnect(shell: &Weak<Shell>, if_so: impl Fn(&Tried) -> bool) {
    if let Some(shell) = shell.upgrade()
        && shell.joining.borrow().as_ref().is_some_and(|joining| if_so(&joining.tried))
    {
        connect(&shell);
    }
}
