//! A program's part of the database as something into which its records are moved.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, query};
use stillroom_program::Fingerprint;

use super::shared::{self, away};
use crate::config;
use crate::directory::DirectoryError;
use crate::directory::contents::{Contents, Value, tables};

/// One connection, on which all is moved or read.
pub(in crate::directory) struct Target {
    database: PgConnection,
    lock: i64,
}

impl Target {
    pub(in crate::directory) async fn open(
        to: &config::Postgres,
        root: &Fingerprint,
    ) -> Result<Self, DirectoryError> {
        let (database, lock) = shared::connect_for_long(to, root).await?;
        Ok(Self { database, lock })
    }

    /// Puts all of it in, wholly or not at all. Says no, and changes nothing, if there is something else already; all
    /// of it again is a yes.
    pub(in crate::directory) async fn fill(
        &mut self,
        contents: &Contents,
    ) -> Result<bool, DirectoryError> {
        fill(&mut self.database, self.lock, contents).await.map_err(away)
    }

    /// Every row of every table.
    pub(in crate::directory) async fn contents(&mut self) -> Result<Contents, DirectoryError> {
        read(&mut self.database).await.map_err(away)
    }
}

async fn fill(database: &mut PgConnection, lock: i64, contents: &Contents) -> sqlx::Result<bool> {
    let mut whole = database.begin().await?;
    // Whatever the role or the server has for its default: what is told to be there is on the disk.
    query("SET LOCAL synchronous_commit = on").execute(&mut *whole).await?;
    query("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(&mut *whole).await?;
    let there = read(&mut whole).await?;
    if !there.is_bare() {
        return Ok(there == *contents);
    }
    put(&mut whole, contents).await?;
    whole.commit().await?;
    Ok(true)
}

async fn put(database: &mut PgConnection, contents: &Contents) -> sqlx::Result<()> {
    let columns = tables();
    for (table, rows) in contents.tables() {
        let columns = columns.get(table).copied().unwrap_or_default();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let insert =
            format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        for row in rows {
            let insert = query(AssertSqlSafe(insert.clone()));
            let insert = row.iter().fold(insert, |insert, value| match value {
                Value::Nothing => insert.bind(None::<Vec<u8>>),
                Value::Number(number) => insert.bind(*number),
                Value::Bytes(bytes) => insert.bind(bytes),
            });
            insert.execute(&mut *database).await?;
        }
    }
    Ok(())
}

async fn read(database: &mut PgConnection) -> sqlx::Result<Contents> {
    let mut contents = Contents::default();
    for (table, columns) in tables() {
        let all = format!("SELECT {} FROM {table}", columns.join(", "));
        let rows = query(AssertSqlSafe(all)).fetch_all(&mut *database).await?;
        contents.put(table, rows.iter().map(values).collect::<sqlx::Result<_>>()?);
    }
    Ok(contents)
}

/// A column is a number or bytes; which of both its table says.
fn values(row: &PgRow) -> sqlx::Result<Vec<Value>> {
    let value = |at| match row.try_get::<Option<i64>, _>(at) {
        Ok(number) => Ok(number.map_or(Value::Nothing, Value::Number)),
        Err(_) => {
            let bytes: Option<Vec<u8>> = row.try_get(at)?;
            Ok(bytes.map_or(Value::Nothing, Value::Bytes))
        }
    };
    (0..row.len()).map(value).collect()
}
