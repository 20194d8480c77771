//! The connections to a database that several relays share: opening it, and one question at a time.
//!
//! Each program has a schema of its own, which is the whole search path of its connections: no question names a schema,
//! so that the rows of another program cannot be reached. Whatever changes something waits for a lock of its program
//! first, so that the relays of one program change one thing after the other, as one relay does on its own thread.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, Postgres, SqlSafeStr as _, query,
    query_scalar,
};
use stillroom_program::Fingerprint;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::config;
use crate::directory::{Answer, DirectoryError};

/// Connections of one program: what is asked is short, and asked by one task after the other.
const CONNECTIONS: u32 = 2;

/// How long a question may take, with the connection to ask it on. A stopped database, which refuses nothing, is found
/// out by it.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// How long opening may take: another relay may be changing the tables.
const OPEN_WITHIN: Duration = Duration::from_secs(30);

/// How long a database that did not answer is not asked, so that those who wait are told at once.
const REST: Duration = Duration::from_secs(1);

/// What the server gives up by itself, in milliseconds, for a relay that is gone.
const SERVER_LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "10000"),
    ("lock_timeout", "5000"),
    ("idle_in_transaction_session_timeout", "10000"),
];

/// The same where all records are moved or read at once.
const LIMITS_FOR_LONG: [(&str, &str); 2] =
    [("statement_timeout", "600000"), ("idle_in_transaction_session_timeout", "600000")];

/// Every change of the tables since the first version, by number.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "records", include_str!("migrations/0001-records.sql")),
    (2, "unsampled", include_str!("migrations/0002-unsampled.sql")),
    (3, "host", include_str!("migrations/0003-host.sql")),
];

/// What a question makes on its connection.
pub(super) type Asked<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// One program's part of a database.
pub(super) struct Shared {
    pool: PgPool,
    lock: i64,
    /// When it did not answer last, if it has not since.
    away: Mutex<Option<Instant>>,
}

impl Shared {
    pub(super) async fn open(
        config: &config::Postgres,
        root: &Fingerprint,
    ) -> Result<Self, DirectoryError> {
        let options = opened(config, root).await?;
        let lock = lock(root);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ANSWER_WITHIN)
            .connect_lazy_with(options);
        Ok(Self { pool, lock, away: Mutex::new(None) })
    }

    /// Puts a question.
    pub(super) fn look<T: Send + 'static>(
        &self,
        question: impl for<'c> FnOnce(&'c mut PgConnection) -> Asked<'c, T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            self.not_resting()?;
            let answer = timeout(ANSWER_WITHIN, async {
                let mut asking = Asking(Some(self.pool.acquire().await?));
                let answer = question(asking.connection()?).await;
                asking.answered();
                answer
            });
            self.heard(answer.await)
        })
    }

    /// Changes something, wholly or not at all, when no other relay of this program does.
    pub(super) fn change<T: Send + 'static>(
        &self,
        change: impl for<'c> FnOnce(&'c mut PgConnection) -> Asked<'c, T> + Send + 'static,
    ) -> Answer<'_, T> {
        let lock = self.lock;
        self.look(move |connection| {
            Box::pin(async move {
                let mut whole = connection.begin().await?;
                query("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(&mut *whole).await?;
                let answer = change(&mut whole).await?;
                whole.commit().await?;
                Ok(answer)
            })
        })
    }

    fn not_resting(&self) -> Result<(), DirectoryError> {
        let away = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match away {
            Some(since) if since.elapsed() < REST => {
                Err(DirectoryError::Away("it did not a moment ago".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Says once that it does not answer, and once that it does again.
    fn heard<T>(
        &self,
        answer: Result<sqlx::Result<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, DirectoryError> {
        let answer = match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(away(error)),
            Err(_) => Err(too_long()),
        };
        let now = answer.as_ref().err().map(|_| Instant::now());
        let before =
            std::mem::replace(&mut *self.away.lock().unwrap_or_else(PoisonError::into_inner), now);
        match (&answer, before) {
            (Err(error), None) => tracing::error!(%error, "the lasting records do not answer"),
            (Ok(_), Some(_)) => tracing::info!("the lasting records answer again"),
            _ => {}
        }
        answer
    }
}

/// One connection on which a question may take long, and the number of the program's lock.
pub(super) async fn connect_for_long(
    config: &config::Postgres,
    root: &Fingerprint,
) -> Result<(PgConnection, i64), DirectoryError> {
    let options = opened(config, root).await?.options(LIMITS_FOR_LONG);
    Ok((options.connect().await.map_err(away)?, lock(root)))
}

/// How the program's part of the database is reached, once it is what this version needs.
async fn opened(
    config: &config::Postgres,
    root: &Fingerprint,
) -> Result<PgConnectOptions, DirectoryError> {
    let options = options(config)?.options([("search_path", schema(root))]);
    let opened = timeout(OPEN_WITHIN, set_up(&options, root)).await;
    opened.map_err(|_| too_long())??;
    Ok(options)
}

/// A connection that goes back to the others only once its question was answered; one on which an answer is still to
/// come is closed, however long its server would be silent.
struct Asking(Option<PoolConnection<Postgres>>);

impl Asking {
    fn connection(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.0.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    fn answered(&mut self) {
        self.0 = None;
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        // Without a word to the server: dropping it closes the socket.
        drop(self.0.take().map(PoolConnection::detach));
    }
}

/// How the database is reached. One on another computer by TLS alone, whatever the address says.
fn options(config: &config::Postgres) -> Result<PgConnectOptions, DirectoryError> {
    // The library's own words could hold the address.
    let mut options: PgConnectOptions = config.url.parse().map_err(|_| {
        DirectoryError::Unusable("the address of the database cannot be read".to_owned())
    })?;
    if let Some(file) = &config.password_file {
        let password = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| {
            DirectoryError::Unusable(format!("the database's password cannot be read: {error}"))
        })?;
        options = options.password(password.trim_end_matches(['\r', '\n']));
    }
    if let Some(ca) = &config.ca {
        options = options.ssl_root_cert(ca);
    }
    if !is_on_this_computer(&options) {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    Ok(options.application_name("stillroom").options(SERVER_LIMITS).disable_statement_logging())
}

fn is_on_this_computer(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || Path::new(host).is_absolute()
        || host == "localhost"
        || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The schema of the program: half of its fingerprint is enough to name it, and all of it is compared.
fn schema(root: &Fingerprint) -> String {
    let digits = root.0.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("stillroom_{}", digits.collect::<String>())
}

/// The number of the program's lock among all of the database.
fn lock(root: &Fingerprint) -> i64 {
    let mut first = [0; 8];
    first.iter_mut().zip(root.0).for_each(|(to, from)| *to = from);
    i64::from_be_bytes(first)
}

/// Makes the program's part of the database what this version needs. Relays that start at once do so one after the
/// other; the lock goes with the connection.
async fn set_up(options: &PgConnectOptions, root: &Fingerprint) -> Result<(), DirectoryError> {
    let mut database = options.connect().await.map_err(away)?;
    let took = query("SELECT pg_advisory_lock($1)").bind(lock(root)).execute(&mut database).await;
    took.map_err(away)?;
    let steps = MIGRATIONS.map(|(number, name, sql)| {
        Migration::new(number, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(steps.into());
    migrator.set_locking(false).create_schema(schema(root));
    migrator.run_direct(None, &mut database, false).await.map_err(not_migrated)?;
    let ours = whose(&mut database, root).await.map_err(away)?;
    let _ = database.close().await;
    if ours { Ok(()) } else { Err(DirectoryError::OtherProgram) }
}

async fn whose(database: &mut PgConnection, root: &Fingerprint) -> sqlx::Result<bool> {
    query("INSERT INTO program SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM program)")
        .bind(root.0.as_slice())
        .execute(&mut *database)
        .await?;
    let kept: Vec<u8> = query_scalar("SELECT root FROM program").fetch_one(database).await?;
    Ok(kept == root.0)
}

fn not_migrated(error: MigrateError) -> DirectoryError {
    match error {
        MigrateError::VersionMissing(_) => DirectoryError::DatabaseFromLater,
        error => DirectoryError::Away(error.to_string()),
    }
}

pub(super) fn away(error: sqlx::Error) -> DirectoryError {
    DirectoryError::Away(error.to_string())
}

fn too_long() -> DirectoryError {
    DirectoryError::Away("it took too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(url: &str) -> PgConnectOptions {
        options(&config::Postgres { url: url.to_owned(), password_file: None, ca: None }).unwrap()
    }

    #[test]
    fn a_database_on_another_computer_is_reached_by_tls_alone() {
        for url in ["postgres://relay@db.example/x?sslmode=disable", "postgres://relay@192.0.2.7/x"]
        {
            assert!(matches!(to(url).get_ssl_mode(), PgSslMode::VerifyFull), "{url}");
        }
        assert!(!matches!(
            to("postgres://relay@127.0.0.1/x").get_ssl_mode(),
            PgSslMode::VerifyFull
        ));
    }
}
