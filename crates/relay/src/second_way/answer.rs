//! What a request for frames is answered with: at once, with one answer, or with a stream.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use stillroom_protocol::Refusal;
use stillroom_protocol::second_way::{BEAT_SECONDS, Manner, put_frame};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::session::Session;
use crate::switchboard::{Next, refused};

/// How long one answer may wait for something to say: less than servers before a relay let pass without any.
const ONE_ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How long a stream lasts, before the device asks again: less than servers before a relay let one last, and than a
/// connection may ask for pages.
const STREAM_LASTS: Duration = Duration::from_secs(55);

/// When a stream first says that it is there after it has begun: some servers hand on what comes with the head of an
/// answer and keep the rest back, so that a device goes by this sign and not by the first.
const FIRST_BEAT: Duration = Duration::from_secs(1);

/// How often it says so from then on.
const BEAT: Duration = Duration::from_secs(BEAT_SECONDS);

/// Bytes after which no further frame is put into one piece.
const PIECE: usize = 16 * 1024;

/// Bytes after which a stream ends, so that the device says what it has: what is not confirmed is held.
const UNCONFIRMED: usize = 128 * 1024;

/// Why there is no session.
pub(super) fn only(refusal: Refusal) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_frame(&mut bytes, &refused(refusal));
    bytes
}

/// The answer to the request with this number, from a device that has everything up to the frame `received`.
pub(super) fn body(session: Arc<Session>, turn: u64, received: u64, manner: Manner) -> Body {
    let within = match manner {
        Manner::AtOnce => Duration::ZERO,
        Manner::OneAnswer => ONE_ANSWER_WITHIN,
        Manner::Stream => STREAM_LASTS,
    };
    let answer = Answer {
        changed: session.changed.subscribe(),
        session,
        turn,
        manner,
        beat: Instant::now() + FIRST_BEAT,
        until: Instant::now() + within,
        sent: received,
        bytes: 0,
        begun: false,
        ended: false,
    };
    Body::from_stream(stream::unfold(answer, |mut answer| async {
        let piece = answer.piece().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), answer))
    }))
}

/// One request that is being answered.
struct Answer {
    session: Arc<Session>,
    turn: u64,
    manner: Manner,
    changed: watch::Receiver<()>,
    beat: Instant,
    until: Instant,
    /// The number of the last frame that was put into it.
    sent: u64,
    bytes: usize,
    /// Whether anything was: every answer has a sign of life at least, by which a device tells it from somebody else's.
    begun: bool,
    ended: bool,
}

impl Answer {
    /// What is to be sent next; nothing at the end.
    async fn piece(&mut self) -> Option<Bytes> {
        loop {
            self.changed.mark_unchanged();
            if let Some(frames) = self.frames() {
                return Some(frames);
            }
            if self.ended || Instant::now() >= self.until {
                self.ended = true;
                return (!self.begun).then(|| self.sign());
            }
            let streams = self.manner == Manner::Stream;
            if streams && (!self.begun || Instant::now() >= self.beat) {
                return Some(self.sign());
            }
            let until = if streams { self.until.min(self.beat) } else { self.until };
            // Whether something changed or it is time, it is looked at anew.
            let _ = timeout_at(until, self.changed.changed()).await;
        }
    }

    /// The frames that wait, as many as fit together.
    fn frames(&mut self) -> Option<Bytes> {
        let mut piece = Vec::new();
        while !self.ended && piece.len() < PIECE {
            if !self.session.is_asked(self.turn) {
                self.ended = true;
                break;
            }
            match self.session.outgoing.after(self.sent) {
                Some(Next::Frame(frame)) => {
                    put_frame(&mut piece, &frame);
                    self.sent += 1;
                }
                Some(Next::Close(_)) => self.ended = true,
                None => break,
            }
        }
        if piece.is_empty() {
            return None;
        }
        self.begun = true;
        self.bytes += piece.len();
        self.ended |= self.manner != Manner::Stream || self.bytes >= UNCONFIRMED;
        Some(piece.into())
    }

    fn sign(&mut self) -> Bytes {
        if std::mem::replace(&mut self.begun, true) {
            self.beat = Instant::now() + BEAT;
        }
        let mut bytes = Vec::new();
        put_frame(&mut bytes, &[]);
        bytes.into()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.session.answered(self.turn, self.sent);
    }
}
