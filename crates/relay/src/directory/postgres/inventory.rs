//! Counts what is really in the program's schema: every column of every table, and every byte of their files
//! (`features.md` 6.2).
//!
//! One list names each column (`directory/inventory.rs`). What is there and not on the list comes out as
//! [`Stored::Unknown`]; all sums together are what the database says that the schema's tables and indexes take.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, query_as, query_scalar};

use crate::directory::inventory::{LIST, Rows, SHARED};
use crate::directory::{Stored, Tally, whole};

/// What the migrations write down about themselves, which is structure.
const MIGRATIONS: &str = "_sqlx_migrations";

/// A table's column, and its type.
type Column = (String, String, String);

/// All that is accounted for.
fn list() -> impl Iterator<Item = &'static Rows> + Clone {
    LIST.iter().chain(SHARED)
}

/// The tables of the records.
pub(super) fn tables() -> BTreeSet<&'static str> {
    list().map(|rows| rows.table).collect()
}

/// Counts the whole schema.
pub(super) async fn count(database: &mut PgConnection) -> sqlx::Result<Vec<Tally>> {
    let columns = columns(database).await?;
    let mut all = Vec::new();
    for rows in list() {
        let own: Vec<&Column> = columns
            .iter()
            .filter(|(table, name, _)| rows.table == table && rows.columns.contains(&&**name))
            .collect();
        let (count, bytes) = size(database, rows.table, &own, rows.only).await?;
        all.push(Tally { stored: rows.stored.clone(), count, bytes });
    }
    all.extend(strangers(database, &columns).await?);
    let records = all.iter().map(|tally| tally.bytes).sum::<u64>();
    let taken: i64 = query_scalar(
        "SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0)::BIGINT FROM pg_class \
         WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind IN ('r', 'm', 'S')",
    )
    .fetch_one(database)
    .await?;
    let structure = whole(taken).saturating_sub(records);
    all.push(Tally { stored: Stored::Structure, count: 1, bytes: structure });
    Ok(all)
}

async fn columns(database: &mut PgConnection) -> sqlx::Result<Vec<Column>> {
    query_as(
        "SELECT relname::TEXT, attname::TEXT, format_type(atttypid, NULL) FROM pg_attribute \
         JOIN pg_class ON pg_class.oid = attrelid \
         WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind IN ('r', 'm', 'p') \
         AND attnum > 0 AND NOT attisdropped AND relname <> $1 ORDER BY relname, attnum",
    )
    .bind(MIGRATIONS)
    .fetch_all(database)
    .await
}

/// How many rows, and their bytes: whole numbers as the eight bytes that they take, everything else by its length.
async fn size(
    database: &mut PgConnection,
    table: &str,
    columns: &[&Column],
    only: &str,
) -> sqlx::Result<(u64, u64)> {
    let bytes = columns.iter().map(|(_, name, kind)| {
        let name = quoted(name);
        match kind.as_str() {
            "bigint" => format!("CASE WHEN {name} IS NULL THEN 0 ELSE 8 END"),
            "bytea" => format!("COALESCE(octet_length({name}), 0)"),
            _ => format!("COALESCE(octet_length({name}::TEXT), 0)"),
        }
    });
    let bytes: Vec<String> = bytes.collect();
    let bytes = if bytes.is_empty() { "0".to_owned() } else { bytes.join(" + ") };
    let question = format!(
        "SELECT COUNT(*), COALESCE(SUM({bytes}), 0)::BIGINT FROM {} WHERE {only}",
        quoted(table)
    );
    let (count, bytes): (i64, i64) = query_as(AssertSqlSafe(question)).fetch_one(database).await?;
    Ok((whole(count), whole(bytes)))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Tables, columns and rows that no line of the list names.
async fn strangers(database: &mut PgConnection, columns: &[Column]) -> sqlx::Result<Vec<Tally>> {
    let mut strangers = Vec::new();
    let listed = |(table, name, _): &&Column| {
        list().any(|rows| rows.table == table && rows.columns.contains(&&**name))
    };
    for column in columns.iter().filter(|column| !listed(column)) {
        let (table, name, _) = column;
        let (count, bytes) = size(database, table, &[column], "TRUE").await?;
        let stored = Stored::Unknown(format!("{table}.{name}"));
        strangers.push(Tally { stored, count, bytes });
    }
    for table in tables() {
        let own: Vec<&Column> =
            columns.iter().filter(listed).filter(|(of, _, _)| of == table).collect();
        let others = list().filter(|rows| rows.table == table);
        let others: Vec<String> = others.map(|rows| format!("NOT ({})", rows.only)).collect();
        let (count, bytes) = size(database, table, &own, &others.join(" AND ")).await?;
        if count > 0 {
            strangers.push(Tally { stored: Stored::Unknown(table.to_owned()), count, bytes });
        }
    }
    Ok(strangers)
}
