//! The pages: filled from the policy, packed, kept or not kept.

use std::io::Read as _;

use stillroom_program::limits::{LOCALE_MAX, LOCALES_MAX};
use stillroom_program::{Direction, Icon};
use stillroom_protocol::{ClientFrame, Operation, Refusal, RelayFrame, Reply, encode};
use stillroom_relay::{Config, PseudoLocale, Purpose};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

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
async fn the_page_has_the_one_picture_that_the_policy_chose() {
    for icon in [Icon::Dot, Icon::Sheet, Icon::Cloud, Icon::Leaf] {
        let scene = Scene::with_pages(|program, _| program.policy.page.icon = icon).await;
        let page = Answer::to(scene.survivors(), "GET /", &[]).await.text();
        assert_eq!(page.matches("rel=\"icon\"").count(), 1, "{icon:?}");
    }
}

#[tokio::test]
async fn the_desk_is_a_page_of_its_own() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let page = Answer::to(scene.desks(), "GET /", &[]).await.text();
    assert!(page.contains(&scene.program.root.to_string()));
    assert!(page.contains("data-text=\"go-on-duty\"") && !page.contains("{{"));
}

#[tokio::test]
async fn practice_is_beside_the_desk_and_its_words_are_on_no_other_page() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let answer = Answer::to(scene.desks(), "GET /practice", &[]).await;
    assert_eq!(answer.status, 200);
    let page = answer.text();
    assert!(page.contains("<title>Practice: nobody real reads this</title>"));
    assert!(page.contains("data-text=\"practice-shift-title\"") && !page.contains("{{"));
    assert!(!page.contains("data-root"), "it knows no program's key");
    for (door, others) in [(scene.desks(), "GET /"), (scene.survivors(), "GET /")] {
        let page = Answer::to(door, others, &[]).await.text();
        assert!(!page.contains("practice-shift-title"));
    }
    assert_eq!(Answer::to(scene.survivors(), "GET /practice", &[]).await.status, 404);
}

#[tokio::test]
async fn the_console_is_beside_the_desk_and_nowhere_else() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let answer = Answer::to(scene.desks(), "GET /console", &[]).await;
    assert_eq!(answer.status, 200);
    let page = answer.text();
    assert!(page.contains(&scene.program.root.to_string()));
    assert!(page.contains("data-text=\"console-close\"") && !page.contains("{{"));
    assert!(!Answer::to(scene.desks(), "GET /", &[]).await.text().contains("console-close"));
    assert_eq!(Answer::to(scene.survivors(), "GET /console", &[]).await.status, 404);
}

#[tokio::test]
async fn practice_is_not_given_out_where_pages_are_not() {
    let scene = Scene::with_pages(|_, config| {
        config.desk.serve_pages = false;
        config.desk.origins = vec!["https://desk.example.org".parse().unwrap()];
    })
    .await;
    assert_eq!(Answer::to(scene.desks(), "GET /practice", &[]).await.status, 404);
    assert_eq!(Answer::to(scene.desks(), "GET /console", &[]).await.status, 404);
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
async fn however_many_say_nothing_or_stay_whoever_comes_is_given_the_page() {
    let scene = Scene::start_with(|_, config| config.limits.page_connections = 4).await;
    let mut there = Vec::new();
    for number in 0..40 {
        let mut stream = TcpStream::connect(scene.survivors()).await.unwrap();
        if number % 2 == 0 {
            // Asks, and neither reads the answer nor goes.
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        }
        there.push(stream);
    }
    for _ in 0..10 {
        assert_eq!(Answer::to(scene.survivors(), "GET /", &[]).await.status, 200);
    }
    // A line that stands has no such place, and nobody takes it away.
    let mut line = scene.survivor().await;
    for _ in 0..10 {
        there.push(TcpStream::connect(scene.survivors()).await.unwrap());
    }
    assert_eq!(Answer::to(scene.survivors(), "GET /", &[]).await.status, 200);
    line.say(&ClientFrame::Ping).await;
    assert_eq!(line.hear().await, RelayFrame::Pong);
    scene.relay.stop().await;
}

#[tokio::test]
async fn a_page_travels_as_small_as_the_browser_takes_it() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let plain = Answer::to(scene.survivors(), "GET /", &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    let brotli = Answer::to(scene.survivors(), "GET /", &["accept-encoding: gzip, br"]).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert_eq!(brotli.header("vary"), Some("accept-encoding, accept-language"));
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
async fn a_file_of_the_desk_is_kept_for_ever_and_a_document_never() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let relay = scene.desks();
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
async fn nothing_that_the_survivors_page_is_made_of_is_kept_by_a_browser() {
    let scene = Scene::with_pages(|_, _| {}).await;
    for what in ["GET /", "GET /s/p-0123.js", "GET /s/not-there.js", "GET /line"] {
        let answer = Answer::to(scene.survivors(), what, &["accept-encoding: br"]).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
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
    let replaces = scene.program.policy.terms.version - 1;
    let publish = Operation::PublishPolicy { replaces, policy };
    assert_eq!(line.ask(publish).await, Ok(Reply::Done));
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

#[tokio::test]
async fn the_pages_of_a_practice_relay_say_so_and_no_others_do() {
    for (purpose, said) in [(Purpose::Practice, true), (Purpose::Chats, false)] {
        let scene = Scene::with_pages(|_, config| config.purpose = purpose).await;
        let survivor = Answer::to(scene.survivors(), "GET /", &[]).await.text();
        assert_eq!(survivor.contains("This page is for training."), said);
        let desk = Answer::to(scene.desks(), "GET /", &[]).await.text();
        assert_eq!(desk.contains("A colleague plays the survivor."), said);
    }
}

#[test]
fn no_configuration_marks_a_relay_as_one_for_practice() {
    let text = include_str!("../../samples/everything.toml");
    assert_eq!(Config::from_toml(text).unwrap().purpose, Purpose::Chats);
    for line in ["purpose = \"Practice\"", "[purpose]\npractice = true"] {
        assert!(Config::from_toml(&format!("{line}\n{text}")).is_err(), "{line}");
    }
}

/// A program whose page can be read in Arabic and Chinese, with a few words of each.
async fn in_languages() -> Scene {
    Scene::with_pages(|program, _| {
        program.add_locale(
            "ar",
            Direction::RightToLeft,
            "leave-this-page = غادر\npolicy-about = نحن\n",
        );
        program.add_locale("zh-Hant", Direction::LeftToRight, "leave-this-page = 離開\n");
    })
    .await
}

#[tokio::test]
async fn the_page_comes_in_the_language_that_the_browser_asks_for() {
    let scene = in_languages().await;
    for (wanted, html, word) in [
        ("accept-language: ar-EG, en;q=0.5", "lang=\"ar\" dir=\"rtl\"", ">غادر</a>"),
        ("accept-language: zh-TW", "lang=\"zh-Hant\" dir=\"ltr\"", ">離開</a>"),
        ("accept-language: fr", "lang=\"en\" dir=\"ltr\"", ">Leave this page</a>"),
        ("accept-language: ,;q=,\u{e9}", "lang=\"en\" dir=\"ltr\"", ">Leave this page</a>"),
        ("x-other: ar", "lang=\"en\" dir=\"ltr\"", ">Leave this page</a>"),
    ] {
        let answer = Answer::to(scene.survivors(), "GET /", &[wanted]).await;
        let page = answer.text();
        assert!(page.contains(html) && page.contains(word), "{wanted}");
        assert_eq!(answer.header("vary"), Some("accept-encoding, accept-language"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(!page.contains("{{"));
    }
    // The desk is for staff, and whether chat is open is the same for everybody.
    let desk = Answer::to(scene.desks(), "GET /", &["accept-language: ar"]).await;
    assert!(desk.text().contains("lang=\"en\""));
    let status = Answer::to(scene.survivors(), "GET /status", &["accept-language: ar"]).await;
    assert_eq!(status.header("vary"), None);
}

#[tokio::test]
async fn each_language_has_an_address_of_its_own_and_what_is_not_translated_is_set_apart() {
    let scene = in_languages().await;
    let get = |path: &'static str| Answer::to(scene.survivors(), path, &["accept-language: en"]);
    let arabic = get("GET /s/l-ar.html").await;
    assert_eq!((arabic.status, arabic.header("cache-control")), (200, Some("no-store")));
    assert_eq!(arabic.header("content-type"), Some("text/html; charset=utf-8"));
    let page = arabic.text();
    assert!(
        page.contains("<p class=\"about\">نحن</p>"),
        "the policy's own words are translated too"
    );
    assert!(page.contains(">\u{2068}Chat with an advocate\u{2069}</h1>"), "{page}");
    assert!(page.contains("href=\"tel:+15550100100\""));
    for part in [
        "<option value=\"en\" lang=\"en\" data-hours=\"\" data-interpreter=\"\" data-words=\"/s/l-en.html\">English</option>",
        "<option value=\"zh\" lang=\"zh-Hant\"",
        "data-words=\"/s/l-ar.html\" selected>ar in its own letters</option>",
        "<option value=\"es\" lang=\"es\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(get("GET /s/l-en.html").await.text().contains("Leave this page"));
    for elsewhere in ["GET /s/l-fr.html", "GET /s/l-.html", "GET /s/page.html"] {
        assert_eq!(get(elsewhere).await.status, 404, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_page_in_one_language_offers_no_other_and_carries_no_word_of_it() {
    let scene = Scene::with_pages(|_, _| {}).await;
    let page = Answer::to(scene.survivors(), "GET /", &["accept-language: ar"]).await.text();
    assert!(page.contains("lang=\"en\"") && !page.contains("data-words"));
    let answer = Answer::to(scene.survivors(), "GET /s/l-en.html", &[]).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_policy_with_languages_is_published_file_by_file_and_kept() {
    let mut scene = Scene::with_pages(|_, _| {}).await;
    let mut line = scene.administrator().await;
    scene.program.policy.terms.version += 1;
    scene.program.add_locale("ar", Direction::RightToLeft, "leave-this-page = غادر\n");
    let policy = encode(&scene.program.signed_policy()).try_into().unwrap();
    let replaces = scene.program.policy.terms.version - 1;
    let publish = Operation::PublishPolicy { replaces, policy };
    // Without its file a policy is not taken: a page would lack what was signed.
    assert_eq!(line.ask(publish.clone()).await, Err(Refusal::RecordRefused));
    let file = scene.program.locales[0].to_vec();
    let too_long = vec![b'#'; LOCALE_MAX + 1].try_into().unwrap();
    let refused = line.ask(Operation::PublishLocale { file: too_long }).await;
    assert_eq!(refused, Err(Refusal::RecordRefused));
    let file = file.try_into().unwrap();
    assert_eq!(line.ask(Operation::PublishLocale { file }).await, Ok(Reply::Done));
    assert_eq!(line.ask(publish).await, Ok(Reply::Done));
    drop(line);
    let arabic = |scene: &Scene| {
        let relay = scene.survivors();
        async move { Answer::to(relay, "GET /", &["accept-language: ar"]).await.text() }
    };
    assert!(arabic(&scene).await.contains(">غادر</a>"));
    let scene = scene.restart().await;
    assert!(arabic(&scene).await.contains(">غادر</a>"), "after a restart as well");
}

#[tokio::test]
async fn files_that_no_policy_named_make_room_and_only_administrators_bring_any() {
    let mut scene = in_languages().await;
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    let of = |number: usize| format!("# {number}\n").into_bytes().try_into().unwrap();
    let refused = desk.ask(Operation::PublishLocale { file: of(0) }).await;
    assert_eq!(refused, Err(Refusal::RoleMissing));
    let mut line = scene.administrator().await;
    for number in 0..5 * LOCALES_MAX {
        let file = of(number);
        assert_eq!(line.ask(Operation::PublishLocale { file }).await, Ok(Reply::Done), "{number}");
    }
    // Those of the policy that is shown were kept all the while.
    drop((line, desk));
    let scene = scene.restart().await;
    let page = Answer::to(scene.survivors(), "GET /", &["accept-language: ar"]).await.text();
    assert!(page.contains(">غادر</a>"));
}

#[tokio::test]
async fn a_balancer_learns_at_both_doors_that_people_are_let_in_and_nothing_else() {
    let scene = Scene::start().await;
    for door in [scene.survivors(), scene.desks()] {
        let answer = Answer::to(door, "GET /ready", &[]).await;
        assert_eq!((answer.status, answer.text().as_str()), (204, ""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
