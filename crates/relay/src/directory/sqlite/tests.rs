//! What the lasting state promises, across restarts.

use super::*;
use crate::directory::Stored;

const ROOT: Fingerprint = Fingerprint([7; 32]);
const ID: InvitationId = InvitationId([1; 16]);

fn version(version: u64) -> Versioned {
    Versioned { version, record: vec![u8::try_from(version).unwrap(); 8] }
}

#[tokio::test]
async fn what_was_published_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.replace(Kind::Policy, 0, version(3)).await.unwrap());
    directory.put_staff([2; 32], vec![5; 4]).await.unwrap();
    drop(directory);
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert_eq!(directory.newest(Kind::Policy).await.unwrap(), Some(version(3)));
    assert_eq!(directory.newest(Kind::DutyKey).await.unwrap(), None);
    assert_eq!(directory.staff(10).await.unwrap(), vec![vec![5; 4]]);
}

#[tokio::test]
async fn of_two_who_replace_the_same_version_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.replace(Kind::DutyKey, 0, version(1)).await.unwrap());
    assert!(!directory.replace(Kind::DutyKey, 0, version(1)).await.unwrap());
    assert!(directory.replace(Kind::DutyKey, 1, version(2)).await.unwrap());
    assert!(!directory.replace(Kind::DutyKey, 1, version(3)).await.unwrap());
    assert_eq!(directory.newest(Kind::DutyKey).await.unwrap(), Some(version(2)));
}

#[tokio::test]
async fn a_device_has_one_staff_record() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    directory.put_staff([2; 32], vec![1]).await.unwrap();
    directory.put_staff([3; 32], vec![2]).await.unwrap();
    directory.put_staff([2; 32], vec![3]).await.unwrap();
    assert_eq!(directory.staff(10).await.unwrap(), vec![vec![3], vec![2]]);
    assert_eq!(directory.staff(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_invitation_is_asked_for_completed_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(!directory.enrol(ID, 0, vec![1]).await.unwrap());
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap());
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap(), "sent twice");
    assert!(!directory.invite(ID, 100, vec![8], 5).await.unwrap(), "another one");
    assert!(!directory.complete(ID, 0, vec![2]).await.unwrap());
    assert!(directory.enrol(ID, 0, vec![1]).await.unwrap());
    assert!(directory.complete(ID, 0, vec![2]).await.unwrap());
    assert!(!directory.enrol(ID, 0, vec![7]).await.unwrap(), "completed for another");
    assert!(directory.enrol(ID, 0, vec![1]).await.unwrap(), "sent twice");
    let state = directory.invitation(ID, 0).await.unwrap().unwrap();
    assert_eq!((state.request, state.completion), (Some(vec![1]), Some(vec![2])));
    directory.forget_invitation(ID).await.unwrap();
    assert_eq!(directory.invitation(ID, 0).await.unwrap(), None);
}

#[tokio::test]
async fn an_invitation_that_has_run_out_is_no_longer_there() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.invite(ID, 100, vec![9], 5).await.unwrap());
    assert_eq!(directory.invitation(ID, 100).await.unwrap(), None);
    assert!(!directory.enrol(ID, 100, vec![1]).await.unwrap());
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.invitation(ID, 0).await.unwrap(), None);
}

#[tokio::test]
async fn open_invitations_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.invite(ID, 100, vec![9], 1).await.unwrap());
    assert!(!directory.invite(InvitationId([2; 16]), 100, vec![9], 1).await.unwrap());
}

#[tokio::test]
async fn a_batch_of_answers_is_kept_until_it_is_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    let batch = b"what ten survivors have sealed".to_vec();
    assert!(directory.put_sealed(Sealed::Answers, [2; 16], 100, batch.clone(), 2).await.unwrap());
    assert!(directory.put_sealed(Sealed::Answers, [1; 16], 100, vec![1], 2).await.unwrap());
    let third = directory.put_sealed(Sealed::Answers, [3; 16], 100, vec![3], 2).await.unwrap();
    assert!(!third, "no more than two are kept");
    drop(directory);
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    for _ in 0..2 {
        let next = directory.next_sealed(Sealed::Answers).await.unwrap();
        assert_eq!(next, Some(vec![1]), "in the order of their names");
    }
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap().as_ref(), Some(&batch));
    directory.destroy_sealed(Sealed::Answers, [2; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
    drop(directory);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(batch.len()).any(|window| window == batch), "overwritten");
    }
}

#[tokio::test]
async fn a_batch_of_answers_that_nobody_took_runs_out() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.put_sealed(Sealed::Answers, [1; 16], 100, vec![1], 5).await.unwrap());
    directory.forget_expired(99).await.unwrap();
    assert!(directory.next_sealed(Sealed::Answers).await.unwrap().is_some());
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
}

#[tokio::test]
async fn counts_of_days_are_kept_apart_from_answers_and_run_out_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    for (id, runs_out) in [([1; 16], 100), ([2; 16], 200), ([3; 16], 300)] {
        let kept = directory.put_sealed(Sealed::Counts, id, runs_out, id.to_vec(), 2);
        assert_eq!(kept.await.unwrap(), runs_out < 300, "no more than two are kept");
    }
    assert_eq!(directory.next_sealed(Sealed::Answers).await.unwrap(), None);
    directory.destroy_sealed(Sealed::Answers, [1; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), Some(vec![1; 16]));
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), Some(vec![2; 16]));
    directory.destroy_sealed(Sealed::Counts, [2; 16]).await.unwrap();
    assert_eq!(directory.next_sealed(Sealed::Counts).await.unwrap(), None);
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
    directory.forget_invitation(ID).await.unwrap();
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

#[tokio::test]
async fn files_of_texts_are_kept_up_to_a_number_and_as_long_as_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(directory.put_locale([1; 32], vec![1], 2).await.unwrap());
    assert!(directory.put_locale([2; 32], vec![2], 2).await.unwrap());
    assert!(!directory.put_locale([3; 32], vec![3], 2).await.unwrap(), "one too many");
    assert!(directory.put_locale([2; 32], vec![2], 2).await.unwrap(), "there already");
    directory.keep_locales(vec![[2; 32], [9; 32]]).await.unwrap();
    assert_eq!(directory.locale([1; 32]).await.unwrap(), None);
    assert!(directory.put_locale([3; 32], vec![3], 2).await.unwrap());
    drop(directory);
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert_eq!(directory.locale([2; 32]).await.unwrap(), Some(vec![2]));
}

/// What is in each table, counted another way than the inventory counts.
fn bytes_in_tables(folder: &Path) -> u64 {
    let database = rusqlite::Connection::open(folder.join(thread::DATABASE)).unwrap();
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
async fn a_replaced_policy_is_among_the_former_ones_as_long_as_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    for number in 1..=4 {
        assert!(directory.replace_policy(number - 1, version(number), 2).await.unwrap());
    }
    assert_eq!(directory.newest(Kind::Policy).await.unwrap(), Some(version(4)));
    assert_eq!(directory.former_policies().await.unwrap(), [version(3), version(2)]);
    assert!(!directory.replace_policy(3, version(5), 2).await.unwrap(), "4 is there");
    assert_eq!(directory.former_policies().await.unwrap(), [version(3), version(2)]);
    directory.remove_former_policy(3).await.unwrap();
    assert_eq!(directory.former_policies().await.unwrap(), [version(2)]);
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
    let database = rusqlite::Connection::open(folder.path().join(thread::DATABASE)).unwrap();
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

#[tokio::test]
async fn a_notice_is_kept_with_who_read_it_until_it_is_withdrawn_or_runs_out() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    let notice = |number: u8, runs_out| StoredNotice {
        id: HostNoticeId([number; 16]),
        runs_out,
        record: vec![number; 3],
        read_by: Vec::new(),
    };
    for (number, runs_out) in [(9, 100), (1, 200)] {
        assert!(directory.put_notice(notice(number, runs_out), 2).await.unwrap());
    }
    assert!(!directory.put_notice(notice(5, 300), 2).await.unwrap(), "one too many");
    let (first, second) = (HostNoticeId([9; 16]), HostNoticeId([1; 16]));
    directory.read_notice(first, [7; 32]).await.unwrap();
    directory.read_notice(first, [7; 32]).await.unwrap();
    directory.read_notice(HostNoticeId([3; 16]), [7; 32]).await.unwrap();
    let read = StoredNotice { read_by: vec![[7; 32]], ..notice(9, 100) };
    assert_eq!(directory.notices().await.unwrap(), [read, notice(1, 200)], "as they were given");
    directory.forget_expired(100).await.unwrap();
    assert_eq!(directory.notices().await.unwrap(), [notice(1, 200)]);
    let left = directory.inventory().await.unwrap();
    let read = left.iter().find(|tally| tally.stored == Stored::NoticesRead).unwrap();
    assert_eq!(read.count, 0, "nobody is named for a notice that went");
    assert!(directory.withdraw_notice(second).await.unwrap());
    assert!(!directory.withdraw_notice(second).await.unwrap());
}

#[tokio::test]
async fn an_entry_is_put_after_the_last_one_or_not_at_all_and_the_newest_is_never_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Sqlite::open(folder.path(), &ROOT).unwrap();
    assert!(!directory.put_audit(2, 20, vec![2], 9).await.unwrap());
    for number in 1..=5 {
        let entry = vec![u8::try_from(number).unwrap()];
        assert!(directory.put_audit(number, number * 10, entry, 4).await.unwrap());
    }
    assert!(!directory.put_audit(5, 50, vec![9], 4).await.unwrap(), "another came first");
    assert_eq!(
        directory.audit_from(1, 9).await.unwrap(),
        [[2], [3], [4], [5]],
        "as many as are kept"
    );
    assert_eq!(directory.audit_from(3, 2).await.unwrap(), [[3], [4]]);
    directory.forget_audit(1_000).await.unwrap();
    assert_eq!(directory.audit_from(1, 9).await.unwrap(), [[5]]);
    assert_eq!(directory.audit_last().await.unwrap(), Some(vec![5]));
    assert!(directory.put_audit(6, 60, vec![6], 4).await.unwrap());
    directory.remove_audit().await.unwrap();
    assert_eq!(directory.audit_last().await.unwrap(), None);
}
