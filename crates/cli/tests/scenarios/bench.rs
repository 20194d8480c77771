//! `stillroom bench --quick`: both relays are measured, and every figure stands beside its target.

use serde_json::Value;

use crate::support::{self, run_well};

#[test]
fn a_quick_run_measures_everything_beside_the_bare_relay() {
    let said = run_well(&["bench", "--quick", "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    let figures = report["figures"].as_array().unwrap();
    let named = |what: &str| figures.iter().find(|figure| figure["what"] == what).unwrap();
    for what in ["paced latency, median", "paced latency, 99th"] {
        let figure = named(what);
        assert!(figure["value"].as_f64().unwrap() > 0.0, "{figure}");
        assert!(figure["limit"].as_f64().unwrap() > 0.0, "{figure}");
    }
    for what in [
        "latency beside a flooded program, median",
        "CPU per message, beside idle sockets",
        "a page beside silent sockets",
        "memory per idle socket",
    ] {
        assert!(named(what)["value"].as_f64().unwrap() >= 0.0);
    }
    assert!(named("empty process")["value"].as_f64().unwrap() > 1.0);
    assert!(figures.iter().all(|figure| figure["targets"].is_array()), "{report}");
}

#[test]
fn chats_that_drop_come_back_and_end_lose_no_message_in_a_short_soak() {
    let said = run_well(&["bench", "--soak", "8", "--chats", "12", "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    let figures = report["figures"].as_array().unwrap();
    let value = |what: &str| {
        let figure = figures.iter().find(|figure| figure["what"] == what).unwrap();
        figure["value"].as_f64().unwrap()
    };
    for what in [
        "chats opened and ended",
        "lines dropped and come back",
        "messages, there and back, each once",
    ] {
        assert!(value(&format!("soak: {what}")) >= 12.0, "{report}");
    }
}

#[test]
fn the_cost_of_more_chats_is_a_table_and_a_picture() {
    let folder = support::folder();
    let picture = folder.path().join("growth.svg");
    let said = run_well(&["bench", "--growth", "--quick", "--plot", support::text(&picture)]);
    assert_eq!(said.lines().filter(|line| line.contains('x')).count(), 3, "{said}");
    let picture = std::fs::read_to_string(picture).unwrap();
    assert_eq!(picture.matches("<polyline").count(), 6);
}
