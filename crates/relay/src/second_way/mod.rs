//! The second way in: a line's frames over plain requests, where something on the way breaks WebSocket
//! (`features.md` 6.6; `docs/decisions/0042`; `stillroom_protocol::second_way`).
//!
//! A session stands for the connection that a WebSocket would be: it has a seat at the switchboard as every
//! line has, and is bounded as they are. A request for what is for it holds a place among those that ask for pages, for
//! less than a minute; then the device asks again. Nothing of a session is in an address, a header or a log.

mod answer;
mod session;
mod sessions;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::StreamExt as _;
use stillroom_protocol::second_way::{
    DOWN_BYTES, Down, Frames, Manner, Then, UP_BYTES, Up, up_max,
};
use tokio::time::timeout;

use self::session::Session;
pub(crate) use self::sessions::Sessions;
use crate::door::Door;
use crate::listeners::HEAD_WITHIN;
use crate::peer;

/// How long a device may take to post what it has to say: the longest frame of staff's at 3 KB a second.
const UP_WITHIN: Duration = Duration::from_secs(45);

/// No server on the way may keep, pack or change what is sealed already.
const AS_IT_IS: HeaderValue = HeaderValue::from_static("no-store, no-transform");

/// nginx's own word for an answer that it is not to keep back until it is whole.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Why a request is not answered as it wants to be. Whatever it is, a device begins a new line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// No device of ours asks so.
    Malformed,
    /// A frame, or all of it, is too long.
    TooLong,
    /// It took too long.
    TooSlow,
    /// There is no such line any more.
    Gone,
    /// Another request has taken its place.
    Superseded,
}

impl Refused {
    fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Gone => StatusCode::GONE,
            Self::Superseded => StatusCode::CONFLICT,
        }
    }
}

/// Answers a device that asks for what is for it.
pub(crate) async fn down(door: &Door, request: Request) -> Response {
    if !door.origins.let_in(request.headers()) {
        return with_status(StatusCode::FORBIDDEN);
    }
    let origin = origin(request.headers());
    let answer = answer_down(door, request).await;
    readable(answer.unwrap_or_else(|refused| with_status(refused.status())), origin)
}

async fn answer_down(door: &Door, request: Request) -> Result<Response, Refused> {
    let share = door.share_keys.share_of(peer::address(&request, door.proxy));
    let asked = timeout(HEAD_WITHIN, to_bytes(request.into_body(), DOWN_BYTES)).await;
    let asked = asked.map_err(|_| Refused::TooSlow)?.map_err(|_| Refused::TooLong)?;
    let Down { session, received, manner } = Down::from_bytes(&asked).ok_or(Refused::Malformed)?;
    let found = match door.sessions.find(&session) {
        Some(found) => found,
        None if manner == Manner::AtOnce && received == 0 => {
            match door.sessions.begin(session, &door.lines, &share, &door.switchboard) {
                Ok(begun) => begun,
                Err(refusal) => return Ok(with_frames(Body::from(answer::only(refusal)))),
            }
        }
        None => return Err(Refused::Gone),
    };
    let turn = found.ask(received)?;
    Ok(with_frames(answer::body(found, turn, received, manner)))
}

/// Takes what a device has to say.
pub(crate) async fn up(door: &Door, request: Request) -> Response {
    if !door.origins.let_in(request.headers()) {
        return with_status(StatusCode::FORBIDDEN);
    }
    let origin = origin(request.headers());
    let taken = timeout(UP_WITHIN, take(door, request.into_body())).await;
    let answer = match taken.unwrap_or(Err(Refused::TooSlow)) {
        Ok(last) => with_frames(Body::from(last.to_be_bytes().to_vec())),
        Err(refused) => with_status(refused.status()),
    };
    readable(answer, origin)
}

/// Hands on each frame as soon as it is whole. Says which was the last that came.
async fn take(door: &Door, body: Body) -> Result<u64, Refused> {
    let mut pieces = body.into_data_stream();
    let mut head = Vec::with_capacity(UP_BYTES);
    let mut said = None;
    let mut frames = Frames::new(door.lines.frame);
    let mut left = up_max(door.lines.frame);
    while let Some(piece) = pieces.next().await {
        // A connection that breaks off: what came whole counts.
        let Ok(piece) = piece else { break };
        left = left.checked_sub(piece.len()).ok_or(Refused::TooLong)?;
        let mut rest: &[u8] = &piece;
        let saying = match &mut said {
            Some(saying) => saying,
            none => {
                let (begins, after) = rest.split_at(rest.len().min(UP_BYTES - head.len()));
                head.extend_from_slice(begins);
                rest = after;
                if head.len() < UP_BYTES {
                    continue;
                }
                none.insert(Saying::begin(door, &head)?)
            }
        };
        while let Some(frame) = frames.next(&mut rest).map_err(|_| saying.too_long())? {
            saying.say(door, &frame)?;
        }
    }
    let saying = said.ok_or(Refused::Malformed)?;
    Ok(saying.end(door))
}

/// One request with frames, once it is known for which line.
struct Saying {
    session: Arc<Session>,
    up: Up,
    turn: u64,
    number: u64,
}

impl Saying {
    fn begin(door: &Door, head: &[u8]) -> Result<Self, Refused> {
        let up = Up::from_bytes(head).ok_or(Refused::Malformed)?;
        let session = door.sessions.find(&up.session).ok_or(Refused::Gone)?;
        let turn = session.post(up.received)?;
        Ok(Self { number: up.first, session, up, turn })
    }

    fn say(&mut self, door: &Door, frame: &[u8]) -> Result<(), Refused> {
        self.session.take(self.turn, self.number, || {
            door.switchboard.frame(self.session.connection, frame);
        })?;
        self.number = self.number.saturating_add(1);
        Ok(())
    }

    fn too_long(&self) -> Refused {
        self.session.end();
        Refused::TooLong
    }

    fn end(self, door: &Door) -> u64 {
        match self.up.then {
            Then::GoesOn => {}
            Then::Closes => self.session.end(),
            Then::PageGoes => {
                door.switchboard.page_gone(self.session.connection);
                self.session.end();
            }
        }
        self.session.arrived()
    }
}

fn with_frames(body: Body) -> Response {
    let mut answer = Response::new(body);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(UNBUFFERED.0, UNBUFFERED.1);
    answer
}

fn with_status(status: StatusCode) -> Response {
    let mut answer = Response::new(Body::from(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

/// The page that asks, which was let in; none where it is no page that does.
fn origin(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(ORIGIN).cloned()
}

/// An answer that the page which asked may read, from whatever server it is, and nobody may keep.
fn readable(mut answer: Response, origin: Option<HeaderValue>) -> Response {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, AS_IT_IS);
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer
}
