//! What a relay could tell a court (`features.md` 3.1, 6.1): all that it received, its memory, its files
//! and its log are searched for the words of a chat.

use std::path::PathBuf;

use serde_json::json;

use crate::support::memory::memory;
use crate::support::program::{Program, meet, ten_messages_each_way};
use crate::support::proxy::{Recording, found};
use crate::support::words::words;

/// A name that is in no word list: the relay must not learn what advocates are called either.
const NAME: &str = "Quillhilda";

/// Every file below these places, one after the other.
fn files(places: &[PathBuf]) -> Vec<u8> {
    let below = |place: &PathBuf| match std::fs::read_dir(place) {
        Ok(entries) => {
            let entries: Vec<_> = entries.map_while(Result::ok).map(|entry| entry.path()).collect();
            files(&entries)
        }
        // The control socket is no file to read, and keeps nothing.
        Err(_) if place.ends_with("control") => Vec::new(),
        Err(_) => std::fs::read(place).expect("a relay's file can be read"),
    };
    places.iter().flat_map(below).collect()
}

fn assert_nothing_in(bytes: &[u8], place: &str) {
    for word in words().chain([NAME]) {
        assert!(!found(bytes, word), "{place} holds the word {word:?}");
    }
}

#[test]
fn nothing_that_a_relay_receives_holds_or_keeps_has_a_word_of_the_chat_in_it() {
    let program = Program::new();
    let relay = program.serve();
    let device = program.advocate(NAME);
    let recording = Recording::default();
    let (visitor, desk) = (recording.start(program.visitor), recording.start(program.desk));
    let mut desk = program.desk(&device, desk);
    let mut survivor = program.survivor(visitor);
    let chat = meet(&survivor, &mut desk);
    ten_messages_each_way(&mut survivor, &mut desk, &chat);
    let during = memory(relay.id());
    assert_nothing_in(&during, "the relay's memory during the chat");

    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    assert_nothing_in(&memory(relay.id()), "the relay's memory after the chat");
    drop((desk, survivor));
    assert_nothing_in(&recording.whole(4), "what went over the line");
    let kept = files(&["relay.state", "relay.log", "relay.around"].map(|name| program.path(name)));
    assert_nothing_in(&kept, "the relay's files");

    // The search finds what is there: the program's own public words.
    assert!(found(&during, "Rivertown Advocates"));
    assert!(found(&recording.whole(4), "Share only what you want to share"));
    assert!(kept.len() > 1_000);
}
