//! Everything in the tables at once: read to be moved, and erased once it was.

use rusqlite::types::Value as Column;
use rusqlite::{Connection, Row};

use crate::directory::contents::{Contents, Value, tables};

/// Every row of every table.
pub(super) fn read(database: &Connection) -> rusqlite::Result<Contents> {
    let mut contents = Contents::default();
    for (table, columns) in tables() {
        let all = format!("SELECT {} FROM {table}", columns.join(", "));
        let mut statement = database.prepare(&all)?;
        let rows = statement.query_map([], |row| values(row, columns))?;
        contents.put(table, rows.collect::<rusqlite::Result<_>>()?);
    }
    Ok(contents)
}

fn values(row: &Row<'_>, columns: &[&str]) -> rusqlite::Result<Vec<Value>> {
    let value = |(at, name): (usize, &&str)| match row.get(at)? {
        Column::Null => Ok(Value::Nothing),
        Column::Integer(number) => Ok(Value::Number(number)),
        Column::Blob(bytes) => Ok(Value::Bytes(bytes)),
        other => Err(rusqlite::Error::InvalidColumnType(at, (*name).to_owned(), other.data_type())),
    };
    columns.iter().enumerate().map(value).collect()
}

/// Removes every row, and writes over where it was (`secure_delete`).
pub(super) fn erase(database: &Connection) -> rusqlite::Result<()> {
    let whole = database.unchecked_transaction()?;
    for table in tables().keys() {
        whole.execute(&format!("DELETE FROM {table}"), [])?;
    }
    whole.commit()
}
