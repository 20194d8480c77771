//! The last word of a page that is left, over HTTP: `POST /b`.

use stillroom_protocol::{ClientFrame, LEAVING_BYTES, Leaving, LeavingToken, RelayFrame, Ticket};

use crate::device::Line;
use crate::scene::{Answer, Scene};
use crate::traffic::{TICKET, WORDS, ask, chat};

const TOKEN: LeavingToken = LeavingToken(*b"THE-TOKEN-OF-A-SURVIVOR-WHO-LEFT");

async fn say(scene: &Scene, said: &[u8], headers: &[&str]) -> Answer {
    Answer::posted(scene.survivors(), "/b", said, headers).await
}

#[tokio::test]
async fn the_others_hear_of_it_and_the_page_gets_an_answer_of_nothing() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    let (room, token) = (chat.room, TOKEN);
    let said = Leaving::Chat { room, token: token.clone() }.to_bytes();
    let own = format!("origin: {}", scene.relay.survivor_origin());
    // From the page itself, from one that names no origin since it sends no referrer, and from no browser.
    for headers in [&[own.as_str()][..], &["origin: null"], &[]] {
        let answer = say(&scene, &said, headers).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        let left = RelayFrame::Left { room, token: token.clone() };
        chat.desk.hear_until(|frame| *frame == left).await;
    }
}

#[tokio::test]
async fn whatever_is_said_the_answer_is_the_same() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    let said = Leaving::Chat { room: chat.room, token: TOKEN }.to_bytes();
    let elsewhere = ["origin: https://evil.example"];
    let longer = [&said[..], &[0; 4096]].concat();
    for (said, headers) in [
        (&said[..], &elsewhere[..]),
        (&longer, &[]),
        (&said[..LEAVING_BYTES - 1], &[]),
        (&[0; LEAVING_BYTES], &[]),
        (&[], &[]),
    ] {
        let answer = say(&scene, said, headers).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    let room = chat.room;
    let post = ClientFrame::Post { room, message: WORDS.try_into().unwrap() };
    chat.survivor.say(&post).await;
    let heard = chat.desk.hear_until(|frame| !matches!(frame, RelayFrame::Presence { .. })).await;
    assert!(matches!(heard, RelayFrame::Delivered { .. }), "none was passed on before: {heard:?}");
}

#[tokio::test]
async fn a_browser_that_closes_since_its_page_goes_gives_up_the_place_and_any_other_close_keeps_it()
{
    let mut scene = Scene::start().await;
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    desk.go_on_duty(&scene.program, &advocate).await;
    let ticket = Ticket(TICKET).id();
    let mut survivor = Line::greeted(scene.survivors(), &scene.program).await;
    survivor.say(&ask(TICKET)).await;
    desk.hear_until(|frame| matches!(frame, RelayFrame::Waiting { .. })).await;
    survivor.close(false).await;
    let dropped = RelayFrame::WaitingPresence { ticket, here: false.into() };
    desk.hear_until(|frame| *frame == dropped).await;
    let mut survivor = Line::greeted(scene.survivors(), &scene.program).await;
    survivor.say(&ask(TICKET)).await;
    let back = RelayFrame::WaitingPresence { ticket, here: true.into() };
    desk.hear_until(|frame| *frame == back).await;
    survivor.close(true).await;
    let heard = desk.hear_until(|frame| *frame != back).await;
    assert_eq!(heard, RelayFrame::WaitingNoMore { ticket });
}

#[tokio::test]
async fn the_desks_address_has_no_such_way_in() {
    let scene = Scene::start().await;
    let said = [0; LEAVING_BYTES];
    assert_eq!(Answer::posted(scene.desks(), "/b", &said, &[]).await.status, 404);
    assert_eq!(Answer::to(scene.survivors(), "GET /b", &[]).await.status, 405);
}
