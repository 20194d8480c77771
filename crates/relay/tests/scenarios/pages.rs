//! The pages: filled from the policy, packed, kept or not kept.

use std::io::Read as _;

use stillroom_protocol::{Operation, RelayFrame, Reply, encode};
use stillroom_relay::PseudoLocale;

use crate::device::Line;
use crate::scene::{Answer, Scene};

#[tokio::test]
async fn the_survivors_page_says_what_the_policy_says() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let answer = Answer::to(scene.survivors(), "GET /", &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let page = answer.text();
    for part in [
        &format!("data-root=\"{}\"", scene.program.root),
        "<title>Chat</title>",
        "Rivertown Advocates",
        "href=\"tel:+15550100100\"",
        "Every day",
        "Day and night",
        "Leave this page",
        "data-open=\"no\"",
        "https://weather.gov/",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("{{"));
}

#[tokio::test]
async fn the_desk_is_a_page_of_its_own() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let page = Answer::to(scene.desks(), "GET /", &[]).await.text();
    assert!(page.contains(&scene.program.root.to_string()));
    assert!(page.contains("data-text=\"go-on-duty\"") && !page.contains("{{"));
}

#[tokio::test]
async fn the_page_says_that_chat_is_open_while_somebody_is_on_duty() {
    let mut scene = Scene::with_pages(|_, _| {}).await;
    let advocate = scene.program.advocate();
    let mut survivor = scene.survivor().await;
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    desk.go_on_duty(&scene.program, &advocate).await;
    assert!(matches!(survivor.hear().await, RelayFrame::Duty { .. }));
    let page = Answer::to(scene.survivors(), "GET /", &[]).await.text();
    assert!(page.contains("data-open=\"yes\"") && page.contains("Chat is open now"));
}

#[tokio::test]
async fn a_page_travels_as_small_as_the_browser_takes_it() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let plain = Answer::to(scene.survivors(), "GET /", &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    let brotli = Answer::to(scene.survivors(), "GET /", &["accept-encoding: gzip, br"]).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert_eq!(brotli.header("vary"), Some("accept-encoding"));
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut &brotli.body[..], &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let gzip = Answer::to(scene.survivors(), "GET /", &["accept-encoding: gzip"]).await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn a_file_named_by_its_hash_is_kept_and_a_document_never() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let relay = scene.survivors();
    let file = Answer::to(relay, "GET /s/p-0123.js", &["accept-encoding: br"]).await;
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(file.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!((file.header("content-encoding"), file.text().as_str()), (Some("br"), "packed"));
    let plain = Answer::to(relay, "GET /s/p-0123.js", &[]).await;
    assert_eq!(plain.text(), "export {};");
    let document = Answer::to(relay, "GET /", &[]).await;
    assert_eq!(document.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn what_is_no_file_of_the_page_is_not_there() {
    let scene = Scene::with_pages(|_, _| {}).await;
    for name in ["page.html", "manifest.json", "p-0123.js.br", "..%2Fpage.html", "x.js"] {
        let answer = Answer::to(scene.survivors(), &format!("GET /s/{name}"), &[]).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn what_a_policy_says_never_becomes_markup() {
    let scene = Scene::with_pages(|program, _| {
        program.policy.page.name = "A & B <script>\"'".try_into().unwrap();
    })
    .await;
    for relay in [scene.survivors(), scene.desks()] {
        let page = Answer::to(relay, "GET /", &[]).await.text();
        assert!(page.contains("A &amp; B &lt;script&gt;&quot;&#39;"));
    }
}

#[tokio::test]
async fn the_pages_show_a_new_policy_once_it_is_published() {
    let mut scene = Scene::with_pages(|_, _| {}).await;
    let mut line = scene.administrator().await;
    scene.program.policy.terms.version += 1;
    scene.program.policy.page.name = "Hilltown Advocates".try_into().unwrap();
    let policy = encode(&scene.program.signed_policy()).try_into().unwrap();
    assert_eq!(line.ask(Operation::PublishPolicy { policy }).await, Ok(Reply::Done));
    let page = Answer::to(scene.survivors(), "GET /", &[]).await.text();
    assert!(page.contains("<bdi>Hilltown Advocates</bdi>"));
}

#[tokio::test]
async fn the_pages_can_be_shown_in_languages_that_nobody_speaks() {
    for (locale, lang, dir) in
        [(PseudoLocale::Accented, "en-XA", "ltr"), (PseudoLocale::RightToLeft, "ar-XB", "rtl")]
    {
        let scene =
            Scene::with_pages(|_, config| config.testing.pseudo_locale = Some(locale)).await;
        for relay in [scene.survivors(), scene.desks()] {
            let page = Answer::to(relay, "GET /", &[]).await.text();
            assert!(page.contains(&format!("lang=\"{lang}\" dir=\"{dir}\"")));
        }
        let page = Answer::to(scene.survivors(), "GET /", &[]).await.text();
        assert!(!page.contains("Leave this page") && page.contains("{count}"));
    }
}
