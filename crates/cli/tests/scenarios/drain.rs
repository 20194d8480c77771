//! A relay that is stopped and started again under people who go on writing (`features.md` 6.7): its sockets outlive
//! it, nobody is refused a connection, and every message comes once and in order.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::cluster::{Talk, chats};
use crate::support::lines::{is_told_that_the_relay_stops, line};
use crate::support::program::{Program, meet};
use crate::support::words::message;
use crate::support::{Running, http_get};

const CHATS: usize = 20;
const EACH: usize = 12;
const STOPPED_AFTER: usize = 4;
/// How many messages a side writes ahead of what the other has received.
const AHEAD: usize = 3;

/// A survivor's side of a chat, and what arrived on both.
struct Chat {
    survivor: Running,
    number: Value,
    at_survivor: Vec<String>,
}

/// What arrived at the desk, chat by chat.
#[derive(Default)]
struct AtDesk(BTreeMap<u64, Vec<String>>);

impl AtDesk {
    fn hear(&mut self, desk: &Running, each: usize) {
        while self.0.len() < CHATS || self.0.values().any(|texts| texts.len() < each) {
            let said = desk.hears();
            let texts = self.0.entry(said["chat"].as_u64().unwrap()).or_default();
            texts.push(said["text"].as_str().unwrap().to_owned());
        }
    }
}

impl Chat {
    fn hear(&mut self, each: usize) {
        while self.at_survivor.len() < each {
            let said = self.survivor.hears();
            self.at_survivor.push(said["text"].as_str().unwrap().to_owned());
        }
    }
}

fn written(side: &str) -> Vec<String> {
    (0..EACH).map(|number| message(side, number)).collect()
}

/// Asks a door again and again until told otherwise; each time there is this answer. The longest that one took.
fn ask_all_the_time(port: u16, status: &str, enough: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    while !enough.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let answer = http_get(port, "/status").unwrap_or_default();
        assert!(answer.starts_with(status), "somebody was refused: {answer:?}");
        longest = longest.max(asked.elapsed());
    }
    longest
}

#[test]
fn twenty_chats_go_on_over_a_restart_and_nobody_is_refused() {
    let program = Program::new();
    let sockets = program.sockets();
    let mut first = Some(program.serve_on(&sockets));
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut chats: Vec<_> = (0..CHATS)
        .map(|_| {
            let survivor = program.survivor(program.visitor);
            let number = meet(&survivor, &mut desk);
            Chat { survivor, number, at_survivor: Vec::new() }
        })
        .collect();

    let mut at_desk = AtDesk::default();
    let (enough, program, sockets) = (&AtomicBool::new(false), &program, &sockets);
    let _second = thread::scope(|scope| {
        let asking = [(program.visitor, "HTTP/1.1 200"), (program.desk, "HTTP/1.1 404")]
            .map(|(port, status)| scope.spawn(move || ask_all_the_time(port, status, enough)));
        let mut restarting = None;
        for number in 0..EACH {
            if number == STOPPED_AFTER
                && let Some(mut relay) = first.take()
            {
                restarting = Some(scope.spawn(move || {
                    let asked = Instant::now();
                    relay.signal("TERM");
                    assert!(relay.wait().success(), "it stopped well");
                    let stopped = asked.elapsed();
                    (program.serve_on(sockets), stopped, asked.elapsed())
                }));
            }
            for chat in &mut chats {
                chat.survivor.tell(json!({"do": "write", "text": message("survivor", number)}));
                let text = message("desk", number);
                desk.tell(json!({"do": "write", "chat": chat.number, "text": text}));
            }
            let heard = number.saturating_sub(AHEAD);
            at_desk.hear(&desk, heard);
            chats.iter_mut().for_each(|chat| chat.hear(heard));
        }
        let (second, stopped, again) = restarting.unwrap().join().unwrap();
        at_desk.hear(&desk, EACH);
        chats.iter_mut().for_each(|chat| chat.hear(EACH));
        enough.store(true, Ordering::Relaxed);
        let longest = asking.map(|asking| asking.join().unwrap()).into_iter().max().unwrap();
        println!("stopped after {stopped:?}, runs again after {again:?}, longest wait {longest:?}");
        second
    });

    for chat in &chats {
        assert_eq!(chat.at_survivor, written("desk"));
        assert_eq!(at_desk.0[&chat.number.as_u64().unwrap()], written("survivor"));
    }
    // One more each way shows that nothing was left over to come a second time.
    for chat in &mut chats {
        chat.survivor.tell(json!({"do": "write", "text": "the last"}));
        desk.tell(json!({"do": "write", "chat": chat.number, "text": "the very last"}));
        chat.hear(EACH + 1);
        assert_eq!(chat.at_survivor.last().unwrap(), "the very last");
    }
    at_desk.hear(&desk, EACH + 1);
    assert!(at_desk.0.values().all(|texts| texts.last().unwrap() == "the last"));
}

/// A few chats go on while their relay is stopped and started again on the same sockets.
fn chats_go_on_over_a_restart(program: &Program) {
    let sockets = program.sockets();
    let mut first = program.serve_on(&sockets);
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut chats: Vec<_> = (0..3)
        .map(|_| {
            let survivor = program.survivor(program.visitor);
            let number = meet(&survivor, &mut desk);
            (survivor, number)
        })
        .collect();
    let mut all_write = |text: &str, desk: &mut Running| {
        for (survivor, number) in &mut chats {
            survivor.tell(json!({"do": "write", "text": text}));
            desk.tell(json!({"do": "write", "chat": number, "text": text}));
        }
    };
    all_write("before", &mut desk);
    first.signal("TERM");
    assert!(first.wait().success(), "it stopped well");
    // Nobody serves, and nobody is refused: the sockets hold whoever comes.
    all_write("meanwhile", &mut desk);
    let _second = program.serve_on(&sockets);
    all_write("after", &mut desk);
    for text in ["before", "meanwhile", "after"] {
        chats.iter().for_each(|(survivor, _)| assert_eq!(survivor.hears()["text"], text));
    }
    let of_desk: Vec<_> = (0..9).map(|_| desk.hears()).collect();
    for (_, number) in &chats {
        let of_chat = of_desk.iter().filter(|said| said["chat"] == *number);
        let texts: Vec<_> = of_chat.map(|said| said["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["before", "meanwhile", "after"]);
    }
    for (survivor, number) in &chats {
        desk.tell(json!({"do": "end", "chat": number}));
        survivor.event(|event| event["phase"] == "ended");
    }
}

#[test]
#[ignore = "takes long: cargo xtask prove failures"]
fn many_chats_go_on_over_a_restart() {
    let program = Program::new();
    let sockets = program.sockets();
    let mut first = program.serve_on(&sockets);
    let mut talk = Talk::of(&program);
    talk.open(chats(20), &[program.visitor], &[program.desk]);
    println!("before: {}", talk.settle());
    talk.write();
    first.signal("TERM");
    assert!(first.wait().success(), "it stopped well");
    let _second = program.serve_on(&sockets);
    println!("the relay was stopped and started: {}", talk.settle());
    talk.open(2, &[program.visitor], &[program.desk]);
    println!("new chats: {}", talk.settle());
    talk.end();
}

#[test]
fn chats_over_tls_go_on_over_a_restart() {
    chats_go_on_over_a_restart(&Program::over_tls());
}

#[test]
fn chats_by_plain_requests_go_on_over_a_restart() {
    let mut program = Program::new();
    program.by = &["--by", "requests"];
    chats_go_on_over_a_restart(&program);
}

#[test]
fn chats_by_plain_requests_over_tls_go_on_over_a_restart() {
    let mut program = Program::over_tls();
    program.by = &["--by", "requests"];
    chats_go_on_over_a_restart(&program);
}

#[test]
fn chats_by_plain_requests_over_http_2_go_on_over_a_restart() {
    let mut program = Program::over_tls();
    program.by = &["--by", "requests-by-http2"];
    chats_go_on_over_a_restart(&program);
}

/// Whoever watches over a service: hears what it says of itself.
fn watched(program: &Program) -> (UnixDatagram, std::process::Command) {
    let heard = UnixDatagram::bind(program.path("manager")).unwrap();
    heard.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let mut serving = program.serving();
    serving.env("NOTIFY_SOCKET", program.path("manager"));
    (heard, serving)
}

fn word(heard: &UnixDatagram) -> String {
    let mut word = [0; 64];
    let length = heard.recv(&mut word).unwrap();
    String::from_utf8_lossy(&word[..length]).into_owned()
}

#[test]
fn the_service_manager_hears_that_a_relay_serves_lives_and_stops() {
    let program = Program::new();
    let (heard, mut serving) = watched(&program);
    serving.env("WATCHDOG_USEC", "30000");
    let mut relay = Running::of(serving);
    assert_eq!(word(&heard), "READY=1");
    assert!(http_get(program.visitor, "/status").is_some());
    assert_eq!([word(&heard), word(&heard)], ["WATCHDOG=1", "WATCHDOG=1"]);
    relay.signal("TERM");
    let last = std::iter::repeat_with(|| word(&heard)).find(|word| word != "WATCHDOG=1");
    assert_eq!(last.unwrap(), "STOPPING=1");
    assert!(relay.wait().success());
}

#[test]
fn a_relay_that_is_asked_twice_stops_at_once() {
    let program = Program::new();
    let (heard, serving) = watched(&program);
    let mut relay = Running::of(serving);
    assert_eq!(word(&heard), "READY=1");
    // Somebody in the middle of a request is waited for, until the second time.
    let mut halfway = TcpStream::connect(("127.0.0.1", program.visitor)).unwrap();
    write!(halfway, "GET / HTTP/1.1\r\nHost").unwrap();
    relay.signal("TERM");
    assert_eq!(word(&heard), "STOPPING=1");
    relay.signal("TERM");
    assert!(!relay.wait().success());
    let log = std::fs::read_to_string(program.path("relay.log")).unwrap();
    assert!(log.contains("asked twice") && !log.contains("has stopped"), "{log}");
}

#[test]
fn whoever_connected_before_a_relay_stops_still_gets_an_answer() {
    let program = Program::new();
    let (heard, serving) = watched(&program);
    let mut relay = Running::of(serving);
    assert_eq!(word(&heard), "READY=1");
    // The first answer shows that the relay has let in the second connection, which came before.
    let mut first = TcpStream::connect(("127.0.0.1", program.visitor)).unwrap();
    assert!(http_get(program.visitor, "/status").is_some());
    relay.signal("TERM");
    assert_eq!(word(&heard), "STOPPING=1");
    write!(first, "GET /status HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", program.visitor).unwrap();
    let mut answer = String::new();
    first.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    assert!(answer.contains("\"open\":false"), "{answer}");
    assert!(relay.wait().success());
}

/// What a relay says as it drops those that did not end by themselves.
const DROPPED: &str = "did not end by themselves";

#[test]
fn a_line_whose_device_does_not_go_is_closed_and_the_relay_has_nobody_to_drop() {
    let program = Program::new();
    let mut relay = program.serve();
    let mut stays = line(program.visitor);
    relay.signal("TERM");
    is_told_that_the_relay_stops(&mut stays);
    assert!(relay.wait().success());
    let log = std::fs::read_to_string(program.path("relay.log")).unwrap();
    assert!(log.contains("the relay has stopped") && !log.contains(DROPPED), "{log}");
    drop(stays);
}

#[test]
fn a_relay_stops_with_the_last_who_goes_and_does_not_wait_for_ever_for_whoever_does_not() {
    let [held_up, left] = [Program::new(), Program::new()];
    let (held_up_says, serving) = watched(&held_up);
    let [mut is_held_up, mut is_left] = [Running::of(serving), left.serve()];
    assert_eq!(word(&held_up_says), "READY=1");
    // Somebody in the middle of a request; the answer to who came after them shows that they were let in.
    let mut halfway = TcpStream::connect(("127.0.0.1", held_up.visitor)).unwrap();
    write!(halfway, "GET / HTTP/1.1\r\nHost").unwrap();
    let mut idle = TcpStream::connect(("127.0.0.1", held_up.visitor)).unwrap();
    assert!(http_get(held_up.visitor, "/status").is_some());
    let mut goes = line(left.visitor);

    is_held_up.signal("TERM");
    assert_eq!(word(&held_up_says), "STOPPING=1");
    // It has been stopping for a second when it lets go of who asks for nothing.
    idle.read_to_end(&mut Vec::new()).unwrap();
    is_left.signal("TERM");
    is_told_that_the_relay_stops(&mut goes);
    drop(goes);
    assert!(is_left.wait().success());
    assert!(!is_held_up.has_ended(), "it was asked a second before, and somebody holds it up");
    assert!(is_held_up.wait().success(), "and not without end");
    let [held_up, left] =
        [held_up, left].map(|program| std::fs::read_to_string(program.path("relay.log")).unwrap());
    assert!(held_up.contains(DROPPED) && held_up.contains("the relay has stopped"), "{held_up}");
    assert!(!left.contains(DROPPED) && left.contains("the relay has stopped"), "{left}");
    drop(halfway);
}

#[test]
fn a_socket_that_nothing_listens_on_is_said_so_at_the_start() {
    let (program, other) = (Program::new(), Program::new());
    let sockets = other.sockets();
    let mut relay = sockets.hand_to(&program.serving(), &program.path("relay.log"));
    assert!(!relay.wait().success());
    let log = std::fs::read_to_string(program.path("relay.log")).unwrap();
    assert!(log.contains("handed over") && log.contains(&other.visitor.to_string()), "{log}");
}
