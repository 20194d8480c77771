//! A headless client: a socket and a clock around the conversation core, which does everything else
//! (`features.md` 3.1, 3.8). The demo's visitor, the load generator and the scriptable client are this.

mod address;
pub(crate) mod command;
pub(crate) mod device_link;
mod join;
mod json;
mod link;
mod party;
mod second_way;
mod solving;

use std::collections::VecDeque;
use std::time::Instant;

use stillroom_conversation::{Transmit, Way};
use stillroom_program::Timestamp;
use tokio::sync::mpsc;

pub(crate) use address::RelayAddress;
pub(crate) use link::{Link, LinkEvent};
pub(crate) use party::Party;
pub(crate) use second_way::{Tried, try_out};
use solving::Solving;

use crate::clock::Clock;

/// A core, the line that it uses, and what it has told and nobody has fetched yet.
pub(crate) struct Client<P: Party> {
    core: P,
    clock: Clock,
    address: RelayAddress,
    /// The one way by which it goes, whatever the core says.
    only: Option<Way>,
    link: Option<Link>,
    solving: Option<Solving>,
    events: VecDeque<P::Event>,
    /// Where it is said what became of each post.
    posted: Option<mpsc::UnboundedSender<bool>>,
}

impl<P: Party> Client<P> {
    /// A client of the relay at `address`. The core connects when it wants to.
    pub(crate) fn new(core: P, address: RelayAddress, clock: Clock) -> Self {
        Self::by(None, core, address, clock)
    }

    /// The same by one way alone, if there is one.
    pub(crate) fn by(only: Option<Way>, core: P, address: RelayAddress, clock: Clock) -> Self {
        let mut client = Self {
            core,
            clock,
            address,
            only,
            link: None,
            solving: None,
            events: VecDeque::new(),
            posted: None,
        };
        client.carry_out();
        client
    }

    /// What becomes of everything that is posted beside the line from now on: whether the relay took it.
    pub(crate) fn watch_posts(&mut self) -> mpsc::UnboundedReceiver<bool> {
        let (posted, watched) = mpsc::unbounded_channel();
        self.posted = Some(posted);
        watched
    }

    /// Does something with the core, at the present time, and carries out what comes of it.
    pub(crate) fn act<T>(&mut self, action: impl FnOnce(&mut P, Timestamp) -> T) -> T {
        let result = action(&mut self.core, self.clock.now());
        self.carry_out();
        result
    }

    /// The next event. Cancel safe: what is not returned is kept.
    pub(crate) async fn event(&mut self) -> P::Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let deadline = self.core.poll_timeout().map(|time| self.clock.instant(time));
            tokio::select! {
                event = next_of(&mut self.link) => self.handle(event),
                answer = Solving::answer(&mut self.solving) => {
                    self.solving = None;
                    self.act(|core, now| core.solved(answer, now));
                }
                () = sleep_until(deadline) => self.act(|core, now| core.handle_timeout(now)),
            }
        }
    }

    /// Whether nothing more will come of this client by itself.
    pub(crate) fn is_at_rest(&mut self) -> bool {
        self.link.is_none() && self.events.is_empty() && self.core.poll_timeout().is_none()
    }

    /// Lets the line go, as a network does that is gone for a moment.
    pub(crate) fn drop_line(&mut self) {
        self.handle(LinkEvent::Down);
    }

    fn handle(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Up => self.act(|core, now| core.handle_connected(now)),
            LinkEvent::Frame(frame) => self.act(|core, now| core.handle_frame(&frame, now)),
            LinkEvent::Down => {
                self.link = None;
                self.act(|core, now| core.handle_disconnected(now));
            }
        }
    }

    fn post(&self, answers: Vec<u8>) {
        let (server, posted) = (self.address.server(), self.posted.clone());
        tokio::spawn(async move {
            let taken = match server {
                Some(server) => server.post("/a", answers).await.unwrap_or(false),
                None => false,
            };
            // Nobody may be listening.
            let _ = posted.map(|posted| posted.send(taken));
        });
    }

    fn carry_out(&mut self) {
        while let Some(transmit) = self.core.poll_transmit() {
            match transmit {
                Transmit::Connect(way) => {
                    self.link = Some(Link::open(&self.address, self.only.unwrap_or(way)));
                }
                Transmit::Disconnect => self.link = None,
                Transmit::Answers(answers) => self.post(answers),
                Transmit::Frame(frame) => {
                    if let Some(link) = &self.link {
                        link.send(frame);
                    }
                }
            }
        }
        while let Some(event) = self.core.poll_event() {
            if let Some(puzzle) = P::puzzle(&event) {
                self.solving = puzzle.map(Solving::start);
            }
            self.events.push_back(event);
        }
    }
}

async fn next_of(link: &mut Option<Link>) -> LinkEvent {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
