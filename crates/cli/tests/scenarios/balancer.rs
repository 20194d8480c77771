//! Two relays of a program behind a real balancer with the configuration in `deploy/balancer` (`features.md` 6.7;
//! `docs/scaling.md`, `docs/upgrading.md`): both are replaced while people write. And what such a balancer must not do.
//! `cargo xtask cluster-test` runs these.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::balancer::{Balancer, Between, SilentRelay};
use crate::support::certificates::Authority;
use crate::support::cluster::{Nats, Relays, Wire, until};
use crate::support::pages::pages;
use crate::support::program::{Program, meet};
use crate::support::proxy::found;
use crate::support::tls::{ask, say};
use crate::support::words::message;
use crate::support::{Running, files_below, folder, free_port, http_get, text};

/// How many messages each side of a chat writes in a row.
const EACH: usize = 5;

/// Where somebody comes from who is led to one of the relays: their ways to both doors.
struct Place {
    survivor: Wire,
    desk: Wire,
}

/// Two relays, each of another build, whose pages have files of other names; and a balancer before both.
struct Scene {
    program: Program,
    device: PathBuf,
    colleague: PathBuf,
    nats: Nats,
    relays: Relays,
    _balancer: Running,
}

/// A chat by one of the ways, and the number of the next message on each side.
struct Chat {
    survivor: Running,
    number: Value,
    written: usize,
}

impl Scene {
    fn start(balancer: Balancer) -> Self {
        let program = Program::over_tls();
        let alone = program.serve();
        let [device, colleague] = ["Sam", "Alex"].map(|name| program.advocate(name));
        drop(alone);
        let nats = Nats::alone();
        let public = program.path("program/public.stillroom");
        let mut relays = Relays::new(&public, &[nats.addresses(), nats.addresses()]);
        for number in 0..2 {
            relays.keep(number, &program.path("relay.state"));
            let pages = build(&program.path(&format!("build-{number}")), number);
            relays.change(number, |config| behind(config, &program, &pages));
        }
        relays.serve_all();
        let between = Between {
            doors: (program.visitor, program.desk),
            relays: [relays.doors(0), relays.doors(1)],
        };
        let balancer = balancer.start(between, program.folder.path());
        Self { program, device, colleague, nats, relays, _balancer: balancer }
    }

    /// Somebody who comes from this address of this computer.
    fn from(&self, last: u8) -> Place {
        let at = |port| Wire::from(Ipv4Addr::new(127, 0, 0, last), port);
        Place { survivor: at(self.program.visitor), desk: at(self.program.desk) }
    }

    /// Somebody who is led to this relay at both doors.
    fn at(&self, relay: usize) -> Place {
        let is_led_there = |place: &Place| {
            let doors = [&place.survivor, &place.desk];
            doors.iter().all(|door| self.relay_of(door.port()) == relay)
        };
        (2..u8::MAX).map(|last| self.from(last)).find(is_led_there).unwrap()
    }

    /// The whole answer to one request on a connection of its own.
    fn get(&self, port: u16, path: &str) -> String {
        let trusted = &self.program.authority.as_ref().unwrap().file;
        let mut answer = Vec::new();
        // Who closes without a word of TLS has said all that the length promised.
        let _ = ask("localhost", port, path, trusted).unwrap().read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Which relay's build the page is of that is given out here.
    fn relay_of(&self, port: u16) -> usize {
        let page = self.get(port, "/");
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        usize::from(page.contains("/s/b1-"))
    }

    /// The page at this door and every file that it names come, each asked for on a connection of its own. Of which
    /// relay's build they are.
    fn page_comes_whole(&self, port: u16) -> usize {
        self.page_comes_with_files_from(port, port)
    }

    /// The same of somebody who comes to the one door for the page and to the other for its files, as from a telephone
    /// that has just left a network.
    fn page_comes_with_files_from(&self, port: u16, then: u16) -> usize {
        let page = self.get(port, "/");
        let names = page.split("\"/s/").skip(1).filter_map(|rest| rest.split('"').next());
        let names: BTreeSet<_> = names.collect();
        assert!(names.len() > 3, "{page}");
        for name in names {
            let file = self.get(then, &format!("/s/{name}"));
            assert!(file.starts_with("HTTP/1.1 200"), "{name}: {file}");
        }
        usize::from(page.contains("/s/b1-"))
    }

    /// Whoever comes from there gets in, at each door by another way. At staff's nobody has come from there for whom nginx
    /// would have found the relay away a moment ago.
    fn lets_in(&mut self, place: &Place) -> [Running; 2] {
        let link = format!("{}/", self.program.address(false, place.survivor.port()));
        self.program.by = &["--by", "websocket"];
        let side = ["survivor", "--link", &link, "--root", &self.program.root];
        let mut survivor = self.program.client(&side);
        survivor.tell(json!({"do": "start"}));
        gets_in(&survivor, |event| event["phase"] == "waiting");

        let relay = self.program.address(true, place.desk.port());
        self.program.by = &["--by", "requests"];
        let side = ["desk", "--relay", &relay, "--device-file", text(&self.colleague)];
        let mut desk = self.program.client(&side);
        desk.tell(json!({"do": "on-duty"}));
        gets_in(&desk, |event| event["duty"] == "on");
        [survivor, desk]
    }

    /// Starts this relay again, of the next version of the protocol, and waits until it says that it stands beside the
    /// other one.
    fn serve_the_next_version(&mut self, relay: usize) {
        let former = self.nats.port(0).to_string();
        let way = Wire::of_the_next_version(self.nats.port(0));
        self.relays.change(relay, |config| config.replace(&former, &way.port().to_string()));
        self.relays.serve(relay);
        until("it says that it waits", || {
            self.relays.log(relay).contains("speaks another version")
        });
        let answer = http_get(self.relays.doors(relay).0, "/ready").unwrap();
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
}

impl Chat {
    /// Both sides write a few.
    fn write(&mut self, desk: &mut Running) {
        for number in self.written..self.written + EACH {
            self.survivor.tell(json!({"do": "write", "text": message("survivor", number)}));
            let text = message("desk", number);
            desk.tell(json!({"do": "write", "chat": self.number, "text": text}));
        }
        self.written += EACH;
    }

    /// Whoever it is hears the other side's next messages, each once and in order.
    fn hears(&self, from: usize) {
        for number in from..self.written {
            assert_eq!(self.survivor.hears()["text"], message("desk", number).as_str());
        }
    }
}

/// The desk hears the next messages of all chats, of each once and in order.
fn desk_hears(desk: &Running, chats: &[Chat], from: usize) {
    let mut next = vec![from; chats.len()];
    while next.iter().zip(chats).any(|(next, chat)| *next < chat.written) {
        let said = desk.hears();
        let chat = chats.iter().position(|chat| chat.number == said["chat"]).unwrap();
        assert_eq!(said["text"], message("survivor", next[chat]).as_str());
        next[chat] += 1;
    }
}

/// Waits for this event. Whoever comes in vain hears of each try, and so is not waited for without end.
fn gets_in(device: &Running, is_in: impl Fn(&Value) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    device.event(|event| {
        assert!(Instant::now() < end, "it was not let in within a minute");
        is_in(event)
    });
}

/// A relay's configuration with the balancer before it, and these pages.
fn behind(config: &str, program: &Program, pages: &Path) -> String {
    let door = |config: String, door: &str, port: u16| {
        let said =
            format!("[{door}]\nproxy = \"127.0.0.1\"\norigin = \"https://localhost:{port}\"\n");
        config.replace(&format!("[{door}]\n"), &said)
    };
    let config = door(config.to_owned(), "survivor", program.visitor);
    let config =
        door(config, "desk", program.desk).replace("trial = true", "trial = true\nreplicas = 1");
    format!("{config}[testing]\npages = '{}'\n", pages.display())
}

/// The project's pages as this build has them: files have other names in each.
fn build(folder: &Path, number: usize) -> PathBuf {
    std::fs::create_dir(folder).unwrap();
    let pages = pages(folder);
    for page in std::fs::read_dir(&pages).unwrap().flatten() {
        for file in std::fs::read_dir(page.path().join("s")).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            let renamed = name.replacen("p-", &format!("b{number}-"), 1);
            std::fs::rename(file.path(), file.path().with_file_name(renamed)).unwrap();
        }
        let document = page.path().join("page.html");
        let text = std::fs::read_to_string(&document).unwrap();
        std::fs::write(&document, text.replace("/s/p-", &format!("/s/b{number}-"))).unwrap();
    }
    pages
}

/// Chats by WebSocket and by plain requests go on while the relay at which their survivors are is replaced, and then the
/// other; and whoever comes from there gets whole pages, and in, throughout.
fn go_on_behind(balancer: Balancer) {
    let mut scene = Scene::start(balancer);
    let (here, there) = (scene.at(0), scene.at(1));
    for (relay, place) in [&here, &there].into_iter().enumerate() {
        assert_eq!(scene.page_comes_whole(place.survivor.port()), relay);
    }
    scene.page_comes_whole(there.desk.port());
    let doors = [&here, &there].map(|place| place.survivor.port());
    assert_eq!(scene.page_comes_with_files_from(doors[0], doors[1]), 0);
    assert_eq!(scene.page_comes_with_files_from(doors[1], doors[0]), 1);

    let mut desk = scene.program.desk(&scene.device, there.desk.port());
    let mut chats = Vec::new();
    for by in [&["--by", "websocket"], &["--by", "requests"], &["--by", "requests-by-http2"]] {
        scene.program.by = by;
        let survivor = scene.program.survivor(here.survivor.port());
        let number = meet(&survivor, &mut desk);
        chats.push(Chat { survivor, number, written: 0 });
    }
    chats.iter_mut().for_each(|chat| chat.write(&mut desk));
    chats.iter().for_each(|chat| chat.hears(0));
    desk_hears(&desk, &chats, 0);

    chats.iter_mut().for_each(|chat| chat.write(&mut desk));
    scene.relays.end(0, "TERM");
    chats.iter_mut().for_each(|chat| chat.write(&mut desk));
    chats.iter().for_each(|chat| chat.hears(EACH));
    desk_hears(&desk, &chats, EACH);
    assert_eq!(scene.page_comes_whole(here.survivor.port()), 1);

    scene.serve_the_next_version(0);
    let _stay = scene.lets_in(&here);
    assert_eq!(scene.page_comes_whole(here.survivor.port()), 1);

    chats.iter_mut().for_each(|chat| chat.write(&mut desk));
    scene.relays.end(1, "TERM");
    chats.iter_mut().for_each(|chat| chat.write(&mut desk));
    chats.iter().for_each(|chat| chat.hears(3 * EACH));
    desk_hears(&desk, &chats, 3 * EACH);
    assert_eq!(scene.relay_of(there.survivor.port()), 0);
}

/// From where a request is said to come in the last of such headers, as a relay reads them.
fn said_to_come_from(head: &str) -> &str {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let of = lines.filter(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for"));
    of.map(|(_, value)| value.rsplit(',').next().unwrap().trim()).next_back().unwrap()
}

/// A relay is told from where somebody comes, whatever they say themselves; of what is posted it is told once, although
/// no answer comes; and neither is written down by the balancer.
fn says_each_thing_once_and_writes_nobody_down_behind(balancer: Balancer) {
    const FROM: Ipv4Addr = Ipv4Addr::new(127, 9, 87, 65);
    let folder = folder();
    let authority = Authority::new(folder.path());
    authority.certify(folder.path(), "localhost", 1, 90);
    let trusted = &authority.file;
    let doors = (free_port(), free_port());
    let relays = [SilentRelay::start(), SilentRelay::start()];
    let behind = relays.each_ref().map(|relay| (relay.port, relay.port));
    let running = balancer.start(Between { doors, relays: behind }, folder.path());
    for door in [doors.0, doors.1] {
        let way = Wire::from(FROM, door);
        // What relays are asked when somebody says this, who gets no ticket by which they would be known again.
        let heads = |request: &str| -> Vec<String> {
            let mut browser = say("localhost", way.port(), request, trusted).unwrap();
            let _ = browser.read_to_end(&mut Vec::new());
            assert_eq!(browser.conn.tls13_tickets_received(), 0);
            relays.iter().flat_map(SilentRelay::asked).collect()
        };
        let of = |request: &str, body: &str| {
            let length = body.len();
            format!(
                "{request} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n\
                 Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        };
        let mut all = [("GET /line", ""), ("POST /d", "which"), ("POST /u", "what")]
            .map(|(request, body)| heads(&of(request, body)))
            .concat();
        let page = heads(&of("GET /", ""));
        assert!(page.len() > 1, "a page is asked for of another relay as well: {page:?}");
        all.extend(page);
        // nginx passes over those that did not answer for a moment.
        let mut posted = Vec::new();
        until("what is posted comes to a relay", || {
            posted = heads(&of("POST /a", "answers"));
            !posted.is_empty()
        });
        assert_eq!(posted.len(), 1, "{posted:?}");
        all.extend(posted);
        assert!(all.len() >= 6, "{all:?}");
        for head in all {
            assert_eq!(said_to_come_from(&head), FROM.to_string(), "{head}");
        }
        // What no server understands is a reason to write a line.
        heads("no request\r\n\r\n");
    }
    running.signal("KILL");
    let said = running.rest().concat().into_bytes();
    let written = files_below(folder.path());
    for bytes in written.iter().filter_map(|file| std::fs::read(file).ok()).chain([said]) {
        assert!(!found(&bytes, &FROM.to_string()), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
#[ignore = "needs HAProxy: cargo xtask cluster-test"]
fn haproxy_says_each_thing_once_and_writes_nobody_down() {
    says_each_thing_once_and_writes_nobody_down_behind(Balancer::HaProxy);
}

#[test]
#[ignore = "needs nginx: cargo xtask cluster-test"]
fn nginx_says_each_thing_once_and_writes_nobody_down() {
    says_each_thing_once_and_writes_nobody_down_behind(Balancer::Nginx);
}

#[test]
#[ignore = "needs a NATS server and HAProxy: cargo xtask cluster-test"]
fn behind_haproxy_whoever_is_at_a_relay_that_is_replaced_goes_on_at_the_other() {
    go_on_behind(Balancer::HaProxy);
}

#[test]
#[ignore = "needs a NATS server and nginx: cargo xtask cluster-test"]
fn behind_nginx_whoever_is_at_a_relay_that_is_replaced_goes_on_at_the_other() {
    go_on_behind(Balancer::Nginx);
}
