//! The limits of a line, each with its own refusal.

use futures_util::SinkExt as _;
use stillroom_protocol::limits::CLIENT_FRAME_MAX;
use stillroom_protocol::{ClientFrame, Refusal, RelayFrame};
use tokio_tungstenite::tungstenite::Message;

use crate::device::Line;
use crate::scene::{Answer, Scene};

const UPGRADE: [&str; 4] = [
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

#[tokio::test]
async fn a_page_of_another_origin_gets_no_line() {
    let scene = Scene::start().await;
    for origin in ["origin: https://evil.example", "origin: null"] {
        let headers: Vec<_> = UPGRADE.into_iter().chain([origin]).collect();
        let answer = Answer::to(scene.survivors(), "GET /line", &headers[1..]).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    let desk = format!("origin: {}", scene.relay.desk_origin());
    let headers: Vec<_> = UPGRADE.into_iter().chain([desk.as_str()]).collect();
    let answer = Answer::to(scene.survivors(), "GET /line", &headers[1..]).await;
    assert_eq!(answer.status, 403, "the desk's own page, at the survivors' door");
}

#[tokio::test]
async fn a_request_that_is_none_for_a_line_is_told_what_belongs_here() {
    let scene = Scene::start().await;
    let answer = Answer::to(scene.survivors(), "GET /line", &[]).await;
    assert_eq!(answer.status, 426);
    assert_eq!(answer.header("sec-websocket-version"), Some("13"));
}

#[tokio::test]
async fn a_line_agrees_on_no_compression() {
    let scene = Scene::start().await;
    let stream = tokio::net::TcpStream::connect(scene.survivors()).await.unwrap();
    let mut request =
        tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(format!(
            "ws://{}/line",
            scene.survivors()
        ))
        .unwrap();
    request.headers_mut().insert("sec-websocket-extensions", "permessage-deflate".parse().unwrap());
    let (_, answer) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    assert!(!answer.headers().contains_key("sec-websocket-extensions"));
}

#[tokio::test]
async fn text_is_no_frame() {
    let scene = Scene::start().await;
    let mut line = scene.survivor().await;
    line.socket.send(Message::text("hello")).await.unwrap();
    line.is_refused(Refusal::FrameMalformed).await;
}

#[tokio::test]
async fn bytes_that_are_no_frame_are_refused() {
    let scene = Scene::start().await;
    let mut line = scene.survivor().await;
    line.say_bytes(vec![0xff; 300]).await;
    line.is_refused(Refusal::FrameMalformed).await;
}

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_and_the_device_learns_why() {
    let scene = Scene::start().await;
    let mut line = scene.survivor().await;
    line.say_bytes(vec![21; CLIENT_FRAME_MAX + 1]).await;
    line.is_refused(Refusal::FrameTooLong).await;
}

#[tokio::test]
async fn a_survivors_device_may_not_send_at_the_desk_what_staff_may() {
    let scene = Scene::start().await;
    let mut line = Line::greeted(scene.desks(), &scene.program).await;
    line.say_bytes(vec![21; CLIENT_FRAME_MAX + 1]).await;
    line.is_refused(Refusal::FrameTooLong).await;
}

#[tokio::test]
async fn frames_faster_than_anybody_types_are_refused() {
    let scene = Scene::start_with(|_, config| config.limits.frames_at_once = 20).await;
    let mut line = scene.survivor().await;
    for _ in 0..200 {
        // The relay may have closed the line by now.
        let ping = stillroom_protocol::encode(&ClientFrame::Ping);
        if line.socket.send(Message::Binary(ping.into())).await.is_err() {
            break;
        }
    }
    line.is_refused(Refusal::TooFast).await;
}

#[tokio::test]
async fn a_flood_of_the_sockets_own_pings_is_refused() {
    let scene = Scene::start().await;
    let mut line = scene.survivor().await;
    for _ in 0..100 {
        if line.socket.send(Message::Ping(vec![1].into())).await.is_err() {
            break;
        }
    }
    loop {
        match line.next().await {
            Some(Message::Pong(_)) => {}
            Some(Message::Binary(bytes)) => {
                let expected = RelayFrame::Refused {
                    about: stillroom_protocol::About::Connection,
                    refusal: Refusal::TooFast,
                };
                assert_eq!(stillroom_protocol::decode(&bytes), Ok(expected));
                return;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn one_connection_more_than_there_is_room_for_is_refused() {
    let scene = Scene::start_with(|_, config| config.limits.connections = 2).await;
    let first = scene.survivor().await;
    let _second = scene.survivor().await;
    Line::open(scene.survivors()).await.is_refused(Refusal::ConnectionsFull).await;
    drop(first);
    while scene.relay.holdings().connections == 2 {
        tokio::task::yield_now().await;
    }
    scene.survivor().await;
}

#[tokio::test]
async fn another_programs_page_is_refused() {
    let scene = Scene::start().await;
    let mut line = Line::open(scene.survivors()).await;
    line.hello(&crate::program::Program::new(2)).await;
    line.is_refused(Refusal::ProgramUnknown).await;
}
