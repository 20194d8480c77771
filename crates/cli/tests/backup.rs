//! `stillroom state backup`: a copy that is made while the relay runs, and a relay that goes on from it
//! (`docs/deploying.md`).

mod support;

use serde_json::{Value, json};
use support::program::{Program, meet};
use support::{run_badly, run_well, text};

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
