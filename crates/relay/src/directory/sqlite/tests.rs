//! What the lasting state promises, across restarts.

use super::*;
use crate::directory::Stored;
use crate::directory::promises::{Place, keeps_every_promise};

const ROOT: Fingerprint = Fingerprint([7; 32]);
const ID: InvitationId = InvitationId([1; 16]);

fn version(version: u64) -> Versioned {
    Versioned { version, record: vec![u8::try_from(version).unwrap(); 8] }
}

struct Folder(tempfile::TempDir);

impl Place for Folder {
    async fn open(&self) -> Box<dyn Directory> {
        Box::new(Sqlite::open(self.0.path(), &ROOT).unwrap())
    }
}

#[tokio::test]
async fn a_folder_keeps_every_promise() {
    keeps_every_promise!(Folder(tempfile::tempdir().unwrap()));
}

#[tokio::test]
async fn a_folder_from_before_there_were_answers_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::open(folder.path(), &ROOT).unwrap());
    let database = rusqlite::Connection::open(folder.path().join("relay.sqlite")).unwrap();
    database.execute_batch("DROP TABLE answers; DROP TABLE counts").unwrap();
    drop(database);
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.put_sealed(Sealed::Answers, [1; 16], 100, vec![1], 5).await.unwrap());
}

#[test]
fn two_relays_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert_eq!(Sqlite::open(folder.path(), &ROOT).err(), Some(DirectoryError::InUse));
}

#[test]
fn another_programs_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::open(folder.path(), &ROOT).unwrap());
    assert_eq!(
        Sqlite::open(folder.path(), &Fingerprint([8; 32])).err(),
        Some(DirectoryError::OtherProgram)
    );
}

#[tokio::test]
async fn what_was_forgotten_is_not_left_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    let request = b"the keys of a new member's device".to_vec();
    directory.invite(ID, 100, vec![9], 5).await.unwrap();
    directory.enrol(ID, 0, request.clone()).await.unwrap();
    directory.forget_expired(100).await.unwrap();
    drop(directory);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(request.len()).any(|window| window == request));
    }
}

#[test]
fn a_file_from_a_later_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::open(folder.path(), &ROOT).unwrap());
    let database = rusqlite::Connection::open(folder.path().join("relay.sqlite")).unwrap();
    database.execute_batch("PRAGMA user_version = 2").unwrap();
    drop(database);
    assert_eq!(Sqlite::open(folder.path(), &ROOT).err(), Some(DirectoryError::FromLater));
}

/// What is in each table, counted another way than the inventory counts.
fn bytes_in_tables(folder: &Path) -> u64 {
    let database =
        rusqlite::Connection::open(folder.join(crate::directory::folder::DATABASE)).unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let mut statement = database.prepare(names).unwrap();
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut bytes = 0;
    for table in tables {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                bytes += match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Null => 0,
                    rusqlite::types::ValueRef::Integer(_) | rusqlite::types::ValueRef::Real(_) => 8,
                    rusqlite::types::ValueRef::Text(bytes)
                    | rusqlite::types::ValueRef::Blob(bytes) => bytes.len() as u64,
                };
            }
        }
    }
    bytes
}

/// What is in no table.
fn is_file(stored: &Stored) -> bool {
    matches!(stored, Stored::Structure | Stored::OwnFile | Stored::HostKey | Stored::Certificates)
}

fn unknown(inventory: &[Tally]) -> Vec<&str> {
    let name = |tally: &'_ Tally| matches!(&tally.stored, Stored::Unknown(_));
    let unknown = inventory.iter().filter(|tally| name(tally));
    unknown
        .filter_map(|tally| match &tally.stored {
            Stored::Unknown(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn the_inventory_is_every_column_of_every_table_and_every_byte_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.replace_policy(0, version(8), 5).await.unwrap());
    assert!(directory.replace_policy(8, version(9), 5).await.unwrap());
    for kind in [Kind::Revocations, Kind::DutyKey, Kind::VaultKey, Kind::Vault] {
        assert!(directory.replace(kind, 0, version(9)).await.unwrap());
    }
    directory.put_staff([2; 32], vec![5; 40]).await.unwrap();
    assert!(directory.invite(ID, 100, vec![9; 70], 5).await.unwrap());
    assert!(directory.enrol(ID, 0, vec![1; 33]).await.unwrap());
    assert!(directory.put_sealed(Sealed::Answers, [3; 16], 100, vec![4; 500], 5).await.unwrap());
    assert!(directory.put_sealed(Sealed::Counts, [5; 16], 100, vec![4; 80], 5).await.unwrap());
    assert!(directory.put_locale([6; 32], vec![8; 2000], 5).await.unwrap());
    let id = HostNoticeId([8; 16]);
    let notice = StoredNotice { id, runs_out: 100, record: vec![1; 90], read_by: Vec::new() };
    assert!(directory.put_notice(notice, 5).await.unwrap());
    directory.read_notice(id, [9; 32]).await.unwrap();
    assert!(directory.put_audit(1, 10, vec![7; 300], 5).await.unwrap());
    std::fs::write(folder.path().join(crate::host_key::FILE), [0; 32]).unwrap();
    let inventory = directory.inventory().await.unwrap();
    assert_eq!(unknown(&inventory), [""; 0]);
    let records = inventory.iter().filter(|tally| !is_file(&tally.stored));
    assert!(records.clone().all(|tally| tally.count == 1), "{inventory:?}");
    assert_eq!(records.map(|tally| tally.bytes).sum::<u64>(), bytes_in_tables(folder.path()));
    let files = std::fs::read_dir(folder.path()).unwrap();
    let files: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert_eq!(inventory.iter().map(|tally| tally.bytes).sum::<u64>(), files);
}

#[tokio::test]
async fn what_is_not_on_the_list_is_told_of_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    let database =
        rusqlite::Connection::open(folder.path().join(crate::directory::folder::DATABASE)).unwrap();
    database
        .execute_batch(
            "CREATE TABLE visits (address TEXT, at INTEGER); \
             INSERT INTO visits VALUES ('192.0.2.7', 5); \
             ALTER TABLE staff ADD COLUMN phone TEXT; \
             INSERT INTO versioned VALUES (77, 1, x'0102');",
        )
        .unwrap();
    std::fs::write(folder.path().join("access.log"), "somebody came").unwrap();
    let inventory = directory.inventory().await.unwrap();
    let names = unknown(&inventory);
    for expected in ["visits.address", "visits.at", "staff.phone", "versioned", "access.log"] {
        assert!(names.contains(&expected), "{names:?}");
    }
}
