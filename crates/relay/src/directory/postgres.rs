//! The lasting state in a PostgreSQL database that several relays share (`decisions/0045`).
//!
//! A folder of the relay's own stays: for the way in from the command line, and the host's key. What is deleted is
//! really gone from the tables once they were written anew ([`Directory::forget_expired`]); what stays in the
//! database's own log and in back-ups is for whoever runs it. All of it is public or sealed.

mod inventory;
mod moving;
mod shared;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use sqlx::{AssertSqlSafe, PgConnection, query, query_as, query_scalar};
use stillroom_program::Fingerprint;
use stillroom_protocol::{HostNoticeId, InvitationId};

use super::{
    Answer, Directory, DirectoryError, InvitationState, Kind, Record, Sealed, StoredNotice, Tally,
    Versioned, folder, stored, whole,
};
use crate::config;
pub(super) use moving::Target;
use shared::Shared;

/// In how many rounds of [`Directory::forget_expired`] the tables are written anew after a change. A transaction that
/// was open in the first keeps what it could still see, and a change may come to its end in the midst of it.
const ROUNDS: u8 = 2;

/// [`Directory`] in a database.
pub struct Postgres {
    shared: Shared,
    folder: PathBuf,
    /// In how many rounds the tables are still to be written anew.
    rounds: AtomicU8,
    /// Held as long as the folder is in use.
    _lock: folder::Taken,
}

impl Postgres {
    /// Opens the part of the database that is this program's, or makes it.
    ///
    /// # Errors
    /// [`DirectoryError`]: the folder is in use or holds records that were not moved, or the database does not answer
    /// or is another version's.
    pub async fn open(
        config: &config::Postgres,
        own: &Path,
        root: &Fingerprint,
    ) -> Result<Self, DirectoryError> {
        let lock = folder::take(own)?;
        if folder::has_records(own)? {
            return Err(DirectoryError::NotMoved);
        }
        let shared = Shared::open(config, root).await?;
        let rounds = AtomicU8::new(ROUNDS);
        Ok(Self { shared, folder: own.to_owned(), rounds, _lock: lock })
    }

    /// A change, after which the tables hold something that is no longer to be there.
    fn change<T: Send + 'static>(
        &self,
        change: impl for<'c> FnOnce(&'c mut PgConnection) -> shared::Asked<'c, T> + Send + 'static,
    ) -> Answer<'_, T> {
        self.rounds.store(ROUNDS, Ordering::Relaxed);
        self.shared.change(change)
    }

    /// Writes every table anew, in a round that is due. One that somebody reads just now, a back-up for instance, is
    /// not waited for, since everybody else would wait behind: it has its turn in the next round.
    async fn write_anew(&self) -> Result<(), DirectoryError> {
        let due = self
            .rounds
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |rounds| rounds.checked_sub(1));
        if due.is_err() {
            return Ok(());
        }
        for table in inventory::tables() {
            let written = self.shared.look(move |database| Box::pin(write_anew(database, table)));
            let written = written.await;
            if !matches!(written, Ok(true)) {
                self.rounds.store(ROUNDS, Ordering::Relaxed);
            }
            written?;
        }
        Ok(())
    }
}

/// Whether it was written anew: then its rows are in another file.
async fn write_anew(database: &mut PgConnection, table: &str) -> sqlx::Result<bool> {
    let file = "SELECT pg_relation_filenode($1::REGCLASS)::BIGINT";
    let before: i64 = query_scalar(file).bind(table).fetch_one(&mut *database).await?;
    let anew = AssertSqlSafe(format!("VACUUM (FULL, SKIP_LOCKED) {table}"));
    query(anew).execute(&mut *database).await?;
    let after: i64 = query_scalar(file).bind(table).fetch_one(database).await?;
    Ok(before != after)
}

impl Directory for Postgres {
    fn newest(&self, kind: Kind) -> Answer<'_, Option<Versioned>> {
        self.shared.look(move |database| {
            Box::pin(async move {
                let newest = query_as("SELECT version, record FROM versioned WHERE kind = $1")
                    .bind(kind.number())
                    .fetch_optional(database)
                    .await?;
                Ok(newest.map(versioned))
            })
        })
    }

    fn replace(&self, kind: Kind, replaces: u64, with: Versioned) -> Answer<'_, bool> {
        self.change(move |database| Box::pin(replace(database, kind, replaces, with)))
    }

    fn replace_policy(&self, replaces: u64, with: Versioned, most: usize) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                let kind = Kind::Policy;
                let former: Option<(i64, Record)> = query_as(
                    "SELECT version, record FROM versioned WHERE kind = $1 AND version = $2",
                )
                .bind(kind.number())
                .bind(stored(replaces))
                .fetch_optional(&mut *database)
                .await?;
                if !replace(database, kind, replaces, with).await? {
                    return Ok(false);
                }
                if let Some((version, record)) = former {
                    query(
                        "INSERT INTO policy_former VALUES ($1, $2) \
                         ON CONFLICT (version) DO UPDATE SET record = excluded.record",
                    )
                    .bind(version)
                    .bind(record)
                    .execute(&mut *database)
                    .await?;
                }
                query(
                    "DELETE FROM policy_former WHERE version NOT IN \
                     (SELECT version FROM policy_former ORDER BY version DESC LIMIT $1)",
                )
                .bind(at_most(most))
                .execute(database)
                .await?;
                Ok(true)
            })
        })
    }

    fn former_policies(&self) -> Answer<'_, Vec<Versioned>> {
        self.shared.look(|database| {
            Box::pin(async move {
                let former: Vec<(i64, Record)> =
                    query_as("SELECT version, record FROM policy_former ORDER BY version DESC")
                        .fetch_all(database)
                        .await?;
                Ok(former.into_iter().map(versioned).collect())
            })
        })
    }

    fn remove_former_policy(&self, version: u64) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                let remove = query("DELETE FROM policy_former WHERE version = $1");
                remove.bind(stored(version)).execute(database).await.map(drop)
            })
        })
    }

    fn put_locale(&self, hash: [u8; 32], file: Record, most: usize) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "INSERT INTO locale (hash, file) SELECT $1, $2 \
                     WHERE (SELECT COUNT(*) FROM locale) < $3 ON CONFLICT DO NOTHING",
                )
                .bind(hash)
                .bind(file)
                .bind(at_most(most))
                .execute(&mut *database)
                .await?;
                query_scalar("SELECT EXISTS (SELECT 1 FROM locale WHERE hash = $1)")
                    .bind(hash)
                    .fetch_one(database)
                    .await
            })
        })
    }

    fn locale(&self, hash: [u8; 32]) -> Answer<'_, Option<Record>> {
        self.shared.look(move |database| {
            Box::pin(async move {
                let file = query_scalar("SELECT file FROM locale WHERE hash = $1");
                file.bind(hash).fetch_optional(database).await
            })
        })
    }

    fn keep_locales(&self, hashes: Vec<[u8; 32]>) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
                let remove = query("DELETE FROM locale WHERE hash <> ALL ($1)");
                remove.bind(hashes).execute(database).await.map(drop)
            })
        })
    }

    fn staff(&self, most: usize) -> Answer<'_, Vec<Record>> {
        self.shared.look(move |database| {
            Box::pin(async move {
                let staff = query_scalar("SELECT record FROM staff ORDER BY number LIMIT $1");
                staff.bind(at_most(most)).fetch_all(database).await
            })
        })
    }

    fn put_staff(&self, device: [u8; 32], record: Record) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "INSERT INTO staff SELECT COALESCE(MAX(number), 0) + 1, $1, $2 FROM staff \
                     ON CONFLICT (device) DO UPDATE SET record = excluded.record",
                )
                .bind(device)
                .bind(record)
                .execute(database)
                .await
                .map(drop)
            })
        })
    }

    fn invite(
        &self,
        id: InvitationId,
        expires: u64,
        invitation: Record,
        most: usize,
    ) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "INSERT INTO invitation (id, expires, invitation) SELECT $1, $2, $3 \
                     WHERE (SELECT COUNT(*) FROM invitation) < $4 ON CONFLICT DO NOTHING",
                )
                .bind(id.0)
                .bind(stored(expires))
                .bind(&invitation)
                .bind(at_most(most))
                .execute(&mut *database)
                .await?;
                query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM invitation WHERE id = $1 AND invitation = $2)",
                )
                .bind(id.0)
                .bind(&invitation)
                .fetch_one(database)
                .await
            })
        })
    }

    fn invitation(&self, id: InvitationId, now: u64) -> Answer<'_, Option<InvitationState>> {
        self.shared.look(move |database| {
            Box::pin(async move {
                let state: Option<(Record, Option<Record>, Option<Record>)> = query_as(
                    "SELECT invitation, request, completion FROM invitation \
                     WHERE id = $1 AND expires > $2",
                )
                .bind(id.0)
                .bind(stored(now))
                .fetch_optional(database)
                .await?;
                Ok(state.map(|(invitation, request, completion)| InvitationState {
                    invitation,
                    request,
                    completion,
                }))
            })
        })
    }

    fn enrol(&self, id: InvitationId, now: u64, request: Record) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                let changed = query(
                    "UPDATE invitation SET request = $3 WHERE id = $1 AND expires > $2 \
                     AND (completion IS NULL OR request = $3)",
                )
                .bind(id.0)
                .bind(stored(now))
                .bind(request)
                .execute(database)
                .await?;
                Ok(changed.rows_affected() == 1)
            })
        })
    }

    fn complete(&self, id: InvitationId, now: u64, completion: Record) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                let changed = query(
                    "UPDATE invitation SET completion = $3 WHERE id = $1 AND expires > $2 \
                     AND request IS NOT NULL",
                )
                .bind(id.0)
                .bind(stored(now))
                .bind(completion)
                .execute(database)
                .await?;
                Ok(changed.rows_affected() == 1)
            })
        })
    }

    fn end_invitation(&self, id: InvitationId, at: u64) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                let end = "UPDATE invitation SET expires = LEAST(expires, $2) WHERE id = $1";
                query(end).bind(id.0).bind(stored(at)).execute(database).await.map(drop)
            })
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
                "INSERT INTO answers SELECT $1, $2, $3 WHERE (SELECT COUNT(*) FROM answers) < $4 \
                 ON CONFLICT DO NOTHING",
                "SELECT EXISTS (SELECT 1 FROM answers WHERE id = $1 AND batch = $2)",
            ),
            Sealed::Counts => (
                "INSERT INTO counts SELECT $1, $2, $3 WHERE (SELECT COUNT(*) FROM counts) < $4 \
                 ON CONFLICT DO NOTHING",
                "SELECT EXISTS (SELECT 1 FROM counts WHERE id = $1 AND record = $2)",
            ),
        };
        self.change(move |database| {
            Box::pin(async move {
                query(put)
                    .bind(id)
                    .bind(stored(runs_out))
                    .bind(&record)
                    .bind(at_most(most))
                    .execute(&mut *database)
                    .await?;
                query_scalar(is_there).bind(id).bind(&record).fetch_one(database).await
            })
        })
    }

    fn next_sealed(&self, what: Sealed) -> Answer<'_, Option<Record>> {
        let next = match what {
            Sealed::Answers => "SELECT batch FROM answers ORDER BY id LIMIT 1",
            Sealed::Counts => "SELECT record FROM counts ORDER BY id LIMIT 1",
        };
        self.shared.look(move |database| Box::pin(query_scalar(next).fetch_optional(database)))
    }

    fn destroy_sealed(&self, what: Sealed, id: [u8; 16]) -> Answer<'_, ()> {
        let destroy = match what {
            Sealed::Answers => "DELETE FROM answers WHERE id = $1",
            Sealed::Counts => "DELETE FROM counts WHERE id = $1",
        };
        self.change(move |database| {
            Box::pin(async move { query(destroy).bind(id).execute(database).await.map(drop) })
        })
    }

    fn put_notice(&self, notice: StoredNotice, most: usize) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "INSERT INTO notice SELECT \
                     (SELECT COALESCE(MAX(number), 0) + 1 FROM notice), $1, $2, $3 \
                     WHERE (SELECT COUNT(*) FROM notice) < $4 ON CONFLICT DO NOTHING",
                )
                .bind(notice.id.0)
                .bind(stored(notice.runs_out))
                .bind(&notice.record)
                .bind(at_most(most))
                .execute(&mut *database)
                .await?;
                query_scalar("SELECT EXISTS (SELECT 1 FROM notice WHERE id = $1 AND record = $2)")
                    .bind(notice.id.0)
                    .bind(&notice.record)
                    .fetch_one(database)
                    .await
            })
        })
    }

    fn notices(&self) -> Answer<'_, Vec<StoredNotice>> {
        self.shared.look(|database| {
            Box::pin(async move {
                let notices: Vec<NoticeRow> = query_as(
                    "SELECT id, runs_out, record, ARRAY \
                     (SELECT device FROM notice_read WHERE notice = id ORDER BY device) \
                     FROM notice ORDER BY number",
                )
                .fetch_all(database)
                .await?;
                let notice = |(id, runs_out, record, read_by): NoticeRow| StoredNotice {
                    id: HostNoticeId(id),
                    runs_out: whole(runs_out),
                    record,
                    read_by,
                };
                Ok(notices.into_iter().map(notice).collect())
            })
        })
    }

    fn read_notice(&self, id: HostNoticeId, device: [u8; 32]) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "INSERT INTO notice_read SELECT id, $2 FROM notice WHERE id = $1 \
                     ON CONFLICT DO NOTHING",
                )
                .bind(id.0)
                .bind(device)
                .execute(database)
                .await
                .map(drop)
            })
        })
    }

    fn withdraw_notice(&self, id: HostNoticeId) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                let withdraw = query("DELETE FROM notice WHERE id = $1");
                let removed = withdraw.bind(id.0).execute(&mut *database).await?;
                query(FORGET_READERS).execute(database).await?;
                Ok(removed.rows_affected() == 1)
            })
        })
    }

    fn audit_from(&self, number: u64, most: usize) -> Answer<'_, Vec<Record>> {
        self.shared.look(move |database| {
            Box::pin(async move {
                query_scalar("SELECT entry FROM audit WHERE number >= $1 ORDER BY number LIMIT $2")
                    .bind(stored(number))
                    .bind(at_most(most))
                    .fetch_all(database)
                    .await
            })
        })
    }

    fn audit_last(&self) -> Answer<'_, Option<Record>> {
        self.shared.look(|database| {
            let last = query_scalar("SELECT entry FROM audit ORDER BY number DESC LIMIT 1");
            Box::pin(last.fetch_optional(database))
        })
    }

    fn put_audit(&self, number: u64, at: u64, entry: Record, most: usize) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                let put = query(
                    "INSERT INTO audit (number, at, entry) SELECT $1, $2, $3 \
                     WHERE (SELECT COALESCE(MAX(number), 0) FROM audit) = $1 - 1",
                )
                .bind(stored(number))
                .bind(stored(at))
                .bind(entry)
                .execute(&mut *database)
                .await?;
                if put.rows_affected() == 1 {
                    let gone = number.saturating_sub(most as u64);
                    let forget = query("DELETE FROM audit WHERE number <= $1");
                    forget.bind(stored(gone)).execute(database).await?;
                }
                Ok(put.rows_affected() == 1)
            })
        })
    }

    fn forget_audit(&self, before: u64) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                query(
                    "DELETE FROM audit WHERE at < $1 AND number < (SELECT MAX(number) FROM audit)",
                )
                .bind(stored(before))
                .execute(database)
                .await
                .map(drop)
            })
        })
    }

    fn remove_audit(&self) -> Answer<'_, ()> {
        self.change(|database| {
            Box::pin(async move { query("DELETE FROM audit").execute(database).await.map(drop) })
        })
    }

    /// And writes the tables anew where something was changed: what was deleted or replaced would stay in the free
    /// room of their files.
    fn forget_expired(&self, now: u64) -> Answer<'_, ()> {
        let forget = self.shared.change(move |database| {
            Box::pin(async move {
                let mut gone = 0;
                for expired in EXPIRED {
                    let expired = query(expired).bind(stored(now)).execute(&mut *database).await?;
                    gone += expired.rows_affected();
                }
                query(FORGET_READERS).execute(database).await?;
                Ok(gone)
            })
        });
        Box::pin(async move {
            if forget.await? > 0 {
                self.rounds.store(ROUNDS, Ordering::Relaxed);
            }
            self.write_anew().await
        })
    }

    fn remove(&self, kind: Kind, version: u64) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                query("DELETE FROM versioned WHERE kind = $1 AND version = $2")
                    .bind(kind.number())
                    .bind(stored(version))
                    .execute(database)
                    .await
                    .map(drop)
            })
        })
    }

    fn remove_staff(&self, device: [u8; 32]) -> Answer<'_, ()> {
        self.change(move |database| {
            Box::pin(async move {
                let remove = query("DELETE FROM staff WHERE device = $1");
                remove.bind(device).execute(database).await.map(drop)
            })
        })
    }

    fn locales(&self) -> Answer<'_, Vec<[u8; 32]>> {
        self.shared
            .look(|database| Box::pin(query_scalar("SELECT hash FROM locale").fetch_all(database)))
    }

    fn settle_host(&self, key: [u8; 32]) -> Answer<'_, bool> {
        self.change(move |database| {
            Box::pin(async move {
                query("INSERT INTO host SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM host)")
                    .bind(key)
                    .execute(&mut *database)
                    .await?;
                query_scalar("SELECT EXISTS (SELECT 1 FROM host WHERE key = $1)")
                    .bind(key)
                    .fetch_one(database)
                    .await
            })
        })
    }

    /// Whatever is being changed holds the program's lock until it is.
    fn settle(&self) -> Answer<'_, ()> {
        self.shared.change(|_| Box::pin(std::future::ready(Ok(()))))
    }

    fn inventory(&self) -> Answer<'_, Vec<Tally>> {
        let counted = self.shared.look(|database| Box::pin(inventory::count(database)));
        Box::pin(async move {
            let mut all = counted.await?;
            all.extend(folder::files(&self.folder, None));
            Ok(all)
        })
    }
}

/// A notice as it is read: its name, when it runs out, the record, who has read it.
type NoticeRow = ([u8; 16], i64, Record, Vec<[u8; 32]>);

/// What has run out.
const EXPIRED: [&str; 4] = [
    "DELETE FROM answers WHERE runs_out <= $1",
    "DELETE FROM counts WHERE runs_out <= $1",
    "DELETE FROM invitation WHERE expires <= $1",
    "DELETE FROM notice WHERE runs_out <= $1",
];

/// Who has read a notice goes with it.
const FORGET_READERS: &str = "DELETE FROM notice_read WHERE notice NOT IN (SELECT id FROM notice)";

async fn replace(
    database: &mut PgConnection,
    kind: Kind,
    replaces: u64,
    with: Versioned,
) -> sqlx::Result<bool> {
    let changed = if replaces == 0 {
        query("INSERT INTO versioned VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(kind.number())
            .bind(stored(with.version))
            .bind(with.record)
            .execute(database)
            .await?
    } else {
        query("UPDATE versioned SET version = $2, record = $3 WHERE kind = $1 AND version = $4")
            .bind(kind.number())
            .bind(stored(with.version))
            .bind(with.record)
            .bind(stored(replaces))
            .execute(database)
            .await?
    };
    Ok(changed.rows_affected() == 1)
}

fn versioned((version, record): (i64, Record)) -> Versioned {
    Versioned { version: whole(version), record }
}

fn at_most(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
