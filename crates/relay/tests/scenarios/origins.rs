//! Pages that the program gives out itself: who may connect, and a relay from which no code comes.

use axum::http::header::{HeaderValue, ORIGIN};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::device::Line;
use crate::scene::{Answer, Scene};

const CHAT: &str = "https://chat.example.org";
const DESK: &str = "https://desk.example.org";

/// A relay whose program gives both pages out itself.
async fn exported(serve_pages: bool) -> Scene {
    Scene::with_pages(|_, config| {
        for (door, origin) in [(&mut config.survivor, CHAT), (&mut config.desk, DESK)] {
            door.origins = vec![origin.parse().unwrap()];
            door.serve_pages = serve_pages;
        }
    })
    .await
}

/// With which status a page of this origin is answered: 101 where it is let in.
async fn status_for(door: std::net::SocketAddr, page: &str) -> u16 {
    let stream = TcpStream::connect(door).await.unwrap();
    let mut request = format!("ws://{door}/line").into_client_request().unwrap();
    request.headers_mut().insert(ORIGIN, HeaderValue::from_str(page).unwrap());
    match client_async(request, stream).await {
        Ok((_, answer)) => answer.status().as_u16(),
        Err(Error::Http(answer)) => answer.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn the_programs_own_pages_are_let_in_each_at_its_door() {
    let scene = exported(true).await;
    let own = scene.relay.survivor_origin().to_string();
    assert_eq!(status_for(scene.survivors(), CHAT).await, 101);
    assert_eq!(status_for(scene.desks(), DESK).await, 101);
    assert_eq!(status_for(scene.survivors(), &own).await, 101, "the relay gives it out as well");
}

#[tokio::test]
async fn no_other_page_opens_a_line_in_a_visitors_browser() {
    let scene = exported(true).await;
    for page in [
        "https://evil.example",
        "https://chat.example.org.evil.example",
        "https://chat.example.org:444",
        "http://chat.example.org",
        "null",
        "file://",
        DESK,
    ] {
        assert_eq!(status_for(scene.survivors(), page).await, 403, "{page}");
    }
    assert_eq!(
        status_for(scene.desks(), CHAT).await,
        403,
        "the survivors' page at the desks' door"
    );
    let answer =
        Answer::to(scene.survivors(), "GET /line", &["origin: https://evil.example"]).await;
    assert!(answer.text().contains("origins"), "{}", answer.text());
}

#[tokio::test]
async fn a_program_that_is_no_browser_names_no_page_and_is_let_in() {
    let scene = exported(false).await;
    Line::greeted(scene.survivors(), &scene.program).await;
}

#[tokio::test]
async fn a_relay_that_gives_no_pages_out_gives_out_no_code_at_all() {
    let scene = exported(false).await;
    for door in [scene.survivors(), scene.desks()] {
        for request in ["GET /", "GET /s/p-0123.js", "GET /page.html", "GET /index.html"] {
            let answer = Answer::to(door, request, &[]).await;
            assert_eq!(answer.status, 404, "{request}");
            assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        }
    }
    let own = scene.relay.survivor_origin().to_string();
    assert_eq!(
        status_for(scene.survivors(), &own).await,
        403,
        "no page of ours can come from there"
    );
    assert_eq!(status_for(scene.survivors(), CHAT).await, 101);
    let status = Answer::to(scene.survivors(), "GET /status", &[]).await;
    assert_eq!((status.status, status.header("access-control-allow-origin")), (200, Some("*")));
}
