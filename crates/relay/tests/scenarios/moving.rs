//! Moving a relay's records from its folder into PostgreSQL.

use std::path::Path;

use stillroom_protocol::{HostNoticeId, InvitationId};
use stillroom_relay::directory::{
    Directory, DirectoryError, Kind, MoveError, Postgres, Sealed, Sqlite, Stored, StoredNotice,
    Tally, Versioned, move_records,
};
use stillroom_relay::{Config, Postgres as Settings, State};
use tempfile::TempDir;

use crate::postgres::server::Server;
use crate::program::Program;

const INVITATION: InvitationId = InvitationId([1; 16]);
const NOTICE: HostNoticeId = HostNoticeId([8; 16]);

fn version(version: u64) -> Versioned {
    Versioned { version, record: vec![5; 8] }
}

/// A program, and what its relay is told; in its folder are records of each sort.
async fn with_records(server: &Server) -> (TempDir, Program, Config) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(1);
    let file = folder.path().join("program.stillroom");
    std::fs::write(&file, program.file().encode()).unwrap();
    let mut config = Config::on_this_computer(file, folder.path().join("state"));
    config.postgres = Some(Settings { url: server.url(), password_file: None, ca: None });
    let directory = Sqlite::open(&config.state.folder, &program.root).unwrap();
    for number in 0..4_u8 {
        let next = version(u64::from(number) + 1);
        assert!(directory.replace_policy(number.into(), next, 5).await.unwrap());
        assert!(directory.put_audit(u64::from(number) + 1, 10, vec![7; 300], 50).await.unwrap());
        directory.put_staff([number; 32], vec![number; 40]).await.unwrap();
    }
    for kind in [Kind::Revocations, Kind::DutyKey, Kind::VaultKey, Kind::Vault] {
        assert!(directory.replace(kind, 0, version(9)).await.unwrap());
    }
    directory.remove_staff([1; 32]).await.unwrap();
    assert!(directory.invite(INVITATION, 100, vec![9; 70], 5).await.unwrap());
    assert!(directory.enrol(INVITATION, 0, vec![1; 33]).await.unwrap());
    assert!(directory.put_sealed(Sealed::Answers, [3; 16], 100, vec![4; 9000], 5).await.unwrap());
    assert!(directory.put_sealed(Sealed::Counts, [5; 16], 100, vec![4; 80], 5).await.unwrap());
    assert!(directory.put_locale([6; 32], vec![8; 2000], 5).await.unwrap());
    let notice = StoredNotice { id: NOTICE, runs_out: 9, record: vec![1; 90], read_by: Vec::new() };
    assert!(directory.put_notice(notice, 5).await.unwrap());
    directory.read_notice(NOTICE, [9; 32]).await.unwrap();
    (folder, program, config)
}

async fn in_database(config: &Config, program: &Program) -> Postgres {
    let to = config.postgres.as_ref().unwrap();
    Postgres::open(to, &config.state.folder, &program.root).await.unwrap()
}

/// How many there are of each sort, and their bytes, without what is around them.
async fn records(directory: &impl Directory) -> Vec<Tally> {
    let around = [Stored::Structure, Stored::OwnFile, Stored::HostPublicKey];
    let mut all = directory.inventory().await.unwrap();
    all.retain(|tally| !around.contains(&tally.stored));
    all
}

fn in_folder(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn everything_is_in_the_database_afterwards_and_nothing_in_the_folder() {
    let server = Server::start();
    let (_folder, program, config) = with_records(&server).await;
    let before = Sqlite::open(&config.state.folder, &program.root).unwrap();
    let (told, former) = (records(&before).await, before.former_policies().await.unwrap());
    let (notices, staff) = (before.notices().await.unwrap(), before.staff(9).await.unwrap());
    let invitation = before.invitation(INVITATION, 0).await.unwrap();
    let running = move_records(&config).await.err();
    assert_eq!(running, Some(MoveError::Directory(DirectoryError::InUse)));
    drop(before);

    let moved = move_records(&config).await.unwrap();
    assert_eq!(moved.program, program.root);
    let of_program: u64 = told.iter().map(|tally| tally.bytes).sum();
    assert_eq!(moved.bytes + 32, of_program, "and the fingerprint, which was there");
    assert_eq!(in_folder(&config.state.folder), ["in-use"]);
    let after = in_database(&config, &program).await;
    assert_eq!(records(&after).await, told);
    assert_eq!(after.former_policies().await.unwrap(), former);
    assert_eq!(after.notices().await.unwrap(), notices);
    assert_eq!(after.staff(9).await.unwrap(), staff);
    assert_eq!(after.invitation(INVITATION, 0).await.unwrap(), invitation);
    after.put_staff([9; 32], vec![6; 2]).await.unwrap();
    let last = after.staff(9).await.unwrap().pop();
    assert_eq!(last, Some(vec![6; 2]), "numbers go on after the last one");
    drop(after);
    assert_eq!(move_records(&config).await, Err(MoveError::NothingThere));
}

#[tokio::test]
async fn a_move_that_was_interrupted_is_ended_by_another() {
    let server = Server::start();
    let (_folder, program, config) = with_records(&server).await;
    let file = config.state.folder.join("relay.sqlite");
    let kept = std::fs::read(&file).unwrap();
    let moved = move_records(&config).await.unwrap();
    // As if it had stopped before anything was erased.
    std::fs::write(&file, &kept).unwrap();
    assert_eq!(move_records(&config).await, Ok(moved));
    // As if it had stopped once all was erased, and the file still there.
    drop(Sqlite::open(&config.state.folder, &program.root).unwrap());
    assert_eq!(move_records(&config).await.unwrap().rows, 0);
    assert_eq!(in_folder(&config.state.folder), ["in-use"]);
    assert_eq!(in_database(&config, &program).await.staff(9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn where_anything_is_in_the_way_nothing_is_moved_and_nothing_is_erased() {
    let server = Server::start();
    let (_folder, program, config) = with_records(&server).await;
    let strange = rusqlite::Connection::open(config.state.folder.join("relay.sqlite")).unwrap();
    strange.execute_batch("CREATE TABLE visits (address TEXT)").unwrap();
    let unknown = MoveError::Unknown("visits.address".to_owned());
    assert_eq!(move_records(&config).await, Err(unknown));
    strange.execute_batch("DROP TABLE visits").unwrap();
    drop(strange);

    let nowhere = Config { postgres: None, ..config.clone() };
    assert_eq!(move_records(&nowhere).await, Err(MoveError::NowhereTo));

    let folder = config.state.folder.with_file_name("other");
    let elsewhere = Config { state: State { folder }, ..config.clone() };
    let other = in_database(&elsewhere, &program).await;
    assert!(other.replace(Kind::Vault, 0, version(1)).await.unwrap());
    assert_eq!(move_records(&config).await, Err(MoveError::OtherRecords));
    assert_eq!(other.newest(Kind::Vault).await.unwrap(), Some(version(1)));
    assert_eq!(other.staff(9).await.unwrap(), [[0; 0]; 0]);

    let kept = Sqlite::open(&config.state.folder, &program.root).unwrap();
    assert_eq!(kept.newest(Kind::Vault).await.unwrap(), Some(version(9)));
    assert_eq!(kept.staff(9).await.unwrap().len(), 3);
}
