//! `stillroom serve`: what it says of a configuration that it cannot use, and how it stops.

use crate::support::program::Program;
use crate::support::{file, folder, run_badly, text};

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let program = Program::new();
    let good = std::fs::read_to_string(program.path("relay.toml")).unwrap();
    let bad = file(program.folder.path(), "bad.toml", &format!("\nlog_adresses = true\n{good}"));
    let said = run_badly(&["serve", "--config", text(&bad)]);
    assert!(said.contains("line 2") && said.contains("log_adresses"), "{said}");
}

#[test]
fn a_configuration_that_is_not_there_is_said_so() {
    let folder = folder();
    let said = run_badly(&["serve", "--config", text(&folder.path().join("none.toml"))]);
    assert!(said.contains("none.toml"), "{said}");
}

#[test]
fn a_relay_that_is_asked_to_stop_stops_well() {
    let program = Program::new();
    for signal in ["TERM", "INT"] {
        let mut relay = program.serve();
        relay.signal(signal);
        assert!(relay.wait().success(), "{signal}");
    }
}
