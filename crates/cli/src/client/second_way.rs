//! A line by the second way, as the pages have it (`pages/components/line/second-way.js`; `docs/decisions/0042`): frames
//! over plain requests, where something on the way breaks WebSocket. A connection that is cut is taken up again, and
//! nothing is lost or doubled by it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use getrandom::rand_core::Rng as _;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Incoming;
use stillroom_protocol::limits::STAFF_FRAME_MAX;
use stillroom_protocol::second_way::{
    DOWN_PATH, Down, Frames, Manner, SessionId, Then, UP_BYTES, UP_PATH, UP_TOGETHER, Up, put_frame,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::address::RelayAddress;
use super::link::LinkEvent;
use crate::randomness::system;
use crate::site::fetch::Kept;

/// How long a stream may take to show that it flows, which the relay lets it do after a second. Something that keeps
/// answers back until they are whole, perhaps all but what comes with their head, shows nothing by then.
const FLOWS_WITHIN: Duration = Duration::from_secs(3);

/// A sign that comes so long after a stream was asked for did not come with its head.
const LATE: Duration = Duration::from_millis(500);

/// How long a stream may be silent, and one answer or a post may take.
const SILENT: Duration = Duration::from_secs(25);

/// For how long everything may go wrong before the line is taken for dropped.
const DROPPED: Duration = Duration::from_secs(15);

/// The first wait before a request is made again; it doubles from there.
const AGAIN_FIRST: Duration = Duration::from_millis(150);

/// The longest.
const AGAIN_LONGEST: Duration = Duration::from_secs(2);

/// So many posts, each on a connection of its own, show whether all from here come to one relay: one that goes to another
/// by turns is among them, and of those that go anywhere by chance, between two, all but one in 65,000.
const ASKED_ANEW: usize = 16;

/// Why there is no line any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    /// The relay that was asked has none such.
    Gone,
    /// It dropped, or something else answers.
    Dropped,
}

impl Over {
    /// What an answer of this status says.
    fn of(status: StatusCode) -> Self {
        if status == StatusCode::GONE { Self::Gone } else { Self::Dropped }
    }
}

/// How the second way is at a relay, as `stillroom doctor` tries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// Requests go through, and a stream is handed on as it comes.
    Flows,
    /// Requests go through, and something on the way keeps a stream back until it is whole.
    KeptBack,
    /// Not all requests come to the relay that has the line.
    Scattered,
    /// What a page would ask and say does not get through.
    Broken,
}

/// Begins a line, says `frame` on it, and looks whether a stream flows.
pub(crate) async fn try_out(address: &RelayAddress, frame: Vec<u8>) -> Tried {
    let (Some(down), Some(up)) = (address.server(), address.server()) else {
        return Tried::Broken;
    };
    let (events, _unheard) = mpsc::channel(1);
    let line = Line::drawn(events);
    let (mut down, mut up) = (Kept::at(down), Kept::at(up));
    if !matches!(line.listen(&mut down, Manner::AtOnce).await, Ok(Heard { whole: true, .. })) {
        return Tried::Broken;
    }
    match line.say(&mut up, 1, &VecDeque::from([frame]), Then::GoesOn).await {
        Ok(Some(1)) => {}
        Err(Over::Gone) => return Tried::Scattered,
        Ok(_) | Err(Over::Dropped) => return Tried::Broken,
    }
    if line.is_missed_anywhere(address).await {
        return Tried::Scattered;
    }
    let flows = line.flows(&mut down).await;
    let _over = line.close(&mut up, 2, &VecDeque::new()).await;
    if flows { Tried::Flows } else { Tried::KeptBack }
}

/// What both directions know of one line.
struct Line {
    session: SessionId,
    received: AtomicU64,
    /// Since when everything has gone wrong.
    failing: Mutex<Option<Instant>>,
    events: mpsc::Sender<LinkEvent>,
}

/// Carries frames until the link is let go or the line is over.
pub(super) async fn carry(
    address: &RelayAddress,
    frames: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    events: &mpsc::Sender<LinkEvent>,
) {
    let (Some(down), Some(up)) = (address.server(), address.server()) else { return };
    let line = Line::drawn(events.clone());
    tokio::select! {
        _over = line.keep_listening(Kept::at(down)) => {}
        _over = line.keep_saying(Kept::at(up), frames) => {}
    }
}

/// How a request for frames went.
struct Heard {
    whole: bool,
    /// Whether something on the way held a stream back.
    kept_back: bool,
}

/// What was seen of one answer: every one of the relay's has a sign of life in it, and one without is somebody else's.
struct Signs {
    began: Instant,
    any: bool,
    flows: bool,
}

impl Signs {
    fn one_came(&mut self) {
        self.any = true;
        self.flows |= self.began.elapsed() > LATE;
    }

    /// How long the next may take.
    fn wait(&self) -> Duration {
        if self.flows { SILENT } else { FLOWS_WITHIN }
    }
}

impl Line {
    /// A line that nobody knows of yet.
    fn drawn(events: mpsc::Sender<LinkEvent>) -> Self {
        let mut session = SessionId([0; 16]);
        system().fill_bytes(&mut session.0);
        Self { session, received: AtomicU64::new(0), failing: Mutex::default(), events }
    }

    /// Whether a relay that knows nothing of this line is come to by one of several posts, at the same time so that the
    /// line outlasts them.
    async fn is_missed_anywhere(&self, address: &RelayAddress) -> bool {
        let nothing = VecDeque::new();
        let posts = (0..ASKED_ANEW).filter_map(|_| address.server()).map(|server| async {
            let mut server = Kept::at(server);
            self.say(&mut server, 2, &nothing, Then::GoesOn).await
        });
        join_all(posts).await.into_iter().any(|said| matches!(said, Err(Over::Gone)))
    }

    /// Whether a stream shows in time that it is handed on as it comes.
    async fn flows(&self, server: &mut Kept) -> bool {
        let received = self.received.load(Ordering::Relaxed);
        let down = Down { session: self.session.clone(), received, manner: Manner::Stream };
        let mut signs = Signs { began: Instant::now(), any: false, flows: false };
        let end = signs.began + FLOWS_WITHIN;
        let Ok(Ok((StatusCode::OK, mut body))) =
            timeout_at(end, server.post(DOWN_PATH, down.to_bytes())).await
        else {
            return false;
        };
        while let Ok(Some(Ok(_))) = timeout_at(end, body.frame()).await {
            signs.one_came();
            if signs.flows {
                return true;
            }
        }
        false
    }

    async fn keep_listening(&self, mut server: Kept) -> Result<(), Over> {
        let (mut manner, mut tries, mut stands) = (Manner::Stream, 0, false);
        loop {
            if tries > 0 || !stands {
                // Shows that the relay is there, however short a time connections are left to stand.
                if !self.listen(&mut server, Manner::AtOnce).await?.whole {
                    // What does not begin is left for the other way.
                    if !stands && tries > 0 {
                        return Err(Over::Dropped);
                    }
                    self.again(&mut tries).await?;
                    continue;
                }
                if !std::mem::replace(&mut stands, true) {
                    self.tell(LinkEvent::Up).await;
                }
            }
            let heard = self.listen(&mut server, manner).await?;
            if heard.kept_back {
                manner = Manner::OneAnswer;
            }
            tries = u32::from(!heard.whole);
        }
    }

    async fn listen(&self, server: &mut Kept, manner: Manner) -> Result<Heard, Over> {
        let began = Instant::now();
        let down = Down {
            session: self.session.clone(),
            received: self.received.load(Ordering::Relaxed),
            manner,
        };
        let mut signs = Signs { began, any: false, flows: manner != Manner::Stream };
        let asking = server.post(DOWN_PATH, down.to_bytes());
        let whole = match timeout_at(began + signs.wait(), asking).await {
            Ok(Ok((StatusCode::OK, body))) => self.hear(body, &mut signs).await?,
            Ok(Ok((status, _))) if !status.is_server_error() => return Err(Over::of(status)),
            Ok(Ok(_) | Err(_)) | Err(_) => false,
        };
        if !whole {
            server.drop_connection();
        }
        let kept_back = !signs.flows && began.elapsed() > 2 * LATE;
        Ok(Heard { whole: whole && signs.any, kept_back })
    }

    /// Hands on the frames of one answer. Whether it was whole.
    async fn hear(&self, mut body: Incoming, signs: &mut Signs) -> Result<bool, Over> {
        let mut frames = Frames::new(2 * STAFF_FRAME_MAX);
        loop {
            let piece = match timeout(signs.wait(), body.frame()).await {
                Ok(Some(Ok(piece))) => piece,
                Ok(None) => return Ok(frames.is_between_frames()),
                Ok(Some(Err(_))) | Err(_) => return Ok(false),
            };
            let Ok(bytes) = piece.into_data() else { continue };
            signs.one_came();
            self.came_through();
            let mut rest: &[u8] = &bytes;
            while let Some(frame) = frames.next(&mut rest).map_err(|_| Over::Dropped)? {
                self.received.fetch_add(1, Ordering::Relaxed);
                self.tell(LinkEvent::Frame(frame)).await;
            }
        }
    }

    async fn keep_saying(
        &self,
        mut server: Kept,
        frames: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    ) -> Result<(), Over> {
        let mut unconfirmed = VecDeque::new();
        let mut first = 1;
        let mut tries = 0;
        loop {
            if unconfirmed.is_empty() {
                match frames.recv().await {
                    Some(frame) => unconfirmed.push_back(frame),
                    None => return self.close(&mut server, first, &unconfirmed).await,
                }
            }
            while let Ok(frame) = frames.try_recv() {
                unconfirmed.push_back(frame);
            }
            match self.say(&mut server, first, &unconfirmed, Then::GoesOn).await? {
                Some(last) => {
                    let taken = (last + 1).checked_sub(first).ok_or(Over::Dropped)?;
                    let taken = usize::try_from(taken).map_err(|_| Over::Dropped)?;
                    if taken > unconfirmed.len() {
                        return Err(Over::Dropped);
                    }
                    drop(unconfirmed.drain(..taken));
                    first = last + 1;
                    tries = 0;
                }
                None => self.again(&mut tries).await?,
            }
        }
    }

    async fn close(
        &self,
        server: &mut Kept,
        first: u64,
        rest: &VecDeque<Vec<u8>>,
    ) -> Result<(), Over> {
        self.say(server, first, rest, Then::Closes).await.map(drop)
    }

    /// Posts frames, and returns which was the last that the relay has; nothing where it could not be asked.
    async fn say(
        &self,
        server: &mut Kept,
        first: u64,
        frames: &VecDeque<Vec<u8>>,
        then: Then,
    ) -> Result<Option<u64>, Over> {
        let received = self.received.load(Ordering::Relaxed);
        let up = Up { session: self.session.clone(), first, received, then };
        let mut body = up.to_bytes();
        for frame in frames {
            if body.len() > UP_BYTES + UP_TOGETHER {
                break;
            }
            put_frame(&mut body, frame);
        }
        let posted = timeout(SILENT, async {
            match server.post(UP_PATH, body).await {
                Ok((StatusCode::OK, body)) => {
                    let said = body.collect().await.map_err(|_| None)?.to_bytes();
                    said.as_ref().try_into().map(u64::from_be_bytes).map_err(|_| None)
                }
                Ok((status, _)) if !status.is_server_error() => Err(Some(Over::of(status))),
                Ok(_) | Err(_) => Err(None),
            }
        });
        match posted.await {
            Ok(Ok(last)) => {
                self.came_through();
                Ok(Some(last))
            }
            Ok(Err(Some(over))) => Err(over),
            Ok(Err(None)) | Err(_) => {
                server.drop_connection();
                Ok(None)
            }
        }
    }

    /// Nothing more is told once the link is let go; whoever posts says so to the relay, and then it is over.
    async fn tell(&self, event: LinkEvent) {
        if self.events.send(event).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn came_through(&self) {
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// For how long everything has gone wrong, now that something has.
    fn failing_for(&self) -> Duration {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.get_or_insert_with(Instant::now).elapsed()
    }

    /// Waits a little longer each time, until the line is taken for dropped.
    async fn again(&self, tries: &mut u32) -> Result<(), Over> {
        if self.failing_for() > DROPPED {
            return Err(Over::Dropped);
        }
        let wait = AGAIN_FIRST.saturating_mul(1 << (*tries).min(8)).min(AGAIN_LONGEST);
        *tries += 1;
        sleep(wait).await;
        Ok(())
    }
}
