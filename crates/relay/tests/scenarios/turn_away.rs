//! Turning one contact away, through a real door: by the address that the server before the relay names, and by nothing
//! that anybody else says.

use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame, Ticket};

use crate::device::Line;
use crate::scene::Scene;
use crate::traffic::{Chat, ask, chat_from};

const HERE: &str = "203.0.113.77";
const ELSEWHERE: &str = "203.0.113.78";

/// A relay behind a server on this computer.
async fn behind_a_server() -> Scene {
    Scene::start_with(|_, config| {
        config.survivor.proxy = Some("127.0.0.1".parse().unwrap());
    })
    .await
}

async fn turn_away(chat: &mut Chat) {
    let note = vec![7; TURNED_AWAY_BYTES].try_into().unwrap();
    chat.desk.say(&ClientFrame::TurnAway { room: chat.room, note }).await;
    // The answer to this comes after that was done.
    chat.desk.say(&ClientFrame::Ping).await;
    chat.desk.hear_until(|frame| *frame == RelayFrame::Pong).await;
}

/// Somebody asks from there; whether the desk is told that somebody from there was turned away.
async fn noted(scene: &Scene, chat: &mut Chat, from: &[&str], number: u8) -> bool {
    let mut line = Line::greeted_from(scene.survivors(), &scene.program, from).await;
    line.say(&ask([number; 32])).await;
    line.hear_until(|frame| matches!(frame, RelayFrame::InLine { .. })).await;
    chat.desk.say(&ClientFrame::Ping).await;
    let mut noted = false;
    loop {
        match chat.desk.hear().await {
            RelayFrame::Pong => return noted,
            RelayFrame::WaitingShare { ticket, turned_away, .. } => {
                noted |= ticket == Ticket([number; 32]).id() && !turned_away.is_empty();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_open_page_is_refused_and_whoever_comes_from_there_has_a_note_and_a_place() {
    let mut scene = behind_a_server().await;
    let mut chat = chat_from(&mut scene, &[HERE]).await;
    turn_away(&mut chat).await;
    chat.survivor.say(&ask([9; 32])).await;
    let about = About::Ticket(Ticket([9; 32]).id());
    let refused = RelayFrame::Refused { about, refusal: Refusal::TurnedAway };
    chat.survivor.hear_until(|frame| *frame == refused).await;
    assert!(noted(&scene, &mut chat, &[HERE], 1).await, "a page that was opened anew");
    assert!(!noted(&scene, &mut chat, &[ELSEWHERE], 2).await);
    let invented = format!("{HERE}, {ELSEWHERE}");
    assert!(!noted(&scene, &mut chat, &[&invented], 3).await, "what was there before it");
}

#[tokio::test]
async fn without_a_server_that_was_named_nobody_is_believed() {
    let mut scene = Scene::start().await;
    let mut chat = chat_from(&mut scene, &[HERE]).await;
    turn_away(&mut chat).await;
    assert!(noted(&scene, &mut chat, &[ELSEWHERE], 1).await, "all come from one socket's address");
}

#[tokio::test]
async fn nothing_of_an_address_is_in_any_file_of_the_relay() {
    let mut scene = behind_a_server().await;
    let mut chat = chat_from(&mut scene, &[HERE]).await;
    turn_away(&mut chat).await;
    assert!(noted(&scene, &mut chat, &[HERE], 1).await);
    scene.relay.stop().await;
    let mut files = 0;
    for entry in std::fs::read_dir(scene.folder.path().join("state")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let octets: [u8; 4] = HERE.parse::<std::net::Ipv4Addr>().unwrap().octets();
        for form in [HERE.as_bytes(), &octets] {
            assert!(!bytes.windows(form.len()).any(|window| window == form));
        }
        files += 1;
    }
    assert!(files > 0);
}
