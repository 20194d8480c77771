//! Two relays over one database, and a database that is away while people write.

use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use stillroom_protocol::{
    AnswersKind, Operation, Refusal, RelayFrame, Reply, SealedAnswers, Shared, encode,
};
use stillroom_relay::{Config, Postgres, Relay, StartError};

use crate::device::Line;
use crate::scene::Scene;
use crate::traffic::{ask, chat};

#[path = "../../src/directory/postgres/tests/server.rs"]
pub(crate) mod server;

use server::Server;

/// By which what is held back waits, in the database.
pub(crate) const HELD: i64 = 4711;

pub(crate) fn over(server: &Server) -> impl FnOnce(&mut crate::program::Program, &mut Config) {
    let postgres = Postgres { url: server.url(), password_file: None, ca: None };
    |_, config| config.postgres = Some(postgres)
}

/// Asks until the database is there again; until then it is the relay's fault, and nothing else is said.
async fn answered(server: &Server, line: &mut Line, operation: Operation) -> Reply {
    loop {
        match line.ask_alone(operation.clone()).await {
            Ok(reply) => return reply,
            Err(refusal) => assert_eq!(refusal, Refusal::RelayFault),
        }
        // No faster than a device may ask.
        server.wait_until_ready();
    }
}

/// Whatever is added to this table of a relay's is added, and its end waits until [`let_go`]. The connection that holds it.
pub(crate) async fn hold_back(server: &Server, scene: &Scene, table: &str) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = server.url().parse().unwrap();
    let mut observer = options.connect().await.unwrap();
    let schema: String =
        scene.program.root.0[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let wait = format!(
        "SET search_path = stillroom_{schema}; \
         CREATE FUNCTION wait() RETURNS TRIGGER LANGUAGE plpgsql SET lock_timeout = 0 \
         AS 'BEGIN PERFORM pg_advisory_xact_lock_shared({HELD}); RETURN NULL; END'; \
         CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION wait(); SELECT pg_advisory_lock({HELD})"
    );
    sqlx::raw_sql(AssertSqlSafe(wait)).execute(&mut observer).await.unwrap();
    observer
}

/// Lets what was held back come to its end.
pub(crate) async fn let_go(observer: &mut PgConnection) {
    let unlock = format!("SELECT pg_advisory_unlock({HELD})");
    sqlx::raw_sql(AssertSqlSafe(unlock)).execute(observer).await.unwrap();
}

#[tokio::test]
async fn chats_go_on_and_begin_while_the_database_is_away_and_requests_are_answered_once_it_is_back()
 {
    let mut server = Server::start();
    let mut scene = Scene::start_with(over(&server)).await;
    let mut chat = chat(&mut scene).await;
    let mut administrator = scene.administrator().await;
    let (colleague, record) = (scene.program.advocate(), chat.advocate.staff_record());
    let publish = Operation::PublishStaff { record: encode(&record).try_into().unwrap() };
    let record = scene.program.duty_key(&colleague).try_into().unwrap();
    let (which, replaces) = (Shared::DutyKey, 0);
    let mut desk = Line::staff(scene.desks(), &scene.program, &colleague).await;
    let put = desk.ask_alone(Operation::PutShared { which, replaces, record }).await;
    assert_eq!(put, Ok(Reply::Done));
    let given = desk.ask_alone(Operation::Shared { which }).await;
    for away in ["STOP", "KILL"] {
        server.signal(away);
        chat.write().await;
        assert_eq!(administrator.ask(publish.clone()).await, Err(Refusal::RelayFault), "{away}");
        chat.write().await;
        let page = crate::scene::Answer::to(scene.survivors(), "GET /", &[]).await;
        assert_eq!(page.status, 200);
        let mut survivor = scene.survivor().await;
        survivor.say(&ask([9; 32])).await;
        survivor.hear_until(|frame| matches!(frame, RelayFrame::InLine { .. })).await;
        let mut desk = Line::staff(scene.desks(), &scene.program, &colleague).await;
        assert_eq!(desk.ask_alone(Operation::Shared { which }).await, given, "or none is on duty");
        desk.go_on_duty(&scene.program, &colleague).await;
        desk.hear_until(|frame| matches!(frame, RelayFrame::Waiting { .. })).await;
        match away {
            "STOP" => server.signal("CONT"),
            _ => server.start_again(),
        }
        answered(&server, &mut administrator, Operation::ListStaff).await;
        assert_eq!(administrator.ask(publish.clone()).await, Ok(Reply::Done));
        match answered(&server, &mut administrator, Operation::ListStaff).await {
            Reply::Records { records } => assert_eq!(records.len(), 1, "once"),
            reply => panic!("{reply:?}"),
        }
        chat.write().await;
    }
}

/// So many sealed answers, of one kind; the relay cannot tell them apart.
async fn post_batch(scene: &Scene, mark: u8) {
    let (program, kind) = (scene.program.root.program_id(), AnswersKind::Survey);
    for _ in 0..10 {
        let sealed = SealedAnswers::new(program, kind, vec![mark; kind.sealed_bytes()]).unwrap();
        crate::scene::Answer::posted(scene.survivors(), "/a", &sealed.to_bytes(), &[]).await;
    }
}

#[tokio::test]
async fn answers_that_the_database_kept_without_saying_so_are_there_once() {
    let server = Server::start();
    let scene = Scene::start_with(over(&server)).await;
    let mut administrator = scene.administrator().await;
    let mut observer = hold_back(&server, &scene, "answers").await;
    post_batch(&scene, 1).await;
    while administrator.ask_alone(Operation::NextAnswers).await.is_ok() {
        server.wait_until_ready();
    }
    let_go(&mut observer).await;
    post_batch(&scene, 2).await;
    drop(administrator);
    scene.relay.stop().await;
    let kept = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM answers");
    assert_eq!(kept.fetch_one(&mut observer).await.unwrap(), 2, "each of both once");
}

#[tokio::test]
async fn what_is_published_at_one_relay_is_found_at_another_after_its_start() {
    let server = Server::start();
    let mut scene = Scene::start_with(over(&server)).await;
    let advocate = scene.program.advocate();
    let record = encode(&advocate.staff_record()).try_into().unwrap();
    let mut administrator = scene.administrator().await;
    assert_eq!(administrator.ask(Operation::PublishStaff { record }).await, Ok(Reply::Done));
    let mut config = scene.config.clone();
    let own = config.state.folder.join("host.key");
    config.state.folder = scene.folder.path().join("another");
    let alone = Relay::start(config.clone()).await.err();
    assert_eq!(alone, Some(StartError::OtherHost), "administrators would see two hosts");
    std::fs::copy(own, config.state.folder.join("host.key")).unwrap();
    let other = Relay::start(config).await.unwrap();
    let program = &scene.program;
    let mut line =
        crate::device::Line::staff(other.desk_addr, program, &program.administrator).await;
    match line.ask(Operation::ListStaff).await {
        Ok(Reply::Records { records }) => assert_eq!(records.len(), 1),
        answer => panic!("{answer:?}"),
    }
    drop(line);
    other.stop().await;
}
