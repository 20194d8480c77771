//! `stillroom demo`: one line for programs, and nothing left behind.

use serde_json::json;

use crate::support::{Running, folder, http_get, stillroom};

/// The demo with a temporary folder of its own to leave something behind in.
fn demo(place: &std::path::Path, more: &[&str]) -> Running {
    let mut command = stillroom(&[&["demo", "--json"], more].concat());
    command.env("TMPDIR", place);
    Running::of(command)
}

fn port(url: &serde_json::Value) -> u16 {
    let rest = url.as_str().unwrap().strip_prefix("http://localhost:").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

#[test]
fn the_demo_prints_one_line_and_is_gone_without_a_trace_on_ctrl_c_and_on_term() {
    for signal in ["INT", "TERM"] {
        let place = folder();
        let mut demo = demo(place.path(), &[]);
        let ready = demo.json();
        assert_eq!(ready["pid"], demo.id());
        assert!(ready["desk"].as_str().unwrap().contains("/#device="));
        assert_ne!(port(&ready["visitor"]), port(&ready["desk"]));
        assert!(http_get(port(&ready["visitor"]), "/status").unwrap().starts_with("HTTP/1.1 200"));
        assert!(std::fs::read_dir(place.path()).unwrap().count() > 0);
        demo.signal(signal);
        assert!(demo.wait().success(), "{signal}");
        assert_eq!(demo.rest(), Vec::<String>::new());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "{signal}");
    }
}

#[test]
fn the_scripted_visitor_writes_in_and_answers() {
    let place = folder();
    let demo = demo(place.path(), &["--with-visitor"]);
    let ready = demo.json();
    let mut desk = Running::start(&["client", "desk", "--link", ready["desk"].as_str().unwrap()]);
    desk.tell(json!({"do": "on-duty"}));
    desk.event(|event| event["event"] == "waiting" && event["count"] == 1);
    desk.tell(json!({"do": "take-next"}));
    let first = desk.hears();
    desk.tell(json!({"do": "write", "chat": first["chat"], "text": "You are. I am here."}));
    let second = desk.hears();
    assert_ne!(first["text"], second["text"]);
}

#[test]
fn two_demos_side_by_side_take_different_ports() {
    let place = folder();
    let (one, other) = (demo(place.path(), &[]), demo(place.path(), &[]));
    assert_ne!(port(&one.json()["visitor"]), port(&other.json()["visitor"]));
}
