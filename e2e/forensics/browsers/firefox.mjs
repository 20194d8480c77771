// Stock Firefox with a profile on disk: not a private window, its cache on disk, its sessions kept.
import puppeteer from 'puppeteer-core'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import { FIREFOX, FirefoxPage, found, PATIENCE } from '../../lib/browsers.mjs'
import { actUntil, wait, within } from '../../lib/wait.mjs'
import { Processes } from './home.mjs'
import { rows } from '../search/sqlite.mjs'
import { trust } from '../town/authority.mjs'

export const name = 'Firefox'
/** Where it notes which pages were open, and which were ever. */
export const NOTES = ['sessionstore-backups', 'places.sqlite']

/** So many milliseconds Firefox may take to end, before the keys are pressed again. */
const TO_END = 5_000

const pref = (key, value) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`

/** Before the first start: whose certificates it believes, where names are, and that it has been used before. */
export function prepare(home, town) {
  trust(home.profile, town.certificate)
  appendFileSync(join(home.profile, 'user.js'), [
    pref('network.dns.forceResolve', '127.0.0.1'),
    pref('network.socket.forcePort', `443=${town.port}`),
    // The debugging port would otherwise turn off what is looked for here: sessions, history, the disk cache.
    pref('remote.prefs.recommended', false),
    pref('browser.aboutwelcome.enabled', false),
    pref('browser.startup.homepage_override.mstone', 'ignore'),
    pref('browser.warnOnQuitShortcut', false),
    pref('datareporting.policy.dataSubmissionPolicyBypassNotification', true),
  ].join(''))
}

/** @param {{restore?: boolean}} options whether the windows of last time come back */
export async function open(home, town, screen, { restore = false } = {}) {
  if (restore) appendFileSync(join(home.profile, 'user.js'), pref('browser.startup.page', 3))
  const processes = new Processes(found(FIREFOX, 'firefox-esr'), [
    '--profile', home.profile, '--no-remote', '--remote-debugging-port', '0',
  ], { ...home.env, DISPLAY: screen.display })
  let address
  await wait(() => { [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(processes.said) ?? []; return address }, 'Firefox', PATIENCE)
  const browser = await within(puppeteer.connect({
    browser: 'firefox', protocol: 'webDriverBiDi', browserWSEndpoint: `${address}/session`, defaultViewport: null,
  }), 'Firefox to take commands', PATIENCE)
  await wait(async () => (await browser.pages()).length > 0, 'a first tab', PATIENCE)
  const page = (raw) => {
    raw.setDefaultTimeout(PATIENCE)
    return new FirefoxPage(raw, browser.defaultBrowserContext())
  }
  return {
    version: await browser.version(),
    pages: async () => (await browser.pages()).map(page),
    newTab: async () => page(await within(browser.newPage(), 'a new tab', PATIENCE)),
    // By the keys, as a person does: the driver's own way closes every tab first, and what was open is not kept.
    async quit() {
      const hasEnded = () => processes.ended(TO_END).then(() => true)
      await actUntil(() => screen.press('ctrl+q'), hasEnded, 'Firefox to end', PATIENCE, TO_END)
    },
    kill: () => processes.kill(),
  }
}

/** The addresses in the history, with their titles. It comes with bookmarks that nobody has been to. */
export function history(home) {
  return rows(join(home.profile, 'places.sqlite'),
    'SELECT json_array(url, title) FROM moz_places WHERE id IN (SELECT place_id FROM moz_historyvisits)')
}

/** Removes one line from the history, as a person does: found in the sidebar, by the keyboard. */
export async function removeLine(browser, host, home, screen) {
  const isThere = () => history(home).some(([address]) => address.includes(host))
  // Opens the sidebar, or closes it where it was not ready for what was typed: then once more.
  const remove = () => {
    screen.press('ctrl+h')
    screen.type(host)
    screen.press('Tab', 'Tab', 'Down', 'Delete')
  }
  await actUntil(remove, () => !isThere(), 'the line to be gone', PATIENCE * 2, PATIENCE / 5)
}
