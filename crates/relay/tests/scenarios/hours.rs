//! Hours, notices and a policy's end, by the relay's own clock.

use stillroom_program::{Date, Hours, List, Notice, NoticeKind, Policy, encode};
use stillroom_protocol::{
    About, Bytes, ClientFrame, Operation, Refusal, RelayFrame, Reply, Ticket,
};

use crate::device::Line;
use crate::program::now;
use crate::scene::{Answer, Scene};

/// A page of nothing but what differs from one moment to another, and what must never be missing.
const PAGE: &str = "{{ $state }}|{{ $next_opening }}|{{ $closes }}|{{ $notice_kind }}|{{ $notice }}|\
                    {{#each hours}}{{ $days }} {{ $times }};{{/each}}|\
                    {{#each alternatives}}{{ $kind }} {{ $link }};{{/each}}";

const ALWAYS_SHOWN: &str = "phone tel:+15550100100;sms ;tty tel:+15550100102;relay tel:711;";

/// Seconds from now.
fn ahead(seconds: u64) -> u64 {
    now().seconds() + seconds
}

fn closed(from: Option<u64>, until: Option<u64>) -> List<Notice, 4> {
    let text = "Our lines are down.".try_into().unwrap();
    vec![Notice { kind: NoticeKind::Closed, text, from, until }].try_into().unwrap()
}

async fn page(scene: &Scene) -> String {
    Answer::to(scene.survivors(), "GET /", &[]).await.text()
}

async fn status(scene: &Scene) -> String {
    Answer::to(scene.survivors(), "GET /status", &[]).await.text()
}

/// Asks until the status says so.
async fn status_is(scene: &Scene, wanted: &str) -> String {
    let asked = async {
        loop {
            let said = status(scene).await;
            if said.contains(&format!("\"state\":\"{wanted}\"")) {
                return said;
            }
        }
    };
    tokio::time::timeout(crate::device::PATIENCE, asked).await.expect("the state, in time")
}

async fn publish(scene: &mut Scene, alter: impl FnOnce(&mut Policy)) {
    let replaces = scene.program.policy.terms.version;
    scene.program.policy.terms.version += 1;
    alter(&mut scene.program.policy);
    let policy = encode(&scene.program.signed_policy()).try_into().unwrap();
    let mut line = scene.administrator().await;
    let publish = Operation::PublishPolicy { replaces, policy };
    assert_eq!(line.ask(publish).await, Ok(Reply::Done));
}

/// A survivor in the line, and the desk that is on duty.
async fn waiting(scene: &mut Scene) -> (Line, Line) {
    let advocate = scene.program.advocate();
    let mut survivor = scene.survivor().await;
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    desk.go_on_duty(&scene.program, &advocate).await;
    assert!(matches!(survivor.hear().await, RelayFrame::Duty { .. }));
    survivor.say(&ask()).await;
    assert!(matches!(survivor.hear().await, RelayFrame::InLine { ahead: 0 }));
    (survivor, desk)
}

fn ask() -> ClientFrame {
    let bytes = vec![1, 2, 3];
    ClientFrame::Ask {
        ticket: Ticket([5; 32]),
        key_package: Bytes::try_from(bytes.clone()).unwrap(),
        intake: Bytes::try_from(bytes).unwrap(),
    }
}

fn turned_away() -> RelayFrame {
    let about = About::Ticket(Ticket([5; 32]).id());
    RelayFrame::Refused { about, refusal: Refusal::ChatClosed }
}

#[tokio::test]
async fn a_notice_that_is_published_holds_at_once_on_the_page_and_for_those_who_wait() {
    let mut scene = Scene::showing(PAGE, |_, _| {}).await;
    let (mut survivor, _desk) = waiting(&mut scene).await;
    assert!(page(&scene).await.starts_with("open|||||Every day"));
    assert!(status(&scene).await.contains("\"state\":\"open\",\"open\":true"));
    publish(&mut scene, |policy| policy.page.notices = closed(None, None)).await;
    survivor.hear_until(|frame| *frame == turned_away()).await;
    let shown = page(&scene).await;
    assert!(shown.starts_with("notice|||closed|Our lines are down.|Every day"), "{shown}");
    assert!(shown.contains(ALWAYS_SHOWN), "{shown}");
    let said = status(&scene).await;
    assert_eq!(said, "{\"state\":\"notice\",\"open\":false,\"next\":null,\"version\":2}");
    publish(&mut scene, |policy| policy.page.notices = List::default()).await;
    assert!(page(&scene).await.starts_with("nobody|||||Every day"));
}

#[tokio::test]
async fn an_administrator_closes_while_survivors_have_taken_every_place() {
    let mut scene = Scene::showing(PAGE, |_, config| {
        config.limits.connections = 2;
        config.limits.line = 1;
    })
    .await;
    let (mut survivor, _desk) = waiting(&mut scene).await;
    let _idle = scene.survivor().await;
    Line::open(scene.survivors()).await.is_refused(Refusal::ConnectionsFull).await;
    publish(&mut scene, |policy| policy.page.notices = closed(None, None)).await;
    survivor.hear_until(|frame| *frame == turned_away()).await;
    assert!(page(&scene).await.starts_with("notice|||closed|Our lines are down."));
    publish(&mut scene, |policy| policy.page.notices = List::default()).await;
    // Open again, as soon as a desk says so under the new version.
    assert!(page(&scene).await.starts_with("nobody|||||Every day"));
}

#[tokio::test]
async fn what_begins_and_ends_is_shown_when_it_does_with_nobody_asking() {
    let (from, until) = (ahead(2), ahead(4));
    let mut scene = Scene::showing(PAGE, |program, _| {
        program.policy.page.notices = closed(Some(from), Some(until))
    })
    .await;
    let (mut survivor, _desk) = waiting(&mut scene).await;
    assert_eq!(survivor.hear().await, turned_away());
    let said = status_is(&scene, "notice").await;
    assert!(now().seconds() >= from && said.contains("\"next\":\"20"), "{said}");
    let shown = page(&scene).await;
    assert!(
        shown.starts_with("notice|Chat opens again today at ") || shown.starts_with("open"),
        "{shown}"
    );
    status_is(&scene, "open").await;
    assert!(now().seconds() >= until);
    survivor.say(&ask()).await;
    assert!(matches!(survivor.hear().await, RelayFrame::InLine { ahead: 0 }));
}

#[tokio::test]
async fn outside_the_hours_the_next_opening_is_told_and_the_line_is_closed() {
    // Whatever day it is, chat opens on the day after tomorrow.
    let scene = Scene::showing(PAGE, |program, _| {
        let hours = &mut program.policy.page.hours;
        let date = date_of(ahead(2 * 86_400));
        let open = vec![stillroom_program::OpenTime { opens: 480, closes: 1320 }];
        let exception = stillroom_program::Exception {
            date,
            open: open.try_into().unwrap(),
            text: "Open day".try_into().unwrap(),
        };
        let day = date.weekday().unwrap();
        let weekly = stillroom_program::Weekly { day, time: exception.open[0] };
        *hours = Hours {
            time_zone: "UTC".try_into().unwrap(),
            weekly: vec![weekly].try_into().unwrap(),
            exceptions: vec![exception].try_into().unwrap(),
            ..Hours::default()
        };
    })
    .await;
    let opens = date_of(ahead(2 * 86_400));
    let said = status(&scene).await;
    assert!(said.contains(&format!("\"next\":\"{opens}T08:00+00:00\"")), "{said}");
    assert!(said.contains("\"state\":\"closed\",\"open\":false"), "{said}");
    let shown = page(&scene).await;
    assert!(shown.starts_with("closed|Chat opens again on ") && shown.contains("day at 08:00.|"));
    assert!(shown.contains(ALWAYS_SHOWN), "{shown}");
    let mut survivor = scene.survivor().await;
    survivor.say(&ask()).await;
    assert_eq!(survivor.hear().await, turned_away());
}

/// The date in UTC.
fn date_of(seconds: u64) -> Date {
    let mut policy = Policy::throw_away(now()).unwrap();
    policy.page.hours.time_zone = "UTC".try_into().unwrap();
    let calendar = stillroom_program::Calendar::of(&policy).unwrap();
    calendar.local_time(stillroom_program::Timestamp::from_seconds(seconds)).date
}

#[tokio::test]
async fn a_policy_that_runs_out_leaves_hours_and_other_ways_on_the_page() {
    let expires = ahead(2);
    let mut scene = Scene::showing(PAGE, |program, _| program.policy.terms.expires = expires).await;
    let (mut survivor, _desk) = waiting(&mut scene).await;
    assert_eq!(survivor.hear().await, turned_away());
    let said = status_is(&scene, "closed").await;
    assert!(now().seconds() >= expires && said.contains("\"next\":null"), "{said}");
    let shown = page(&scene).await;
    assert!(shown.starts_with("closed|||||Every day Day and night;|"), "{shown}");
    assert!(shown.contains(ALWAYS_SHOWN), "{shown}");
}

#[tokio::test]
async fn a_relay_that_starts_over_a_policy_that_has_run_out_shows_it_and_takes_a_newer_one() {
    let scene = Scene::showing(PAGE, |program, _| {
        program.policy.terms.version = 3;
        program.policy.terms.issued = now().seconds() - 40 * 86_400;
        program.policy.terms.expires = now().seconds() - 10 * 86_400;
    })
    .await;
    // Once from the program's file, and once from what was kept.
    let mut scene = scene.restart().await;
    let shown = page(&scene).await;
    assert!(shown.starts_with("closed|||||Every day Day and night;|"), "{shown}");
    assert!(shown.contains(ALWAYS_SHOWN), "{shown}");
    assert!(status(&scene).await.contains("\"state\":\"closed\",\"open\":false,\"next\":null"));
    scene.program.policy.terms.version = 2;
    scene.program.policy.terms.expires = ahead(86_400);
    let older = encode(&scene.program.signed_policy()).try_into().unwrap();
    let mut line = scene.administrator().await;
    let older = Operation::PublishPolicy { replaces: 3, policy: older };
    let refused = line.ask(older).await;
    assert_eq!(refused, Err(Refusal::RecordRefused), "older, though it holds");
    scene.program.policy.terms.version = 3;
    publish(&mut scene, |_| {}).await;
    assert!(page(&scene).await.starts_with("nobody|"));
}

#[tokio::test]
async fn a_relay_does_not_go_back_to_an_older_policy_of_its_programs_file() {
    let mut scene = Scene::showing(PAGE, |_, _| {}).await;
    publish(&mut scene, |policy| {
        policy.terms.version = 5;
        policy.terms.issued = now().seconds() - 60;
        policy.terms.expires = now().seconds() + 1;
    })
    .await;
    status_is(&scene, "closed").await;
    let scene = scene.restart().await;
    assert!(status(&scene).await.ends_with("\"version\":5}"), "the newest, though it has run out");
    assert!(page(&scene).await.starts_with("closed|"));
}
