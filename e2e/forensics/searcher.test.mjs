// The search itself: a word is planted in each kind of store that it opens, in each form, and found there.
// Stores that browsers make are in `bites.test.mjs`.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { compressSync as lz4 } from 'lz4-napi'
import { compressSync as snappy } from 'snappy'

import { Needles, forms } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { ask } from './search/sqlite.mjs'

const WORD = 'Zwetschgenhörnlein'
const needles = new Needles([WORD])
const root = mkdtempSync(join(tmpdir(), 'searcher-'))
after(() => rmSync(root, { recursive: true, force: true }))

let number = 0
/** A folder with these files. */
function folder(files) {
  const path = join(root, String(number++))
  mkdirSync(path)
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), bytes)
  }
  return path
}

const kindsOf = (path, of = needles) => search(path, of).hits.map(({ kind }) => kind)
const u32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes }
const varint = (value) => value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))]
/** Long enough to be packed, with the word in it. */
const text = Buffer.from(`${'a quiet evening by the river, '.repeat(40)}${WORD}${', and so on'.repeat(40)}`)

describe('bytes', () => {
  test('each form of a word, wherever it stands', () => {
    const all = forms(WORD)
    assert.ok(new Set(all.map(({ how }) => how)).size >= 7)
    for (const { how, bytes } of all) {
      for (const before of [0, 1, 2, 3, 65_535]) {
        assert.ok(needles.in(Buffer.concat([Buffer.alloc(before, 0x20), bytes, Buffer.from('x')])).has(WORD), `${how} after ${before}`)
      }
    }
  })

  test('base64, whatever stands before', () => {
    for (const before of ['', '1', '12', '123']) {
      assert.ok(needles.in(Buffer.from(Buffer.from(`${before}${WORD} and more`).toString('base64'))).has(WORD))
    }
  })

  test('marks set together and apart', () => {
    const apart = new Needles(['n\u0303andu\u0308'])
    assert.ok(apart.in(Buffer.from('\u00f1and\u00fc')).size === 1)
    assert.ok(apart.in(Buffer.from('n\u0303andu\u0308')).size === 1)
  })

  test('every script, and the word that is not there', () => {
    const all = ['زهرقمندر', 'मुकुंदपरीलोक', '蓝楹渡花口', 'נחליאלפז', 'тихоречнице', 'ขนมฟ้าครามคลอง']
    const many = new Needles([...all, WORD])
    for (const encoding of ['utf8', 'utf16le']) {
      assert.deepEqual([...many.in(Buffer.from(all.join(' '), encoding)).keys()].sort(), [...all].sort())
    }
  })

  test('a word of three bytes is refused: it would be found everywhere', () => {
    assert.throws(() => new Needles(['abc']), /too short/)
  })

  test('a file’s own name', () => {
    assert.deepEqual(kindsOf(folder({ [`${WORD}.txt`]: '' })), ['its name'])
  })
})

describe('SQLite', () => {
  const made = (...queries) => {
    const path = folder({})
    ask(join(path, 'db'), queries.join(';'))
    return path
  }

  test('text, a blob, and text in UTF-16', () => {
    assert.deepEqual(kindsOf(made('CREATE TABLE t(a)', `INSERT INTO t VALUES('${WORD}')`)), ['raw', 'SQLite'])
    const hex = Buffer.from(WORD).toString('hex')
    assert.deepEqual(kindsOf(made('CREATE TABLE "a b"("c d" BLOB)', `INSERT INTO "a b" VALUES(x'00${hex}00')`)), ['raw', 'SQLite'])
    const wide = search(made("PRAGMA encoding='UTF-16le'", 'CREATE TABLE t(a)', `INSERT INTO t VALUES('${WORD}')`), needles)
    assert.deepEqual(wide.hits.map(({ kind, how }) => [kind, how]), [['raw', 'UTF-16'], ['SQLite', 'UTF-16']])
  })

  test('a text that lies across pages, in pieces', () => {
    // Pages of 512 bytes: a word at every offset is cut somewhere.
    const rows = Array.from({ length: 8 }, (_, at) => `INSERT INTO t VALUES('${'x'.repeat(440 + 8 * at)}${WORD}${'y'.repeat(2_000)}')`)
    for (const row of rows) assert.ok(kindsOf(made('PRAGMA page_size=512', 'CREATE TABLE t(a)', row)).includes('SQLite'))
  })

  test('what is in the write-ahead log alone', async () => {
    const open = folder({})
    const shell = spawn('sqlite3', ['-batch', join(open, 'db')], { stdio: ['pipe', 'pipe', 'inherit'] })
    shell.stdin.write(`PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES('${WORD}'); SELECT 'done';\n`)
    for await (const bytes of shell.stdout) if (String(bytes).includes('done')) break
    // As a killed browser leaves it: the log beside a database that knows nothing of it yet.
    const left = folder({})
    for (const name of ['db', 'db-wal']) copyFileSync(join(open, name), join(left, name))
    shell.stdin.end()
    const { hits } = search(left, needles)
    assert.deepEqual(hits.map(({ file, kind }) => [file, kind]), [['db', 'SQLite'], ['db-wal', 'raw']])
  })

  test('a cell that was deleted, in what is left of its page', () => {
    assert.deepEqual(kindsOf(made('PRAGMA secure_delete=off', 'CREATE TABLE t(a)', `INSERT INTO t VALUES('${WORD}')`, 'DELETE FROM t')), ['raw'])
  })

  test('a damaged database is not passed over in silence', () => {
    assert.throws(() => search(folder({ db: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(600, 7)]) }), needles), /could not be opened/)
  })
})

describe('LevelDB', () => {
  /** Pieces of 32 KiB blocks, as its log writer makes them. */
  const log = (payload) => {
    const parts = []
    for (let at = 0, room = 32_768 - 7; at < payload.length; at += room) {
      const piece = payload.subarray(at, at + room)
      const [first, last] = [at === 0, at + room >= payload.length]
      const kind = first ? (last ? 1 : 2) : (last ? 4 : 3)
      parts.push(Buffer.concat([Buffer.alloc(4), Buffer.from([piece.length & 255, piece.length >> 8, kind]), piece]))
    }
    return Buffer.concat(parts)
  }
  const blockOf = (entries) => {
    let key = Buffer.alloc(0)
    const parts = entries.map(([next, value]) => {
      let shared = 0
      while (shared < key.length && key[shared] === next[shared]) shared++
      key = next
      return Buffer.from([...varint(shared), ...varint(next.length - shared), ...varint(value.length), ...next.subarray(shared), ...value])
    })
    return Buffer.concat([...parts, u32(0), u32(1)])
  }
  const stored = (block, packed) => Buffer.concat([packed ? snappy(block) : block, Buffer.from([packed ? 1 : 0]), Buffer.alloc(4)])
  const table = (entries, packed) => {
    const data = stored(blockOf(entries), packed)
    const handle = (offset, bytes) => Buffer.from([...varint(offset), ...varint(bytes.length - 5)])
    const index = stored(blockOf([[Buffer.from('z'), handle(0, data)]]), packed)
    const footer = Buffer.alloc(48)
    Buffer.concat([handle(0, data), handle(data.length, index)]).copy(footer)
    Buffer.from('57fb808b247547db', 'hex').copy(footer, 40)
    return Buffer.concat([data, index, footer])
  }

  test('a table that is packed, and one that is not', () => {
    const entries = [[Buffer.from('key-a'), text], [Buffer.from('key-b'), text]]
    assert.deepEqual(kindsOf(folder({ '000005.ldb': table(entries, false) })), ['raw', 'LevelDB table'])
    assert.ok(kindsOf(folder({ '000005.ldb': table(entries, true) })).includes('LevelDB table'))
  })

  test('a key of which only the end is written', () => {
    const [whole, half] = [Buffer.from(WORD), Buffer.from(WORD.slice(0, 9))]
    const keys = kindsOf(folder({ '000005.ldb': table([[half, Buffer.from('1')], [whole, Buffer.from('2')]], true) }))
    assert.deepEqual(keys, ['LevelDB table'])
  })

  test('a log, and a record that lies across its blocks', () => {
    assert.ok(kindsOf(folder({ CURRENT: '', '000003.log': log(text) })).includes('LevelDB log'))
    const across = Buffer.concat([Buffer.alloc(32_768 - 7 - 5, 'x'), Buffer.from(WORD)])
    assert.deepEqual(kindsOf(folder({ CURRENT: '', '000003.log': log(across) })), ['LevelDB log'])
  })
})

describe('what is packed', () => {
  test('a session of Firefox', () => {
    const file = Buffer.concat([Buffer.from('mozLz40\0'), lz4(Buffer.concat([text, text]))])
    assert.ok(kindsOf(folder({ 'sessionstore-backups/recovery.jsonlz4': file })).includes('mozLz4'))
  })

  test('gzip, alone and in the middle of a file, whole and cut short', () => {
    const packed = gzipSync(text)
    for (const bytes of [packed, Buffer.concat([Buffer.alloc(99, 1), packed, Buffer.alloc(99, 2)]), packed.subarray(0, -9)]) {
      assert.deepEqual(kindsOf(folder({ file: bytes })), ['gzip'])
    }
  })

  test('gzip inside gzip, and inside a database', () => {
    assert.deepEqual(kindsOf(folder({ file: gzipSync(gzipSync(text)) })), ['gzip'])
    const path = folder({})
    ask(join(path, 'db'), `CREATE TABLE t(a); INSERT INTO t VALUES(x'${gzipSync(text).toString('hex')}')`)
    assert.ok(kindsOf(path).includes('gzip'))
  })
})

describe('the caches', () => {
  const simple = (body, head, key = 'https://chat.example/') => Buffer.concat([
    Buffer.from('305c72a71b6dfbfc', 'hex'), u32(5), u32(key.length), u32(0), u32(0), Buffer.from(key),
    body, Buffer.from('d8410d97456ffaf4', 'hex'), Buffer.alloc(16), Buffer.from(head),
  ])
  const firefox = (body, head) => {
    const end = Buffer.alloc(4)
    end.writeUInt32BE(body.length)
    return Buffer.concat([body, Buffer.alloc(6), Buffer.from(`https://chat.example/\0response-head\0${head}\0`), end])
  }
  const packed = { br: brotliCompressSync(text), gzip: gzipSync(text) }

  for (const [encoding, body] of Object.entries(packed)) {
    const head = `HTTP/1.1 200 OK\0Content-Encoding: ${encoding}\0`
    test(`Chromium’s, a body packed by ${encoding}`, () => {
      assert.ok(kindsOf(folder({ 'Cache_Data/0123456789abcdef_0': simple(body, head) })).includes('Chromium cache'))
    })
    test(`Firefox’s, a body packed by ${encoding}`, () => {
      assert.ok(kindsOf(folder({ 'cache2/entries/0123ABCD': firefox(body, head) })).includes('Firefox cache'))
    })
  }

  test('a body that is not packed, and the address of an entry', () => {
    assert.ok(kindsOf(folder({ a_0: simple(text, 'HTTP/1.1 200 OK') })).includes('Chromium cache'))
    assert.deepEqual(kindsOf(folder({ a_0: simple(Buffer.alloc(0), '', `https://chat.example/${encodeURIComponent(WORD)}`) })), ['raw'])
  })

  test('an entry that a killed browser wrote half of', () => {
    const half = packed.br.subarray(0, packed.br.length - 3)
    assert.ok(kindsOf(folder({ a_0: simple(half, 'Content-Encoding: br') })).includes('Chromium cache'))
    for (const body of [half, packed.gzip.subarray(0, -9)]) {
      assert.ok(kindsOf(folder({ 'cache2/entries/0123ABCD': body })).length > 0)
    }
  })

  test('a packing that nothing here knows is not passed over in silence', () => {
    assert.throws(() => search(folder({ a_0: simple(text, 'Content-Encoding: zstd') }), needles), /nothing here unpacks zstd/)
  })
})
