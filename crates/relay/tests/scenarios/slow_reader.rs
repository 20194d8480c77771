//! A device that does not read is dropped, and costs nobody else anything.

use stillroom_protocol::limits::MESSAGE_MAX;
use stillroom_protocol::{ClientFrame, RelayFrame};

use crate::scene::Scene;
use crate::traffic::{WORDS, chat};

#[tokio::test]
async fn a_device_that_never_reads_is_dropped_and_not_buffered_for() {
    let mut scene = Scene::start_with(|_, config| {
        config.limits.outgoing_bytes = 64 * 1024;
        config.limits.staff_frames_at_once = 1_000_000;
    })
    .await;
    let mut chat = chat(&mut scene).await;
    let other = scene.survivor().await;
    let long =
        ClientFrame::Post { room: chat.room, message: vec![7; MESSAGE_MAX].try_into().unwrap() };
    // The survivor reads nothing from here on. Written as long as it takes for the kernel's buffers, and
    // the queue behind them, to be full.
    while scene.relay.holdings().connections == 3 {
        chat.desk.say(&long).await;
        tokio::task::yield_now().await;
    }
    let room = chat.room;
    chat.desk
        .hear_until(|frame| {
            matches!(frame, RelayFrame::Presence { room: of, here: false, .. } if *of == room)
        })
        .await;
    // What waits for them now is bounded like for anybody who is away.
    assert!(scene.relay.holdings().bytes <= scene.config.limits.room_bytes);
    drop((chat.survivor, other));
}

#[tokio::test]
async fn the_others_go_on_while_one_does_not_read() {
    let mut scene = Scene::start_with(|_, config| {
        config.limits.outgoing_bytes = 64 * 1024;
    })
    .await;
    let mut silent = scene.survivor().await;
    for _ in 0..500 {
        silent.say(&ClientFrame::Ping).await;
    }
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    assert!(!WORDS.is_empty());
}
