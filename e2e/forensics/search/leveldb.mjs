// LevelDB's files: what a browser wrote lately is in a log, in blocks that cut a record in pieces; what it
// wrote earlier is in tables, packed with Snappy, keys without what they share with the one before. What was
// deleted stays in both until the next tidying, so the files are read, not the database.
import { uncompressSync } from 'snappy'

const BLOCK = 32 * 1024
const HEADER = 7
const [FULL, FIRST, , LAST] = [1, 2, 3, 4]
const FOOTER = 48
const MAGIC = Buffer.from('57fb808b247547db', 'hex')
const SNAPPY = 1

export const isTable = (bytes) => bytes.length >= FOOTER && bytes.subarray(-MAGIC.length).equals(MAGIC)

/** The records of a log (or a manifest), whole. */
export function logRecords(bytes) {
  const records = []
  let parts = []
  for (let block = 0; block < bytes.length; block += BLOCK) {
    const end = Math.min(block + BLOCK, bytes.length)
    for (let at = block; at + HEADER <= end;) {
      const [length, kind] = [bytes.readUInt16LE(at + 4), bytes[at + 6]]
      const payload = bytes.subarray(at + HEADER, Math.min(at + HEADER + length, end))
      if (kind === 0) break
      if (kind === FULL || kind === FIRST) parts = []
      parts.push(payload)
      if (kind === FULL || kind === LAST) records.push(Buffer.concat(parts))
      at += HEADER + length
    }
  }
  if (parts.length > 0) records.push(Buffer.concat(parts))
  return records
}

/** The keys and values of a table, each a record. */
export function tableRecords(bytes) {
  const footer = bytes.subarray(-FOOTER)
  const [, afterMeta] = handle(footer, 0)
  const [index] = handle(footer, afterMeta)
  return entries(block(bytes, index)).flatMap(({ value }) => {
    const [data] = handle(value, 0)
    return entries(block(bytes, data)).map((entry) => Buffer.concat([entry.key, Buffer.from([0]), entry.value]))
  })
}

function block(bytes, { offset, size }) {
  const content = bytes.subarray(offset, offset + size)
  return bytes[offset + size] === SNAPPY ? uncompressSync(content) : content
}

function entries(block) {
  const end = block.length - 4 - 4 * block.readUInt32LE(block.length - 4)
  const all = []
  let key = Buffer.alloc(0)
  for (let at = 0; at < end;) {
    let shared, own, length
    ;[shared, at] = varint(block, at)
    ;[own, at] = varint(block, at)
    ;[length, at] = varint(block, at)
    key = Buffer.concat([key.subarray(0, shared), block.subarray(at, at + own)])
    all.push({ key, value: block.subarray(at + own, at + own + length) })
    at += own + length
  }
  return all
}

function handle(bytes, at) {
  const [offset, next] = varint(bytes, at)
  const [size, end] = varint(bytes, next)
  return [{ offset, size }, end]
}

function varint(bytes, at) {
  let value = 0
  for (let power = 1; ; power *= 128) {
    const byte = bytes.readUInt8(at++)
    value += (byte & 127) * power
    if (byte < 128) return [value, at]
  }
}
