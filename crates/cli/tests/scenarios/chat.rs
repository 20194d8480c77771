//! A whole chat between two processes through a third, which is killed in the middle (`features.md` 3.8,
//! 3.12): no message is lost, doubled or reordered.

use serde_json::json;

use crate::support::Running;
use crate::support::program::{Program, meet};
use crate::support::words::message;

const EACH: usize = 30;
const KILLED_AFTER: usize = 12;
const BACK_AFTER: usize = 18;

/// Everything that the other side wrote, in the order in which it shows.
fn received(side: &Running, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < count {
        let event = side.hears();
        texts.push(event["text"].as_str().unwrap_or_default().to_owned());
    }
    texts
}

fn written(side: &str) -> Vec<String> {
    (0..EACH).map(|number| message(side, number)).collect()
}

#[test]
fn thirty_messages_each_way_survive_a_relay_that_is_killed_and_comes_back_empty() {
    thirty_messages_each_way(&Program::new());
}

#[test]
fn so_they_do_where_everything_goes_by_plain_requests() {
    thirty_messages_each_way(&Program { by: &["--by", "requests"], ..Program::new() });
}

fn thirty_messages_each_way(program: &Program) {
    let mut relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);

    for number in 0..EACH {
        if number == KILLED_AFTER {
            relay.signal("KILL");
            relay.wait();
        }
        if number == BACK_AFTER {
            relay = program.serve();
        }
        survivor.tell(json!({"do": "write", "text": message("survivor", number)}));
        desk.tell(json!({"do": "write", "chat": chat, "text": message("desk", number)}));
    }

    assert_eq!(received(&desk, EACH), written("survivor"));
    assert_eq!(received(&survivor, EACH), written("desk"));

    // One more each way shows that nothing was left over to come a second time.
    survivor.tell(json!({"do": "write", "text": "the last"}));
    desk.tell(json!({"do": "write", "chat": chat, "text": "the very last"}));
    assert_eq!(received(&desk, 1), ["the last"]);
    assert_eq!(received(&survivor, 1), ["the very last"]);

    desk.tell(json!({"do": "end", "chat": chat}));
    let end = survivor.event(|event| event["phase"] == "ended");
    assert_eq!(end["ending"], "by-staff");
    relay.signal("TERM");
    assert!(relay.wait().success(), "a relay that is asked to stop stops well");
}

#[test]
fn a_chat_that_the_survivor_ends_is_over_on_the_desk() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);
    survivor.tell(json!({"do": "end"}));
    let end = desk.event(|event| event["event"] == "ended");
    assert_eq!((&end["chat"], &end["ending"]), (&chat, &json!("by-survivor")));
}

#[test]
fn a_survivor_who_leaves_is_shown_as_left_and_three_words_lead_them_back() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);
    let words = survivor.event(|event| event["event"] == "return-words")["words"].clone();
    survivor.tell(json!({"do": "leave"}));
    let end = desk.event(|event| event["event"] == "ended");
    assert_eq!((&end["chat"], &end["ending"]), (&chat, &json!("survivor-left")));

    let said = json!({
        "do": "start", "language": "es", "interpreter": true, "safety": "not-sure", "words": words,
    });
    let back = program.survivor_who(program.visitor, &said);
    let waiting = desk.event(|event| event["event"] == "waiting" && event["count"] == 1);
    let known = json!({
        "again": "no", "code-word": false, "language": "es", "interpreter": true, "safety": "not-sure", "comes-back": "here",
    });
    assert_eq!(waiting["people"], json!([known]));
    desk.tell(json!({"do": "take-next"}));
    assert_eq!(desk.event(|event| event["event"] == "opened")["beforehand"], known);
    back.event(|event| event["phase"] == "chatting");
}
