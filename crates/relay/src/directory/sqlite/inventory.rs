//! Counts what is really in the folder: every column of every table, and every file (`features.md` 6.2).
//!
//! The list below names each column. What is in the database or in the folder and not on the list comes out
//! as [`Stored::Unknown`], so that nothing is passed over; all sums together are the sizes of the files.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::thread::{DATABASE, LOCK};
use crate::directory::{Stored, Tally};

/// Rows of one table, and the columns that are accounted for.
struct Rows {
    stored: Stored,
    table: &'static str,
    /// Which rows of it.
    only: &'static str,
    columns: &'static [&'static str],
}

const fn rows(
    stored: Stored,
    table: &'static str,
    only: &'static str,
    columns: &'static [&'static str],
) -> Rows {
    Rows { stored, table, only, columns }
}

const VERSIONED: &[&str] = &["kind", "version", "record"];

/// All that the database holds.
const LIST: &[Rows] = &[
    rows(Stored::Root, "program", "1", &["root"]),
    rows(Stored::Policy, "versioned", "kind = 1", VERSIONED),
    rows(Stored::FormerPolicies, "policy_former", "1", &["version", "record"]),
    rows(Stored::Revocations, "versioned", "kind = 2", VERSIONED),
    rows(Stored::DutyKey, "versioned", "kind = 3", VERSIONED),
    rows(Stored::VaultKey, "versioned", "kind = 4", VERSIONED),
    rows(Stored::Vault, "versioned", "kind = 5", VERSIONED),
    rows(Stored::Staff, "staff", "1", &["number", "device", "record"]),
    rows(
        Stored::Invitations,
        "invitation",
        "1",
        &["id", "expires", "invitation", "request", "completion"],
    ),
    rows(Stored::Answers, "answers", "1", &["id", "runs_out", "batch"]),
    rows(Stored::Counts, "counts", "1", &["id", "runs_out", "record"]),
    rows(Stored::Locales, "locale", "1", &["hash", "file"]),
    rows(Stored::Notices, "notice", "1", &["number", "id", "runs_out", "record"]),
    rows(Stored::Audit, "audit", "1", &["number", "at", "entry"]),
    rows(Stored::NoticesRead, "notice_read", "1", &["notice", "device"]),
];

/// Files that are no records, and hold nothing of a program.
const OWN_FILES: &[&str] = &[LOCK, crate::control::SOCKET];

/// Counts the whole folder.
pub(super) fn count(database: &Connection, folder: &Path) -> rusqlite::Result<Vec<Tally>> {
    let mut all = Vec::new();
    for rows in LIST {
        let (count, bytes) = size(database, rows.table, rows.columns, rows.only)?;
        all.push(Tally { stored: rows.stored.clone(), count, bytes });
    }
    all.extend(strangers(database)?);
    let records = all.iter().map(|tally| tally.bytes).sum::<u64>();
    all.extend(files(folder, records));
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
    database
        .query_row(&question, [], |row| Ok((super::whole(row.get(0)?), super::whole(row.get(1)?))))
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

/// Every file of the folder: of the database what its `records` do not account for, and the others.
fn files(folder: &Path, records: u64) -> Vec<Tally> {
    let mut all = Vec::new();
    let (mut structure, mut own) = (0_u64, (0_u64, 0_u64));
    // A folder that holds an open database can be read.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = entry.metadata().map_or(0, |file| file.len());
        if name == DATABASE {
            structure += bytes.saturating_sub(records);
        } else if name == format!("{DATABASE}-journal") {
            structure += bytes;
        } else if OWN_FILES.contains(&&*name) {
            own = (own.0 + 1, own.1 + bytes);
        } else if name == crate::host_key::FILE {
            all.push(Tally { stored: Stored::HostKey, count: 1, bytes });
        } else if name == crate::tls::FOLDER {
            let (count, bytes) = within(&entry.path());
            all.push(Tally { stored: Stored::Certificates, count, bytes });
        } else {
            all.push(Tally { stored: Stored::Unknown(name), count: 1, bytes });
        }
    }
    all.push(Tally { stored: Stored::Structure, count: 1, bytes: structure });
    all.push(Tally { stored: Stored::OwnFile, count: own.0, bytes: own.1 });
    all
}

/// How many files there are in a folder, and their bytes.
fn within(folder: &Path) -> (u64, u64) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = files.filter_map(|file| file.metadata().ok()).map(|about| about.len());
    bytes.fold((0, 0), |(count, all), bytes| (count + 1, all + bytes))
}
