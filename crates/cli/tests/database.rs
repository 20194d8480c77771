//! A relay whose PostgreSQL is gone for a minute, all processes of their own (`features.md` 6.7). `cargo xtask prove
//! database` runs it; the same without the waiting is `crates/relay/tests/scenarios/postgres.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail like tests")]
#![allow(clippy::print_stdout, reason = "figures are shown to whoever runs this")]

#[allow(dead_code, reason = "other tests do more to it")]
#[path = "../../relay/src/directory/postgres/tests/server.rs"]
mod server;
mod support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use server::Server;
use support::cluster::{Relays, Talk, until};
use support::{http_get, run, run_badly, run_well, text};

/// Chats that go on meanwhile.
const CHATS: usize = 50;

/// How long the database is gone.
fn gone_for() -> Duration {
    let other = std::env::var("STILLROOM_SECONDS").ok();
    Duration::from_secs(other.and_then(|seconds| seconds.parse().ok()).unwrap_or(60))
}

#[test]
#[ignore = "takes more than a minute: cargo xtask prove database"]
fn chats_go_on_for_the_minute_in_which_the_database_is_gone_and_nothing_is_lost_or_doubled() {
    let mut server = Server::start();
    let mut talk = Talk::start();
    let mut relays = Relays::new(&talk.program, &[Vec::new()]);
    let config = relays.folder.path().join("0.toml");
    let mut file = std::fs::OpenOptions::new().append(true).open(&config).unwrap();
    writeln!(file, "[postgres]\nurl = \"{}\"", server.url()).unwrap();
    relays.serve(0);
    let (visitor, desk) = relays.doors(0);
    talk.open(CHATS, &[visitor], &[desk]);
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
