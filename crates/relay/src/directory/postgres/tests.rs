//! What a shared database promises beside what every lasting state does.

mod server;

use std::cell::Cell;

use sqlx::ConnectOptions as _;

use super::*;
use crate::directory::Stored;
use crate::directory::promises::{Place, keeps_every_promise};

use server::Server;

const ROOT: Fingerprint = Fingerprint([7; 32]);
const SCHEMA: &str = "stillroom_07070707070707070707070707070707";

/// A program of a database, and the folder of one relay.
struct Part<'a> {
    server: &'a Server,
    root: Fingerprint,
    folder: tempfile::TempDir,
}

impl<'a> Part<'a> {
    fn of(server: &'a Server, root: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { server, root: Fingerprint([root; 32]), folder }
    }

    async fn postgres(&self) -> Postgres {
        Postgres::open(&reached(self.server), self.folder.path(), &self.root).await.unwrap()
    }
}

impl Place for Part<'_> {
    async fn open(&self) -> Box<dyn Directory> {
        Box::new(self.postgres().await)
    }
}

fn reached(server: &Server) -> config::Postgres {
    config::Postgres { url: server.url(), password_file: None, ca: None }
}

async fn connect(server: &Server) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = server.url().parse().unwrap();
    options.connect().await.unwrap()
}

async fn ask_server(server: &Server, what: &str) {
    let what = AssertSqlSafe(what.to_owned());
    sqlx::raw_sql(what).execute(&mut connect(server).await).await.unwrap();
}

fn version(version: u64, record: &[u8]) -> Versioned {
    Versioned { version, record: record.to_vec() }
}

fn unknown(inventory: &[Tally]) -> Vec<String> {
    let name = |tally: &Tally| match &tally.stored {
        Stored::Unknown(name) => Some(name.clone()),
        _ => None,
    };
    inventory.iter().filter_map(name).collect()
}

#[tokio::test]
async fn a_database_keeps_every_promise() {
    let server = Server::start();
    let root = Cell::new(0);
    keeps_every_promise!({
        root.set(root.get() + 1);
        Part::of(&server, root.get())
    });
}

#[tokio::test]
async fn programs_of_one_database_do_not_reach_each_other() {
    let server = Server::start();
    let (one, other) =
        (Part::of(&server, 1).postgres().await, Part::of(&server, 2).postgres().await);
    assert!(one.replace(Kind::Policy, 0, version(1, b"one's")).await.unwrap());
    one.put_staff([2; 32], vec![1]).await.unwrap();
    assert_eq!(other.newest(Kind::Policy).await.unwrap(), None);
    assert_eq!(other.staff(9).await.unwrap(), [[0; 0]; 0]);
    other.remove(Kind::Policy, 1).await.unwrap();
    assert!(one.newest(Kind::Policy).await.unwrap().is_some());
}

#[tokio::test]
async fn relays_that_start_at_once_make_one_and_the_same_part_and_one_of_two_replaces() {
    let server = Server::start();
    let parts = [Part::of(&server, 7), Part::of(&server, 7), Part::of(&server, 7)];
    let [first, second, third] = &parts;
    let (first, second, third) =
        tokio::join!(first.postgres(), second.postgres(), third.postgres());
    let (a, b, c) = tokio::join!(
        first.replace(Kind::DutyKey, 0, version(1, b"a")),
        second.replace(Kind::DutyKey, 0, version(1, b"b")),
        third.replace(Kind::DutyKey, 0, version(1, b"c")),
    );
    let replaced = [a, b, c].into_iter().filter(|answer| *answer == Ok(true)).count();
    assert_eq!(replaced, 1);
    for (number, relay) in [&first, &second, &third].into_iter().enumerate() {
        let id = [u8::try_from(number).unwrap(); 16];
        let put = relay.put_sealed(Sealed::Answers, id, 100, vec![1], 2).await.unwrap();
        assert_eq!(put, number < 2, "no more than two are kept, whoever puts them");
    }
}

#[tokio::test]
async fn a_database_from_a_later_version_or_of_another_program_is_refused() {
    let server = Server::start();
    let part = Part::of(&server, 7);
    drop(part.postgres().await);
    let schema = "stillroom_07070707070707070707070707070707";
    ask_server(&server, &format!("UPDATE {schema}.program SET root = '\\x01'")).await;
    let at = reached(&server);
    let open = || Postgres::open(&at, part.folder.path(), &ROOT);
    assert_eq!(open().await.err(), Some(DirectoryError::OtherProgram));
    let later = format!(
        "INSERT INTO {schema}._sqlx_migrations SELECT 99, 'later', now(), TRUE, checksum, 0 \
         FROM {schema}._sqlx_migrations LIMIT 1"
    );
    ask_server(&server, &later).await;
    assert_eq!(open().await.err(), Some(DirectoryError::DatabaseFromLater));
}

#[tokio::test]
async fn the_inventory_is_every_column_of_every_table_and_every_byte_that_the_schema_takes() {
    let server = Server::start();
    let part = Part::of(&server, 7);
    let directory = part.postgres().await;
    assert!(directory.replace_policy(0, version(8, &[1; 9000]), 5).await.unwrap());
    assert!(directory.replace_policy(8, version(9, &[2; 8]), 5).await.unwrap());
    directory.put_staff([2; 32], vec![5; 40]).await.unwrap();
    assert!(directory.put_sealed(Sealed::Answers, [3; 16], 100, vec![4; 500], 5).await.unwrap());
    let inventory = directory.inventory().await.unwrap();
    assert_eq!(unknown(&inventory), [""; 0]);
    let bytes = |stored: Stored| inventory.iter().find(|it| it.stored == stored).unwrap().bytes;
    assert_eq!(bytes(Stored::Root), 32);
    assert_eq!(bytes(Stored::FormerPolicies), 8 + 9000);
    assert_eq!(bytes(Stored::Policy), 8 + 8 + 8);
    assert_eq!(bytes(Stored::Staff), 8 + 32 + 40);
    assert_eq!(bytes(Stored::Answers), 16 + 8 + 500);
    let schema = "stillroom_07070707070707070707070707070707";
    let all: i64 = directory
        .shared
        .look(move |database| {
            Box::pin(async move {
                let all = "SELECT SUM(pg_total_relation_size(format('%I.%I', schemaname, tablename)::REGCLASS))::BIGINT \
                           FROM pg_tables WHERE schemaname = $1";
                query_scalar(all).bind(schema).fetch_one(database).await
            })
        })
        .await
        .unwrap();
    assert_eq!(
        inventory.iter().map(|it| it.bytes).sum::<u64>(),
        whole(all),
        "and an empty lock file"
    );
    let strangers = format!(
        "CREATE TABLE {schema}.visits (address TEXT, at BIGINT); \
         INSERT INTO {schema}.visits VALUES ('192.0.2.7', 5); \
         ALTER TABLE {schema}.staff ADD COLUMN phone TEXT; \
         INSERT INTO {schema}.versioned VALUES (77, 1, '\\x0102');"
    );
    ask_server(&server, &strangers).await;
    std::fs::write(part.folder.path().join("relay.sqlite"), "what another relay kept").unwrap();
    let names = unknown(&directory.inventory().await.unwrap());
    for expected in ["visits.address", "visits.at", "staff.phone", "versioned", "relay.sqlite"] {
        assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
    }
}

/// Whether a file in a folder has these bytes, or in a folder that is in it.
fn in_files(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        match path.is_dir() {
            true => in_files(&path, bytes),
            // One that goes just now has nothing any more.
            false => {
                std::fs::read(path).unwrap_or_default().windows(bytes.len()).any(|at| at == bytes)
            }
        }
    })
}

/// Whether a table's file has these bytes, of this or of the system's own tables.
fn in_tables(server: &Server, bytes: &[u8]) -> bool {
    in_files(&server.folder.path().join("data/base"), bytes)
}

#[tokio::test]
async fn what_was_forgotten_is_in_no_table_and_goes_from_what_is_written_ahead() {
    let server = Server::start();
    let directory = Part::of(&server, 7).postgres().await;
    // Short ones may come among the samples that PostgreSQL plans by, long ones lie in a file beside the table's.
    let (short, long) = (b"who has left".to_vec(), b"who has left, at length".repeat(500));
    for number in 0..6 {
        directory.put_staff([number; 32], vec![number; 12]).await.unwrap();
    }
    directory.put_staff([98; 32], short.clone()).await.unwrap();
    directory.put_staff([99; 32], long.clone()).await.unwrap();
    ask_server(&server, &format!("ANALYZE {SCHEMA}.staff")).await;
    ask_server(&server, "CHECKPOINT").await;
    assert!(in_tables(&server, &short) && in_tables(&server, &long[..1000]), "they were there");
    directory.remove_staff([98; 32]).await.unwrap();
    directory.remove_staff([99; 32]).await.unwrap();
    directory.forget_expired(0).await.unwrap();
    ask_server(&server, "CHECKPOINT").await;
    assert!(!in_tables(&server, &short));
    let data = server.folder.path().join("data");
    assert!(in_files(&data.join("pg_wal"), &short), "as docs/hosting.md says");
    // With the settings that it names, this is what the server does in time.
    ask_server(&server, "SELECT pg_switch_wal()").await;
    ask_server(&server, "CHECKPOINT").await;
    assert!(!in_files(&data, &short));
}

#[tokio::test]
async fn what_somebody_who_reads_long_kept_is_gone_in_the_next_round() {
    let server = Server::start();
    let directory = Part::of(&server, 7).postgres().await;
    let mut reader = connect(&server).await;
    // Who reads the table itself is in the way of writing it anew, who reads another one keeps what they could see.
    for (number, table) in [(1, "staff"), (2, "_sqlx_migrations")] {
        let record = format!("somebody who has left {table}").into_bytes();
        directory.put_staff([number; 32], record.clone()).await.unwrap();
        let read = format!("BEGIN ISOLATION LEVEL REPEATABLE READ; TABLE {SCHEMA}.{table}");
        sqlx::raw_sql(AssertSqlSafe(read)).execute(&mut reader).await.unwrap();
        directory.remove_staff([number; 32]).await.unwrap();
        directory.forget_expired(0).await.unwrap();
        ask_server(&server, "CHECKPOINT").await;
        assert!(in_tables(&server, &record), "it is still to be seen");
        sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
        directory.forget_expired(0).await.unwrap();
        ask_server(&server, "CHECKPOINT").await;
        assert!(!in_tables(&server, &record), "{table}");
    }
}

/// Somebody waits for the lock of a program.
async fn somebody_waits(observer: &mut PgConnection) {
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while query_scalar::<_, i64>(waiting).fetch_one(&mut *observer).await.unwrap() == 0 {}
}

async fn lock(other: &mut PgConnection, taken: bool) {
    let ask = if taken { "SELECT pg_advisory_lock($1)" } else { "SELECT pg_advisory_unlock($1)" };
    query(ask).bind(i64::from_be_bytes([7; 8])).execute(other).await.unwrap();
}

#[tokio::test]
async fn a_relay_makes_the_tables_and_changes_them_when_no_other_does() {
    let server = Server::start();
    let part = Part::of(&server, 7);
    let (mut other, mut observer) = (connect(&server).await, connect(&server).await);
    lock(&mut other, true).await;
    let mut opening = Box::pin(part.postgres());
    tokio::select! {
        _ = &mut opening => panic!("it made the tables meanwhile"),
        () = somebody_waits(&mut observer) => {}
    }
    let schemas = "SELECT COUNT(*) FROM pg_namespace WHERE nspname = $1";
    let made: i64 = query_scalar(schemas).bind(SCHEMA).fetch_one(&mut observer).await.unwrap();
    assert_eq!(made, 0);
    lock(&mut other, false).await;
    let directory = opening.await;

    lock(&mut other, true).await;
    let mut changing = directory.replace(Kind::Policy, 0, version(1, b"ours"));
    tokio::select! {
        _ = &mut changing => panic!("it changed something meanwhile"),
        () = somebody_waits(&mut observer) => {}
    }
    lock(&mut other, false).await;
    assert_eq!(changing.await, Ok(true));
}

#[tokio::test]
async fn relays_over_the_same_records_are_one_hosts() {
    let server = Server::start();
    let (one, other) = (Part::of(&server, 7), Part::of(&server, 7));
    let (one, other) = (one.postgres().await, other.postgres().await);
    assert_eq!(one.settle_host([1; 32]).await, Ok(true));
    assert_eq!(one.settle_host([1; 32]).await, Ok(true), "after a restart");
    assert_eq!(other.settle_host([2; 32]).await, Ok(false));
    assert_eq!(other.settle_host([1; 32]).await, Ok(true));
    let inventory = one.inventory().await.unwrap();
    let key = inventory.iter().find(|tally| tally.stored == Stored::HostPublicKey).unwrap();
    assert_eq!((key.count, key.bytes), (1, 32));
}

#[tokio::test]
async fn a_relay_whose_folder_holds_records_does_not_start_without_them() {
    let server = Server::start();
    let part = Part::of(&server, 7);
    drop(crate::directory::Sqlite::open(part.folder.path(), &ROOT).unwrap());
    let refused = Postgres::open(&reached(&server), part.folder.path(), &ROOT).await;
    assert_eq!(refused.err(), Some(DirectoryError::NotMoved));
}

#[tokio::test]
async fn a_database_that_is_silent_or_gone_is_told_of_in_time_and_recovers_by_itself() {
    let mut server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let directory = Postgres::open(&reached(&server), folder.path(), &ROOT).await.unwrap();
    assert!(directory.replace(Kind::Policy, 0, version(1, b"kept")).await.unwrap());
    server.signal("STOP");
    let silent = directory.newest(Kind::Policy).await;
    assert!(matches!(silent, Err(DirectoryError::Away(_))), "{silent:?}");
    let resting = directory.newest(Kind::Policy).await;
    assert!(matches!(resting, Err(DirectoryError::Away(_))), "{resting:?}");
    server.signal("CONT");
    assert_eq!(comes_back(&directory).await, version(1, b"kept"));
    server.signal("KILL");
    let gone = directory.put_sealed(Sealed::Counts, [1; 16], 9, vec![1], 5).await;
    assert!(matches!(gone, Err(DirectoryError::Away(_))), "{gone:?}");
    server.start_again();
    assert_eq!(comes_back(&directory).await, version(1, b"kept"));
    assert!(directory.put_sealed(Sealed::Counts, [1; 16], 9, vec![1], 5).await.unwrap());
    assert!(directory.put_sealed(Sealed::Counts, [1; 16], 9, vec![1], 5).await.unwrap(), "again");
}

async fn comes_back(directory: &Postgres) -> Versioned {
    loop {
        match directory.newest(Kind::Policy).await {
            Ok(newest) => return newest.unwrap(),
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
