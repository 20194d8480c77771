// Reads every file below a folder, raw and opened as what it is, and says which words are in which.
//
// It finds words in what a file system still shows. It does not look for deleted files in unused blocks of a
// disk, and of a format that it does not know it reads the raw bytes alone.
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { uncompressSync as lz4 } from 'lz4-napi'

import * as caches from './caches.mjs'
import * as leveldb from './leveldb.mjs'
import * as sqlite from './sqlite.mjs'

const MOZLZ4 = Buffer.from('mozLz40\0')
/** How often something packed is looked for inside something packed. */
const DEEP = 3

/**
 * What there is of a file beside its raw bytes.
 *
 * `kind` says what it was opened as, and `bytes` what was inside. What cannot be opened as what it says it
 * is throws: a search that passes over a file in silence proves nothing.
 */
function* opened(file, name, bytes) {
  if (sqlite.isSqlite(bytes)) yield { kind: 'SQLite', bytes: joined(sqlite.cells(file)) }
  if (leveldb.isTable(bytes)) yield { kind: 'LevelDB table', bytes: joined(leveldb.tableRecords(bytes)) }
  if (isLevelLog(file)) yield { kind: 'LevelDB log', bytes: joined(leveldb.logRecords(bytes)) }
  if (bytes.subarray(0, MOZLZ4.length).equals(MOZLZ4)) yield { kind: 'mozLz4', bytes: lz4(bytes.subarray(MOZLZ4.length)) }
  if (caches.isSimpleEntry(bytes)) yield* cached('Chromium cache', caches.simpleEntry(bytes))
  if (caches.isFirefoxEntry(name) && bytes.length > 0) yield* cached('Firefox cache', caches.firefoxEntry(bytes))
}

function* cached(kind, entry) {
  const body = caches.unpacked(entry)
  yield { kind, bytes: body ?? entry.body }
}

const isLevelLog = (file) => /^(\d+\.log|MANIFEST-\d+)$/.test(basename(file)) && readdirSync(dirname(file)).includes('CURRENT')

/** With a mark between, so that no word comes of two. */
const joined = (parts) => Buffer.concat(parts.flatMap((part) => [part, Buffer.from([0, 0xff, 0])]))

/** Whatever was packed inside, to some depth. */
function* inside(bytes, depth = DEEP) {
  if (depth === 0) return
  for (const bytes_ of caches.gzipped(bytes)) {
    yield { kind: 'gzip', bytes: bytes_ }
    yield* inside(bytes_, depth - 1)
  }
}

/**
 * Searches every file below `place`, or that file.
 *
 * @param {string} place
 * @param {import('./needles.mjs').Needles} needles
 * @returns {{files: number, bytes: number, kinds: Map<string, number>, hits: {word: string, file: string, kind: string, how: string}[]}}
 */
export function search(place, needles) {
  const result = { files: 0, bytes: 0, kinds: new Map(), hits: [] }
  const look = (file, kind, bytes) => {
    result.bytes += bytes.length
    result.kinds.set(kind, (result.kinds.get(kind) ?? 0) + 1)
    for (const [word, how] of needles.in(bytes)) result.hits.push({ word, file, kind, how })
  }
  for (const file of files(place)) {
    const name = relative(place, file)
    for (const [word, how] of needles.in(Buffer.from(name))) result.hits.push({ word, file: name, kind: 'its name', how })
    const bytes = readFileSync(file)
    result.files += 1
    look(name, 'raw', bytes)
    try {
      for (const layer of [{ bytes }, ...opened(file, name, bytes)]) {
        if (layer.kind) look(name, layer.kind, layer.bytes)
        for (const deeper of inside(layer.bytes)) look(name, deeper.kind, deeper.bytes)
      }
    } catch (error) {
      throw new Error(`${name} could not be opened: ${error.message}`, { cause: error })
    }
  }
  return result
}

/** Every ordinary file below a folder, or that file. Sockets, pipes and links hold nothing themselves. */
export function files(place) {
  const kind = lstatSync(place)
  if (kind.isDirectory()) return readdirSync(place).flatMap((name) => files(join(place, name)))
  return kind.isFile() ? [place] : []
}
