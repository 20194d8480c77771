//! The headers on every answer.

use crate::scene::{Answer, Scene};

const STRICT: [(&str, &str); 9] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "deny"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-dns-prefetch-control", "off"),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];

const EVERYWHERE: [&str; 7] = [
    "POST /b",
    "GET /",
    "GET /nothing",
    "GET /s/nothing.js",
    "POST /",
    "GET /line",
    "GET /s/..%2f..%2fpage.html",
];

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let scene = Scene::start().await;
    for relay in [scene.survivors(), scene.desks()] {
        for request in EVERYWHERE {
            let answer = Answer::to(relay, request, &[]).await;
            for (name, value) in STRICT {
                assert_eq!(answer.header(name), Some(value), "{request}: {name}");
            }
            let policy = answer.header("content-security-policy").unwrap();
            for part in [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "style-src 'self'",
                "img-src 'self'",
                "form-action 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            ] {
                assert!(policy.split("; ").any(|found| found == part), "{request}: {part}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
            assert!(answer.header("permissions-policy").unwrap().contains("camera=()"));
        }
    }
}

#[tokio::test]
async fn no_answer_sets_a_cookie_or_names_the_server() {
    let scene = Scene::start().await;
    for request in EVERYWHERE.into_iter().chain(["GET /status"]) {
        let answer = Answer::to(scene.survivors(), request, &["cookie: a=b"]).await;
        for name in ["set-cookie", "server", "x-powered-by", "strict-transport-security"] {
            assert_eq!(answer.header(name), None, "{request}");
        }
    }
}

#[tokio::test]
async fn the_page_may_connect_to_its_own_line_alone() {
    let scene = Scene::start_with(|_, config| {
        config.survivor.origin = Some("https://chat.example.org".parse().unwrap());
    })
    .await;
    let answer = Answer::to(scene.survivors(), "GET /", &[]).await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self' wss://chat.example.org;"), "{policy}");
    assert!(answer.header("strict-transport-security").is_some());
}

#[tokio::test]
async fn practice_may_fetch_its_files_and_reach_nothing_else_and_ask_for_nothing() {
    let scene = Scene::start_with(|_, config| {
        config.desk.origin = Some("https://desk.example.org".parse().unwrap());
    })
    .await;
    let answer = Answer::to(scene.desks(), "GET /practice", &[]).await;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src https://desk.example.org/s/;"), "{policy}");
    assert!(answer.header("permissions-policy").unwrap().contains("publickey-credentials-get=()"));
    for (name, value) in STRICT {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn any_site_may_ask_whether_chat_is_open() {
    let mut scene = Scene::start().await;
    let status = async |scene: &Scene| Answer::to(scene.survivors(), "GET /status", &[]).await;
    let answer = status(&scene).await;
    let said = |state, open| {
        format!("{{\"state\":\"{state}\",\"open\":{open},\"next\":null,\"version\":1}}")
    };
    assert_eq!(answer.text(), said("nobody", false));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=5"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let advocate = scene.program.advocate();
    let mut survivor = scene.survivor().await;
    let mut desk = crate::device::Line::staff(scene.desks(), &scene.program, &advocate).await;
    desk.go_on_duty(&scene.program, &advocate).await;
    survivor.hear().await;
    assert_eq!(status(&scene).await.text(), said("open", true));
}
