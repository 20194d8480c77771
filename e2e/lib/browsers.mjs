// Stock browsers behind one small interface, so that a scenario reads the same in Chromium and in Firefox.
//
// Chromium is driven over the DevTools protocol (playwright-core), Firefox over WebDriver BiDi
// (puppeteer-core). Things on a page are found as a screen reader finds them: by role and accessible name.
// Every context is a fresh profile in memory; `close()` leaves nothing behind.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'

import { candidates, written } from './candidates.mjs'
import { know } from './unsaid.mjs'
import { wait, within } from './wait.mjs'

/** How long anything on a page may take before a scenario fails, in milliseconds. */
export const PATIENCE = Number(process.env.STILLROOM_PATIENCE ?? 20_000)

/** Sizes that screenshots are taken at. */
export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1280, height: 800 }

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

// No lookups of its own and no sandbox: that one does not start as root, which is what test machines are.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]

/**
 * A running browser.
 * @typedef {object} Browser
 * @property {string} name       `chromium` or `firefox`
 * @property {string} version
 * @property {(options?: Options) => Promise<Page>} newPage
 *   A page in a context of its own: no cookie, cache or storage is shared with another page.
 * @property {() => Promise<void>} close
 */

/**
 * How a page is looked at. Firefox knows the size alone.
 * @typedef {object} Options
 * @property {{width: number, height: number}} [viewport]
 * @property {boolean} [dark]     the dark colour scheme
 * @property {boolean} [touch]    a phone: fingers, and a keyboard on the screen
 * @property {boolean} [forced]   the colours of the device alone (high contrast)
 * @property {boolean} [still]    motion reduced
 * @property {boolean} [scripts]  whether scripts run
 * @property {string} [agent]     what the browser says that it is
 */

/**
 * @param {{network?: {address: string}, languages?: string}} around a network of the browser's own (`network.mjs`):
 *   who answers on it needs no certificate that is worth anything; the languages that its user reads, as browsers
 *   ask for them: `ar,en`
 * @returns {Promise<Browser>}
 */
export async function launchChromium({ network, languages } = {}) {
  const proxied = network ? [`--proxy-server=socks5://${network.address}`, '--proxy-bypass-list=<-loopback>'] : []
  const browser = await chromium.launch({ executablePath: found(CHROMIUM, 'chromium'), headless: true, args: [...FLAGS, ...proxied] })
  return {
    name: 'chromium',
    version: browser.version(),
    async newPage({ viewport = DESKTOP, dark, touch = false, forced, still, scripts = true, agent } = {}) {
      know(agent)
      const context = await browser.newContext({
        viewport,
        locale: languages,
        colorScheme: dark ? 'dark' : 'light',
        hasTouch: touch,
        isMobile: touch,
        forcedColors: forced ? 'active' : 'none',
        reducedMotion: still ? 'reduce' : 'no-preference',
        javaScriptEnabled: scripts,
        userAgent: agent,
        ignoreHTTPSErrors: Boolean(network),
      })
      const page = await context.newPage()
      page.setDefaultTimeout(PATIENCE)
      return new ChromiumPage(page, context)
    },
    close: () => browser.close(),
  }
}

/** Firefox's words for a network of its own. */
function throughNetwork({ address }) {
  const [host, port] = address.split(':')
  return {
    'network.proxy.type': 1,
    'network.proxy.socks': host,
    'network.proxy.socks_port': Number(port),
    'network.proxy.socks_remote_dns': true,
    'network.proxy.allow_hijacking_localhost': true,
  }
}

/**
 * @param {{network?: {address: string}, languages?: string}} around as for Chromium
 * @returns {Promise<Browser>}
 */
export async function launchFirefox({ network, languages = 'en-US, en' } = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: found(FIREFOX, 'firefox-esr'),
    headless: true,
    acceptInsecureCerts: Boolean(network),
    extraPrefsFirefox: {
      ...network && throughNetwork(network),
      'intl.accept_languages': languages,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'app.normandy.enabled': false,
    },
  })
  return {
    name: 'firefox',
    version: await browser.version(),
    async newPage({ viewport = DESKTOP } = {}) {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      await page.setViewport(viewport)
      page.setDefaultTimeout(PATIENCE)
      return new FirefoxPage(page, context)
    },
    close: () => browser.close(),
  }
}

export function found(paths, name) {
  const path = paths.find((path) => existsSync(path))
  if (!path) throw new Error(`${name} is not installed: cargo xtask setup installs it`)
  return path
}

/**
 * What both pages do. `role` and `name` are those of the accessibility tree; a name matches whole. An
 * element is waited for until it is there and seen; more than one of the same role and name is an error.
 *
 * Beyond this interface `page.raw` is the driver's own page, and `page.browser` says whose.
 */
export class Page {
  /** The element, from among those of its role and name that a driver has `seen`. */
  async element(role, name) {
    let elements = []
    await wait(async () => (elements = await this.seen(role, name)).length > 0, `${role} “${name}”`, PATIENCE)
    if (elements.length > 1) throw new Error(`${elements.length} times ${role} “${name}”`)
    return elements[0]
  }
  async count(role, name) { return (await this.seen(role, name)).length }
  /** Waits until the element is seen. */
  async see(role, name) { await this.element(role, name) }
  /** Waits until none is seen. */
  async seeNone(role, name) {
    await wait(async () => (await this.count(role, name)) === 0, `no ${role} “${name}”`, PATIENCE)
  }
  /** Waits until the text of the element contains `text`. */
  async seeText(role, name, text) {
    await wait(async () => (await this.text(role, name)).includes(text), `${role} “${name}” with “${text}”`, PATIENCE)
  }
  /** Waits until the whole page shows `text`. */
  async seeAnywhere(text) {
    await wait(async () => (await this.evaluate(() => document.documentElement?.innerText ?? '')).includes(text), `“${text}”`, PATIENCE)
  }
  /** Runs a function in the page; argument and answer are JSON. Neither driver gives up by itself. */
  evaluate(inPage, argument, patience = PATIENCE) {
    return within(this.raw.evaluate(inPage, argument), `an answer to ${inPage}`, patience)
  }
  /** Waits until what this function answers, in the page, is true. */
  async until(inPage, argument, what = String(inPage)) {
    // A question to a document that goes away meanwhile may never be answered: it is asked again.
    await wait(() => this.evaluate(inPage, argument, PATIENCE / 4), what, PATIENCE)
  }
}

/** Remembers what is typed key by key. */
function overhear(keyboard) {
  const type = keyboard.type.bind(keyboard)
  keyboard.type = (text, ...more) => {
    know(text)
    return type(text, ...more)
  }
}

export class ChromiumPage extends Page {
  constructor(raw, context) {
    super()
    overhear(raw.keyboard)
    this.browser = 'chromium'
    this.raw = raw
    this.context = context
    this.errors = []
    raw.on('pageerror', (error) => this.errors.push(String(error)))
    raw.on('console', (line) => { if (line.type() === 'error') this.errors.push(line.text()) })
  }
  /** Opens an address. */
  async goto(url) { await this.raw.goto(url) }
  /** Back in history; what comes then is for the caller to look at. */
  async back() { await this.raw.goBack({ waitUntil: 'commit' }).catch(() => null) }
  async forward() { await this.raw.goForward({ waitUntil: 'commit' }).catch(() => null) }
  async reload() { await this.raw.reload() }
  url() { return this.raw.url() }
  title() { return this.raw.title() }
  locator(role, name) { return this.raw.getByRole(role, { name, exact: true }) }
  async element(role, name) {
    const locator = this.locator(role, name)
    await locator.waitFor({ state: 'visible' })
    return locator
  }
  async count(role, name) {
    const all = await this.locator(role, name).all()
    const seen = await Promise.all(all.map((one) => one.isVisible()))
    return seen.filter(Boolean).length
  }
  async click(role, name) { await this.locator(role, name).click() }
  /** Replaces what a text box holds. */
  async fill(role, name, text) {
    know(text)
    await this.locator(role, name).fill(text)
  }
  async focus(role, name) { await this.locator(role, name).focus() }
  /** One key, as `Enter`, `Tab`, `Shift+Tab`, `Escape`. */
  async press(keys) { await this.raw.keyboard.press(keys) }
  async text(role, name) { return (await this.element(role, name)).innerText() }
  async enabled(role, name) { return (await this.element(role, name)).isEnabled() }
  async resize(viewport) { await this.raw.setViewportSize(viewport) }
  async screenshot(path) { await this.raw.screenshot({ path }) }
  async close() { await this.context.close() }
}

export class FirefoxPage extends Page {
  constructor(raw, context) {
    super()
    overhear(raw.keyboard)
    this.browser = 'firefox'
    this.raw = raw
    this.context = context
    this.errors = []
    raw.on('pageerror', (error) => this.errors.push(String(error)))
    raw.on('console', (line) => { if (line.type() === 'error') this.errors.push(line.text()) })
  }
  async goto(url) { await this.raw.goto(url) }
  async back() { await this.raw.goBack({ timeout: 2_000 }).catch(() => null) }
  async forward() { await this.raw.goForward({ timeout: 2_000 }).catch(() => null) }
  async reload() { await this.raw.reload() }
  url() { return this.raw.url() }
  title() { return this.raw.title() }
  selector(role, name) { return `aria/[name="${name.replaceAll('"', '\\"')}"][role="${role}"]` }
  async seen(role, name) {
    try {
      const found = await this.raw.evaluateHandle(candidates, written(role), name)
      const all = [...(await found.getProperties()).values()].map((one) => one.asElement())
      const is = await Promise.all(all.map((one) => this.is(one, role, name)))
      return all.filter((_, index) => is[index])
    } catch {
      return [] // the document is just going away
    }
  }
  /** Whether a screen reader says this element's role and name so: the first that it finds from there on is this one. */
  async is(element, role, name) {
    const [first] = await element.$$(this.selector(role, name))
    return first !== undefined && element.evaluate((one, first) => one === first, first)
  }
  async click(role, name) {
    const element = await this.element(role, name)
    await wait(() => element.evaluate((one) => !one.disabled), `${role} “${name}” enabled`, PATIENCE)
    await element.click()
  }
  async fill(role, name, text) {
    know(text)
    const element = await this.element(role, name)
    await element.evaluate((one, text) => {
      one.focus()
      one.value = text
      one.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }))
    }, text)
  }
  async focus(role, name) { await (await this.element(role, name)).focus() }
  async press(keys) {
    const all = keys.split('+')
    const last = all.pop()
    for (const held of all) await this.raw.keyboard.down(held)
    await this.raw.keyboard.press(last)
    for (const held of all.reverse()) await this.raw.keyboard.up(held)
  }
  async text(role, name) { return (await this.element(role, name)).evaluate((one) => one.innerText) }
  async enabled(role, name) { return (await this.element(role, name)).evaluate((one) => !one.disabled) }
  async resize(viewport) { await this.raw.setViewport(viewport) }
  async screenshot(path) { await this.raw.screenshot({ path }) }
  async close() { await this.context.close() }
}
