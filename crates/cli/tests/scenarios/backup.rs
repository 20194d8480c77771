//! `stillroom state backup`: a copy that is made while the relay runs, and a relay that goes on from it
//! (`docs/deploying.md`).

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::program::{Program, meet};
use crate::support::{Running, file, folder, run_badly, run_well, text};

fn host(program: &Program) -> Value {
    let config = program.path("relay.toml");
    let said = run_well(&["host", "notices", "--config", text(&config), "--json"]);
    serde_json::from_str::<Value>(&said).unwrap_or_default()["host"].clone()
}

#[test]
fn a_relay_whose_folder_is_lost_goes_on_from_the_copy() {
    let program = Program::new();
    let mut relay = program.serve();
    let device = program.advocate("Sam");
    let (config, copy) = (program.path("relay.toml"), program.path("copy"));
    let backup = ["state", "backup", "--config", text(&config), "--into", text(&copy), "--json"];
    let said: Value = serde_json::from_str(&run_well(&backup)).unwrap_or_default();
    assert_eq!(said["program"], json!(program.root));
    let host_before = host(&program);
    assert!(host_before.is_string());

    relay.signal("KILL");
    relay.wait();
    let lost = std::fs::remove_dir_all(program.path("relay.state"));
    let back = std::fs::rename(&copy, program.path("relay.state"));
    assert!(lost.is_ok() && back.is_ok());

    let _relay = program.serve();
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    meet(&survivor, &mut desk);
    assert_eq!(host(&program), host_before, "consoles still know their host");
}

/// The lines of commands in a part of `docs/deploying.md`, with `around` before every path and this user in the place
/// of the relay's.
fn lines_of(part: &str, around: &Path) -> Vec<String> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deploying.md");
    let document = std::fs::read_to_string(document).unwrap();
    let part = document.split(&format!("\n## {part}\n")).nth(1).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let blocks = part.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let here = |line: &str| {
        let line = line.strip_prefix("sudo ").unwrap_or_else(|| panic!("as root: {line}"));
        ["/etc/", "/srv/", "/var/"]
            .iter()
            .fold(line.to_owned(), |line, path| {
                line.replace(path, &format!("{}{path}", text(around)))
            })
            .replace("stillroom:stillroom", "$(id -u):$(id -g)")
            .replace("stillroom state", &format!("{} state", env!("CARGO_BIN_EXE_stillroom")))
    };
    blocks.flat_map(str::lines).map(here).collect()
}

/// Two programs whose files are where the unit has them, in `around`.
fn as_installed(programs: &[Program; 2], around: &Path) -> PathBuf {
    let one = |(number, program): (usize, &Program)| {
        format!(
            "[[programs]]\nfile = '{}'\nfolder = '{}/var/lib/stillroom/program-{number}'\n\
             survivor.listen = \"127.0.0.1:{}\"\ndesk.listen = \"127.0.0.1:{}\"\n",
            text(&program.path("program/public.stillroom")),
            text(around),
            program.visitor,
            program.desk
        )
    };
    for folder in ["etc/stillroom", "var/lib/stillroom", "srv"] {
        std::fs::create_dir_all(around.join(folder)).unwrap();
    }
    let told = programs.iter().enumerate().map(one).collect::<String>();
    file(&around.join("etc/stillroom"), "relay.toml", &told)
}

#[test]
fn two_programs_go_on_from_their_copy_as_the_document_says() {
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config = as_installed(&programs, around.path());
    let serve = || {
        let relay = Running::start(&["serve", "--json", "--config", text(&config)]);
        relay.json();
        relay
    };
    let hosts = || run_well(&["host", "notices", "--config", text(&config), "--json"]);
    let mut relay = Some(serve());
    let device = programs[1].advocate("Sam");
    let before = hosts();
    assert_eq!(before.lines().count(), 2);

    let lines = lines_of("Copies", around.path());
    assert!(lines.iter().any(|line| line.contains(" state backup ")), "{lines:?}");
    for line in &lines {
        match line.split_once("systemctl ") {
            Some((_, what)) if what.starts_with("stop") => relay = None,
            Some((_, what)) if what.starts_with("start") => relay = Some(serve()),
            _ => {
                let ended = Command::new("sh").args(["-c", line]).status().unwrap();
                assert!(ended.success(), "{line}");
            }
        }
    }
    assert!(relay.is_some() && around.path().join("var/lib/stillroom.lost").exists());
    assert_eq!(hosts(), before, "consoles still know their hosts");
    let mut desk = programs[1].desk(&device, programs[1].desk);
    let survivor = programs[1].survivor(programs[1].visitor);
    meet(&survivor, &mut desk);
}

#[test]
fn a_copy_of_many_programs_that_breaks_off_is_not_in_the_way_of_the_next() {
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config = as_installed(&programs, around.path());
    let mut relay = Running::start(&["serve", "--json", "--config", text(&config)]);
    relay.json();
    relay.signal("TERM");
    assert!(relay.wait().success());
    let records = around.path().join("var/lib/stillroom/program-1/relay.sqlite");
    let aside = around.path().join("aside");
    std::fs::rename(&records, &aside).unwrap();
    let copy = around.path().join("copy");
    let backup = ["state", "backup", "--config", text(&config), "--into", text(&copy)];
    run_badly(&backup);
    assert!(!copy.exists(), "nothing is left of it");
    std::fs::rename(&aside, &records).unwrap();
    run_well(&backup);
    assert!(["program-0", "program-1"].iter().all(|name| copy.join(name).is_dir()));
}

#[test]
fn copies_of_folders_of_one_name_are_told_apart_by_their_programs() {
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config = as_installed(&programs, around.path());
    let told = std::fs::read_to_string(&config).unwrap();
    let told = told.replace("program-0", "a/state").replace("program-1", "b/state");
    std::fs::write(&config, told).unwrap();
    let relay = Running::start(&["serve", "--json", "--config", text(&config)]);
    relay.json();
    let copy = around.path().join("copy");
    run_well(&["state", "backup", "--config", text(&config), "--into", text(&copy)]);
    for program in &programs {
        assert!(copy.join(format!("state-{}", program.root)).is_dir());
    }
}

#[test]
fn a_copy_is_its_makers_alone_and_writes_over_nothing() {
    use std::os::unix::fs::PermissionsExt as _;

    let program = Program::new();
    let _relay = program.serve();
    let (config, copy) = (program.path("relay.toml"), program.path("copy"));
    let backup = ["state", "backup", "--config", text(&config), "--into", text(&copy)];
    run_well(&backup);
    let mode = |name: &str| {
        std::fs::metadata(copy.join(name)).map(|is| is.permissions().mode() & 0o777).ok()
    };
    assert_eq!(
        [mode(""), mode("relay.sqlite"), mode("host.key")],
        [Some(0o700), Some(0o600), Some(0o600)]
    );
    let said = run_badly(&backup);
    assert!(said.contains("something already") && said.contains("not there yet"), "{said}");
}
