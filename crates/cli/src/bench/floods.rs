//! What those cost who want to harm a relay, or whose lines are bad: sockets that say nothing, heads of requests
//! without an end, devices that never read, frames that are none (`features.md` 6.6).

use std::io;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use stillroom_protocol::limits::LINE_DEAD_AFTER_SECONDS;

use super::end::{self, End};
use super::load::{broken, per};
use super::report::Figure;
use super::rooms::{Pair, Rooms, presence};
use super::server::Server;
use super::turns::{Carried, Ratios, middle, ratio};
use super::{kilobytes, microseconds};
use crate::failure::Failure;

/// Bytes of a head that is not finished: just below the most that the relay reads.
const HEAD: usize = 15 * 1024;

/// Of as many idle sockets, how many come with such a head, and how many frames that are none are sent.
const FEWER: usize = 10;

/// Chats that go on beside the flood.
const CHATS: usize = 10;

/// Sockets that are opened at once.
const OPENED_TOGETHER: usize = 50;

/// How often a page is asked for where chats have one turn.
const ASKED_IN_A_PAIR: usize = 10;

/// How long the relay leaves a socket open that says nothing.
const HELD: Duration = Duration::from_secs(LINE_DEAD_AFTER_SECONDS);

/// Frames to a device that does not read, before it is looked whether it was dropped.
const AT_ONCE: usize = 50;

/// How long somebody waits for a word that may not come yet.
const A_MOMENT: Duration = Duration::from_millis(2);

/// A frame that says it is a terabyte long.
const ENDLESS: [u8; 14] = [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Everything, with so many idle sockets, and what goes on beside them in so many pairs of turns. Takes a relay of its
/// own for each part.
pub(super) async fn measure(
    rooms: &Rooms,
    sockets: usize,
    pairs: usize,
) -> Result<Vec<Figure>, Failure> {
    let without = Rooms::new()?;
    let mut figures = idle(rooms, &without, sockets, pairs).await?;
    figures.push(pages(rooms, &without, sockets, pairs).await?);
    figures.push(heads(rooms, sockets.div_ceil(FEWER)).await?);
    figures.extend(silent(rooms).await?);
    figures.push(endless_head(rooms).await?);
    figures.push(no_frames(rooms, sockets.div_ceil(FEWER)).await?);
    figures.extend(slow_reader(rooms).await?);
    Ok(figures)
}

fn figure(what: &'static str, unit: &'static str, value: f64, targets: (f64, f64)) -> Figure {
    Figure { what, unit, value, limit: None, targets: Some(targets) }
}

/// Sockets that were greeted and say nothing more, and chats beside them: in turns with the same chats at a relay without
/// them, on the same processor.
async fn idle(
    rooms: &Rooms,
    without: &Rooms,
    sockets: usize,
    pairs: usize,
) -> Result<Vec<Figure>, Failure> {
    let (server, calm) = (Server::relay(rooms).await?, Server::relay(without).await?);
    let mut calm_chats = carried(&calm, without).await?;
    let mut chats = carried(&server, rooms).await?;
    let (before, start) = (server.measured().memory()?, Instant::now());
    let mut idle = Vec::with_capacity(sockets);
    for first in (0..sockets).step_by(OPENED_TOGETHER) {
        let some = first..(first + OPENED_TOGETHER).min(sockets);
        let some = some.map(|number| rooms.greeted(server.doors(), 2 * CHATS + number));
        idle.extend(try_join_all(some).await?);
    }
    let each = server.measured().memory()?.saturating_sub(before);
    let mut ratios = Ratios::default();
    for _ in 0..pairs {
        ratios.of_two(&mut calm_chats, &mut chats).await?;
    }
    if start.elapsed() > HELD {
        return Err(Failure::new(
            "It took so long to open the idle sockets that the relay has closed the first of them.",
            "Measure while the computer does nothing else, or fewer sockets.",
        ));
    }
    server.end().await;
    calm.end().await;
    let each = kilobytes(each) / sockets.max(1) as f64;
    Ok(vec![
        figure("memory per idle socket", "KB", each, (16.0, 8.0)),
        figure("CPU per message, beside idle sockets", "times", ratios.cpu(), (1.5, 1.2)),
        figure("latency beside idle sockets, median", "times", ratios.latency(), (3.0, 1.5)),
    ])
}

async fn carried(server: &Server, rooms: &Rooms) -> Result<Carried, Failure> {
    let chats = rooms.pairs(server.doors(), CHATS).await?;
    Ok(Carried::new(chats, server.measured().first_thread()))
}

/// Sockets that come and say nothing, of which a relay lets fewer in than these, and how long somebody beside them waits
/// for an answer: in turns with whoever asks a relay without them.
async fn pages(
    rooms: &Rooms,
    without: &Rooms,
    sockets: usize,
    pairs: usize,
) -> Result<Figure, Failure> {
    let (server, calm) = (Server::relay(rooms).await?, Server::relay(without).await?);
    let [port, calm_port] = [&server, &calm].map(|server| server.doors().survivor);
    let mut silent = Vec::with_capacity(sockets);
    for number in 0..sockets {
        silent.push(End::silent(port, number).await.map_err(broken)?);
    }
    let mut ratios = Vec::new();
    for _ in 0..pairs * ASKED_IN_A_PAIR {
        let without = answered(calm_port).await.map_err(broken)?;
        let beside = answered(port).await.map_err(broken)?;
        ratios.push(ratio(beside, without));
    }
    server.end().await;
    calm.end().await;
    Ok(figure("a page beside silent sockets", "times", middle(&ratios), (3.0, 1.5)))
}

/// How long it takes until a page is told whether chat is open.
async fn answered(port: u16) -> io::Result<Duration> {
    let start = Instant::now();
    let mut end = End::silent(port, 0).await?;
    end.write(b"GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    if end.until_closed().await? == 0 {
        return Err(io::Error::other("somebody who asked for a page was not answered"));
    }
    Ok(start.elapsed())
}

/// Heads of requests that are never finished: what each holds until the relay closes it.
async fn heads(rooms: &Rooms, heads: usize) -> Result<Figure, Failure> {
    let server = Server::relay(rooms).await?;
    let before = server.measured().memory()?;
    let mut held = Vec::with_capacity(heads);
    for number in 0..heads {
        let mut end = End::silent(server.doors().survivor, number).await.map_err(broken)?;
        end.write(&head(HEAD)).await.map_err(broken)?;
        held.push(end);
    }
    let each = server.measured().memory()?.saturating_sub(before);
    server.end().await;
    Ok(figure(
        "memory per unfinished head of 15 KB",
        "KB",
        kilobytes(each) / heads.max(1) as f64,
        (64.0, 32.0),
    ))
}

fn head(bytes: usize) -> Vec<u8> {
    let mut head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec();
    head.resize(bytes, b'x');
    head
}

/// How long it takes until those are closed who come and do not go on.
async fn silent(rooms: &Rooms) -> Result<[Figure; 3], Failure> {
    let server = Server::relay(rooms).await?;
    let port = server.doors().survivor;
    let nothing = End::silent(port, 0).await.map_err(broken)?;
    let mut half = End::silent(port, 1).await.map_err(broken)?;
    half.write(&head(64)).await.map_err(broken)?;
    let no_hello = End::open(port, "/line", 2).await.map_err(broken)?;
    let closed = tokio::try_join!(closed(nothing), closed(half), closed(no_hello));
    let (nothing, half, no_hello) = closed.map_err(broken)?;
    server.end().await;
    Ok([
        figure("a silent socket is closed after", "s", nothing, (20.0, 16.0)),
        figure("half a head is closed after", "s", half, (20.0, 16.0)),
        figure("a line without a first frame is closed after", "s", no_hello, (25.0, 21.0)),
    ])
}

/// Seconds until the relay closes this connection.
async fn closed(mut end: End) -> io::Result<f64> {
    let start = Instant::now();
    end.until_closed().await?;
    Ok(start.elapsed().as_secs_f64())
}

/// A head that goes on for ever: what the relay reads of it.
async fn endless_head(rooms: &Rooms) -> Result<Figure, Failure> {
    let server = Server::relay(rooms).await?;
    let before = server.measured().memory()?;
    let mut end = End::silent(server.doors().survivor, 0).await.map_err(broken)?;
    let mut next = head(end::PIECE);
    let mut grown = 0;
    // A relay that reads no more closes the connection, which writing to it then says.
    while end.write(&next).await.is_ok() {
        grown = grown.max(server.measured().memory()?.saturating_sub(before));
        next = vec![b'x'; end::PIECE];
    }
    server.end().await;
    Ok(figure("memory for a head without an end", "KB", kilobytes(grown), (1024.0, 256.0)))
}

/// Frames that are none, each on a connection of its own.
async fn no_frames(rooms: &Rooms, frames: usize) -> Result<Figure, Failure> {
    let server = Server::relay(rooms).await?;
    let before = server.measured().cpu()?;
    for number in 0..frames {
        let mut end = rooms.greeted(server.doors(), number).await?;
        end.write(&ENDLESS).await.map_err(broken)?;
        end.until_closed().await.map_err(broken)?;
    }
    let cpu = per(server.measured().cpu()?.saturating_sub(before), frames as u64);
    server.end().await;
    Ok(figure("CPU for a line that sends no frame", "us", microseconds(cpu), (2000.0, 500.0)))
}

/// A device that never reads, and somebody who writes to it without pause.
async fn slow_reader(rooms: &Rooms) -> Result<[Figure; 2], Failure> {
    let server = Server::relay(rooms).await?;
    let Pair { left: _never_reads, right: mut writer, frame } = rooms.pair(server.doors()).await?;
    while presence(&writer.receive().await.map_err(broken)?) != Some(true) {}
    let before = server.measured().memory()?;
    let (mut written, mut grown) = (0, 0);
    loop {
        for _ in 0..AT_ONCE {
            writer.write(&frame).await.map_err(broken)?;
            written += frame.len();
        }
        grown = grown.max(server.measured().memory()?.saturating_sub(before));
        if let Ok(heard) = tokio::time::timeout(A_MOMENT, writer.receive()).await
            && presence(&heard.map_err(broken)?) == Some(false)
        {
            break;
        }
    }
    server.end().await;
    Ok([
        figure(
            "a device that never reads is dropped after",
            "MB",
            kilobytes(written as u64) / 1024.0,
            (16.0, 8.0),
        ),
        figure("memory for it until then", "KB", kilobytes(grown), (2048.0, 1024.0)),
    ])
}
