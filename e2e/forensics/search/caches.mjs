// The browsers' caches of what servers sent: one file for each address, with the answer's headers. A body is
// unpacked as its headers say.
import { brotliDecompressSync, constants, inflateRawSync, inflateSync } from 'node:zlib'

const CHROMIUM = Buffer.from('305c72a71b6dfbfc', 'hex')
const CHROMIUM_END = Buffer.from('d8410d97456ffaf4', 'hex')
const CHROMIUM_HEADER = 24

/** Chromium's “simple” cache, in which a stock Chromium keeps answers, and the code that it made of scripts. */
export const isSimpleEntry = (bytes) => bytes.subarray(0, CHROMIUM.length).equals(CHROMIUM)

/** The address of an entry, and each of its streams. */
export function simpleEntry(bytes) {
  const start = CHROMIUM_HEADER + bytes.readUInt32LE(12)
  const key = bytes.toString('latin1', CHROMIUM_HEADER, start)
  // Body, mark, headers, (hash,) mark. The mark says how long what stands before it is.
  const bodyEnd = bytes.indexOf(CHROMIUM_END, start)
  const body = bytes.subarray(start, bodyEnd < 0 ? bytes.length : bodyEnd)
  const head = bytes.toString('latin1', start + body.length)
  return { key, body, head }
}

/** Firefox's cache: the body, hashes of its parts, and last a record that says where that record begins. */
export const isFirefoxEntry = (path) => /(^|\/)cache2\/(entries|doomed)\//.test(path)

export function firefoxEntry(bytes) {
  const end = bytes.readUInt32BE(bytes.length - 4)
  if (end < bytes.length) return { body: bytes.subarray(0, end), head: bytes.toString('latin1', end) }
  // A browser that was killed had not come to the record yet: the body alone, and how it is packed is tried.
  return { body: bytes, head: startsBrotli(bytes) ? 'content-encoding: br' : '' }
}

/** What a body was before it was packed for the line; nothing where it was not packed. */
export function unpacked({ body, head }) {
  const [, encoding] = /content-encoding: *([a-z]+)/i.exec(head) ?? []
  if (!encoding || body.length === 0) return undefined
  const unpack = { br: brotli, gzip: gunzip, deflate: inflateSync }[encoding.toLowerCase()]
  if (!unpack) throw new Error(`nothing here unpacks ${encoding}`)
  return unpack(body)
}

/** As far as it goes, where it was cut short. */
const brotli = (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH })

function startsBrotli(bytes) {
  try { return brotli(bytes).length > 0 } catch { return false }
}

const GZIP = Buffer.from('1f8b08', 'hex')
const [HASHED, EXTRA, NAMED, REMARKED] = [2, 4, 8, 16]

/** One packing by gzip at the start of these bytes. It may be cut short, and anything may follow it. */
function gunzip(bytes) {
  const flags = bytes[3]
  let at = 10
  if (flags & EXTRA) at += 2 + bytes.readUInt16LE(at)
  for (const flag of [NAMED, REMARKED]) if (flags & flag) at = bytes.indexOf(0, at) + 1
  if (flags & HASHED) at += 2
  return inflateRawSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 28 })
}

/** Whatever was packed by gzip, anywhere in these bytes. */
export function gzipped(bytes) {
  const all = []
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    try { all.push(gunzip(bytes.subarray(at))) } catch { /* three bytes by chance */ }
  }
  return all
}
