//! `stillroom state move`: a relay that goes on in PostgreSQL with what it had in its folder (`docs/hosting.md`).

use crate::server::Server;
use crate::support::program::{Program, meet};
use crate::support::{file, run_badly, run_well, text};

#[test]
fn a_relay_goes_on_in_postgresql_with_what_it_had_in_its_folder() {
    let program = Program::new();
    let mut relay = program.serve();
    let device = program.advocate("Sam");
    let config = program.path("relay.toml");
    let moving = ["state", "move", "--config", text(&config)];
    let said = run_badly(&moving);
    assert!(said.contains("no `[postgres]`"), "{said}");

    let server = Server::start();
    let told = std::fs::read_to_string(&config).unwrap();
    let told = format!("{told}[postgres]\nurl = \"{}\"\n", server.url());
    file(program.folder.path(), "relay.toml", &told);
    let said = run_badly(&moving);
    assert!(said.contains("another relay uses the state folder"), "{said}");
    assert!(said.contains("Stop the relay"), "{said}");
    relay.signal("TERM");
    relay.wait();
    let said = run_badly(&["serve", "--config", text(&config)]);
    assert!(said.contains("move them with `stillroom state move`"), "{said}");

    let said = run_well(&moving);
    assert!(said.contains(&program.root) && said.contains("were read back there"), "{said}");
    assert!(!program.path("relay.state/relay.sqlite").exists());
    let said = run_badly(&moving);
    assert!(said.contains("start the relay"), "{said}");

    let _relay = program.serve();
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    meet(&survivor, &mut desk);
    let said = run_well(&["holdings", "--config", text(&config)]);
    assert!(said.contains("staff: 1,") && !said.contains("unknown"), "{said}");
}
