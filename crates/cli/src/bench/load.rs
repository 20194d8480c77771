//! What is asked of a relay under measurement: messages at an even pace, or as many as go through.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::desk_line::DeskRoom;
use super::end::End;
use super::process::Measured;
use crate::failure::Failure;

/// How often a flood that is held back looks whether it may flow.
const HELD_BACK: Duration = Duration::from_millis(5);

/// A chat whose two ends write to each other.
pub(crate) struct Chat {
    /// The survivor's end.
    pub(crate) left: End,
    /// The other.
    pub(crate) right: Other,
    /// The frame that either end sends.
    pub(crate) frame: Arc<[u8]>,
    /// The shortest payload that counts as a message delivered.
    pub(crate) least: usize,
}

/// The end of a chat that is not a survivor's.
pub(crate) enum Other {
    /// A line of its own.
    Line(End),
    /// One room of those that a desk's line carries.
    Desk(DeskRoom),
}

impl Chat {
    async fn there(&mut self) -> io::Result<Duration> {
        let sent = Instant::now();
        self.left.write(&self.frame).await?;
        match &mut self.right {
            Other::Line(end) => end.message(self.least).await?,
            Other::Desk(room) => room.message().await?,
        }
        Ok(sent.elapsed())
    }

    async fn back(&mut self) -> io::Result<Duration> {
        let sent = Instant::now();
        match &mut self.right {
            Other::Line(end) => end.write(&self.frame).await?,
            Other::Desk(room) => room.write(&self.frame)?,
        }
        self.left.message(self.least).await?;
        Ok(sent.elapsed())
    }

    /// Says by this frame on every line that is its own that it is there. The answers are passed over with whatever else
    /// is no message.
    pub(crate) async fn say_it_is_there(&mut self, ping: &[u8]) -> io::Result<()> {
        self.left.write(ping).await?;
        match &mut self.right {
            Other::Line(end) => end.write(ping).await,
            Other::Desk(_) => Ok(()),
        }
    }
}

/// How long messages took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latency {
    /// The median.
    pub(crate) median: Duration,
    /// The 99th of a hundred.
    pub(crate) ninety_ninth: Duration,
    /// Of how many.
    pub(crate) messages: u64,
}

/// Sends `rate` messages a second, in all, for `lasting`, from each end of a chat by turns: at a pace at which the ends
/// of many chats are not taken for gone. A chat waits for its message before it sends the next, which hides nothing
/// while a message takes less than the chat's second.
pub(crate) async fn paced(
    chats: Vec<Chat>,
    rate: u32,
    lasting: Duration,
) -> Result<(Latency, Vec<Chat>), Failure> {
    let each =
        Duration::from_secs(1) * u32::try_from(chats.len()).unwrap_or(u32::MAX) / rate.max(1);
    let start = Instant::now() + Duration::from_millis(200);
    let mut running = JoinSet::new();
    for (number, mut chat) in chats.into_iter().enumerate() {
        let first =
            start + Duration::from_secs(1) * u32::try_from(number).unwrap_or(0) / rate.max(1);
        running.spawn(async move {
            let mut took = Vec::new();
            let mut beat = tokio::time::interval_at(first.into(), each);
            while start.elapsed() < lasting {
                beat.tick().await;
                took.push(chat.there().await?);
                beat.tick().await;
                took.push(chat.back().await?);
            }
            io::Result::Ok((took, chat))
        });
    }
    let (mut took, mut chats) = (Vec::new(), Vec::new());
    while let Some(done) = running.join_next().await {
        let (some, chat) = done.map_err(io::Error::other).flatten().map_err(broken)?;
        took.extend(some);
        chats.push(chat);
    }
    Ok((latency(took)?, chats))
}

fn latency(mut took: Vec<Duration>) -> Result<Latency, Failure> {
    took.sort_unstable();
    let at = |part: usize| took.get((took.len() * part / 100).min(took.len().saturating_sub(1)));
    match (at(50), at(99)) {
        (Some(median), Some(ninety_ninth)) => {
            let messages = took.len() as u64;
            Ok(Latency { median: *median, ninety_ninth: *ninety_ninth, messages })
        }
        _ => Err(Failure::new(
            "No message was delivered, so there is no latency to tell.",
            "Measure for longer.",
        )),
    }
}

/// Every chat sends as fast as the other end has it, for `lasting`. CPU time of the measured process per
/// message delivered.
pub(crate) async fn flood(
    chats: Vec<Chat>,
    lasting: Duration,
    measured: Measured,
) -> Result<(Duration, Vec<Chat>), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let delivered = Arc::new(AtomicU64::new(0));
    let mut running = JoinSet::new();
    for mut chat in chats {
        let (stop, delivered) = (Arc::clone(&stop), Arc::clone(&delivered));
        running.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                chat.there().await?;
                chat.back().await?;
                delivered.fetch_add(2, Ordering::Relaxed);
            }
            io::Result::Ok(chat)
        });
    }
    // The first moments find cold caches; they are not counted.
    tokio::time::sleep(lasting / 10).await;
    let (cpu, count) = (measured.cpu()?, delivered.load(Ordering::Relaxed));
    tokio::time::sleep(lasting).await;
    let (cpu, count) =
        (measured.cpu()?.saturating_sub(cpu), delivered.load(Ordering::Relaxed) - count);
    stop.store(true, Ordering::Relaxed);
    let mut chats = Vec::new();
    while let Some(done) = running.join_next().await {
        chats.push(done.map_err(io::Error::other).flatten().map_err(broken)?);
    }
    Ok((per(cpu, count), chats))
}

/// Every chat sends as fast as the other end has it, while the flood `flows`, until it `ends`.
pub(crate) async fn flood_while(
    chats: Vec<Chat>,
    flows: Arc<AtomicBool>,
    ends: Arc<AtomicBool>,
) -> Result<(), Failure> {
    let mut running = JoinSet::new();
    for mut chat in chats {
        let (flows, ends) = (Arc::clone(&flows), Arc::clone(&ends));
        running.spawn(async move {
            while !ends.load(Ordering::Relaxed) {
                if flows.load(Ordering::Relaxed) {
                    chat.there().await?;
                    chat.back().await?;
                } else {
                    tokio::time::sleep(HELD_BACK).await;
                }
            }
            io::Result::Ok(())
        });
    }
    while let Some(done) = running.join_next().await {
        done.map_err(io::Error::other).flatten().map_err(broken)?;
    }
    Ok(())
}

/// `time` for each of `count`.
pub(crate) fn per(time: Duration, count: u64) -> Duration {
    Duration::from_nanos(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX) / count.max(1))
}

/// A connection that broke under measurement.
pub(crate) fn broken(error: io::Error) -> Failure {
    Failure::new(
        format!("A connection to the measured relay broke: {error}."),
        "Look at what the relay said above. If it is about open files, raise the limit (ulimit -n) or measure \
         fewer chats.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_99th_of_a_hundred_is_the_slowest_but_one_percent() {
        let took = (0..200).map(Duration::from_millis).collect();
        let latency = latency(took).unwrap();
        assert_eq!(latency.median, Duration::from_millis(100));
        assert_eq!(latency.ninety_ninth, Duration::from_millis(198));
    }
}
