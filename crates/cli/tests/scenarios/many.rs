//! Two programs in one process, with real survivors and desks (`features.md` 6.4).

use serde_json::{Value, json};

use crate::support::program::{Program, chat, many};
use crate::support::{Running, file, folder, run_badly, run_well, text};

fn report(config: &str, program: &str) -> Value {
    let said = run_well(&["holdings", "--config", config, "--program", program, "--json"]);
    serde_json::from_str(&said).unwrap()
}

fn count(report: &Value, name: &str) -> u64 {
    let items = report["memory"]["items"].as_array().unwrap();
    items.iter().find(|item| item["name"] == name).unwrap()["count"].as_u64().unwrap()
}

#[test]
fn two_programs_have_their_chats_at_once_and_their_host_tells_of_each_apart() {
    let programs = [Program::new(), Program::new()];
    let around = folder();
    let config =
        file(around.path(), "many.toml", &(many(&programs) + "[log]\nlevel = \"trace\"\n"));
    let config = text(&config);
    let mut relay = Running::start(&["serve", "--json", "--config", config]);
    let ready = relay.json();
    assert_eq!(ready["programs"][1]["program"], json!(programs[1].root));

    let mut chats: Vec<_> = programs.iter().map(chat).collect();
    for (number, (survivor, _, _)) in chats.iter_mut().enumerate() {
        survivor.tell(json!({"do": "write", "text": format!("on program {number}")}));
    }
    for (number, (_, desk, _)) in chats.iter().enumerate() {
        assert_eq!(
            desk.hears()["text"],
            json!(format!("on program {number}")),
            "and nothing before it"
        );
    }
    for program in &programs {
        let told = report(config, &program.root);
        assert_eq!(told["program"], json!(program.root));
        assert_eq!((count(&told, "rooms"), count(&told, "connections")), (1, 2));
    }

    // Of one program that ends its chat the other notices nothing.
    let (survivor, desk, chat) = &mut chats[0];
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    let (survivor, desk, chat) = &mut chats[1];
    desk.tell(json!({"do": "write", "chat": chat, "text": "still here"}));
    assert_eq!(survivor.hears()["text"], json!("still here"));

    let host =
        |more: &[&str]| run_well(&[&["host"], more, &["--config", config, "--json"]].concat());
    let notice = ["notice", "--kind", "maintenance", "--text", "From ten to eleven."];
    host(&[&notice[..], &["--program", &programs[0].root]].concat());
    let said = host(&["notices"]);
    let counts: Vec<_> = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|told| told["notices"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [1, 0]);
    let nobody = "0".repeat(64);
    let refused = run_badly(&["holdings", "--config", config, "--program", &nobody]);
    assert!(refused.contains("has nothing of program"), "{refused}");

    relay.signal("TERM");
    assert!(relay.wait().success());
}
