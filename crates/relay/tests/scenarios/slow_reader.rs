//! A device that does not read is dropped, and costs nobody else anything: other chats go on meanwhile.

use stillroom_protocol::limits::MESSAGE_MAX;
use stillroom_protocol::{ClientFrame, Flag, RelayFrame};

use crate::scene::Scene;
use crate::traffic::chat;

#[tokio::test]
async fn a_device_that_never_reads_is_dropped_and_not_buffered_for_and_others_go_on() {
    let mut scene = Scene::start_with(|_, config| {
        config.limits.outgoing_bytes = 64 * 1024;
        config.limits.staff_frames_at_once = 1_000_000;
    })
    .await;
    let mut others = chat(&mut scene).await;
    let mut chat = chat(&mut scene).await;
    let long =
        ClientFrame::Post { room: chat.room, message: vec![7; MESSAGE_MAX].try_into().unwrap() };
    // The survivor reads nothing from here on. Written as long as it takes for the kernel's buffers, and
    // the queue behind them, to be full.
    let before = scene.relay.holdings().connections;
    while scene.relay.holdings().connections == before {
        chat.desk.say(&long).await;
        tokio::task::yield_now().await;
    }
    others.write().await;
    let room = chat.room;
    chat.desk
        .hear_until(|frame| {
            matches!(frame, RelayFrame::Presence { room: of, here: Flag(false), .. } if *of == room)
        })
        .await;
    // What waits for them now is bounded like for anybody who is away.
    assert!(scene.relay.holdings().bytes <= scene.config.limits.room_bytes);
    drop(chat.survivor);
}
