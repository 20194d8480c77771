// Stock Chromium with a profile on disk, as somebody starts it from a menu, and with a debugging port.
import { chromium } from 'playwright-core'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { ChromiumPage, CHROMIUM, found, PATIENCE } from '../../lib/browsers.mjs'
import { wait, within } from '../../lib/wait.mjs'
import { Processes } from './home.mjs'
import { rows } from '../search/sqlite.mjs'
import { trust } from '../town/authority.mjs'

export const name = 'Chromium'
/** Where it notes which pages were open, and which were ever. */
export const NOTES = ['Default/Sessions', 'Default/History']

/** Before the first start: whose certificates it believes. */
export function prepare(home, town) {
  trust(join(home.folder, '.pki/nssdb'), town.certificate)
}

/** @param {{restore?: boolean}} options whether the windows of last time come back */
export async function open(home, town, screen, { restore = false } = {}) {
  const written = join(home.profile, 'DevToolsActivePort')
  rmSync(written, { force: true })
  const processes = new Processes(found(CHROMIUM, 'chromium'), [
    // As root, which is what test machines are, the sandbox does not start.
    '--no-sandbox', '--no-first-run', '--no-default-browser-check',
    `--user-data-dir=${home.profile}`, '--remote-debugging-port=0',
    `--host-resolver-rules=MAP *:443 127.0.0.1:${town.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ...(restore ? ['--restore-last-session'] : []),
  ], { ...home.env, DISPLAY: screen.display })
  let port
  await wait(() => { [port] = readFileSync(written, 'utf8').split('\n'); return port }, 'Chromium', PATIENCE)
  const browser = await connect(`http://127.0.0.1:${port}`)
  const [context] = browser.contexts()
  await wait(() => context.pages().length > 0, 'a first tab', PATIENCE)
  const page = (raw) => {
    raw.setDefaultTimeout(PATIENCE)
    return new ChromiumPage(raw, context)
  }
  return {
    version: browser.version(),
    pages: async () => context.pages().map(page),
    newTab: async () => page(await within(context.newPage(), 'a new tab', PATIENCE)),
    async quit() {
      const session = await within(browser.newBrowserCDPSession(), 'Chromium to take a command', PATIENCE)
      // It may be gone before it has answered.
      await Promise.race([session.send('Browser.close').catch(() => {}), processes.ended()])
      await processes.ended()
    },
    kill: () => processes.kill(),
  }
}

/** A tab that is still coming up can make the driver wait for it in vain: then once more. */
async function connect(address) {
  const listed = async () => (await (await fetch(`${address}/json/list`)).json()).some(({ type }) => type === 'page')
  await wait(listed, 'a first tab', PATIENCE)
  return chromium.connectOverCDP(address, { timeout: 5_000 }).catch(() => chromium.connectOverCDP(address, { timeout: PATIENCE }))
}

/** The addresses in the history, with their titles. */
export function history(home) {
  return rows(join(home.profile, 'Default/History'), 'SELECT json_array(url, title) FROM urls')
}

/** Removes one line from the history, as a person does: that of `host`, in the browser's own list. */
export async function removeLine(browser, host) {
  const [{ raw }] = await browser.pages()
  await raw.goto('chrome://history/')
  const line = raw.locator('history-item').filter({ hasText: host })
  await line.locator('cr-checkbox').click()
  await raw.locator('cr-toolbar-selection-overlay cr-button').last().click()
  await raw.locator('cr-button.action-button:visible').last().click()
  await line.waitFor({ state: 'detached' })
}
