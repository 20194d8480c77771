//! A computer whose wall clock jumps under a relay that runs (`features.md` 6.7): chats go on and begin, and the log says
//! that somebody should look.

use std::path::PathBuf;

use crate::support::cluster::{Talk, chats, until};
use crate::support::program::Program;
use crate::support::{Running, http_get};

/// What tells a process another time than it is, where it is installed.
fn other_time() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let places = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    places.into_iter().find(|place| place.exists())
}

#[test]
fn many_chats_go_on_while_the_computers_clock_jumps_forward_and_back() {
    let Some(other_time) = other_time() else {
        println!("skipped: there is no libfaketime");
        return;
    };
    let program = Program::new();
    let wall = program.path("wall");
    // In one step: a process that finds half of it ends.
    let jump = |by: &str| {
        std::fs::write(program.path("wall.new"), by).unwrap();
        std::fs::rename(program.path("wall.new"), &wall).unwrap();
    };
    jump("+0");
    let mut serving = program.serving();
    serving
        .env("LD_PRELOAD", other_time)
        .env("FAKETIME_TIMESTAMP_FILE", &wall)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let relay = Running::of(serving);
    relay.json();
    let log = || std::fs::read_to_string(program.path("relay.log")).unwrap();
    let mut talk = Talk::of(&program);
    talk.open(chats(3), &[program.visitor], &[program.desk]);
    talk.settle();

    for (by, apart) in [("+61m", "1 hours"), ("-1d", "24 hours")] {
        jump(by);
        talk.write();
        until("the log says that the clock jumped", || {
            log().contains(&format!("clock is {apart} from where it would be"))
        });
        assert!(http_get(program.visitor, "/now").unwrap().starts_with("HTTP/1.1 200"));
        talk.settle();
        // New certificates are shown, and judged by the time that it is.
        talk.open(1, &[program.visitor], &[program.desk]);
        println!("{by}: {}", talk.settle());
    }
    jump("+0");
    talk.write();
    until("the log says that the clock is right", || {
        log().contains("the computer's clock is where it would be")
    });
    talk.settle();
    talk.end();
    assert_eq!(
        log().matches("hours from where it would be").count(),
        2,
        "each jump once: {}",
        log()
    );
}
