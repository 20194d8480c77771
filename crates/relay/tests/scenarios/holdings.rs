//! What `stillroom holdings` tells, held against what is really there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use stillroom_program::{NewDevice, Roles, Timestamp, Validity, encode};
use stillroom_protocol::{AnswersKind, Operation, Reply, SealedAnswers};
use stillroom_relay::Config;
use stillroom_relay::control::{self, Answer as Said, Question, SOCKET};
use stillroom_relay::directory::{Directory as _, Kind, Sqlite, Versioned};
use stillroom_relay::holdings::{HostReads, Item, Report, of_storage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::program::{Program, now};
use crate::scene::{Answer, Scene};
use crate::traffic::{SECRET, TICKET, WORDS, chat};

impl Scene {
    async fn report(&self) -> Report {
        let folder = self.config.state.folder.clone();
        let asked = tokio::task::spawn_blocking(move || control::ask(&folder, &Question::Holdings));
        match asked.await.unwrap() {
            Ok(Said::Holdings(report)) => report,
            other => panic!("{other:?}"),
        }
    }

    /// What the socket says to these bytes.
    async fn said_to(&self, bytes: &[u8]) -> String {
        let mut stream = UnixStream::connect(self.config.state.folder.join(SOCKET)).await.unwrap();
        // A relay that has heard enough may close before all is written.
        let _ = stream.write_all(bytes).await;
        let mut said = String::new();
        let _ = stream.read_to_string(&mut said).await;
        said
    }
}

fn item<'a>(items: &'a [Item], name: &str) -> &'a Item {
    items.iter().find(|item| item.name == name).unwrap_or_else(|| panic!("{name}"))
}

fn bytes_of_files(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[tokio::test]
async fn what_is_told_is_what_is_there() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    let advocate = encode(&chat.advocate.staff_record());
    let mut administrator = scene.administrator().await;
    let record = advocate.clone().try_into().unwrap();
    let published = administrator.ask(Operation::PublishStaff { record }).await;
    assert_eq!(published, Ok(Reply::Done));
    let kind = AnswersKind::Survey;
    let answers =
        SealedAnswers::new(scene.program.root.program_id(), kind, vec![1; kind.sealed_bytes()]);
    Answer::posted(scene.survivors(), "/a", &answers.unwrap().to_bytes(), &[]).await;

    let report = scene.report().await;
    let memory = report.memory.as_ref().unwrap();
    let counted = scene.relay.holdings();
    for (name, count) in [
        ("connections", counted.connections),
        ("rooms", counted.rooms),
        ("duty", counted.on_duty),
        ("answers-held", counted.answers),
        ("line", counted.waiting + counted.claimed),
    ] {
        assert_eq!(item(&memory.items, name).count, count as u64, "{name}");
    }
    assert_eq!(item(&memory.items, "answers-held").bytes, kind.sealed_bytes() as u64);
    assert_eq!(memory.bytes, memory.items.iter().map(|item| item.bytes).sum::<u64>());

    let storage = &report.storage;
    assert_eq!(storage.bytes, bytes_of_files(&scene.config.state.folder));
    assert_eq!(storage.bytes, storage.items.iter().map(|item| item.bytes).sum::<u64>());
    let staff = item(&storage.items, "staff");
    // Beside the record: its number, and the device's key by which it is found.
    assert_eq!((staff.count, staff.bytes), (1, advocate.len() as u64 + 8 + 32));
    assert_eq!(item(&storage.items, "policy").count, 1);
    let unknown = storage.items.iter().any(|item| item.name.starts_with("unknown"));
    assert!(!unknown, "{storage:?}");
    scene.relay.stop().await;
}

#[tokio::test]
async fn nothing_that_is_told_is_of_a_contact() {
    let mut scene = Scene::start().await;
    let mut chat = chat(&mut scene).await;
    chat.write().await;
    let told = scene.said_to(b"{\"ask\":\"holdings\"}\n").await;
    assert!(told.contains("\"rooms\""), "{told}");
    let ticket = stillroom_protocol::Ticket(TICKET).id().0;
    let key = chat.advocate.key().0;
    for secret in [WORDS, &TICKET[..], &SECRET[..], &chat.room.0[..], &ticket[..], &key[..]] {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        for form in [hex, String::from_utf8_lossy(secret).into_owned()] {
            assert!(!told.contains(&form), "{told}");
        }
    }
    let ports = [&chat.survivor, &chat.desk].map(|line| line.local.port().to_string());
    assert!(!told.contains("127.0.0.1") && ports.iter().all(|port| !told.contains(port)), "{told}");
    scene.relay.stop().await;
}

#[tokio::test]
async fn everything_has_words_and_an_end() {
    let scene = Scene::start().await;
    let report = scene.report().await;
    let memory = report.memory.unwrap();
    for item in memory.items.iter().chain(&report.storage.items) {
        for words in [&item.what, &item.host_reads_what, &item.goes] {
            assert!(!words.is_empty() && !words.ends_with('.'), "{item:?}");
        }
    }
    let sealed = ["welcomes", "messages", "answers-held"];
    let sealed = sealed.iter().all(|name| item(&memory.items, name).host_reads == HostReads::No);
    assert!(sealed);
    scene.relay.stop().await;
}

#[tokio::test]
async fn where_no_relay_runs_what_is_stored_is_told_alone() {
    let scene = Scene::start().await;
    let running = scene.report().await.storage;
    scene.relay.stop().await;
    let folder = &scene.config.state.folder;
    let nobody = control::ask(folder, &Question::Holdings);
    assert_eq!(nobody, Err(control::ControlError::NobodyThere));
    let report = of_storage(&scene.config).await.unwrap();
    assert_eq!(report.memory, None);
    assert_eq!(report.program, scene.program.root.to_string());
    assert_eq!(report.storage.bytes, bytes_of_files(folder));
    let records = |items: &[Item]| {
        let records = items.iter().filter(|item| item.name != "own-files");
        records.map(|item| (item.name.clone(), item.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(records(&report.storage.items), records(&running.items));
}

#[tokio::test]
async fn where_a_relay_runs_that_is_not_asked_its_folder_is_left_alone() {
    let scene = Scene::start().await;
    assert!(of_storage(&scene.config).await.is_err());
    scene.relay.stop().await;
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_goes_with_the_relay() {
    let scene = Scene::start().await;
    let socket = scene.config.state.folder.join(SOCKET);
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    scene.relay.stop().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_socket_that_a_killed_relay_left_is_no_hindrance() {
    let scene = Scene::start().await;
    let socket = scene.config.state.folder.join(SOCKET);
    scene.relay.stop().await;
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(socket.exists());
    let scene = Scene {
        relay: stillroom_relay::Relay::start(scene.config.clone()).await.unwrap(),
        ..scene
    };
    scene.report().await;
    scene.relay.stop().await;
}

#[tokio::test]
async fn what_is_no_question_is_refused_and_the_next_is_answered() {
    let scene = Scene::start().await;
    for wrong in
        [&b"\n"[..], b"{}\n", b"{\"ask\":\"words\"}\n", b"GET / HTTP/1.1\r\n\r\n", &[b'a'; 100_000]]
    {
        let said = scene.said_to(wrong).await;
        assert!(said.is_empty() || said.contains("refused"), "{said}");
    }
    // Somebody who says nothing holds nobody up for long, and somebody who goes holds nobody up at all.
    drop(UnixStream::connect(scene.config.state.folder.join(SOCKET)).await.unwrap());
    scene.report().await;
    scene.relay.stop().await;
}

/// Puts into the folder what a relay stored long ago.
async fn stored_before(program: &mut Program, config: &Config, ended: Timestamp) {
    let directory = Sqlite::open(&config.state.folder, &program.root).unwrap();
    let new = NewDevice::generate(&mut program.rng);
    let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
    let validity = Validity { not_before: ended.seconds() - 100, not_after: ended.seconds() };
    let chain = program.administrator.certify(key, &receiving, Roles::ADVOCATE, validity).unwrap();
    let name = program.administrator.certify_name(key, "Bea").unwrap();
    let device = new.certified(chain, name).unwrap();
    directory.put_staff(key.0, encode(&device.staff_record())).await.unwrap();
    for kind in [Kind::DutyKey, Kind::VaultKey] {
        let record = program.duty_key(&device);
        assert!(directory.replace(kind, 0, Versioned { version: 1, record }).await.unwrap());
    }
    let vault = Versioned { version: 4, record: vec![7; 900] };
    assert!(directory.replace(Kind::Vault, 0, vault).await.unwrap());
}

/// How many there are of these, once all are as many.
async fn all_are(scene: &Scene, names: &[&str], count: u64) {
    loop {
        let storage = scene.report().await.storage;
        if names.iter().all(|name| item(&storage.items, name).count == count) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

const USELESS: [&str; 4] = ["staff", "duty-key", "vault-key", "vault"];

#[tokio::test]
async fn what_nobody_can_use_any_more_goes() {
    let mut scene = Scene::start().await;
    scene.relay.stop().await;
    let month_ago = Timestamp(now().0 - 30 * 24 * 60 * 60 * 1000);
    stored_before(&mut scene.program, &scene.config, month_ago).await;
    let scene = Scene {
        relay: stillroom_relay::Relay::start(scene.config.clone()).await.unwrap(),
        ..scene
    };
    all_are(&scene, &USELESS, 0).await;
    all_are(&scene, &["policy"], 1).await;
    scene.relay.stop().await;
}

#[tokio::test]
async fn what_ended_a_moment_ago_stays_for_a_month() {
    let mut scene = Scene::start().await;
    scene.relay.stop().await;
    let nearly = Timestamp(now().0 - 29 * 24 * 60 * 60 * 1000);
    stored_before(&mut scene.program, &scene.config, nearly).await;
    // Known to have run out, so that what has been looked through can be seen.
    let directory = Sqlite::open(&scene.config.state.folder, &scene.program.root).unwrap();
    let id = stillroom_protocol::InvitationId([1; 16]);
    assert!(directory.invite(id, 5, vec![1], 9).await.unwrap());
    drop(directory);
    let scene = Scene {
        relay: stillroom_relay::Relay::start(scene.config.clone()).await.unwrap(),
        ..scene
    };
    all_are(&scene, &["invitations"], 0).await;
    all_are(&scene, &USELESS, 1).await;
    scene.relay.stop().await;
}

#[tokio::test]
async fn a_replaced_policy_goes_ninety_days_after_it_would_have_run_out() {
    let mut scene = Scene::start().await;
    scene.relay.stop().await;
    let directory = Sqlite::open(&scene.config.state.folder, &scene.program.root).unwrap();
    let day = 24 * 60 * 60;
    let mut publish = async |ran_out_days_ago: u64| {
        let policy = &mut scene.program.policy;
        let replaces = policy.terms.version;
        policy.terms.version += 1;
        policy.terms.expires = now().seconds() - ran_out_days_ago * day;
        policy.terms.issued = policy.terms.expires - day;
        let version = policy.terms.version;
        let record = encode(&scene.program.signed_policy());
        let with = Versioned { version, record };
        assert!(directory.replace_policy(replaces, with, 9).await.unwrap());
    };
    publish(91).await;
    publish(89).await;
    publish(1).await;
    drop(directory);
    let scene = Scene {
        relay: stillroom_relay::Relay::start(scene.config.clone()).await.unwrap(),
        ..scene
    };
    // The first of all still holds, and one ran out 89 days ago.
    all_are(&scene, &["former-policies"], 2).await;
    all_are(&scene, &["policy"], 1).await;
    scene.relay.stop().await;
}
