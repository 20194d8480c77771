// A program whose relay becomes one of the next version of the protocol while pages are open, as in an upgrade
// (docs/upgrading.md). To a page that is a relay which refuses it by name: this relay does so to pages of another version
// than its own, so what they say first on a line is made into the next version on its way to it, as crates/cli/tests/scenarios/versions.rs
// does where there is no browser.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { pipeline, Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'

import { startProgram } from './program.mjs'

const source = (path) => readFileSync(new URL(`../../crates/protocol/src/${path}`, import.meta.url), 'utf8')
const number = (path, name) => Number(new RegExp(`pub const ${name}: \\w+ = (\\d+);`).exec(source(path))[1])

/** The bits in which this version and the next differ. */
const VERSION = number('lib.rs', 'VERSION')
const TURNED = VERSION ^ (VERSION + 1)

/** Of a post by the second way, what comes before its frames; then each has its length before it. */
const UP_BYTES = number('second_way.rs', 'UP_BYTES')
const LENGTH_BYTES = 4

/** A frame begins with one byte for what it is; in a greeting the version comes next. A mask does not matter to bits. */
function turn(bytes, frame) {
  bytes.writeUInt16BE(bytes.readUInt16BE(frame + 1) ^ TURNED, frame + 1)
}

/** Turns the version in the first frame of a WebSocket, and passes on all that follows. */
function greetingOfTheNext() {
  let rest = Buffer.alloc(0)
  return new Transform({
    transform(bytes, _, done) {
      if (rest === undefined) return done(null, bytes)
      rest = Buffer.concat([rest, bytes])
      const longer = { 126: 2, 127: 8 }[rest[1] & 127] ?? 0
      const frame = 2 + longer + 4
      if (rest.length < frame + 3) return done()
      turn(rest, frame)
      const whole = rest
      rest = undefined
      done(null, whole)
    },
  })
}

/** The same in a post by the second way that has the first frame of a line in it. */
function postOfTheNext(body) {
  const isFirst = body.length > UP_BYTES + LENGTH_BYTES && body.readBigUInt64BE(16) === 1n
  if (isFirst) turn(body, UP_BYTES + LENGTH_BYTES)
}

/** One way to the relay, which pages take for it. */
async function startWay() {
  let relay, isNext = false
  const open = new Set()
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy())
  })

  async function pass(asked, answer) {
    const body = await buffer(asked)
    if (isNext && asked.url === '/u') postOfTheNext(body)
    const onward = request({ host: '127.0.0.1', port: relay, method: asked.method, path: asked.url, headers: asked.headers, agent: false })
    onward.on('error', () => {}).end(body)
    answer.on('close', () => onward.destroy())
    const [said] = await once(onward, 'response')
    answer.writeHead(said.statusCode, said.rawHeaders)
    pipeline(said, answer, () => {})
  }

  server.on('upgrade', (asked, page, first) => {
    const onward = connect(relay, '127.0.0.1')
    const headers = asked.rawHeaders.flatMap((name, at, all) => at % 2 ? [] : [`${name}: ${all[at + 1]}`])
    onward.write(`${[`${asked.method} ${asked.url} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`)
    if (first.length > 0) page.unshift(first)
    onward.on('error', () => {})
    pipeline(page, ...isNext ? [greetingOfTheNext()] : [], onward, () => page.destroy())
    pipeline(onward, page, () => onward.destroy())
  })
  server.on('connection', (page) => {
    open.add(page)
    page.on('error', () => {}).on('close', () => open.delete(page))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const become = (next) => {
    isNext = next
    for (const page of open) page.destroy()
  }
  return {
    origin: `http://localhost:${server.address().port}`,
    to(port) { relay = port },
    upgrade: () => become(true),
    goBack: () => become(false),
    stop() {
      server.close()
      for (const page of open) page.destroy()
    },
  }
}

/**
 * A program whose pages come to its relay by ways on which it can become one of the next version; `visitor` and `desk` are
 * the pages' addresses there.
 *
 * `upgrade(...doors)` makes it one, for survivors (`visitor`), staff (`desk`) or both, and every line drops;
 * `goBack(...doors)` puts the relay of the pages' own version there again. `console(name)` is a link with an
 * administrator's device, as a program's own is.
 */
export async function startProgramToUpgrade() {
  const ways = { visitor: await startWay(), desk: await startWay() }
  const program = await startProgram({
    survivor: `origin = "${ways.visitor.origin}"`,
    desk: `origin = "${ways.desk.origin}"`,
  })
  for (const [door, way] of Object.entries(ways)) way.to(Number(new URL(program[door]).port))
  const desk = ['--desk', ways.desk.origin]
  return {
    visitor: `${ways.visitor.origin}/`,
    desk: `${ways.desk.origin}/`,
    invite: (name, ...more) => program.invite(name, ...desk, ...more),
    console: (name) => program.console(name, ...desk),
    upgrade: (...doors) => doors.forEach((door) => ways[door].upgrade()),
    goBack: (...doors) => doors.forEach((door) => ways[door].goBack()),
    async stop() {
      Object.values(ways).forEach((way) => way.stop())
      await program.stop()
    },
  }
}
