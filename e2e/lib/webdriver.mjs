// One session of a browser behind a W3C WebDriver, spoken to over HTTP. Knows nothing of pages or of roles.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { freePort } from './program.mjs'
import { wait } from './wait.mjs'

/** Under this name a driver gives and takes an element (WebDriver, section 12). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** Keys that are no characters (WebDriver, section 17.4.2). */
const KEYS = {
  Backspace: '\uE003', Tab: '\uE004', Enter: '\uE007', Shift: '\uE008', Control: '\uE009', Alt: '\uE00A',
  Escape: '\uE00C', ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015',
  Meta: '\uE03D',
}

/** What a driver answered instead of what it was asked for; `code` is one of the specification's. */
export class DriverError extends Error {
  constructor({ error, message }, asked) {
    super(`${error} (${asked})${message ? `: ${message}` : ''}`)
    this.code = error
  }
}

/** The driver did not answer in time: it never does where the document that it asked was just being left. */
export class Unanswered extends Error {}

/** A program that ends with this one at the latest. */
export function start(program, args, options) {
  const child = spawn(program, args, options)
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const ended = once(child, 'exit')
  ended.then(() => process.off('exit', end), () => {})
  return { child, ended }
}

/**
 * Starts a driver of its own and a session in it.
 * @param {string} program the driver, which takes `--port=N`
 * @param {object} capabilities
 * @param {Record<string, string>} environment of driver and browser
 * @param {number} patience milliseconds that an answer may take
 */
export async function openSession(program, capabilities, environment, patience) {
  const port = await freePort()
  const { child, ended } = start(program, [`--port=${port}`], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  const session = new Session(`http://127.0.0.1:${port}`, child, ended, patience)
  try {
    await Promise.race([
      wait(() => session.ask('GET', '/status'), `${program} that listens`, patience),
      ended.then(([code]) => { throw new Error(`${program} ended with ${code}`) }),
    ])
    const { sessionId } = await session.ask('POST', '/session', { capabilities: { alwaysMatch: capabilities } })
    session.path = `/session/${sessionId}`
    return session
  } catch (error) {
    await session.end()
    throw error
  }
}

class Session {
  constructor(base, child, ended, patience) {
    this.base = base
    this.child = child
    this.ended = ended
    this.patience = patience
    this.path = ''
  }

  /** One command by its address, whose answer may take so long. */
  async ask(method, path, body, patience = this.patience) {
    const asked = `${method} ${path}`
    try {
      const answer = await fetch(this.base + path, { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(patience) })
      const { value } = await answer.json()
      if (!answer.ok) throw new DriverError(value, asked)
      return value
    } catch (error) {
      throw error.name === 'TimeoutError' ? new Unanswered(`${asked} after ${patience} ms`) : error
    }
  }
  get(path) { return this.ask('GET', this.path + path) }
  post(path, body = {}, patience) { return this.ask('POST', this.path + path, body, patience) }

  /** Runs a function in the page; arguments and answer are JSON, and elements among them are references. */
  run(inPage, args, patience) {
    return this.post('/execute/sync', { script: `return (${inPage})(...arguments)`, args }, patience)
  }

  /** Something about an element, or something done to it. */
  of(element, what) { return this.get(`/element/${element[ELEMENT]}/${what}`) }
  on(element, what, body) { return this.post(`/element/${element[ELEMENT]}/${what}`, body) }

  /** What a hand does. If it leads away from the document, it is done and may never be answered. */
  async act(path, body) {
    await this.post(path, body, this.patience / 5).catch((error) => { if (!(error instanceof Unanswered)) throw error })
  }
  click(element) { return this.act(`/element/${element[ELEMENT]}/click`) }
  /** Keys pressed one after the other and let go again, as `Shift+Tab` or `x`, where the focus is. */
  press(keys) {
    const values = keys.split('+').map((key) => KEYS[key] ?? key)
    const actions = [
      ...values.map((value) => ({ type: 'keyDown', value })),
      ...values.reverse().map((value) => ({ type: 'keyUp', value })),
    ]
    return this.act('/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }

  /** Ends browser and driver. */
  async end() {
    if (this.path) await this.ask('DELETE', this.path).catch(() => {}) // the browser may be gone already
    this.child.kill()
    await this.ended
  }
}
