// WebKit behind the interface of `browsers.mjs`: WebKitGTK's MiniBrowser, driven over WebDriver, the nearest
// to an iPhone that runs here. What it cannot stand for is in docs/iphone-checklist.md.
//
// Each page is a browser of its own: automated ones keep their profile in memory, and what else they might
// write goes into a folder that ends with them. Role and name are those that WebKit gives a screen reader.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { DESKTOP, found, Page, PATIENCE } from './browsers.mjs'
import { candidates, written } from './candidates.mjs'
import { startElsewhere } from './elsewhere.mjs'
import { startNetwork } from './network.mjs'
import { know } from './unsaid.mjs'
import { openSession, start } from './webdriver.mjs'
import { wait } from './wait.mjs'

const DRIVER = ['/usr/bin/WebKitWebDriver']
const DISPLAY = ['/usr/bin/Xvfb']

/** After how long something is asked once more, where the document may have gone meanwhile; milliseconds. */
const AGAIN = PATIENCE / 20

// The driver has a key for every character but these (emoji, rare Han): they come as from an input method.
const BEYOND_KEYS = /[\u{10000}-\u{10FFFF}]/u

/** More bytes than a picture of one colour has, and fewer than one of any screen. */
const NOTHING_DRAWN = 8_192

// The bar of the window is wider than a phone, unless what is in it takes no room.
const NARROW = 'button, entry, image, label { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }'

/**
 * What only WebKit is asked for, beside the options of `browsers.mjs`.
 * @typedef {object} Options
 * @property {boolean} [webAssembly]  without it the browser is as one in Lockdown Mode
 * @property {boolean} [tabsToLinks]  without it Tab passes links by, as in Safari
 */

/** @returns {Promise<Omit<import('./browsers.mjs').Browser, 'version'>>} */
export async function launchWebKit() {
  const driver = found(DRIVER, 'webkit2gtk-driver')
  const display = await startDisplay()
  const elsewhere = await startElsewhere()
  const pages = new Set()
  return {
    name: 'webkit',
    async newPage({ viewport = DESKTOP, dark = false, scripts = true, webAssembly = true, tabsToLinks = true, agent } = {}) {
      const args = ['--automation', `--enable-javascript=${scripts}`, `--enable-tabs-to-links=${tabsToLinks}`]
      if (dark) args.push('--dark-mode')
      if (agent) args.push(`--user-agent=${agent}`)
      const environment = { DISPLAY: display.name, JSC_useWasm: String(webAssembly) }
      const page = await WebKitPage.open(driver, args, environment, await startNetwork(elsewhere.port))
      pages.add(page)
      page.scripts = scripts
      page.closed = () => pages.delete(page)
      await page.resize(viewport)
      return page
    },
    async close() {
      await Promise.all([...pages].map((page) => page.close()))
      elsewhere.close()
      await display.close()
    },
  }
}

/** A display that nobody looks at, and no other program draws on. */
async function startDisplay() {
  // Without `-noreset` it starts anew when its last window closes, and refuses whoever comes just then.
  const args = ['-noreset', '-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp']
  const { child, ended } = start(found(DISPLAY, 'xvfb'), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const [number] = await Promise.race([
    once(createInterface(child.stdio[3]), 'line'),
    ended.then(([code]) => { throw new Error(`Xvfb ended with ${code}`) }),
  ])
  return {
    name: `:${number}`,
    async close() {
      child.kill()
      await ended
    },
  }
}

/** What the browser finds around it: nothing of whoever runs the tests. */
function surroundings(folder) {
  for (const name of ['config/gtk-3.0', 'cache', 'data', 'run']) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  }
  writeFileSync(join(folder, 'config/gtk-3.0/gtk.css'), NARROW)
  const { WAYLAND_DISPLAY: _, ...environment } = process.env
  return {
    ...environment,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    GDK_BACKEND: 'x11',
    NO_AT_BRIDGE: '1',
    // There is no graphics card: drawing to memory is several times as fast as drawing as if there were one.
    WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1',
    MESA_SHADER_CACHE_DISABLE: 'true',
    LANGUAGE: 'en',
  }
}

class WebKitPage extends Page {
  static async open(driver, args, environment, network) {
    const folder = mkdtempSync(join(tmpdir(), 'w-'))
    const end = () => {
      network.close()
      rmSync(folder, { recursive: true, force: true })
    }
    const session = await openSession(driver, {
      acceptInsecureCerts: true,
      // The driver's own waiting need not end where another process takes over a window. `move` waits instead.
      pageLoadStrategy: 'none',
      'webkitgtk:browserOptions': { args: [...args, `--proxy=socks5://${network.address}`] },
    }, { ...surroundings(folder), ...environment }, PATIENCE).catch((error) => {
      end()
      throw error
    })
    return new WebKitPage(session, network, end)
  }
  constructor(raw, network, end) {
    super()
    this.browser = 'webkit'
    this.raw = raw
    this.network = network
    this.end = end
    this.moves = 0
  }
  /** Does what leads to another document, or to the same anew, and waits until it is there and loaded. */
  async move(way, body) {
    const leaving = ++this.moves
    await this.until((leaving) => (window.leaving = leaving), leaving)
    await this.raw.post(way, body)
    const there = (leaving) => window.leaving !== leaving && document.readyState === 'complete'
    await this.until(there, leaving, `${way} ${body?.url ?? ''}`)
  }
  goto(url) { return this.move('/url', { url }) }
  back() { return this.move('/back') }
  forward() { return this.move('/forward') }
  reload() { return this.move('/refresh') }
  url() { return this.raw.get('/url') }
  title() { return this.raw.get('/title') }
  async seen(role, name) {
    const all = await this.raw.run(candidates, [written(role), name], AGAIN)
    const seen = []
    for (const one of all) {
      if (await this.raw.of(one, 'computedlabel') === name && await this.raw.of(one, 'computedrole') === role) seen.push(one)
    }
    return seen
  }
  /** The driver scrolls some things into sight and others not. */
  bringIntoSight(element) {
    return this.raw.run((one) => one.scrollIntoView({ block: 'center' }), [element])
  }
  async click(role, name) {
    const element = await this.element(role, name)
    await wait(() => this.raw.of(element, 'enabled'), `${role} “${name}” enabled`, PATIENCE)
    await this.bringIntoSight(element)
    await this.raw.click(element)
  }
  async fill(role, name, text) {
    know(text)
    const element = await this.element(role, name)
    await this.bringIntoSight(element)
    await this.raw.on(element, 'clear')
    if (!text) return
    if (!BEYOND_KEYS.test(text)) return void await this.raw.on(element, 'value', { text })
    await this.raw.run((one, text) => {
      one.focus()
      document.execCommand('insertText', false, text)
    }, [element, text])
  }
  async focus(role, name) { await this.raw.run((one) => one.focus(), [await this.element(role, name)]) }
  press(keys) { return this.raw.press(keys) }
  async text(role, name) { return this.raw.run((one) => one.innerText, [await this.element(role, name)]) }
  async enabled(role, name) { return this.raw.of(await this.element(role, name), 'enabled') }
  evaluate(inPage, argument = null) { return this.raw.run(inPage, [argument]) }
  async until(inPage, argument = null, what = String(inPage)) {
    await wait(() => this.raw.run(inPage, [argument], AGAIN), what, PATIENCE)
  }
  seeAnywhere(text) {
    return this.until((text) => document.documentElement?.innerText.includes(text), text, `“${text}”`)
  }
  /** The part of the window that shows the page gets this size: what is around it is measured first. */
  async resize({ width, height }) {
    this.viewport = { width, height }
    await wait(async () => {
      const inner = await this.evaluate(() => ({ width: innerWidth, height: innerHeight }))
      if (inner.width === width && inner.height === height) return true
      const outer = await this.raw.get('/window/rect')
      const rect = { x: 0, y: 0, width: outer.width + width - inner.width, height: outer.height + height - inner.height }
      await this.raw.post('/window/rect', rect)
      return false
    }, `a window of ${width} by ${height}`, PATIENCE)
  }
  /** A picture of what was last drawn: so it is drawn first. A window that came out black is drawn anew. */
  async screenshot(path) {
    const drawn = 'requestAnimationFrame(() => requestAnimationFrame(arguments[0]))'
    if (this.scripts) await this.raw.post('/execute/async', { script: drawn, args: [] })
    let picture
    await wait(async () => {
      picture = Buffer.from(await this.raw.get('/screenshot'), 'base64')
      if (picture.length > NOTHING_DRAWN) return true
      await this.resize({ width: this.viewport.width, height: this.viewport.height + 1 })
      await this.resize({ width: this.viewport.width, height: this.viewport.height - 1 })
      return false
    }, 'something drawn', PATIENCE)
    writeFileSync(path, picture)
  }
  async offline(gone) { this.network.offline(gone) }
  async close() {
    await this.raw.end()
    this.end()
    this.closed()
  }
}
