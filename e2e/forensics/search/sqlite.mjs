// A SQLite database: every cell of every table, of what is in its write-ahead log as well, and of what a
// crash left to be rolled back. SQLite itself reads it, in a copy. Cells that were deleted are found, if at
// all, in the raw bytes.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const HEAD = Buffer.from('SQLite format 3\0')

export const isSqlite = (bytes) => bytes.subarray(0, HEAD.length).equals(HEAD)

const quoted = (name) => `"${name.replaceAll('"', '""')}"`

/** The cells of the database in this file, as bytes, one after the other. */
export function cells(file) {
  return inCopy(file, (copy) => {
    const columns = ask(copy, `SELECT json_array(t.name, c.name) FROM sqlite_schema t, pragma_table_xinfo(t.name) c
      WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%'`).map((line) => JSON.parse(line))
    const queries = columns.map(([table, column]) =>
      `SELECT hex(CAST(${quoted(column)} AS BLOB)) FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL;`)
    return ask(copy, queries.join('\n')).map((line) => Buffer.from(line, 'hex'))
  })
}

/** What a query that selects JSON answers, of a database that may be in use. */
export const rows = (file, query) => inCopy(file, (copy) => ask(copy, query)).map((line) => JSON.parse(line))

function inCopy(file, then) {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'))
  try {
    const copy = join(folder, 'copy')
    for (const part of ['', '-wal', '-journal']) if (existsSync(file + part)) copyFileSync(file + part, copy + part)
    return then(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The lines of the answers to these queries. */
export function ask(file, queries) {
  const { status, stdout, stderr, error } = spawnSync('sqlite3', ['-batch', file], {
    input: Buffer.from(queries), maxBuffer: 1 << 30,
  })
  if (error) throw new Error('sqlite3 is not installed: cargo xtask setup installs it', { cause: error })
  if (status !== 0) throw new Error(String(stderr))
  return String(stdout).split('\n').filter(Boolean)
}
