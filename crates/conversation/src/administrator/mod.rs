//! The administrator's side: the whole policy that holds now, publishing the next one, the ones before, what the host
//! says, and the record of what administrators did (`features.md` 5.6, 5.7, 5.9, 6.3).
//!
//! Believed is what the program signed, as on every device. A relay can keep a policy back, or what was published just
//! now; then the answer does not come, and that is shown. Everything here is about one device; that nothing is lost
//! where two administrators publish at once is by the number of a version, which the relay takes once.

mod history;
mod parts;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::VecDeque;
use std::sync::Arc;

use stillroom_program::{
    Act, CertificateError, Device, LocaleFile, Policy, SignedAuditEntry, SignedPolicy, Timestamp,
    VerifiedDevice, VerifyingKey,
};
use stillroom_protocol::{
    About, Bytes, ClientFrame, HostNoticeId, Nonce, Operation, Refusal, RelayFrame, Reply, VERSION,
    decode, encode,
};

pub use self::history::{PolicyEntry, PolicyEvent, PolicyTrouble};
use self::{history::History, parts::Parts, texts::Texts};
use crate::{
    DeskSetup, Transmit, Trouble,
    audit::{Audit, AuditSeen, AuditStep, Measure, REQUEST},
    host::{Host, HostSays},
    kept_out::{KeptOut, refused_connection, trouble_of, trouble_of_greeting},
    limits::CLOCK_TOLERANCE,
    line::{Connection, Line, LineAction, jitter},
    randomness::Randomness,
    trust::{Trust, TrustError},
};

/// What the console is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdministratorEvent {
    /// Whether the line stands.
    Line(Line),
    /// The whole policy that holds now: of this device's own, or another administrator's.
    Policy(Arc<Policy>),
    /// A file of texts that the policy names.
    Texts(LocaleFile),
    /// What was handed over last is published, in this version.
    Published(u64),
    /// It is not: the relay refused it, for this reason.
    NotPublished(Refusal),
    /// What came of what was asked about the policies that the relay keeps.
    Policies(PolicyEvent),
    /// The record of administrative acts, as far as this device knows it.
    Audit(Box<AuditSeen>),
    /// All of the record, as the relay showed it and it was found to hold.
    Record(Vec<SignedAuditEntry>),
    /// What the host says.
    Host(HostSays),
    /// Something did not work, or must be known.
    Trouble(Trouble),
}

/// An administrator's device at the console. Order of calls as for [`Survivor`](crate::Survivor).
pub struct Administrator {
    setup: DeskSetup,
    randomness: Randomness,
    trust: Trust,
    connection: Connection,
    line_shown: Line,
    /// What kept this device out the last time, until it is let in.
    kept_out: KeptOut,
    admitted: bool,
    parts: Parts,
    texts: Texts,
    history: History,
    host: Host,
    audit: Audit,
    /// The version that is on its way to the relay, with its entry in the record. It goes again on every connection
    /// until it is answered: the same one twice is published once.
    publishing: Option<u64>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<AdministratorEvent>,
}

impl Administrator {
    /// A console, which connects at once.
    pub fn new(setup: DeskSetup, randomness: Randomness, now: Timestamp) -> Self {
        let mut console = Self {
            trust: Trust::new(setup.root),
            setup,
            randomness,
            connection: Connection::new(),
            line_shown: Line::Up,
            kept_out: KeptOut::default(),
            admitted: false,
            parts: Parts::default(),
            texts: Texts::default(),
            history: History::default(),
            host: Host::default(),
            audit: Audit::default(),
            publishing: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        };
        let action = console.connection.want(now);
        console.act(action);
        console
    }

    // What the person does.

    /// The device, which signs.
    pub fn device(&self) -> &Device {
        &self.setup.device
    }

    /// The newest entry of the record of administrative acts that was seen on this device.
    pub fn know_audit(&mut self, entry: SignedAuditEntry) {
        self.audit.know(entry);
    }

    /// The key that this device knows as the host's.
    pub fn know_host(&mut self, host: VerifyingKey) {
        self.host.know(host);
    }

    /// Whoever is at this console has read a notice of the host's, which is entered in the record of administrative
    /// acts. It goes when the relay has heard it.
    pub fn acknowledge(&mut self, notice: HostNoticeId, now: Timestamp) {
        if let Some((act, operation)) = self.host.read(notice) {
            self.with_audit(now, |audit, by| audit.enter(act, operation, by));
        }
    }

    /// Publishes this policy in the place of version `replaces`, which it was made from, as soon as the line allows.
    /// These files of texts, which it names and the relay has not got, go before it. What was handed over before and is
    /// not answered yet is given up.
    pub fn publish(
        &mut self,
        version: u64,
        replaces: u64,
        signed: &SignedPolicy,
        files: Vec<LocaleFile>,
        now: Timestamp,
    ) {
        self.audit.give_up_policies();
        self.publishing = Some(version);
        let policy = Bytes::try_from(encode(signed)).ok();
        let operation = policy.map(|policy| Operation::PublishPolicy { replaces, policy });
        match operation.as_ref().and_then(Act::of).zip(operation) {
            Some(act) => {
                self.texts.send_before(act, files);
                self.go_on_sending(now);
            }
            // Signed policies are made no longer than what fits.
            None => self.not_published(Refusal::RecordRefused),
        }
    }

    // What the shell says.

    /// The connection asked for by [`Transmit::Connect`] is open.
    pub fn handle_connected(&mut self, now: Timestamp) {
        if self.connection.handle_connected(now) {
            let program = self.setup.root.program_id();
            self.send(&ClientFrame::Hello { version: VERSION, program });
        }
    }

    /// The connection is gone, or could not be opened.
    pub fn handle_disconnected(&mut self, now: Timestamp) {
        self.connection.handle_disconnected(jitter(&self.randomness), now);
        self.line_went_down();
    }

    /// A frame came. What is not one, or makes no sense now, is passed over.
    pub fn handle_frame(&mut self, bytes: &[u8], now: Timestamp) {
        self.connection.handle_heard(now);
        let Ok(frame) = decode::<RelayFrame>(bytes) else {
            return;
        };
        match frame {
            RelayFrame::Greeting { version: VERSION, policy, revocations, statement: _ } => {
                let greeted = self.trust.handle_greeting(&policy, &revocations, &[], now);
                self.handle_greeted(greeted, now);
            }
            RelayFrame::Greeting { .. } => self.handle_greeted(Err(TrustError::Outdated), now),
            RelayFrame::Challenge { nonce } => self.answer(&nonce),
            RelayFrame::Admitted => self.handle_admitted(now),
            RelayFrame::Reply { number, reply } => self.handle_reply(number, &reply, now),
            RelayFrame::Refused { about, refusal } => self.handle_refused(about, refusal, now),
            RelayFrame::HostNotices { notices } => {
                let says = self.host.hear(&notices, &self.setup.root, now);
                self.show(AdministratorEvent::Host(says));
            }
            // Of those who wait, and of colleagues, the console takes no notice.
            _ => {}
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let action = self.connection.handle_timeout(jitter(&self.randomness), now);
        if action == Some(LineAction::Disconnect) {
            self.line_went_down();
        }
        self.act(action);
    }

    // What comes out.

    /// What the shell is to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What the console is to show.
    pub fn poll_event(&mut self) -> Option<AdministratorEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.connection.poll_timeout()
    }

    // Being let in.

    fn handle_greeted(&mut self, greeted: Result<(), TrustError>, now: Timestamp) {
        let trouble = match (greeted, self.own_certificate(now)) {
            (Ok(()), Ok(device)) if self.trust.revocations().is_revoked(&device) => {
                Trouble::CertificateRefused
            }
            (Ok(()), Ok(_)) => {
                if self.admitted {
                    self.ask_for_parts();
                    self.with_audit(now, Audit::read);
                } else if let Ok(chain) = Bytes::try_from(encode(&self.device().chain)) {
                    self.send(&ClientFrame::Staff { chain });
                }
                return;
            }
            (Err(error), _) => trouble_of_greeting(error),
            (_, Err(error)) => trouble_of(error),
        };
        if let Some(news) = self.kept_out.by(trouble) {
            self.trouble(news);
        }
    }

    fn own_certificate(&self, now: Timestamp) -> Result<VerifiedDevice, CertificateError> {
        self.device().chain.verify(&self.setup.root, now, CLOCK_TOLERANCE)
    }

    /// Proves to the relay that this is the device.
    fn answer(&mut self, nonce: &Nonce) {
        let signature = self.device().answer_challenge(&self.setup.root.program_id(), nonce);
        self.send(&ClientFrame::Proof { signature });
    }

    fn handle_admitted(&mut self, now: Timestamp) {
        self.admitted = true;
        self.kept_out.let_in();
        self.connection.handle_served(now);
        self.show_line(Line::Up);
        self.ask_for_parts();
        if let Some(frame) = self.history.frame() {
            self.send(&frame);
        }
        self.with_audit(now, Audit::handle_admitted);
        self.ask_for_texts();
        self.go_on_sending(now);
    }

    // The policy.

    fn ask_for_parts(&mut self) {
        for frame in self.parts.ask(self.trust.policy()) {
            self.send(&frame);
        }
    }

    fn handle_reply(&mut self, number: u32, reply: &Reply, now: Timestamp) {
        if number == REQUEST {
            self.with_audit(now, |audit, by| audit.handle_reply(reply, by));
        } else if number == texts::FETCHED {
            if let Some(file) = self.texts.handle_fetched(reply) {
                self.show(AdministratorEvent::Texts(file));
            }
            self.ask_for_texts();
        } else if number == texts::SENT {
            self.texts.handle_sent();
            self.go_on_sending(now);
        } else if number == history::REQUEST {
            self.handle_history_reply(reply, now);
        } else if let Some(policy) = self.parts.handle_reply(number, reply, self.trust.policy()) {
            self.texts.want(&policy);
            self.show(AdministratorEvent::Policy(Arc::new(policy)));
            self.ask_for_texts();
        }
    }

    fn ask_for_texts(&mut self) {
        if let Some(frame) = self.texts.ask().filter(|_| self.admitted) {
            self.send(&frame);
        }
    }

    /// Sends the next file of texts, and after the last of them the policy.
    fn go_on_sending(&mut self, now: Timestamp) {
        if !self.admitted && self.texts.has_files() {
            return;
        }
        if let Some(frame) = self.texts.next_file() {
            self.send(&frame);
        } else if let Some((act, operation)) = self.texts.take_policy() {
            self.with_audit(now, |audit, by| audit.enter(act, operation, by));
        }
    }

    /// An administrative act goes with its entry in the record, and so by way of that.
    fn with_audit(&mut self, now: Timestamp, does: impl FnOnce(&mut Audit, &Measure<'_>)) {
        let DeskSetup { root, device, .. } = &self.setup;
        does(&mut self.audit, &Measure { root, device, trust: &self.trust, now });
        while let Some(step) = self.audit.poll() {
            match step {
                AuditStep::Ask(operation) => {
                    self.send(&ClientFrame::Request { number: REQUEST, operation });
                }
                AuditStep::Seen(seen) => self.show(AdministratorEvent::Audit(seen)),
                AuditStep::Read(entries) => self.show(AdministratorEvent::Record(entries)),
                AuditStep::Entered(Act::Policy { .. }) => {
                    if let Some(version) = self.publishing.take() {
                        self.show(AdministratorEvent::Published(version));
                    }
                }
                AuditStep::Entered(_) => {}
                AuditStep::Refused(Act::Policy { .. }, refusal) => self.not_published(refusal),
                AuditStep::Refused(_, refusal) => self.trouble(Trouble::Refused(refusal)),
            }
        }
    }

    fn not_published(&mut self, refusal: Refusal) {
        if self.publishing.take().is_some() {
            self.show(AdministratorEvent::NotPublished(refusal));
        }
    }

    fn handle_refused(&mut self, about: About, refusal: Refusal, now: Timestamp) {
        match about {
            About::Request(REQUEST) => {
                self.with_audit(now, |audit, by| audit.handle_refused(refusal, by));
            }
            About::Request(texts::SENT) => {
                self.texts.give_up();
                self.not_published(refusal);
            }
            // The relay has lost it: what it says stays unknown here, and is not written over.
            About::Request(texts::FETCHED) => {
                self.texts.skip();
                self.ask_for_texts();
            }
            About::Request(history::REQUEST) => self.handle_history_refused(refusal),
            About::Request(_) => self.trouble(Trouble::Refused(refusal)),
            About::Connection => {
                if refusal == Refusal::Replaced {
                    let action = self.connection.give_up();
                    self.act(action);
                    self.line_went_down();
                }
                if let Some(news) = self.kept_out.by(refused_connection(refusal)) {
                    self.trouble(news);
                }
            }
            _ => {}
        }
    }

    // The line, and what is shown.

    fn line_went_down(&mut self) {
        self.admitted = false;
        self.audit.handle_line_down();
        if self.connection.is_missed() {
            self.show_line(Line::Down);
        }
    }

    fn show_line(&mut self, line: Line) {
        if self.line_shown != line {
            self.line_shown = line;
            self.show(AdministratorEvent::Line(line));
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.show(AdministratorEvent::Trouble(trouble));
    }

    fn show(&mut self, event: AdministratorEvent) {
        self.events.push_back(event);
    }

    fn send(&mut self, frame: &ClientFrame) {
        if self.connection.is_open() {
            self.transmits.push_back(Transmit::Frame(encode(frame)));
        }
    }

    fn act(&mut self, action: Option<LineAction>) {
        match action {
            Some(LineAction::Connect(way)) => self.transmits.push_back(Transmit::Connect(way)),
            Some(LineAction::Disconnect) => self.transmits.push_back(Transmit::Disconnect),
            Some(LineAction::Ping) => self.send(&ClientFrame::Ping),
            None => {}
        }
    }
}
