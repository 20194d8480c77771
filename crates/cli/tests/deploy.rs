//! What `deploy/` has for whoever runs a relay: it holds a relay to what a relay does, and its parts fit one another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail like tests, and say what they skip"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use stillroom_relay::Hosting;
use support::program::Program;
use support::{Running, file, folder, text};

/// The worst that systemd may say of the unit, in tenths of ten: a relay needs the network, and sockets.
const EXPOSED_AT_MOST: u32 = 15;

fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(deployed(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Both units in a folder, with this build in the place of the installed program.
fn units() -> tempfile::TempDir {
    let around = folder();
    let installed = "/usr/bin/stillroom serve";
    let here = format!("{} serve", env!("CARGO_BIN_EXE_stillroom"));
    let unit = read("stillroom.service");
    assert!(unit.contains(installed));
    std::fs::write(around.path().join("stillroom.service"), unit.replace(installed, &here))
        .unwrap();
    std::fs::copy(deployed("stillroom.socket"), around.path().join("stillroom.socket")).unwrap();
    around
}

/// What `systemd-analyze` says; nothing where it is not here.
fn analyzed(arguments: &[&str]) -> Option<(bool, String)> {
    let Ok(output) = Command::new("systemd-analyze").args(arguments).output() else {
        println!("skipped: systemd-analyze is not here");
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn systemd_takes_both_units_without_a_remark() {
    let units = units();
    let of = |name| units.path().join(name);
    let (service, socket) = (of("stillroom.service"), of("stillroom.socket"));
    if let Some((well, said)) = analyzed(&["verify", text(&service), text(&socket)]) {
        assert!(well && !said.contains("stillroom"), "{said}");
    }
}

#[test]
fn systemd_finds_little_that_the_unit_could_do_beside_its_work() {
    let service = read("stillroom.service");
    assert!(["LimitCORE=0", "MemorySwapMax=0"].iter().all(|line| service.contains(line)));
    let units = units();
    let unit = units.path().join("stillroom.service");
    let most = format!("--threshold={EXPOSED_AT_MOST}");
    if let Some((well, said)) = analyzed(&["security", "--offline=true", &most, text(&unit)]) {
        assert!(well, "{said}");
    }
}

/// What the unit says of this.
fn said_of(key: &str) -> String {
    let unit = read("stillroom.service");
    let line = unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("{key} is not there")).to_owned()
}

#[test]
fn a_relay_whose_database_is_away_for_long_is_started_again_for_as_long() {
    let unit = read("stillroom.service");
    let of_unit = unit.split("[Service]").next().unwrap();
    assert!(of_unit.contains("\nStartLimitIntervalSec=0\n"), "systemd does not give up");
    assert_eq!(said_of("Restart"), "on-failure");
}

#[test]
fn as_many_programs_as_one_process_may_have_get_their_threads() {
    const PROGRAMS: usize = 64;
    const WORKERS: usize = 8;
    let programs = [Program::new(), Program::new()];
    let one = |program: &Program| {
        format!(
            "[[programs]]\nfile = '{}'\nfolder = '{}'\nsurvivor.listen = \"127.0.0.1:0\"\n\
             desk.listen = \"127.0.0.1:0\"\n",
            text(&program.path("program/public.stillroom")),
            text(&program.path("relay.state")),
        )
    };
    let many = programs.iter().map(one).collect::<String>();
    let around = folder();
    let config =
        file(around.path(), "many.toml", &format!("{many}[threads]\nworkers = {WORKERS}\n"));
    let relay = Running::start(&["serve", "--json", "--config", text(&config)]);
    relay.json();
    let threads = std::fs::read_dir(format!("/proc/{}/task", relay.id())).unwrap().count();
    // Of each two one may rest just now, which makes pages.
    let of_each = threads.div_ceil(programs.len()) + 1;
    let most: usize = said_of("TasksMax").parse().unwrap();
    assert!(of_each * PROGRAMS <= most, "{of_each} threads for each of {PROGRAMS} programs");
}

#[test]
fn the_socket_unit_listens_where_the_configuration_does() {
    let Hosting::One(config) = Hosting::read(&deployed("relay.toml")).unwrap() else {
        panic!("it is of one program");
    };
    let unit = read("stillroom.socket");
    let listens: Vec<_> =
        unit.lines().filter_map(|line| line.strip_prefix("ListenStream=")).collect();
    let doors = [config.survivor.listen, config.desk.listen].map(|at| at.to_string());
    assert_eq!(listens, doors);
    assert!(
        read("stillroom.service").contains(text(&config.state.folder).rsplit('/').next().unwrap())
    );
}

#[test]
fn the_image_runs_as_nobody_in_particular_and_stops_as_a_relay_is_stopped() {
    let recipe = read("Containerfile");
    let last = recipe.rsplit("\nFROM ").next().unwrap();
    for line in ["USER 65532:65532", "STOPSIGNAL SIGTERM", "VOLUME /var/lib/stillroom"] {
        assert!(last.lines().any(|own| own == line), "{line}");
    }
    assert!(!last.contains("RUN "), "nothing is run in the image that people get");
}

#[test]
fn a_relay_leaves_no_core_dump_and_takes_as_many_files_as_it_may() {
    let program = Program::new();
    let relay = program.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", relay.id())).unwrap();
    let of = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let mut words = line.split_whitespace().map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap())
    };
    assert_eq!(of("Max core file size"), ("0".to_owned(), "0".to_owned()));
    let (soft, hard) = of("Max open files");
    assert_eq!(soft, hard);
}

#[test]
fn limits_that_do_not_fit_the_system_are_said_at_the_start_with_what_to_do() {
    let program = Program::new();
    let serving = program.serving();
    let log = std::fs::OpenOptions::new().append(true).open(program.path("relay.log")).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 500; exec \"$0\" \"$@\""]).stderr(log);
    command.arg(serving.get_program()).args(serving.get_args());
    Running::of(command).json();
    let log = std::fs::read_to_string(program.path("relay.log")).unwrap();
    let lines = |level: &str| log.lines().filter(|line| line.contains(level)).count();
    assert!(log.contains("the system gives 500 and"), "{log}");
    assert_eq!(lines("raise LimitNOFILE"), 1, "{log}");
}
