//! A relay whose PostgreSQL is gone for a while, all processes of their own (`features.md` 6.7). What takes a minute of it
//! `cargo xtask prove database` runs; frame by frame the same is `crates/relay/tests/scenarios/postgres.rs`.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::net::{TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::cluster::{Relays, Talk, chats, telling, until};
use crate::support::memory::memory;
use crate::support::program::{Program, many, meet, ten_messages_each_way};
use crate::support::proxy::{Recording, found};
use crate::support::words::words;
use crate::support::{
    Running, file, files_below, folder, http_get, run, run_badly, run_well, serving_with_log, text,
};

/// How long the database is gone.
fn gone_for() -> Duration {
    let other = std::env::var("STILLROOM_SECONDS").ok();
    Duration::from_secs(other.and_then(|seconds| seconds.parse().ok()).unwrap_or(60))
}

/// A survivor and a desk write to each other, and the desk ends it.
fn talk_and_end(mut survivor: Running, desk: &mut Running) {
    let chat = meet(&survivor, desk);
    for text in ["one", "two", "three"] {
        survivor.tell(json!({"do": "write", "text": text}));
        assert_eq!(desk.hears()["text"], text);
        desk.tell(json!({"do": "write", "chat": chat, "text": text}));
        assert_eq!(survivor.hears()["text"], text);
    }
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    desk.event(|event| event["event"] == "ended" && event["chat"] == chat);
}

#[test]
fn a_chat_begins_and_ends_while_the_database_is_gone_and_the_records_are_right_once_it_is_back() {
    let mut server = Server::start();
    let program = Program::new();
    program.keep_in(&server.url());
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let config = program.path("relay.toml");
    let holdings = ["holdings", "--config", text(&config), "--json"];
    // What there is and how many; a database's files grow as they like.
    let stored = || -> Vec<[Value; 2]> {
        let said: Value = serde_json::from_str(&run_well(&holdings)).unwrap();
        let items = said["storage"]["items"].as_array().unwrap();
        items.iter().map(|item| [item["name"].clone(), item["count"].clone()]).collect()
    };
    let before = stored();

    server.signal("KILL");
    assert!(run_badly(&holdings).contains("Chats go on"));
    talk_and_end(program.survivor(program.visitor), &mut desk);
    assert!(run_badly(&holdings).contains("Chats go on"), "all of it was without the database");

    server.start_again();
    until("the relay has its records again", || run(&holdings).status.success());
    assert_eq!(stored(), before, "nothing is lost or doubled");
    // What was kept before is found, and more can be kept.
    drop(desk);
    let mut sam = program.desk(&device, program.desk);
    talk_and_end(program.survivor(program.visitor), &mut sam);
    drop(sam);
    let mut kim = program.desk(&program.advocate("Kim"), program.desk);
    talk_and_end(program.survivor(program.visitor), &mut kim);
}

/// Bytes that PostgreSQL writes at once.
const BLOCK: usize = 8192;

/// A name that is in no word list.
const NAME: &str = "Quillhilda";

/// Has a database write down all that it holds in memory.
fn write_down(server: &Server) {
    let asked = Command::new("psql")
        .args(["--quiet", "--dbname", &server.url(), "--command", "CHECKPOINT"])
        .status();
    assert!(asked.unwrap().success());
}

/// Every file of it: what it stores, and its write-ahead log.
fn files(server: &Server) -> Vec<PathBuf> {
    files_below(&server.folder.path().join("data"))
}

/// A file that may be gone by now.
fn read(file: PathBuf) -> (PathBuf, Vec<u8>) {
    let bytes = std::fs::read(&file).unwrap_or_default();
    (file, bytes)
}

/// The blocks of a file that were written since.
fn changed(before: Option<&Vec<u8>>, now: &[u8]) -> Vec<u8> {
    let same = |number, block: &[u8]| {
        before.and_then(|before| before.chunks(BLOCK).nth(number)).is_some_and(|it| it == block)
    };
    let blocks = now.chunks(BLOCK).enumerate().filter(|(number, block)| !same(*number, block));
    blocks.flat_map(|(_, block)| block.to_vec()).collect()
}

#[test]
fn nothing_of_a_chat_is_in_the_databases_files_or_readable_in_its_memory() {
    let server = Server::start();
    let program = Program::new();
    program.keep_in(&server.url());
    let _relay = program.serve();
    let device = program.advocate(NAME);
    // What is public is said in every visit, and is in the database: what is told over the lines of a chat beside that
    // is of the chat.
    let visit = Recording::default();
    let desk = program.desk(&device, visit.start(program.desk));
    let survivor = program.survivor(visit.start(program.visitor));
    desk.event(|event| event["event"] == "waiting" && event["count"] == 1);
    drop((desk, survivor));
    let public = telling(&visit.whole(4));
    write_down(&server);
    let before: HashMap<PathBuf, Vec<u8>> = files(&server).into_iter().map(read).collect();

    let recording = Recording::default();
    let mut desk = program.desk(&device, recording.start(program.desk));
    let mut survivor = program.survivor(recording.start(program.visitor));
    let chat = meet(&survivor, &mut desk);
    ten_messages_each_way(&mut survivor, &mut desk, &chat);
    write_down(&server);
    let memory = server.ids().into_iter().map(memory).collect::<Vec<_>>().concat();
    let in_memory = words().chain([NAME]).find(|word| found(&memory, word));
    assert_eq!(in_memory, None, "in the database's memory");
    assert!(found(&memory, "stillroom_"), "the search finds what is there");
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    drop((survivor, desk));

    // Places, rooms, tokens, tickets, keys, ciphertext: all of it went over the lines.
    let told = telling(&recording.whole(4));
    let telling: HashSet<_> = told.difference(&public).copied().collect();
    assert!(telling.len() > 10_000, "{}", telling.len());
    write_down(&server);
    let mut log = false;
    for (file, bytes) in files(&server).into_iter().map(read) {
        let changed = changed(before.get(&file), &bytes);
        let told = changed.windows(16).find(|window| telling.contains(*window));
        assert_eq!(told, None, "in {}", file.display());
        let word = words().chain([NAME]).find(|word| found(&bytes, word));
        assert_eq!(word, None, "in {}", file.display());
        log |= file.components().any(|part| part.as_os_str() == "pg_wal")
            && found(&bytes, "stillroom_");
    }
    assert!(log, "the search finds what is there");
}

#[test]
fn programs_whose_database_is_away_when_their_process_starts_are_served_once_it_is_there() {
    let mut server = Server::start();
    server.signal("KILL");
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config = file(around.path(), "many.toml", &over(&server.url(), &programs));
    let relay = Running::of(serving_with_log(&config));
    for _ in &programs {
        relay.says("the database does not answer");
    }
    // Nobody waits where nobody answers.
    let visitor = programs[0].visitor;
    let mut device = TcpStream::connect(("127.0.0.1", visitor)).unwrap();
    device.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(device.read(&mut [0]).ok(), Some(0), "it is closed at once");

    server.start_again();
    for _ in &programs {
        relay.says("the program is served now");
    }
    assert!(http_get(visitor, "/status").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
}

#[test]
fn a_process_whose_programs_all_wait_for_their_database_stops_when_it_is_asked() {
    let programs = [Program::new()];
    let around = folder();
    let told = over("postgres://relay@%2Fnowhere/postgres", &programs);
    let mut relay = Running::of(serving_with_log(&file(around.path(), "many.toml", &told)));
    let said = relay.says("it is tried again until it is");
    assert!(said.contains(text(&programs[0].path("program/public.stillroom"))), "by name: {said}");
    relay.signal("TERM");
    assert!(relay.wait().success());
}

/// Whoever is asked for names, and knows none.
struct Names {
    folder: tempfile::TempDir,
    answers: Arc<AtomicBool>,
    /// A word for each question that is left without an answer.
    asked: Receiver<()>,
}

impl Names {
    /// At an address of this computer; nothing, where this user may not be asked, or have programs ask there.
    fn of_nobody() -> Option<Self> {
        let socket = UdpSocket::bind("127.0.0.77:53").ok()?;
        let folder = folder();
        let told = file(
            folder.path(),
            "resolv.conf",
            "nameserver 127.0.0.77\noptions timeout:30 attempts:5\n",
        );
        let mut asking = Command::new("unshare");
        asking.args(["--mount", "sh", "-c", ASKING, text(&told), "true"]);
        if !asking.status().is_ok_and(|may| may.success()) {
            return None;
        }
        let answers = Arc::new(AtomicBool::new(true));
        let (says, asked) = channel();
        let does = Arc::clone(&answers);
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                if does.load(Ordering::SeqCst) {
                    // That there is none of this name (RFC 1035 section 4.1.1).
                    question[2..4].copy_from_slice(&[0x81, 0x83]);
                    let _ = socket.send_to(&question[..length], from);
                } else if says.send(()).is_err() {
                    return;
                }
            }
        });
        Some(Self { folder, answers, asked })
    }

    /// A command that asks there.
    fn asked_by(&self, command: &Command) -> Command {
        let mut asking = Command::new("unshare");
        asking.args(["--mount", "sh", "-c", ASKING, text(&self.folder.path().join("resolv.conf"))]);
        asking.arg(command.get_program()).args(command.get_args());
        asking
    }

    /// Whether whoever asks from now on has an answer.
    fn answer(&self, does: bool) {
        while self.asked.try_recv().is_ok() {}
        self.answers.store(does, Ordering::SeqCst);
    }
}

/// Where a command is told of whom to ask, which only it sees.
const ASKING: &str = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";

#[test]
fn relays_stop_though_the_name_of_their_database_is_looked_up_in_vain() {
    let Some(names) = Names::of_nobody() else {
        println!("skipped: this user may not tell programs whom to ask for names");
        return;
    };
    let url = "postgres://relay@records.example/records";
    let (programs, around) = ([Program::new()], folder());
    programs[0].keep_in(url);
    let many = file(around.path(), "many.toml", &over(url, &programs));
    // One by itself while it starts, and one of many while it is tried again.
    for (config, first) in
        [(programs[0].path("relay.toml"), None), (many, Some("it is tried again"))]
    {
        names.answer(first.is_some());
        let mut relay = Running::of(names.asked_by(&serving_with_log(&config)));
        first.map(|said| relay.says(said));
        names.answer(false);
        names.asked.recv_timeout(Duration::from_secs(60)).expect("it asks");
        relay.signal("TERM");
        until("it stops", || relay.has_ended());
        assert!(relay.wait().success());
    }
}

#[test]
fn what_is_wrong_in_a_configuration_is_not_tried_again() {
    let server = Server::start();
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config = file(around.path(), "many.toml", &over(&server.url(), &programs));
    file(programs[0].folder.path(), "program/public.stillroom", "cut");
    let mut relay = Running::of(serving_with_log(&config));
    let said = relay.says("for staff");
    assert!(said.contains("one of the programs is not served"), "{said}");
    assert!(!said.contains("tried again"), "{said}");
    assert!(!relay.has_ended());
}

#[test]
fn one_program_whose_database_is_away_says_that_it_is_to_be_started_again() {
    let program = Program::new();
    program.keep_in("postgres://relay@%2Fnowhere/postgres");
    let said = run_badly(&["serve", "--config", text(&program.path("relay.toml"))]);
    assert!(said.contains("the database does not answer"), "{said}");
    assert!(said.contains("Start it again once that answers"), "{said}");
}

/// What one process is told of these programs, with one database.
fn over(url: &str, programs: &[Program]) -> String {
    format!("{}[postgres]\nurl = \"{url}\"\n", many(programs))
}

#[test]
#[ignore = "takes more than a minute: cargo xtask prove database"]
fn chats_go_on_for_the_minute_in_which_the_database_is_gone_and_nothing_is_lost_or_doubled() {
    let mut server = Server::start();
    let mut talk = Talk::start();
    let mut relays = Relays::new(&talk.program, &[Vec::new()]);
    let config = relays.folder.path().join("0.toml");
    relays.keep_in(&server.url());
    relays.serve(0);
    let (visitor, desk) = relays.doors(0);
    talk.open(chats(50), &[visitor], &[desk]);
    println!("before: {}", talk.settle());
    let holdings = ["holdings", "--config", text(&config)];
    let counted = |said: &str| said.split("STORED").nth(1).map(str::to_owned);
    let stored = counted(&run_well(&holdings));

    server.signal("KILL");
    let gone = Instant::now();
    let mut report = Value::Null;
    while gone.elapsed() < gone_for() {
        talk.write();
        report = talk.settle();
        assert!(http_get(visitor, "/").is_some_and(|page| page.starts_with("HTTP/1.1 200")));
        let said = run_badly(&holdings);
        assert!(said.contains("does not answer") && said.contains("Chats go on"), "{said}");
    }
    println!("while it was gone: {report}");

    server.start_again();
    let back = Instant::now();
    until("the relay has its records again", || run(&holdings).status.success());
    println!("the relay has its records {:?} after the database is back", back.elapsed());
    assert_eq!(counted(&run_well(&holdings)), stored, "nothing is lost or doubled");
    let log = relays.log(0);
    for (line, times) in [
        ("the lasting records do not answer", 1),
        ("the lasting records answer again", 1),
        ("the relay runs", 1),
    ] {
        assert_eq!(log.matches(line).count(), times, "{log}");
    }
    talk.open(2, &[visitor], &[desk]);
    talk.write();
    println!("after: {}", talk.settle());
    talk.end();
}
