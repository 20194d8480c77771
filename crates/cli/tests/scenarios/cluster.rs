//! Several relays of one program over a real cluster of NATS servers, all processes of their own (`features.md` 3.8,
//! 6.1, 6.7; `docs/scaling.md`). `cargo xtask cluster-test` runs these; they need its NATS server.

use std::rc::Rc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::cluster::{Nats, Relays, Talk, Wire, processor, read_both, telling, until};
use crate::support::lines::{is_told_that_the_relay_stops, line};
use crate::support::memory::memory;
use crate::support::network::Network;
use crate::support::program::{Program, many, meet, ten_messages_each_way};
use crate::support::proxy::{Recording, found};
use crate::support::words::words;
use crate::support::{
    self, Running, file, folder, http_get, run_badly, run_well, serving_with_log, text,
};

/// Chats that go on while something is killed; `cargo xtask prove` has more.
fn chats() -> usize {
    support::cluster::chats(20)
}

/// Everything that a test needs: a cluster, three relays, chats over all of them.
struct Scene {
    nats: Nats,
    relays: Relays,
    talk: Talk,
}

impl Scene {
    fn start() -> Self {
        Self::over(|nats, _| nats.addresses())
    }

    fn over(addresses: impl Fn(&Nats, usize) -> Vec<String>) -> Self {
        let nats = Nats::start();
        let talk = Talk::start();
        let each: Vec<_> = (0..3).map(|number| addresses(&nats, number)).collect();
        let mut relays = Relays::new(&talk.program, &each);
        relays.serve_all();
        Self { nats, relays, talk }
    }

    /// Opens chats whose survivors and desks come in by any relay.
    fn chat(&mut self, chats: usize) {
        let doors: Vec<_> = (0..3).map(|number| self.relays.doors(number)).collect();
        let (survivors, desks): (Vec<_>, Vec<_>) = doors.into_iter().unzip();
        self.talk.open(chats, &survivors, &desks);
    }

    /// Opens as many chats as a test has, before anything happens to them.
    fn begin(&mut self) {
        self.chat(chats());
        self.settle("before");
    }

    /// Lets them talk for a moment, and then waits until everything has come.
    fn settle(&mut self, what: &str) -> Value {
        let report = self.talk.settle();
        println!("{what}: {report}");
        report
    }

    /// Lets new chats come about, and ends all.
    fn end(mut self) {
        self.chat(2);
        self.settle("new chats");
        self.talk.end();
    }
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn chats_between_people_at_any_relay_survive_whichever_relay_is_killed() {
    let mut scene = Scene::start();
    scene.begin();

    scene.talk.write();
    let home = scene.relays.home();
    let killed = Instant::now();
    scene.relays.kill(home);
    scene.relays.home();
    println!("another relay is home after {:?}", killed.elapsed());
    scene.settle("the home was killed");

    scene.relays.serve(home);
    scene.talk.write();
    // Not the one that was just started, at which nobody is.
    let other = 3 - home - scene.relays.home();
    scene.relays.kill(other);
    scene.settle("another relay was killed");

    scene.relays.serve(other);
    scene.talk.write();
    let home = scene.relays.home();
    let stopped = Instant::now();
    scene.relays.end(home, "TERM");
    scene.relays.home();
    println!("another relay is home after {:?}", stopped.elapsed());
    scene.settle("the home was stopped");
    scene.end();
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn programs_whose_cluster_is_away_when_their_process_starts_are_served_once_it_is_there() {
    let mut nats = Nats::start();
    (0..3).for_each(|number| nats.kill(number));
    let programs = [Program::new(), Program::new()];
    let relays = format!("[relays]\nnats = {:?}\ntrial = true\n", nats.addresses());
    let around = folder();
    let relay = Running::of(serving_with_log(&file(
        around.path(),
        "many.toml",
        &(many(&programs) + &relays),
    )));
    for _ in &programs {
        relay.says("is not served, and is tried again");
    }

    (0..3).for_each(|number| nats.serve(number));
    for _ in &programs {
        relay.says("the program is served now");
    }
    for program in &programs {
        until("it lets people in", || {
            http_get(program.visitor, "/ready").is_some_and(|said| said.starts_with("HTTP/1.1 204"))
        });
    }
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn chats_survive_the_loss_of_servers_and_a_cluster_that_comes_back_empty() {
    let mut scene = Scene::start();
    scene.begin();

    scene.talk.write();
    let leader = scene.nats.leader();
    let other = (leader + 1) % 3;
    scene.nats.kill(other);
    scene.settle("a server was killed");
    scene.nats.serve(other);
    scene.nats.is_whole();

    scene.talk.write();
    let leader = scene.nats.leader();
    scene.nats.kill(leader);
    scene.settle("the server that leads JetStream was killed");
    scene.nats.serve(leader);
    scene.nats.is_whole();

    scene.talk.write();
    let leader = scene.nats.leader_of_the_lease().expect("somebody leads");
    scene.nats.kill(leader);
    let another = || scene.nats.leader_of_the_lease().is_some_and(|now| now != leader);
    until("another server leads the lease's stream", another);
    scene.settle("the server that leads the lease's stream was killed");
    scene.nats.serve(leader);
    scene.nats.is_whole();

    scene.talk.write();
    let home = scene.relays.home();
    (0..3).for_each(|number| scene.nats.kill(number));
    until("each relay says that it cannot reach the others", || {
        (0..3).all(|number| scene.relays.log(number).contains("cannot be reached over NATS"))
    });
    assert_eq!(scene.relays.homes(), [home], "the home serves whoever it has");
    (0..3).for_each(|number| scene.nats.empty(number));
    (0..3).for_each(|number| scene.nats.serve(number));
    scene.nats.is_whole();
    scene.settle("all servers came back empty");
    scene.end();
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn two_relays_that_both_have_the_program_for_a_while_lose_no_message() {
    let nats = Nats::start();
    let wires: Vec<Vec<Wire>> =
        (0..3).map(|_| (0..3).map(|server| Wire::to(nats.port(server))).collect()).collect();
    let talk = Talk::start();
    let each: Vec<_> =
        wires.iter().map(|wires| wires.iter().map(Wire::address).collect()).collect();
    let mut relays = Relays::new(&talk.program, &each);
    relays.serve_all();
    let mut scene = Scene { nats, relays, talk };
    scene.begin();

    scene.talk.write();
    let home = scene.relays.home();
    wires[home].iter().for_each(|wire| wire.cut(true));
    until("two relays believe to be home", || scene.relays.homes().len() == 2);
    // Some are at the one and some at the other; whoever comes anew finds one of both.
    wires[home].iter().for_each(|wire| wire.cut(false));
    until("one of both has stepped down", || !scene.relays.is_home(home));
    assert_eq!(scene.relays.homes().len(), 1);
    scene.settle("two were home");
    scene.end();
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn relays_go_by_the_same_records_and_chats_go_on_while_the_database_is_gone_and_a_relay_is_killed()
{
    let (nats, mut server) = (Nats::start(), Server::start());
    let mut program = Program::new();
    let talk = Talk::of(&program);
    let each: Vec<_> = (0..3).map(|_| nats.addresses()).collect();
    let mut relays = Relays::new(&talk.program, &each);
    relays.keep_in(&server.url());
    relays.serve(0);
    for number in 1..3 {
        relays.is_of_the_host_of(number, 0);
        relays.serve(number);
    }
    let home = relays.home();
    let [other, third] = [(home + 1) % 3, (home + 2) % 3];
    let doors: Vec<_> = (0..3).map(|number| relays.doors(number)).collect();
    program.desk = doors[third].1;
    let mut scene = Scene { nats, relays, talk };
    scene.begin();

    let at = |relay: usize, what: &[&str], more: &[&str]| {
        program.administering(doors[relay].1, what, more)
    };
    let all_say = |what: &str, is_so: fn(&str) -> bool| {
        let now = |relay: usize| http_get(doors[relay].0, "/now").unwrap_or_default();
        until(what, || (0..3).all(|relay| is_so(&now(relay))));
    };
    scene.talk.write();
    let flood = ["--kind", "emergency", "--text", "The river rises."];
    run_well(&at(other, &["policy", "close"], &flood));
    all_say("each relay says that chat is closed", |now| now.contains("The river rises."));
    let device = program.advocate("Sam");
    let desk = program.desk(&device, doors[other].1);
    let listed = run_well(&at(third, &["staff", "list"], &[]));
    let advocate = listed.lines().find(|line| line.contains("advocate")).unwrap();
    let advocate = advocate.split_whitespace().next().unwrap();
    run_well(&at(third, &["staff", "revoke"], &[advocate]));
    let is_refused = |event: &Value| event["trouble"] == "certificate-refused";
    desk.event(is_refused);
    for (_, door) in &doors {
        let relay = format!("ws://localhost:{door}");
        let desk = program.client(&["desk", "--relay", &relay, "--device-file", text(&device)]);
        desk.event(is_refused);
    }
    scene.settle("a policy was published and a device revoked");

    server.signal("KILL");
    scene.talk.write();
    assert!(run_badly(&at(other, &["policy", "open"], &[])).contains("could not keep"));
    scene.relays.kill(third);
    scene.settle("the database is gone and a relay was killed");
    scene.talk.write();
    server.start_again();
    scene.relays.serve(third);
    run_well(&at(third, &["policy", "open"], &[]));
    all_say("each relay says that chat is open", |now| !now.contains("The river rises."));
    scene.settle("both are back");
    // Whoever is home asks it for everybody.
    let log = scene.relays.log(home);
    assert_eq!(log.matches("the lasting records answer again").count(), 1, "{log}");
    scene.end();
}

/// Whether a balancer is to send people to this relay.
fn is_ready(relays: &Relays, number: usize) -> bool {
    let (visitor, desk) = relays.doors(number);
    let says = [visitor, desk].map(|port| http_get(port, "/ready").unwrap_or_default());
    says.iter().all(|says| says.starts_with("HTTP/1.1 204"))
}

/// How often a relay said that it waits for those of another version to stop.
fn said_to_wait(relays: &Relays, number: usize) -> usize {
    relays.log(number).matches("speaks another version").count()
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn relays_are_replaced_one_by_one_by_those_of_the_next_version_and_no_page_is_told_to_load_again() {
    let nats = Nats::start();
    let next: Vec<_> = (0..3).map(|server| Wire::of_the_next_version(nats.port(server))).collect();
    let to_next: Vec<_> = next.iter().map(Wire::address).collect();
    let talk = Talk::start();
    let each = [nats.addresses(), nats.addresses(), to_next.clone(), to_next];
    let mut relays = Relays::new(&talk.program, &each);
    (0..2).for_each(|number| relays.serve(number));
    relays.home();
    relays.serve(2);
    until("one of the next version says that it waits", || said_to_wait(&relays, 2) == 1);
    assert!(is_ready(&relays, 0) && is_ready(&relays, 1) && !is_ready(&relays, 2));
    for path in ["/", "/status", "/now"] {
        let page = http_get(relays.doors(2).0, path).unwrap();
        assert!(page.starts_with("HTTP/1.1 503") && page.contains("being renewed"), "{page}");
    }

    // Not that it speaks another version than a page that comes: it does not wait for what that speaks.
    let doors: Vec<_> = (0..4).map(|number| relays.doors(number)).collect();
    is_told_that_the_relay_stops(&mut line(doors[2].0));
    is_told_that_the_relay_stops(&mut line(doors[2].1));

    // As a balancer does that asks which relays are ready.
    let ways = [doors[0], doors[1]].map(|(visitor, desk)| (Wire::to(visitor), Wire::to(desk)));
    let lead = |way: usize, to: usize| {
        ways[way].0.lead(doors[to].0);
        ways[way].1.lead(doors[to].1);
    };
    let (survivors, desks): (Vec<_>, Vec<_>) =
        ways.iter().map(|(visitor, desk)| (visitor.port(), desk.port())).unzip();
    let mut scene = Scene { nats, relays, talk };
    scene.talk.open(chats(), &survivors, &desks);
    scene.settle("one of the next version is beside");

    scene.talk.write();
    let first = scene.relays.home();
    lead(first, 1 - first);
    scene.relays.end(first, "TERM");
    assert_eq!(scene.relays.home(), 1 - first, "of those left the one of this version");
    scene.settle("the first of this version was stopped");
    scene.talk.open(2, &survivors, &desks);
    scene.settle("new chats");

    scene.relays.serve(3);
    until("the other one says that it waits", || said_to_wait(&scene.relays, 3) == 1);
    scene.talk.write();
    (0..2).for_each(|way| lead(way, 2 + way));
    scene.relays.end(1 - first, "TERM");
    assert!(scene.relays.home() >= 2);
    for number in [2, 3] {
        until("those of the next version take part", || is_ready(&scene.relays, number));
    }
    let waited = [2, 3].map(|number| said_to_wait(&scene.relays, number));
    assert_eq!(waited, [1, 1], "said once");
    scene.settle("the last of this version was stopped");
    scene.talk.open(2, &survivors, &desks);
    scene.settle("new chats");
    scene.talk.end();
}

/// Three relays and three NATS servers, each on a computer of its own; nothing, where this user may not make those.
fn network() -> Option<Rc<Network>> {
    let network = Network::new(6).map(Rc::new);
    if network.is_none() {
        println!("skipped: this user may not make network namespaces");
    }
    network
}

#[test]
#[ignore = "needs a NATS server and root: cargo xtask cluster-test"]
fn a_network_that_falls_apart_between_relays_loses_no_message() {
    let Some(network) = network() else {
        return;
    };
    let nats = Nats::start_in(&network);
    let talk = Talk::start();
    let mut relays = Relays::new_in(&network, &talk.program, &nats);
    relays.serve_all();
    let mut scene = Scene { nats, relays, talk };
    scene.begin();

    scene.talk.write();
    let home = scene.relays.home();
    let other = (home + 1) % 3;
    network.part(&[other]);
    until("a relay that is alone says so", || {
        scene.relays.log(other).contains("cannot be reached over NATS")
    });
    network.mend();
    scene.settle("a relay was alone");
    assert_eq!(scene.relays.homes(), [home]);

    scene.talk.write();
    network.part(&[home, Nats::host(home)]);
    let parted = Instant::now();
    until("two relays believe to be home", || scene.relays.homes().len() == 2);
    println!("another relay is home after {:?}", parted.elapsed());
    network.mend();
    let mended = Instant::now();
    until("one of both has stepped down", || scene.relays.homes().len() == 1);
    println!("one relay is home after {:?}", mended.elapsed());
    scene.settle("the network fell apart");
    scene.end();
}

#[test]
#[ignore = "needs a NATS server and root: cargo xtask cluster-test"]
fn whoever_is_claimed_at_two_relays_that_are_apart_is_shown_one_advocate() {
    let Some(network) = network() else {
        return;
    };
    let program = Program::new();
    let alone = program.serve();
    let devices = ["Quillhilda", "Brannoch"].map(|name| program.advocate(name));
    drop(alone);
    let nats = Nats::start_in(&network);
    let public = program.path("program/public.stillroom");
    let mut relays = Relays::new_in(&network, &public, &nats);
    (0..3).for_each(|number| relays.keep(number, &program.path("relay.state")));
    relays.serve_all();
    let home = relays.home();
    let other = (home + 1) % 3;
    let mut first = program.desk(&devices[0], relays.doors(home).1);
    let mut second = program.desk(&devices[1], relays.doors(other).1);
    let way = Wire::to(relays.doors(home).0);
    let mut survivor = program.survivor(way.port());
    for desk in [&first, &second] {
        desk.event(|event| event["event"] == "waiting" && event["count"] == 1);
    }

    network.part(&[home, Nats::host(home)]);
    until("two relays believe to be home", || relays.homes().len() == 2);
    way.cut(true);
    first.tell(json!({"do": "take-next"}));
    let claimed = first.event(|event| event["event"] == "opened")["chat"].clone();
    first.tell(json!({"do": "write", "chat": claimed, "text": "from the wrong one"}));
    way.lead(relays.doors(other).0);
    way.cut(false);
    let chat = meet(&survivor, &mut second);

    network.mend();
    let mended = Instant::now();
    until("one of both has stepped down", || relays.homes().len() == 1);
    let mut at_first = Vec::new();
    first.event(|event| {
        at_first.push(event.clone());
        event["event"] == "lost" && event["chat"] == claimed
    });
    println!("the other claim is over {:?} after the network is whole", mended.elapsed());

    survivor.tell(json!({"do": "write", "text": "to the right one"}));
    second.tell(json!({"do": "write", "chat": chat, "text": "from the right one"}));
    assert_eq!(second.hears()["text"], "to the right one");
    let mut shown = Vec::new();
    survivor.event(|event| {
        shown.push(event.to_string());
        event["text"] == "from the right one"
    });
    second.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    for of_the_other in ["Quillhilda", "from the wrong one"] {
        assert!(!shown.iter().any(|event| event.contains(of_the_other)), "{shown:?}");
    }

    first.signal("KILL");
    at_first.extend(first.rest().iter().filter_map(|line| serde_json::from_str(line).ok()));
    let in_chat = ["joined", "message", "return-words"].map(Value::from);
    let of_chat =
        at_first.iter().find(|event| in_chat.contains(&event["event"]) && event["mine"] != true);
    assert_eq!(of_chat, None, "nothing of the chat is at whom the survivor did not join");
}

#[test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
fn nothing_of_a_chat_between_two_relays_is_in_a_servers_files_or_readable_in_its_memory() {
    let program = Program::new();
    let alone = program.serve();
    let device = program.advocate("Quillhilda");
    drop(alone);
    let nats = Nats::start();
    let each = [nats.addresses(), nats.addresses()];
    let mut relays = Relays::new(&program.path("program/public.stillroom"), &each);
    (0..2).for_each(|number| relays.keep(number, &program.path("relay.state")));
    relays.serve_all();

    let recording = Recording::default();
    let ((visitor, _), (_, desk)) = (relays.doors(0), relays.doors(1));
    let mut desk = program.desk(&device, recording.start(desk));
    let mut survivor = program.survivor(recording.start(visitor));
    let chat = meet(&survivor, &mut desk);
    ten_messages_each_way(&mut survivor, &mut desk, &chat);
    for id in nats.ids() {
        let memory = memory(id);
        let word = words().find(|word| found(&memory, word));
        assert_eq!(word, None, "in a server's memory");
        assert!(found(&memory, "KV_stillroom"), "the search finds what is there");
    }
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    drop((survivor, desk));

    // Places, rooms, tokens, keys, ciphertext: all of it went over the lines.
    let telling = telling(&recording.whole(4));
    assert!(telling.len() > 10_000, "{}", telling.len());
    let mut bucket = false;
    for file in nats.files() {
        let bytes = read_both(&file);
        let told = bytes.windows(16).find(|window| telling.contains(*window));
        assert_eq!(told, None, "in {}", file.display());
        assert_eq!(words().find(|word| found(&bytes, word)), None, "in {}", file.display());
        bucket |= found(&bytes, "KV_stillroom");
    }
    assert!(bucket, "the search finds what is there");
}

/// Chats in which figures are taken: as many messages a second as one processor encrypts.
const MEASURED: usize = 40;

/// What messages of chats between these doors take: how long, and the processor time of these processes.
fn figures(what: &str, talk: &mut Talk, doors: (u16, u16), processes: &[(&str, Vec<u32>)]) {
    talk.open(MEASURED, &[doors.0], &[doors.1]);
    talk.settle();
    talk.write();
    let used = || -> Vec<u64> {
        let of = |ids: &Vec<u32>| ids.iter().map(|id| processor(*id)).sum();
        processes.iter().map(|(_, ids)| of(ids)).collect()
    };
    let before = (used(), talk.settle());
    talk.write();
    let after = talk.settle_after(80);
    let heard = |report: &Value| report["heard"].as_u64().unwrap();
    let messages = heard(&after) - heard(&before.1);
    println!("{what}: median {} ms, 99th {} ms", after["median_ms"], after["ninety_ninth_ms"]);
    for ((name, _), (before, after)) in processes.iter().zip(before.0.iter().zip(used())) {
        println!("  {name}: {} us a message of {messages}", (after - before) * 1000 / messages);
    }
    talk.end();
}

#[test]
#[ignore = "figures for docs/scaling.md: cargo xtask cluster-test --figures"]
fn figures_of_messages_beside_one_relay_alone() {
    let mut talk = Talk::every(100);
    let mut alone = Relays::new(&talk.program, &[Vec::new()]);
    alone.serve(0);
    figures("one relay alone", &mut talk, alone.doors(0), &[("relay", vec![alone.id(0)])]);
    drop((alone, talk));

    let arrangements: [(&str, [usize; 2]); 3] = [
        ("both at the home", [0, 0]),
        ("one at the home, one at another relay", [0, 1]),
        ("both at other relays", [1, 2]),
    ];
    for (what, [survivors, desks]) in arrangements {
        let nats = Nats::start();
        let mut talk = Talk::every(100);
        let each: Vec<_> = (0..3).map(|_| nats.addresses()).collect();
        let mut relays = Relays::new(&talk.program, &each);
        relays.serve_all();
        let home = relays.home();
        let at = |turn: usize| (home + turn) % 3;
        let doors = (relays.doors(at(survivors)).0, relays.doors(at(desks)).1);
        let others = (1..3).map(|turn| relays.id(at(turn))).collect();
        let processes =
            [("home", vec![relays.id(home)]), ("other relays", others), ("NATS", nats.ids())];
        figures(what, &mut talk, doors, &processes);
    }
}
