//! A line by plain requests, over real HTTP: whatever is cut, doubled, too long or too much (`docs/decisions/0042`).

use std::net::SocketAddr;

use stillroom_protocol::limits::CLIENT_FRAME_MAX;
use stillroom_protocol::second_way::{
    DOWN_PATH, Down, Frames, Manner, SessionId, Then, UP_PATH, Up, put_frame, up_max,
};
use stillroom_protocol::{
    About, ClientFrame, Refusal, RelayFrame, Ticket, VERSION, decode, encode,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::device::{Line, PATIENCE};
use crate::program::Program;
use crate::scene::{Answer, Scene};
use crate::traffic::{TICKET, ask};

const OCTETS: &str = "application/octet-stream";

/// A device whose line goes by requests, one connection for each.
struct Device {
    relay: SocketAddr,
    session: SessionId,
    /// Frames said, and taken by the relay.
    said: u64,
    received: u64,
}

impl Device {
    fn new(relay: SocketAddr, session: u8) -> Self {
        Self { relay, session: SessionId([session; 16]), said: 0, received: 0 }
    }

    async fn begun(relay: SocketAddr, session: u8) -> Self {
        let mut device = Self::new(relay, session);
        assert_eq!(device.hear(Manner::AtOnce).await, []);
        device
    }

    async fn greeted(relay: SocketAddr, session: u8, program: &Program) -> Self {
        let mut device = Self::begun(relay, session).await;
        let program = program.root.program_id();
        device.say(&[ClientFrame::Hello { version: VERSION, program }]).await;
        let heard = device.hear(Manner::OneAnswer).await;
        assert!(matches!(heard[..], [RelayFrame::Greeting { .. }, ..]), "{heard:?}");
        device
    }

    fn down(&self, manner: Manner) -> Vec<u8> {
        Down { session: self.session.clone(), received: self.received, manner }.to_bytes()
    }

    fn up(&self, first: u64, then: Then, frames: &[ClientFrame]) -> Vec<u8> {
        let (session, received) = (self.session.clone(), self.received);
        let mut body = Up { session, first, received, then }.to_bytes();
        for frame in frames {
            put_frame(&mut body, &encode(frame));
        }
        body
    }

    async fn post(&self, path: &str, body: &[u8]) -> Answer {
        Answer::posted(self.relay, path, body, &["accept-encoding: br, gzip"]).await
    }

    /// Frames of one answer, which are confirmed with the next request.
    async fn hear(&mut self, manner: Manner) -> Vec<RelayFrame> {
        let answer = self.post(DOWN_PATH, &self.down(manner)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some(OCTETS));
        assert_eq!(answer.header("cache-control"), Some("no-store, no-transform"));
        assert_eq!(answer.header("x-accel-buffering"), Some("no"));
        assert_eq!(answer.header("content-encoding"), None, "it is sealed, and not packed");
        let chunked = answer.header("transfer-encoding") == Some("chunked");
        let heard = frames(&if chunked { unchunked(&answer.body) } else { answer.body });
        self.received += heard.len() as u64;
        heard
    }

    async fn hear_until(&mut self, wished: impl Fn(&RelayFrame) -> bool) {
        while !self.hear(Manner::OneAnswer).await.iter().any(&wished) {}
    }

    /// Says these after what was said before.
    async fn say(&mut self, frames: &[ClientFrame]) {
        let body = self.up(self.said + 1, Then::GoesOn, frames);
        self.said += frames.len() as u64;
        let answer = self.post(UP_PATH, &body).await;
        assert_eq!((answer.status, answer.body), (200, self.said.to_be_bytes().to_vec()));
    }

    /// A stream, which stands until it is dropped.
    async fn stream(&self) -> Stream {
        let body = self.down(Manner::Stream);
        let mut connection = TcpStream::connect(self.relay).await.unwrap();
        let head = format!(
            "POST {DOWN_PATH} HTTP/1.0\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            read.push(connection.read_u8().await.unwrap());
        }
        assert!(read.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(&read));
        Stream(connection)
    }
}

/// What comes on a stream.
struct Stream(TcpStream);

impl Stream {
    /// The next frame or sign of life; nothing at the end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        let next = async {
            let length = self.0.read_u32().await.ok()?;
            let mut bytes = vec![0; length as usize];
            self.0.read_exact(&mut bytes).await.ok()?;
            Some(bytes)
        };
        timeout(PATIENCE, next).await.expect("something, in time")
    }

    async fn frame(&mut self) -> Option<RelayFrame> {
        loop {
            match self.next().await? {
                sign if sign.is_empty() => {}
                frame => return Some(decode(&frame).unwrap()),
            }
        }
    }
}

fn frames(mut bytes: &[u8]) -> Vec<RelayFrame> {
    let mut reader = Frames::new(1024 * 1024);
    let mut read = Vec::new();
    assert!(!bytes.is_empty(), "every answer has a sign of life");
    while let Some(frame) = reader.next(&mut bytes).unwrap() {
        read.push(decode(&frame).unwrap());
    }
    assert!(reader.is_between_frames());
    read
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = std::str::from_utf8(&bytes[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 4 + length..];
    }
}

fn pings(count: usize) -> Vec<ClientFrame> {
    vec![ClientFrame::Ping; count]
}

fn pongs(heard: &[RelayFrame]) -> usize {
    heard.iter().filter(|frame| **frame == RelayFrame::Pong).count()
}

#[tokio::test]
async fn frames_go_both_ways_and_nothing_on_the_way_may_keep_or_pack_them() {
    let scene = Scene::start().await;
    for relay in [scene.survivors(), scene.desks()] {
        let mut device = Device::greeted(relay, 1, &scene.program).await;
        device.say(&pings(3)).await;
        device.hear_until(|frame| *frame == RelayFrame::Pong).await;
    }
    assert_eq!(scene.relay.holdings().connections, 2);
}

#[tokio::test]
async fn what_a_cut_connection_lost_is_sent_again_until_it_is_confirmed_and_no_longer() {
    let scene = Scene::start().await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    device.say(&pings(2)).await;
    for _ in 0..3 {
        // Cut after the first of two.
        let mut stream = device.stream().await;
        assert_eq!(stream.frame().await, Some(RelayFrame::Pong));
    }
    device.received += 1;
    assert_eq!(device.hear(Manner::AtOnce).await, [RelayFrame::Pong]);
    assert_eq!(device.hear(Manner::AtOnce).await, []);
}

#[tokio::test]
async fn what_is_posted_twice_counts_once() {
    let scene = Scene::start().await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    device.say(&pings(2)).await;
    // The answer was lost; meanwhile there is one more to say.
    let again = device.up(2, Then::GoesOn, &pings(3));
    let answer = device.post(UP_PATH, &again).await;
    assert_eq!((answer.status, answer.body), (200, 4_u64.to_be_bytes().to_vec()));
    let mut heard = 0;
    while heard < 3 {
        heard += pongs(&device.hear(Manner::OneAnswer).await);
    }
    assert_eq!(heard + pongs(&device.hear(Manner::AtOnce).await), 3);
}

#[tokio::test]
async fn of_a_post_that_breaks_off_whole_frames_count_and_the_rest_comes_with_the_next() {
    let scene = Scene::start().await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let body = device.up(2, Then::GoesOn, &pings(2));
    let mut connection = TcpStream::connect(device.relay).await.unwrap();
    let head = format!(
        "POST {UP_PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let cut = &body[..body.len() - 1];
    connection.write_all(&[head.as_bytes(), cut].concat()).await.unwrap();
    // The first of the two was taken; then it is cut.
    device.hear_until(|frame| *frame == RelayFrame::Pong).await;
    drop(connection);
    let answer = device.post(UP_PATH, &body).await;
    assert_eq!((answer.status, answer.body), (200, 3_u64.to_be_bytes().to_vec()));
    assert_eq!(device.hear(Manner::OneAnswer).await, [RelayFrame::Pong]);
    assert_eq!(device.hear(Manner::AtOnce).await, []);
}

#[tokio::test]
async fn a_gap_or_more_confirmed_than_was_sent_ends_the_line() {
    let scene = Scene::start().await;
    for (session, first, received) in [(1, 3, 1), (2, 2, 99)] {
        let mut device = Device::greeted(scene.survivors(), session, &scene.program).await;
        device.received = received;
        let body = device.up(first, Then::GoesOn, &pings(1));
        assert_eq!(device.post(UP_PATH, &body).await.status, 400);
        device.received = 1;
        assert_eq!(device.post(DOWN_PATH, &device.down(Manner::Stream)).await.status, 410);
    }
    while scene.relay.holdings().connections > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_line_that_is_not_there_is_gone_and_is_made_by_nothing_but_a_beginning() {
    let scene = Scene::start().await;
    let mut device = Device::new(scene.survivors(), 1);
    for manner in [Manner::Stream, Manner::OneAnswer] {
        assert_eq!(device.post(DOWN_PATH, &device.down(manner)).await.status, 410);
    }
    let up = device.up(1, Then::GoesOn, &pings(1));
    assert_eq!(device.post(UP_PATH, &up).await.status, 410);
    device.received = 1;
    assert_eq!(device.post(DOWN_PATH, &device.down(Manner::AtOnce)).await.status, 410);
    for nonsense in [&b""[..], b"x", &[9; 25], &[0; 200]] {
        let answer = device.post(DOWN_PATH, nonsense).await;
        assert!([400, 413].contains(&answer.status), "{}", answer.status);
        assert_ne!(device.post(UP_PATH, nonsense).await.status, 200);
    }
    assert_eq!(scene.relay.holdings().connections, 0);
}

#[tokio::test]
async fn one_doors_line_is_nothing_at_the_other() {
    let scene = Scene::start().await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    device.relay = scene.desks();
    assert_eq!(device.post(DOWN_PATH, &device.down(Manner::Stream)).await.status, 410);
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_line_and_one_that_may_come_can_read_its_answers() {
    let elsewhere = "https://chat.example.org";
    let scene = Scene::start_with(|_, config| {
        config.survivor.origins.push(elsewhere.parse().unwrap());
    })
    .await;
    let device = Device::new(scene.survivors(), 1);
    let down = device.down(Manner::AtOnce);
    let own = scene.relay.survivor_origin().to_string();
    for (origin, let_in) in
        [("https://evil.example", false), ("null", false), (&own, true), (elsewhere, true)]
    {
        let header = format!("origin: {origin}");
        for (path, status) in [(DOWN_PATH, 200), (UP_PATH, 400)] {
            let body = if path == DOWN_PATH { &down[..] } else { &[] };
            let answer = Answer::posted(scene.survivors(), path, body, &[&header]).await;
            assert_eq!(answer.status, if let_in { status } else { 403 }, "{origin}");
            let readable = answer.header("access-control-allow-origin");
            assert_eq!(readable, let_in.then_some(origin));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            if let_in {
                assert_eq!(answer.header("vary"), Some("origin"));
            }
        }
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_ends_the_line() {
    let scene = Scene::start().await;
    let device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let mut long = device.up(2, Then::GoesOn, &[]);
    put_frame(&mut long, &vec![21; CLIENT_FRAME_MAX + 1]);
    assert_eq!(device.post(UP_PATH, &long).await.status, 413);
    assert_eq!(device.post(DOWN_PATH, &device.down(Manner::Stream)).await.status, 410);

    let device = Device::greeted(scene.survivors(), 2, &scene.program).await;
    let mut many = device.up(1, Then::GoesOn, &[]);
    many.resize(up_max(CLIENT_FRAME_MAX) + 1, 0);
    assert_eq!(device.post(UP_PATH, &many).await.status, 413);
}

#[tokio::test]
async fn of_two_requests_at_once_the_newer_is_answered_and_the_older_ends() {
    let scene = Scene::start().await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let mut older = device.stream().await;
    assert_eq!(older.next().await, Some(vec![]), "a sign of life");
    let mut newer = device.stream().await;
    assert_eq!(older.next().await, None);
    device.say(&pings(1)).await;
    assert_eq!(newer.frame().await, Some(RelayFrame::Pong));
}

#[tokio::test]
async fn a_device_that_never_asks_is_dropped_and_not_buffered_for() {
    let scene = Scene::start_with(|_, config| {
        config.limits.outgoing_bytes = 32 * 1024;
        config.limits.frames_at_once = 1_000_000;
    })
    .await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let before = scene.relay.holdings().connections;
    while scene.relay.holdings().connections == before {
        assert!(device.said < 100_000, "what waits is bounded");
        let body = device.up(device.said + 1, Then::GoesOn, &pings(2_000));
        device.said += 2_000;
        // Once too much waits, the line may be gone before this is answered.
        assert!([200, 410].contains(&device.post(UP_PATH, &body).await.status));
    }
    // What waited is gone, and soon the line is.
    loop {
        let answer = device.post(DOWN_PATH, &device.down(Manner::Stream)).await;
        match answer.status {
            200 => assert_eq!(frames(&unchunked(&answer.body)), []),
            status => return assert_eq!(status, 410),
        }
    }
}

#[tokio::test]
async fn a_flood_of_lines_takes_the_places_that_there_are_and_no_more() {
    let scene = Scene::start_with(|_, config| config.limits.connections = 2).await;
    let mut first = Device::begun(scene.survivors(), 1).await;
    let _second = Device::begun(scene.survivors(), 2).await;
    let full = RelayFrame::Refused { about: About::Connection, refusal: Refusal::ConnectionsFull };
    for session in 3..20 {
        let mut third = Device::new(scene.survivors(), session);
        assert_eq!(third.hear(Manner::AtOnce).await, std::slice::from_ref(&full));
        assert_eq!(third.post(DOWN_PATH, &third.down(Manner::Stream)).await.status, 410);
    }
    Line::open(scene.survivors()).await.is_refused(Refusal::ConnectionsFull).await;
    // A line that is let go gives its place back at once.
    let closes = first.up(1, Then::Closes, &[]);
    assert_eq!(first.post(UP_PATH, &closes).await.status, 200);
    while scene.relay.holdings().connections == 2 {
        tokio::task::yield_now().await;
    }
    first = Device::greeted(scene.survivors(), 30, &scene.program).await;
    first.say(&pings(1)).await;
}

#[tokio::test]
async fn frames_faster_than_anybody_types_are_refused_on_this_way_too() {
    let scene = Scene::start_with(|_, config| config.limits.frames_at_once = 20).await;
    let mut device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let body = device.up(2, Then::GoesOn, &pings(100));
    device.post(UP_PATH, &body).await;
    let about = About::Connection;
    let refused = RelayFrame::Refused { about, refusal: Refusal::TooFast };
    device.hear_until(|frame| *frame == refused).await;
    assert_eq!(device.post(DOWN_PATH, &device.down(Manner::Stream)).await.status, 410);
}

#[tokio::test]
async fn a_page_that_goes_gives_up_the_place_and_a_line_that_is_let_go_keeps_it() {
    let mut scene = Scene::start().await;
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    desk.go_on_duty(&scene.program, &advocate).await;
    let ticket = Ticket(TICKET).id();
    for (session, then, here) in [(1, Then::Closes, false), (2, Then::PageGoes, true)] {
        let mut survivor = Device::greeted(scene.survivors(), session, &scene.program).await;
        survivor.say(&[ask(TICKET)]).await;
        survivor.hear_until(|frame| matches!(frame, RelayFrame::InLine { .. })).await;
        let goes = survivor.up(survivor.said + 1, then, &[]);
        assert_eq!(survivor.post(UP_PATH, &goes).await.status, 200);
        let wished = if here {
            RelayFrame::WaitingNoMore { ticket }
        } else {
            RelayFrame::WaitingPresence { ticket, here: false.into() }
        };
        desk.hear_until(|frame| *frame == wished).await;
    }
}

#[tokio::test]
async fn everybody_on_this_way_is_told_that_the_relay_stops_and_it_waits_for_nobody_else() {
    let scene = Scene::start().await;
    let device = Device::greeted(scene.survivors(), 1, &scene.program).await;
    let mut stream = device.stream().await;
    let stopping = RelayFrame::Refused { about: About::Connection, refusal: Refusal::Stopping };
    let told = async {
        while stream.frame().await != Some(stopping.clone()) {}
        assert_eq!(stream.frame().await, None);
    };
    tokio::join!(scene.relay.stop(), told);
}
