//! The lasting state in a folder of one relay's own, in SQLite.
//!
//! The database lives on a thread of its own, so that no frame waits for a disk. What is deleted is
//! overwritten (`secure_delete`), and there is no write-ahead log that would keep it. Against somebody who
//! takes the disk itself this is little: storage that moves data about keeps copies. What is in it is
//! public or sealed to begin with.

mod contents;
mod inventory;
mod thread;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use stillroom_program::Fingerprint;
use stillroom_protocol::{HostNoticeId, InvitationId};

use super::contents::Contents;
use super::{
    Answer, Directory, DirectoryError, InvitationState, Kind, Record, Sealed, StoredNotice, Tally,
    Versioned, stored, whole,
};
use thread::DatabaseThread;

/// [`Directory`] in a folder.
pub struct Sqlite {
    thread: Arc<DatabaseThread>,
    folder: PathBuf,
}

impl Sqlite {
    /// Opens the folder, or makes it, for the program with this root key.
    ///
    /// # Errors
    /// [`DirectoryError`]: the folder is in use, holds another program's records, or cannot be used.
    pub fn open(folder: &Path, root: &Fingerprint) -> Result<Self, DirectoryError> {
        let thread = Arc::new(DatabaseThread::start(folder, root)?);
        Ok(Self { thread, folder: folder.to_owned() })
    }
}

impl Sqlite {
    /// The same, of a folder that holds records already.
    ///
    /// # Errors
    /// As [`Sqlite::open`]; also where there is nothing.
    pub fn open_existing(folder: &Path, root: &Fingerprint) -> Result<Self, DirectoryError> {
        if super::folder::has_records(folder)? {
            Self::open(folder, root)
        } else {
            Err(DirectoryError::Unusable("no relay has ever run on it".to_owned()))
        }
    }

    /// What is in the database that this version knows nothing of.
    pub(super) async fn unknown(&self) -> Result<Vec<String>, DirectoryError> {
        self.thread.ask(inventory::unknown).await
    }

    /// All that the tables hold.
    pub(super) async fn contents(&self) -> Result<Contents, DirectoryError> {
        self.thread.ask(contents::read).await
    }

    /// Erases the records as every record is erased, and removes their file.
    pub(super) async fn erase(self) -> Result<(), DirectoryError> {
        self.thread.ask(contents::erase).await?;
        super::folder::remove_records(&self.folder)
    }
}

impl Directory for Sqlite {
    fn newest(&self, kind: Kind) -> Answer<'_, Option<Versioned>> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("SELECT version, record FROM versioned WHERE kind = ?1")?
                .query_row([kind.number()], |row| {
                    Ok(Versioned { version: whole(row.get(0)?), record: row.get(1)? })
                })
                .optional()
        })
    }

    fn replace(&self, kind: Kind, replaces: u64, with: Versioned) -> Answer<'_, bool> {
        self.thread.ask(move |database| replace(database, kind.number(), replaces, &with))
    }

    fn replace_policy(&self, replaces: u64, with: Versioned, most: usize) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            // Given up as a whole where any part of it fails.
            let change = database.unchecked_transaction()?;
            let kind = Kind::Policy.number();
            change
                .prepare_cached(
                    "INSERT OR REPLACE INTO policy_former SELECT version, record FROM versioned \
                     WHERE kind = ?1 AND version = ?2",
                )?
                .execute(params![kind, stored(replaces)])?;
            if !replace(&change, kind, replaces, &with)? {
                return Ok(false);
            }
            change
                .prepare_cached(
                    "DELETE FROM policy_former WHERE version NOT IN \
                     (SELECT version FROM policy_former ORDER BY version DESC LIMIT ?1)",
                )?
                .execute([i64::try_from(most).unwrap_or(i64::MAX)])?;
            change.commit()?;
            Ok(true)
        })
    }

    fn former_policies(&self) -> Answer<'_, Vec<Versioned>> {
        self.thread.ask(|database| {
            let mut statement = database.prepare_cached(
                "SELECT version, record FROM policy_former ORDER BY version DESC",
            )?;
            let former = statement.query_map([], |row| {
                Ok(Versioned { version: whole(row.get(0)?), record: row.get(1)? })
            })?;
            former.collect()
        })
    }

    fn remove_former_policy(&self, version: u64) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("DELETE FROM policy_former WHERE version = ?1")?
                .execute([stored(version)])?;
            Ok(())
        })
    }

    fn put_locale(&self, hash: [u8; 32], file: Record, most: usize) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "INSERT OR IGNORE INTO locale (hash, file) SELECT ?1, ?2 \
                     WHERE (SELECT COUNT(*) FROM locale) < ?3",
                )?
                .execute(params![hash.as_slice(), file, i64::try_from(most).unwrap_or(i64::MAX)])?;
            database
                .prepare_cached("SELECT COUNT(*) FROM locale WHERE hash = ?1")?
                .query_row([hash.as_slice()], |row| row.get(0))
        })
    }

    fn locale(&self, hash: [u8; 32]) -> Answer<'_, Option<Record>> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("SELECT file FROM locale WHERE hash = ?1")?
                .query_row([hash.as_slice()], |row| row.get(0))
                .optional()
        })
    }

    fn keep_locales(&self, hashes: Vec<[u8; 32]>) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            let mut statement = database.prepare_cached("SELECT hash FROM locale")?;
            let kept = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            for hash in kept.collect::<rusqlite::Result<Vec<_>>>()? {
                if !hashes.iter().any(|wanted| wanted[..] == hash[..]) {
                    database
                        .prepare_cached("DELETE FROM locale WHERE hash = ?1")?
                        .execute([hash])?;
                }
            }
            Ok(())
        })
    }

    fn staff(&self, most: usize) -> Answer<'_, Vec<Record>> {
        self.thread.ask(move |database| {
            let mut statement =
                database.prepare_cached("SELECT record FROM staff ORDER BY number LIMIT ?1")?;
            let records =
                statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
            records.collect()
        })
    }

    fn put_staff(&self, device: [u8; 32], record: Record) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "INSERT INTO staff (device, record) VALUES (?1, ?2) \
                     ON CONFLICT (device) DO UPDATE SET record = excluded.record",
                )?
                .execute(params![device.as_slice(), record])?;
            Ok(())
        })
    }

    fn invite(
        &self,
        id: InvitationId,
        expires: u64,
        invitation: Record,
        most: usize,
    ) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "INSERT OR IGNORE INTO invitation (id, expires, invitation) SELECT ?1, ?2, ?3 \
                     WHERE (SELECT COUNT(*) FROM invitation) < ?4",
                )?
                .execute(params![
                    id.0.as_slice(),
                    stored(expires),
                    invitation,
                    i64::try_from(most).unwrap_or(i64::MAX)
                ])?;
            database
                .prepare_cached("SELECT 1 FROM invitation WHERE id = ?1 AND invitation = ?2")?
                .exists(params![id.0.as_slice(), invitation])
        })
    }

    fn invitation(&self, id: InvitationId, now: u64) -> Answer<'_, Option<InvitationState>> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "SELECT invitation, request, completion FROM invitation WHERE id = ?1 AND expires > ?2",
                )?
                .query_row(params![id.0.as_slice(), stored(now)], state)
                .optional()
        })
    }

    fn enrol(&self, id: InvitationId, now: u64, request: Record) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            let changed = database
                .prepare_cached(
                    "UPDATE invitation SET request = ?3 WHERE id = ?1 AND expires > ?2 \
                     AND (completion IS NULL OR request = ?3)",
                )?
                .execute(params![id.0.as_slice(), stored(now), request])?;
            Ok(changed == 1)
        })
    }

    fn complete(&self, id: InvitationId, now: u64, completion: Record) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            let changed = database
                .prepare_cached(
                    "UPDATE invitation SET completion = ?3 WHERE id = ?1 AND expires > ?2 \
                     AND request IS NOT NULL",
                )?
                .execute(params![id.0.as_slice(), stored(now), completion])?;
            Ok(changed == 1)
        })
    }

    fn end_invitation(&self, id: InvitationId, at: u64) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("UPDATE invitation SET expires = MIN(expires, ?2) WHERE id = ?1")?
                .execute(params![id.0.as_slice(), stored(at)])?;
            Ok(())
        })
    }

    fn put_sealed(
        &self,
        what: Sealed,
        id: [u8; 16],
        runs_out: u64,
        record: Record,
        most: usize,
    ) -> Answer<'_, bool> {
        let (put, is_there) = match what {
            Sealed::Answers => (
                "INSERT OR IGNORE INTO answers SELECT ?1, ?2, ?3 \
                 WHERE (SELECT COUNT(*) FROM answers) < ?4",
                "SELECT 1 FROM answers WHERE id = ?1 AND batch = ?2",
            ),
            Sealed::Counts => (
                "INSERT OR IGNORE INTO counts SELECT ?1, ?2, ?3 \
                 WHERE (SELECT COUNT(*) FROM counts) < ?4",
                "SELECT 1 FROM counts WHERE id = ?1 AND record = ?2",
            ),
        };
        self.thread.ask(move |database| {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            database.prepare_cached(put)?.execute(params![
                id.as_slice(),
                stored(runs_out),
                record,
                most
            ])?;
            database.prepare_cached(is_there)?.exists(params![id.as_slice(), record])
        })
    }

    fn next_sealed(&self, what: Sealed) -> Answer<'_, Option<Record>> {
        let next = match what {
            Sealed::Answers => "SELECT batch FROM answers ORDER BY id LIMIT 1",
            Sealed::Counts => "SELECT record FROM counts ORDER BY id LIMIT 1",
        };
        self.thread.ask(move |database| {
            database.prepare_cached(next)?.query_row([], |row| row.get(0)).optional()
        })
    }

    fn destroy_sealed(&self, what: Sealed, id: [u8; 16]) -> Answer<'_, ()> {
        let destroy = match what {
            Sealed::Answers => "DELETE FROM answers WHERE id = ?1",
            Sealed::Counts => "DELETE FROM counts WHERE id = ?1",
        };
        self.thread.ask(move |database| {
            database.prepare_cached(destroy)?.execute([id.as_slice()])?;
            Ok(())
        })
    }

    fn remove(&self, kind: Kind, version: u64) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("DELETE FROM versioned WHERE kind = ?1 AND version = ?2")?
                .execute(params![kind.number(), stored(version)])?;
            Ok(())
        })
    }

    fn remove_staff(&self, device: [u8; 32]) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("DELETE FROM staff WHERE device = ?1")?
                .execute([device.as_slice()])?;
            Ok(())
        })
    }

    fn locales(&self) -> Answer<'_, Vec<[u8; 32]>> {
        self.thread.ask(move |database| {
            let mut statement = database.prepare_cached("SELECT hash FROM locale")?;
            let hashes = statement.query_map([], |row| row.get(0))?;
            hashes.collect()
        })
    }

    /// A folder has one relay, and the key itself lies beside the records.
    fn settle_host(&self, _key: [u8; 32]) -> Answer<'_, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }

    /// Whatever is asked next is asked after it.
    fn settle(&self) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn inventory(&self) -> Answer<'_, Vec<Tally>> {
        let folder = self.folder.clone();
        self.thread.ask(move |database| inventory::count(database, &folder))
    }

    fn put_notice(&self, notice: StoredNotice, most: usize) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "INSERT OR IGNORE INTO notice (id, runs_out, record) SELECT ?1, ?2, ?3 \
                     WHERE (SELECT COUNT(*) FROM notice) < ?4",
                )?
                .execute(params![
                    notice.id.0.as_slice(),
                    stored(notice.runs_out),
                    notice.record,
                    i64::try_from(most).unwrap_or(i64::MAX)
                ])?;
            database
                .prepare_cached("SELECT 1 FROM notice WHERE id = ?1 AND record = ?2")?
                .exists(params![notice.id.0.as_slice(), notice.record])
        })
    }

    fn notices(&self) -> Answer<'_, Vec<StoredNotice>> {
        self.thread.ask(|database| {
            let mut statement = database
                .prepare_cached("SELECT id, runs_out, record FROM notice ORDER BY number")?;
            let mut readers = database.prepare_cached(
                "SELECT device FROM notice_read WHERE notice = ?1 ORDER BY device",
            )?;
            let notices = statement.query_map([], |row| {
                Ok((row.get::<_, [u8; 16]>(0)?, whole(row.get(1)?), row.get(2)?))
            })?;
            let mut all = Vec::new();
            for notice in notices {
                let (id, runs_out, record) = notice?;
                let read_by = readers.query_map([id.as_slice()], |row| row.get(0))?;
                let read_by = read_by.collect::<rusqlite::Result<_>>()?;
                all.push(StoredNotice { id: HostNoticeId(id), runs_out, record, read_by });
            }
            Ok(all)
        })
    }

    fn read_notice(&self, id: HostNoticeId, device: [u8; 32]) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "INSERT OR IGNORE INTO notice_read SELECT id, ?2 FROM notice WHERE id = ?1",
                )?
                .execute(params![id.0.as_slice(), device.as_slice()])?;
            Ok(())
        })
    }

    fn withdraw_notice(&self, id: HostNoticeId) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            let removed = database
                .prepare_cached("DELETE FROM notice WHERE id = ?1")?
                .execute([id.0.as_slice()])?;
            database.prepare_cached(FORGET_READERS)?.execute([])?;
            Ok(removed == 1)
        })
    }

    fn audit_from(&self, number: u64, most: usize) -> Answer<'_, Vec<Record>> {
        self.thread.ask(move |database| {
            let mut statement = database.prepare_cached(
                "SELECT entry FROM audit WHERE number >= ?1 ORDER BY number LIMIT ?2",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            statement.query_map([stored(number), most], |row| row.get(0))?.collect()
        })
    }

    fn audit_last(&self) -> Answer<'_, Option<Record>> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("SELECT entry FROM audit ORDER BY number DESC LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()
        })
    }

    fn put_audit(&self, number: u64, at: u64, entry: Record, most: usize) -> Answer<'_, bool> {
        self.thread.ask(move |database| {
            let put = database
                .prepare_cached(
                    "INSERT INTO audit (number, at, entry) SELECT ?1, ?2, ?3 \
                     WHERE (SELECT COALESCE(MAX(number), 0) FROM audit) = ?1 - 1",
                )?
                .execute(params![stored(number), stored(at), entry])?;
            if put == 1 {
                let gone = stored(number.saturating_sub(most as u64));
                database.prepare_cached("DELETE FROM audit WHERE number <= ?1")?.execute([gone])?;
            }
            Ok(put == 1)
        })
    }

    fn forget_audit(&self, before: u64) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached(
                    "DELETE FROM audit WHERE at < ?1 AND number < (SELECT MAX(number) FROM audit)",
                )?
                .execute([stored(before)])?;
            Ok(())
        })
    }

    fn remove_audit(&self) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database.prepare_cached("DELETE FROM audit")?.execute([])?;
            Ok(())
        })
    }

    fn forget_expired(&self, now: u64) -> Answer<'_, ()> {
        self.thread.ask(move |database| {
            database
                .prepare_cached("DELETE FROM answers WHERE runs_out <= ?1")?
                .execute([stored(now)])?;
            database
                .prepare_cached("DELETE FROM counts WHERE runs_out <= ?1")?
                .execute([stored(now)])?;
            database
                .prepare_cached("DELETE FROM invitation WHERE expires <= ?1")?
                .execute([stored(now)])?;
            database
                .prepare_cached("DELETE FROM notice WHERE runs_out <= ?1")?
                .execute([stored(now)])?;
            database.prepare_cached(FORGET_READERS)?.execute([])?;
            Ok(())
        })
    }
}

/// Who has read a notice goes with it.
const FORGET_READERS: &str = "DELETE FROM notice_read WHERE notice NOT IN (SELECT id FROM notice)";

fn replace(
    database: &Connection,
    kind: i64,
    replaces: u64,
    with: &Versioned,
) -> rusqlite::Result<bool> {
    let changed = if replaces == 0 {
        database
            .prepare_cached("INSERT OR IGNORE INTO versioned VALUES (?1, ?2, ?3)")?
            .execute(params![kind, stored(with.version), with.record])?
    } else {
        database
            .prepare_cached(
                "UPDATE versioned SET version = ?2, record = ?3 WHERE kind = ?1 AND version = ?4",
            )?
            .execute(params![kind, stored(with.version), with.record, stored(replaces)])?
    };
    Ok(changed == 1)
}

fn state(row: &Row<'_>) -> rusqlite::Result<InvitationState> {
    Ok(InvitationState { invitation: row.get(0)?, request: row.get(1)?, completion: row.get(2)? })
}

#[cfg(test)]
mod tests;
