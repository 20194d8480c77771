//! A computer whose wall clock jumps under a relay that runs (`features.md` 6.7): chats go on and begin, and the log says
//! that somebody should look.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::cluster::{Talk, chats, until};
use crate::support::program::{Program, many};
use crate::support::{Running, file, folder, http_get, serving_with_log};

/// What tells a process another time than it is, where it is installed.
fn other_time() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let places = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    places.into_iter().find(|place| place.exists())
}

/// The wall clock of a process.
struct Wall {
    told: PathBuf,
    library: PathBuf,
}

impl Wall {
    /// Told in this folder, where it is installed what tells it.
    fn within(folder: &Path) -> Option<Self> {
        let wall = Self { told: folder.join("wall"), library: other_time()? };
        wall.jump("+0");
        Some(wall)
    }

    /// In one step: a process that finds half of it ends.
    fn jump(&self, by: &str) {
        let whole = self.told.with_extension("new");
        std::fs::write(&whole, by).unwrap();
        std::fs::rename(whole, &self.told).unwrap();
    }

    fn is_that_of(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.told)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}

#[test]
fn a_jump_of_the_clock_is_said_once_however_many_programs_there_are() {
    let (programs, around) = ([Program::new(), Program::new()], folder());
    let Some(wall) = Wall::within(around.path()) else {
        println!("skipped: there is no libfaketime");
        return;
    };
    let mut serving = serving_with_log(&file(around.path(), "many.toml", &many(&programs)));
    wall.is_that_of(&mut serving);
    let mut relay = Running::of(serving);
    for program in &programs {
        until("the program is served", || http_get(program.visitor, "/status").is_some());
    }
    wall.jump("+2h");
    relay.says("clock is 2 hours from where it would be");
    wall.jump("+0");
    let said = relay.says("the computer's clock is where it would be");
    assert_eq!(said.matches("computer's clock").count(), 1, "{said}");
    relay.signal("TERM");
    assert!(relay.wait().success());
    // Nothing more came of either jump.
    let rest = relay.rest();
    assert!(!rest.iter().any(|line| line.contains("computer's clock")), "{rest:?}");
}

#[test]
fn many_chats_go_on_while_the_computers_clock_jumps_forward_and_back() {
    let program = Program::new();
    let Some(wall) = Wall::within(&program.path("")) else {
        println!("skipped: there is no libfaketime");
        return;
    };
    let mut serving = program.serving();
    wall.is_that_of(&mut serving);
    let relay = Running::of(serving);
    relay.json();
    let log = || std::fs::read_to_string(program.path("relay.log")).unwrap();
    let mut talk = Talk::of(&program);
    talk.open(chats(3), &[program.visitor], &[program.desk]);
    talk.settle();

    for (by, apart) in [("+61m", "1 hours"), ("-1d", "24 hours")] {
        wall.jump(by);
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
    wall.jump("+0");
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
