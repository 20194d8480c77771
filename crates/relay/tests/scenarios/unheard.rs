//! A change whose answer was lost is made all the same: a relay goes by it, whether or not somebody asks again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::AssertSqlSafe;
use stillroom_protocol::{
    ClientFrame, HostNoticeId, InvitationId, Operation, Refusal, RelayFrame, Reply, Shared, decode,
    encode,
};
use stillroom_relay::control::{self, Answer as Said, NoticeKind, Question};
use stillroom_relay::directory::{
    Answer, Directory, DirectoryError, InvitationState, Kind, Postgres, Record, Sealed, Sqlite,
    StoredNotice, Tally, Versioned,
};
use stillroom_relay::{Log, LogLevel, Relay, log};

use crate::device::{Line, PATIENCE};
use crate::logs::Written;
use crate::postgres::server::Server;
use crate::postgres::{HELD, hold_back, let_go, over};
use crate::scene::{self, Scene};
use crate::several;

/// Records that do what they are asked to, and of some of it say nothing.
struct Unheard {
    records: Arc<dyn Directory>,
    silent: Arc<Silent>,
}

/// Of what nothing is heard.
#[derive(Default)]
struct Silent {
    of: Mutex<BTreeSet<&'static str>>,
    /// What is answered with an error that time does not mend.
    altered: Mutex<BTreeSet<&'static str>>,
    /// How often each was answered.
    answered: Mutex<BTreeMap<&'static str, usize>>,
}

impl Silent {
    fn of(&self, operations: &[&'static str]) {
        *self.of.lock().unwrap() = operations.iter().copied().collect();
    }

    fn alter(&self, operations: &[&'static str]) {
        *self.altered.lock().unwrap() = operations.iter().copied().collect();
    }

    fn is_of(&self, operation: &'static str) -> bool {
        *self.answered.lock().unwrap().entry(operation).or_default() += 1;
        self.of.lock().unwrap().contains(operation)
    }

    fn answered(&self, operation: &str) -> usize {
        self.answered.lock().unwrap().get(operation).copied().unwrap_or_default()
    }

    /// Waits until it was answered so many times more than before.
    async fn until_answered(&self, operation: &str, more: usize, before: usize) {
        let answering = async {
            while self.answered(operation) < before + more {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answering).await.expect(operation);
    }
}

impl Unheard {
    fn unless_silent<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        answer: Answer<'a, T>,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let answer = answer.await;
            match self.silent.is_of(operation) {
                true => Err(DirectoryError::Away("its answer was lost".to_owned())),
                false if self.silent.altered.lock().unwrap().contains(operation) => {
                    Err(DirectoryError::Unusable("a record was altered".to_owned()))
                }
                false => answer,
            }
        })
    }
}

macro_rules! passed_on {
    ($(fn $operation:ident(&self $(, $name:ident: $of:ty)*) -> $answer:ty;)*) => {
        $(fn $operation(&self $(, $name: $of)*) -> Answer<'_, $answer> {
            self.unless_silent(stringify!($operation), self.records.$operation($($name),*))
        })*
    };
}

impl Directory for Unheard {
    passed_on! {
        fn newest(&self, kind: Kind) -> Option<Versioned>;
        fn replace(&self, kind: Kind, replaces: u64, with: Versioned) -> bool;
        fn replace_policy(&self, replaces: u64, with: Versioned, most: usize) -> bool;
        fn former_policies(&self) -> Vec<Versioned>;
        fn remove_former_policy(&self, version: u64) -> ();
        fn put_locale(&self, hash: [u8; 32], file: Record, most: usize) -> bool;
        fn locale(&self, hash: [u8; 32]) -> Option<Record>;
        fn keep_locales(&self, hashes: Vec<[u8; 32]>) -> ();
        fn staff(&self, most: usize) -> Vec<Record>;
        fn put_staff(&self, device: [u8; 32], record: Record) -> ();
        fn invite(&self, id: InvitationId, expires: u64, invitation: Record, most: usize) -> bool;
        fn invitation(&self, id: InvitationId, now: u64) -> Option<InvitationState>;
        fn enrol(&self, id: InvitationId, now: u64, request: Record) -> bool;
        fn complete(&self, id: InvitationId, now: u64, completion: Record) -> bool;
        fn end_invitation(&self, id: InvitationId, at: u64) -> ();
        fn put_sealed(&self, what: Sealed, id: [u8; 16], ends: u64, record: Record, most: usize) -> bool;
        fn next_sealed(&self, what: Sealed) -> Option<Record>;
        fn destroy_sealed(&self, what: Sealed, id: [u8; 16]) -> ();
        fn put_notice(&self, notice: StoredNotice, most: usize) -> bool;
        fn notices(&self) -> Vec<StoredNotice>;
        fn read_notice(&self, id: HostNoticeId, device: [u8; 32]) -> ();
        fn withdraw_notice(&self, id: HostNoticeId) -> bool;
        fn audit_from(&self, number: u64, most: usize) -> Vec<Record>;
        fn audit_last(&self) -> Option<Record>;
        fn put_audit(&self, number: u64, at: u64, entry: Record, most: usize) -> bool;
        fn forget_audit(&self, before: u64) -> ();
        fn remove_audit(&self) -> ();
        fn forget_expired(&self, now: u64) -> ();
        fn remove(&self, kind: Kind, version: u64) -> ();
        fn remove_staff(&self, device: [u8; 32]) -> ();
        fn locales(&self) -> Vec<[u8; 32]>;
        fn settle_host(&self, key: [u8; 32]) -> bool;
        fn settle(&self) -> ();
        fn inventory(&self) -> Vec<Tally>;
    }
}

/// A relay over records of which not everything is heard.
struct Town {
    scene: Scene,
    silent: Arc<Silent>,
}

impl Town {
    async fn over(scene: Scene) -> Self {
        scene.relay.stop().await;
        let (folder, root) = (&scene.config.state.folder, &scene.program.root);
        let records: Arc<dyn Directory> = match &scene.config.postgres {
            Some(postgres) => Arc::new(Postgres::open(postgres, folder, root).await.unwrap()),
            None => Arc::new(Sqlite::open(folder, root).unwrap()),
        };
        let silent = Arc::<Silent>::default();
        let unheard = Arc::new(Unheard { records, silent: Arc::clone(&silent) });
        let relay = Relay::start_over(scene.config.clone(), unheard).await.unwrap();
        Self { scene: Scene { relay, ..scene }, silent }
    }

    /// A policy whose page has this title, in the place of the one before.
    fn retitled(&mut self, title: &str) -> Operation {
        let policy = &mut self.scene.program.policy;
        let replaces = policy.terms.version;
        policy.terms.version += 1;
        policy.page.title = title.try_into().unwrap();
        let policy = encode(&self.scene.program.signed_policy()).try_into().unwrap();
        Operation::PublishPolicy { replaces, policy }
    }

    async fn page(&self) -> String {
        scene::Answer::to(self.scene.survivors(), "GET /", &[]).await.text()
    }

    async fn host(&self, question: Question) -> Said {
        let folder: PathBuf = self.scene.config.state.folder.clone();
        let asked = tokio::task::spawn_blocking(move || control::ask(&folder, &question));
        asked.await.unwrap().unwrap()
    }
}

fn is_greeting(frame: &RelayFrame) -> bool {
    matches!(frame, RelayFrame::Greeting { .. })
}

async fn a_policy_is_shown(town: &mut Town) {
    let mut console = town.scene.administrator().await;
    let mut survivor = town.scene.survivor().await;
    // By itself.
    town.silent.of(&["replace_policy"]);
    let publish = town.retitled("Hilltown");
    assert_eq!(console.ask(publish.clone()).await, Err(Refusal::RelayFault));
    survivor.hear_until(is_greeting).await;
    assert!(town.page().await.contains("Hilltown"));
    town.silent.of(&[]);
    assert_eq!(console.ask(publish).await, Ok(Reply::Done), "asked again");
    // As soon as whoever published asks again.
    town.silent.of(&["replace_policy", "settle"]);
    let publish = town.retitled("Lakeside");
    assert_eq!(console.ask(publish.clone()).await, Err(Refusal::RelayFault));
    town.silent.of(&["settle"]);
    assert_eq!(console.ask(publish).await, Ok(Reply::Done));
    assert!(town.page().await.contains("Lakeside"));
    // Whatever is heard of texts that nobody needs any more.
    town.silent.of(&["keep_locales"]);
    let publish = town.retitled("Rivertown");
    assert_eq!(console.ask(publish).await, Ok(Reply::Done));
    assert!(town.page().await.contains("Rivertown"));
    town.silent.of(&[]);
}

async fn a_revoked_device_is_let_in_no_more(town: &mut Town, again: bool) {
    let mut console = town.scene.administrator().await;
    let advocate = town.scene.program.advocate();
    let mut desk = Line::staff(town.scene.desks(), &town.scene.program, &advocate).await;
    let list = town.scene.program.revoke(advocate.key()).try_into().unwrap();
    let publish = Operation::PublishRevocations { list };
    let silent = if again { &["replace", "settle"][..] } else { &["replace"] };
    town.silent.of(silent);
    assert_eq!(console.ask(publish.clone()).await, Err(Refusal::RelayFault));
    if again {
        town.silent.of(&["settle"]);
        assert_eq!(console.ask(publish).await, Ok(Reply::Done));
    }
    desk.is_refused(Refusal::CertificateRefused).await;
    let mut desk = Line::greeted(town.scene.desks(), &town.scene.program).await;
    let chain = encode(&advocate.chain).try_into().unwrap();
    desk.say(&ClientFrame::Staff { chain }).await;
    desk.is_refused(Refusal::CertificateRefused).await;
    town.silent.of(&[]);
}

async fn a_hosts_notice_is_heard_and_withdrawn(town: &mut Town) {
    let mut console = town.scene.administrator().await;
    let told = async |console: &mut Line| match console
        .hear_until(|frame| matches!(frame, RelayFrame::HostNotices { .. }))
        .await
    {
        RelayFrame::HostNotices { notices } => notices,
        other => panic!("{other:?}"),
    };
    town.silent.of(&["put_notice"]);
    let give = Question::Notice { kind: NoticeKind::Breach, text: "Our backups.".to_owned() };
    assert!(matches!(town.host(give).await, Said::Refused { .. }));
    let [notice] = &told(&mut console).await[..] else { panic!("one") };
    let notice: stillroom_program::SignedHostNotice = decode(notice).unwrap();
    let name: String = notice.notice.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
    town.silent.of(&["withdraw_notice"]);
    assert!(matches!(town.host(Question::Withdraw { notice: name }).await, Said::Refused { .. }));
    assert!(told(&mut console).await.is_empty());
    town.silent.of(&[]);
}

async fn desks_are_given_a_new_duty_key_also_while_the_records_are_away(town: &mut Town) {
    let advocate = town.scene.program.advocate();
    let mut desk = Line::staff(town.scene.desks(), &town.scene.program, &advocate).await;
    let which = Shared::DutyKey;
    for replaces in 0..2 {
        let record = town.scene.program.duty_key(&advocate).try_into().unwrap();
        let put = Operation::PutShared { which, replaces, record };
        town.silent.of(&["replace", "settle"]);
        assert_eq!(desk.ask_alone(put.clone()).await, Err(Refusal::RelayFault));
        town.silent.of(&["settle"]);
        assert_eq!(desk.ask_alone(put.clone()).await, Ok(Reply::Done));
        town.silent.of(&["newest", "settle"]);
        let Operation::PutShared { record, .. } = put else { unreachable!() };
        let given = Reply::Shared { version: replaces + 1, record };
        assert_eq!(desk.ask_alone(Operation::Shared { which }).await, Ok(given));
    }
    town.silent.of(&[]);
}

async fn every_change_is_gone_by(scene: Scene) {
    let mut town = Town::over(scene).await;
    a_policy_is_shown(&mut town).await;
    a_hosts_notice_is_heard_and_withdrawn(&mut town).await;
    desks_are_given_a_new_duty_key_also_while_the_records_are_away(&mut town).await;
    a_revoked_device_is_let_in_no_more(&mut town, false).await;
}

#[tokio::test]
async fn what_a_folder_kept_without_a_word_is_gone_by() {
    every_change_is_gone_by(Scene::start().await).await;
    a_revoked_device_is_let_in_no_more(&mut Town::over(Scene::start().await).await, true).await;
}

#[tokio::test]
async fn what_a_database_kept_without_a_word_is_gone_by() {
    let server = Server::start();
    every_change_is_gone_by(Scene::start_with(over(&server)).await).await;
    let other = Server::start();
    let scene = Scene::start_with(over(&other)).await;
    a_revoked_device_is_let_in_no_more(&mut Town::over(scene).await, true).await;
}

#[tokio::test]
async fn a_device_whose_revocation_took_the_database_too_long_is_let_in_no_more() {
    let server = Server::start();
    let mut scene = Scene::start_with(over(&server)).await;
    let mut console = scene.administrator().await;
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    let mut observer = hold_back(&server, &scene, "versioned").await;
    let list = scene.program.revoke(advocate.key()).try_into().unwrap();
    let publish = Operation::PublishRevocations { list };
    assert_eq!(console.ask(publish).await, Err(Refusal::RelayFault));
    // The relay looks what came of it, and waits with that for the change. What it does from its start may have waited
    // for that since before.
    let now = sqlx::query_scalar::<_, String>("SELECT clock_timestamp()::TEXT");
    let now = now.fetch_one(&mut observer).await.unwrap();
    let waiting = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
         AND objid <> {HELD} AND waitstart > '{now}')"
    );
    let looking = async {
        while !sqlx::query_scalar::<_, bool>(AssertSqlSafe(waiting.clone()))
            .fetch_one(&mut observer)
            .await
            .unwrap()
        {
            server.wait_until_ready();
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("it waits for the change");
    let_go(&mut observer).await;
    desk.is_refused(Refusal::CertificateRefused).await;
}

#[tokio::test]
async fn why_records_cannot_be_read_is_said_once_however_often_that_is_tried() {
    let town = Town::over(Scene::start().await).await;
    let (written, level) = (Written::default(), LogLevel::Warn);
    let writer = written.clone();
    let subscriber = log::subscriber(Log { level }, move || writer.clone());
    let _here = tracing::subscriber::set_default(subscriber);
    town.silent.of(&["put_notice"]);
    town.silent.alter(&["notices"]);
    let give = Question::Notice { kind: NoticeKind::Breach, text: "Our backups.".to_owned() };
    assert!(matches!(town.host(give).await, Said::Refused { .. }));
    // Each time that it tries begins so; what came of the one before is said by then.
    town.silent.until_answered("settle", 3, 0).await;
    let said = written.text().matches("what was published here cannot be read").count();
    assert_eq!(said, 1, "{}", written.text());
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_new_duty_key_is_known_at_every_relay_before_the_records_are_away() {
    let server = several::Server::start(|_| String::new());
    server.is_there().await;
    let mut town = several::Town::new();
    let silent = [Arc::<Silent>::default(), Arc::default()];
    let over = |silent: &Arc<Silent>| {
        Arc::new(Unheard { records: town.records(), silent: Arc::clone(silent) })
    };
    let home = town.relay_over("home", &server.relays(), over(&silent[0])).await.unwrap();
    drop(town.line(home.survivor_addr).await);
    let other = town.relay_over("other", &server.relays(), over(&silent[1])).await.unwrap();
    drop(town.line(other.survivor_addr).await);
    let advocate = town.program.advocate();
    let mut desk = town.staff(home.desk_addr, &advocate).await;
    let read = silent[1].answered("newest");
    let (which, record) = (Shared::DutyKey, town.program.duty_key(&advocate));
    let record = stillroom_protocol::Bytes::try_from(record).unwrap();
    let put = Operation::PutShared { which, replaces: 0, record: record.clone() };
    assert_eq!(desk.ask_alone(put).await, Ok(Reply::Done));
    // The key, the list of revoked devices, the policy.
    silent[1].until_answered("newest", 3, read).await;
    silent[1].of(&["newest"]);
    home.stop().await;
    let mut desk = town.staff(other.desk_addr, &advocate).await;
    let given = desk.ask_alone(Operation::Shared { which }).await;
    assert_eq!(given, Ok(Reply::Shared { version: 1, record }), "or nobody could be on duty");
}
