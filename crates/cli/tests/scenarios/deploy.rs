//! What `deploy/` has for whoever runs a relay: it holds a relay to what a relay does, and its parts fit one another.

use std::path::{Path, PathBuf};
use std::process::Command;

use stillroom_relay::Hosting;

use crate::support::program::{Program, many};
use crate::support::{Running, file, folder, text};

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
    let around = folder();
    let told = format!("{}[threads]\nworkers = {WORKERS}\n", many(&programs));
    let config = file(around.path(), "many.toml", &told);
    let relay = Running::start(&["serve", "--json", "--config", text(&config)]);
    relay.json();
    let threads = std::fs::read_dir(format!("/proc/{}/task", relay.id())).unwrap().count();
    // Of each two one may rest just now, which makes pages.
    let of_each = threads.div_ceil(programs.len()) + 1;
    let most: usize = said_of("TasksMax").parse().unwrap();
    assert!(of_each * PROGRAMS <= most, "{of_each} threads for each of {PROGRAMS} programs");
}

#[test]
fn the_relays_user_is_there_before_it_so_that_a_key_can_be_given_to_its_group() {
    assert_eq!((&*said_of("User"), &*said_of("Group")), ("stillroom", "stillroom"));
    assert!(!read("stillroom.service").contains("DynamicUser"));
    let system = folder();
    std::fs::create_dir(system.path().join("etc")).unwrap();
    let made = Command::new("systemd-sysusers")
        .arg(format!("--root={}", text(system.path())))
        .arg(deployed("sysusers.d/stillroom.conf"))
        .status();
    let Ok(made) = made else {
        println!("skipped: systemd-sysusers is not here");
        return;
    };
    assert!(made.success());
    for list in ["etc/passwd", "etc/group"] {
        let list = std::fs::read_to_string(system.path().join(list)).unwrap();
        assert!(list.lines().any(|line| line.starts_with("stillroom:")), "{list}");
    }
}

#[test]
fn every_sample_keeps_its_state_where_the_unit_lets_it_write() {
    assert_eq!((&*said_of("StateDirectory"), &*said_of("ProtectSystem")), ("stillroom", "strict"));
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../relay/samples");
    for entry in std::fs::read_dir(samples).unwrap() {
        let sample = entry.unwrap().path();
        // What somebody tries out beside their own files, without the unit.
        if sample.ends_with("least.toml") {
            continue;
        }
        for config in Hosting::read(&sample).unwrap().programs() {
            let (folder, file) = (&config.state.folder, &config.program.file);
            assert!(folder.starts_with("/var/lib/stillroom"), "{}", sample.display());
            assert!(file.starts_with("/etc/stillroom"), "{}", sample.display());
        }
    }
}

#[test]
fn the_package_has_every_page_and_sample_to_which_its_pages_lead() {
    let manifest = include_str!("../../Cargo.toml");
    let packaged =
        |name: &str| manifest.contains(&format!("/{name}\", \"usr/share/doc/stillroom/"));
    let pages = manifest.lines().filter_map(|line| line.split('"').nth(1));
    let pages = pages.filter(|path| Path::new(path).extension().is_some_and(|end| end == "md"));
    let mut links = 0;
    for page in pages {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let words = std::fs::read_to_string(&page).unwrap();
        for link in words.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            // Why something is as it is, pictures, and what is copied by hand are in the source alone.
            let of_source = ["decisions/", "pictures/", "../deploy"];
            if link.is_empty() || of_source.iter().any(|start| link.starts_with(start)) {
                continue;
            }
            links += 1;
            let name = link.rsplit('/').next().unwrap();
            assert!(packaged(name), "{}: {link}", page.display());
        }
    }
    assert!(links > 10, "there are links: {links}");
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
fn an_image_is_made_of_the_source_and_not_of_what_was_built_or_was_once_there() {
    let ignored = std::fs::read_to_string(deployed("../.dockerignore")).unwrap();
    let known = std::fs::read_to_string(deployed("../.gitignore")).unwrap();
    for built in known.lines().map(|line| line.trim_start_matches('/')).chain([".git"]) {
        let has = |line: &str| line.trim_start_matches("**/") == built;
        assert!(ignored.lines().any(has), "{built}");
    }
    assert!(read("Containerfile").contains("COPY . .\n"), "so that this counts");
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
