//! Counts what is really in the folder: every column of every table, and every file (`features.md` 6.2).
//!
//! One list names each column (`directory/inventory.rs`). What is in the database or in the folder and not on the list comes out
//! as [`Stored::Unknown`], so that nothing is passed over; all sums together are the sizes of the files.

use std::path::Path;

use rusqlite::Connection;

use crate::directory::inventory::{LIST, Rows};
use crate::directory::{Stored, Tally, folder, whole};

/// Counts the whole folder.
pub(super) fn count(database: &Connection, at: &Path) -> rusqlite::Result<Vec<Tally>> {
    let mut all = Vec::new();
    for rows in LIST {
        let (count, bytes) = size(database, rows.table, rows.columns, rows.only)?;
        all.push(Tally { stored: rows.stored.clone(), count, bytes });
    }
    all.extend(strangers(database)?);
    let records = all.iter().map(|tally| tally.bytes).sum::<u64>();
    all.extend(folder::files(at, Some(records)));
    Ok(all)
}

/// How many rows, and their bytes: text and blobs by their length, numbers as the eight bytes that they may take.
fn size(
    database: &Connection,
    table: &str,
    columns: &[impl AsRef<str>],
    only: &str,
) -> rusqlite::Result<(u64, u64)> {
    let column = |name: &str| {
        format!(
            "CASE typeof(\"{name}\") WHEN 'null' THEN 0 WHEN 'integer' THEN 8 WHEN 'real' THEN 8 \
             ELSE length(CAST(\"{name}\" AS BLOB)) END"
        )
    };
    let bytes: Vec<String> = columns.iter().map(|name| column(name.as_ref())).collect();
    let bytes = bytes.join(" + ");
    let question =
        format!("SELECT COUNT(*), COALESCE(SUM({bytes}), 0) FROM \"{table}\" WHERE {only}");
    database.query_row(&question, [], |row| Ok((whole(row.get(0)?), whole(row.get(1)?))))
}

/// The names of what no line of the list names.
pub(super) fn unknown(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let name = |tally: Tally| match tally.stored {
        Stored::Unknown(name) => Some(name),
        _ => None,
    };
    Ok(strangers(database)?.into_iter().filter_map(name).collect())
}

/// Tables, columns and rows that no line of the list names.
fn strangers(database: &Connection) -> rusqlite::Result<Vec<Tally>> {
    let mut strangers = Vec::new();
    let tables = names(
        database,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    for table in tables {
        let known: Vec<&Rows> = LIST.iter().filter(|rows| rows.table == table).collect();
        let columns = names(database, &format!("SELECT name FROM pragma_table_info('{table}')"))?;
        let listed = |column: &String| known.iter().any(|rows| rows.columns.contains(&&**column));
        for column in columns.iter().filter(|column| !listed(column)) {
            strangers.push(stranger(database, &table, &[column], "1", Some(column))?);
        }
        let others: Vec<String> = known.iter().map(|rows| format!("NOT ({})", rows.only)).collect();
        if !others.is_empty() {
            let listed: Vec<&String> = columns.iter().filter(|column| listed(column)).collect();
            let tally = stranger(database, &table, &listed, &others.join(" AND "), None)?;
            strangers.extend((tally.count > 0).then_some(tally));
        }
    }
    Ok(strangers)
}

fn stranger(
    database: &Connection,
    table: &str,
    columns: &[&String],
    only: &str,
    column: Option<&str>,
) -> rusqlite::Result<Tally> {
    let (count, bytes) = size(database, table, columns, only)?;
    let name = column.map_or_else(|| table.to_owned(), |column| format!("{table}.{column}"));
    Ok(Tally { stored: Stored::Unknown(name), count, bytes })
}

fn names(database: &Connection, question: &str) -> rusqlite::Result<Vec<String>> {
    database.prepare(question)?.query_map([], |row| row.get(0))?.collect()
}
