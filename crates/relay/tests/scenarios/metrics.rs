//! What a monitoring system is told moves with no single chat (`features.md` 6.1).

use std::net::SocketAddr;

use stillroom_relay::Metrics;

use crate::scene::{Answer, Scene};
use crate::traffic::chat;

async fn scene(connections: usize) -> Scene {
    Scene::start_with(|_, config| {
        config.metrics = Some(Metrics { listen: ([127, 0, 0, 1], 0).into() });
        config.limits.connections = connections;
    })
    .await
}

/// What is told, but for the time that the relay has run, and the memory of the whole process, which can be at the
/// edge of a step by itself.
async fn told(at: SocketAddr) -> Vec<String> {
    let answer = Answer::to(at, "GET /metrics", &[]).await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.body).unwrap();
    text.lines()
        .filter(|line| !line.contains("uptime") && !line.contains("memory"))
        .map(str::to_owned)
        .collect()
}

fn figure<'a>(told: &'a [String], name: &str) -> &'a str {
    told.iter().find_map(|line| line.strip_prefix(name)).unwrap().trim()
}

#[tokio::test]
async fn one_chat_moves_no_figure() {
    let mut scene = scene(500).await;
    let at = scene.relay.metrics_addr.unwrap();
    let before = told(at).await;
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    assert!(scene.relay.holdings().rooms > 0);
    assert_eq!(told(at).await, before);
}

#[tokio::test]
async fn a_relay_that_fills_up_says_so() {
    let scene = scene(40).await;
    let at = scene.relay.metrics_addr.unwrap();
    let connections = "stillroom_in_use_ratio{limit=\"connections\"}";
    let mut lines = Vec::new();
    for _ in 0..9 {
        lines.push(scene.survivor().await);
    }
    assert_eq!(figure(&told(at).await, connections), "0");
    for _ in 9..20 {
        lines.push(scene.survivor().await);
    }
    assert_eq!(figure(&told(at).await, connections), "0.5");
}

#[tokio::test]
async fn only_figures_are_given_out_and_only_there() {
    let scene = scene(500).await;
    let at = scene.relay.metrics_addr.unwrap();
    for path in ["/", "/line", "/status", "/metrics/"] {
        assert_eq!(Answer::to(at, &format!("GET {path}"), &[]).await.status, 404, "{path}");
    }
    for door in [scene.survivors(), scene.desks()] {
        assert_eq!(Answer::to(door, "GET /metrics", &[]).await.status, 404);
    }
    let quiet = Scene::start().await;
    assert_eq!(quiet.relay.metrics_addr, None);
}
