//! All that a program's tables hold, as it is moved from one lasting state into another (`moving.rs`).

use std::collections::BTreeMap;

use super::inventory::LIST;

/// What stands in one column of one row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Nothing,
    Number(i64),
    Bytes(Vec<u8>),
}

/// The rows of every table, in an order of their own, so that two that hold the same are equal.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Contents(BTreeMap<&'static str, Vec<Vec<Value>>>);

/// Each table with its columns, but for the one that says whose they are, which no move changes.
pub(super) fn tables() -> BTreeMap<&'static str, &'static [&'static str]> {
    let tables = LIST.iter().map(|rows| (rows.table, rows.columns));
    tables.filter(|(table, _)| *table != "program").collect()
}

impl Contents {
    /// Adds a table.
    pub(super) fn put(&mut self, table: &'static str, mut rows: Vec<Vec<Value>>) {
        rows.sort();
        self.0.insert(table, rows);
    }

    /// Each table with its rows.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&'static str, &[Vec<Value>])> {
        self.0.iter().map(|(table, rows)| (*table, rows.as_slice()))
    }

    /// Whether no table has a row.
    pub(super) fn is_bare(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.0.values().map(|rows| rows.len() as u64).sum()
    }

    /// Their bytes: numbers as the eight that they may take, as the inventory counts.
    pub(super) fn bytes(&self) -> u64 {
        let size = |value: &Value| match value {
            Value::Nothing => 0,
            Value::Number(_) => 8,
            Value::Bytes(bytes) => bytes.len() as u64,
        };
        self.0.values().flatten().flatten().map(size).sum()
    }
}
