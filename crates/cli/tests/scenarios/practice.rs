//! `stillroom practice`: desks for those who practise, under the program's own policy, and nothing left behind.

use serde_json::json;
use stillroom_program::SAMPLE_POLICY;

use crate::support::{Running, folder, run_badly, stillroom};

#[test]
fn each_colleague_gets_a_desk_and_nothing_is_left_once_it_is_over() {
    let place = folder();
    let mut command = stillroom(&[
        "practice",
        "--json",
        "--advocate",
        "Sam",
        "--advocate",
        "Alex",
        "--supervisor",
        "Robin",
        "--interpreter",
        "Lou",
    ]);
    command.env("TMPDIR", place.path());
    let mut practice = Running::of(command);
    let ready = practice.json();
    let names: Vec<_> =
        ready["desks"].as_array().unwrap().iter().map(|desk| &desk["name"]).collect();
    assert_eq!(names, ["Sam", "Alex", "Robin", "Lou"]);

    let link = |number: usize| ready["desks"][number]["link"].as_str().unwrap().to_owned();
    let mut desk = Running::start(&["client", "desk", "--link", &link(1)]);
    desk.tell(json!({"do": "on-duty"}));
    desk.event(|event| event["event"] == "duty" && event["duty"] == "on");

    practice.signal("INT");
    assert!(practice.wait().success());
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn a_policy_that_has_to_be_mended_is_not_practised_under() {
    let place = folder();
    let file = place.path().join("policy.toml");
    std::fs::write(&file, SAMPLE_POLICY.replace("time_zone = \"", "time_zone = \"Nowhere/"))
        .unwrap();
    let said = run_badly(&["practice", "--policy", file.to_str().unwrap()]);
    assert!(said.contains("policy.toml"), "{said}");
}

#[test]
fn a_door_to_other_computers_needs_the_address_that_browsers_know_it_by() {
    let doors = ["--listen", "0.0.0.0:0", "--desk-listen", "0.0.0.0:0"];
    let said = run_badly(&[&["practice"], &doors[..]].concat());
    assert!(said.contains("origin"), "{said}");
}
