// A server that stands before a relay and remembers all that passes, in both directions: whole requests, and
// the frames of each WebSocket with their masks taken off (a mask would hide words from a search).
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

import { startProgram } from './program.mjs'

/** `ClientFrame::Post` and `RelayFrame::Delivered`, by their first byte. */
const MESSAGE = { page: 21, relay: 22 }

/**
 * Starts it; `to(port)` says where the relay is, once there is one.
 *
 * `requests` are the heads of requests, as they were sent; `posts` those that have a body, as `{ path, head,
 * body }`. `frames` are `{ from: 'page' | 'relay', kind,
 * bytes }` in the order in which they came; a kind of 2 is a message, 8 to 10 are the protocol's own.
 * `bytes()` is everything, as it was on the line and with the masks off. `messages(from, start)` are the
 * sizes of what somebody in a chat sent in this direction, from this frame on.
 */
async function startRecording() {
  let relay
  const recording = { requests: [], posts: [], frames: [], pieces: [] }
  const server = createServer((page) => {
    const onward = connect(relay, '127.0.0.1')
    const readers = [[page, onward, new Reader('page', recording)], [onward, page, new Reader('relay', recording)]]
    for (const [from, to, reader] of readers) {
      from.on('data', (bytes) => {
        recording.pieces.push(bytes)
        reader.read(bytes)
        to.write(bytes)
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...recording,
    origin: `http://localhost:${server.address().port}`,
    to(port) { relay = port },
    bytes: () => Buffer.concat([...recording.pieces, ...recording.frames.map((frame) => frame.bytes)]),
    messages: (from, start) => recording.frames.slice(start)
      .filter((frame) => frame.from === from && frame.bytes[0] === MESSAGE[from]).map((frame) => frame.bytes.length),
    stop() { server.close() },
  }
}

/**
 * A program whose survivors come to its relay by way of a recording, at the recording's origin; `more` as for
 * `startProgram`.
 */
export async function startRecordedProgram(more = {}) {
  const recording = await startRecording()
  const program = await startProgram({ ...more, survivor: `origin = "${recording.origin}"` })
  recording.to(Number(new URL(program.visitor).port))
  return { recording, program }
}

/** One direction of one connection: heads until one of them switches protocols, frames from then on. */
class Reader {
  #rest = Buffer.alloc(0)
  #framed = false
  #from
  #into
  constructor(from, into) {
    this.#from = from
    this.#into = into
  }

  read(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes])
    while (this.#framed ? this.#frame() : this.#head());
  }

  /** Of an answer, only that it switches is of interest: what comes after its head is looked through for the next. */
  #head() {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#rest.toString('latin1', 0, end)
    const length = this.#from === 'page' ? Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0) : 0
    if (this.#rest.length < end + 4 + length) return false
    const body = Buffer.from(this.#rest.subarray(end + 4, end + 4 + length))
    this.#rest = this.#rest.subarray(end + 4 + length)
    if (this.#from === 'page') this.#into.requests.push(head)
    if (length > 0) this.#into.posts.push({ path: head.split(' ')[1], head, body })
    this.#framed = /^upgrade: *websocket$/im.test(head)
    return true
  }

  #frame() {
    const rest = this.#rest
    if (rest.length < 2) return false
    const [kind, masked, short] = [rest[0] & 15, rest[1] >> 7, rest[1] & 127]
    let at = 2 + ({ 126: 2, 127: 8 }[short] ?? 0)
    if (rest.length < at + 4 * masked) return false
    const length = { 126: () => rest.readUInt16BE(2), 127: () => Number(rest.readBigUInt64BE(2)) }[short]?.() ?? short
    const mask = masked ? rest.subarray(at, at += 4) : Buffer.alloc(4)
    if (rest.length < at + length) return false
    const payload = rest.subarray(at, at + length).map((byte, place) => byte ^ mask[place % 4])
    this.#into.frames.push({ from: this.#from, kind, bytes: Buffer.from(payload) })
    this.#rest = rest.subarray(at + length)
    return true
  }
}
