//! Notices of the host's, through the real relay: given, heard, read, kept over a restart, withdrawn.

use std::path::Path;

use stillroom_program::SignedHostNotice;
use stillroom_protocol::{Operation, RelayFrame, Reply, decode};
use stillroom_relay::control::{self, Answer, NoticeKind, Notices, Question};

use crate::device::Line;
use crate::scene::Scene;

async fn ask(folder: &Path, question: Question) -> Answer {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || control::ask(&folder, &question)).await.unwrap().unwrap()
}

impl Scene {
    async fn host(&self, question: Question) -> Result<Notices, String> {
        match ask(&self.config.state.folder, question).await {
            Answer::Notices(notices) => Ok(notices),
            Answer::Refused { why } => Err(why),
            other => panic!("{other:?}"),
        }
    }

    async fn tell(&self, text: &str) -> Result<Notices, String> {
        self.host(Question::Notice { kind: NoticeKind::Breach, text: text.to_owned() }).await
    }
}

/// The notices of the next frame that has any, or none.
async fn heard(line: &mut Line) -> Vec<SignedHostNotice> {
    match line.hear_until(|frame| matches!(frame, RelayFrame::HostNotices { .. })).await {
        RelayFrame::HostNotices { notices } => {
            notices.iter().map(|notice| decode(notice).unwrap()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_notice_is_heard_at_once_until_it_was_read_and_stands_over_a_restart() {
    let scene = Scene::start().await;
    let mut administrator = scene.administrator().await;
    let given = scene.tell("Somebody read our backups.").await.unwrap();
    let first = heard(&mut administrator).await;
    assert_eq!(first.len(), 1);
    let notice = first[0].verify(&scene.program.root, None).unwrap();
    assert_eq!(notice.text.as_str(), "Somebody read our backups.");
    assert_eq!(given.notices[0].read_by, 0);
    let host = first[0].host;

    drop(administrator);
    let scene = scene.restart().await;
    let mut administrator = scene.administrator().await;
    let again = heard(&mut administrator).await;
    assert_eq!(again, first, "the same, signed with the same key");
    let read = Operation::AcknowledgeHostNotice { notice: notice.id };
    assert_eq!(administrator.ask(read).await, Ok(Reply::Done));
    let standing = scene.host(Question::Notices).await.unwrap();
    assert_eq!(standing.notices[0].read_by, 1);
    assert_eq!(standing.host, stillroom_program::Fingerprint::of(&host).to_string());

    drop(administrator);
    let scene = scene.restart().await;
    let mut administrator = scene.administrator().await;
    assert_eq!(heard(&mut administrator).await, [], "read on this device");
    scene.relay.stop().await;
}

#[tokio::test]
async fn a_notice_that_is_withdrawn_is_gone_and_so_is_who_read_it() {
    let scene = Scene::start().await;
    let given = scene.tell("We start anew at noon.").await.unwrap();
    let mut administrator = scene.administrator().await;
    assert_eq!(heard(&mut administrator).await.len(), 1);
    let withdraw = Question::Withdraw { notice: given.notices[0].notice.clone() };
    assert_eq!(scene.host(withdraw.clone()).await.unwrap().notices, []);
    assert_eq!(heard(&mut administrator).await, []);
    assert!(scene.host(withdraw).await.unwrap_err().contains("no notice of that name"));
    for wrong in ["", "zz", &"é".repeat(16), &"g".repeat(32)] {
        let withdraw = Question::Withdraw { notice: wrong.to_owned() };
        assert!(scene.host(withdraw).await.is_err(), "{wrong}");
    }
    scene.relay.stop().await;
}

#[tokio::test]
async fn a_notice_that_says_nothing_or_too_much_and_one_too_many_are_refused() {
    let scene = Scene::start().await;
    for wrong in [String::new(), " \n ".to_owned(), "e".repeat(1_001)] {
        assert!(scene.tell(&wrong).await.unwrap_err().contains("1,000"));
    }
    let longest = "\u{1F9E1}".repeat(1_000);
    assert_eq!(scene.tell(&longest).await.unwrap().notices[0].text, longest);
    for _ in 1..16 {
        scene.tell("again").await.unwrap();
    }
    assert!(scene.tell("too many").await.unwrap_err().contains("withdraw one first"));
    scene.relay.stop().await;
}
