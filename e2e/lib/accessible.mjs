// What axe finds on a page, with contrast on, and whether everything is in sight without scrolling sideways.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What sticks to an edge of a survivor's page lies over a part of whatever happens to be scrolled there. */
const stick = (page, how) => page.evaluate((how) => {
  for (const each of document.querySelectorAll('.bar, .go')) each.style.position = how
}, how)

/** Fails with what axe finds on this screen; targets are measured as they are once they are scrolled into sight. */
export async function assertAccessible(page, screen) {
  // A colour that is on its way to another is neither.
  await page.until(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
  await stick(page, 'static')
  // Through the driver, past the page's own content policy, which forbids what a test brings along. Of what is in a
  // frame axe would have to be told by the frame, which may say nothing.
  const options = { runOnly: WCAG, iframes: false }
  const { violations } = await page.raw.evaluate(`${AXE}; axe.run(document, ${JSON.stringify(options)})`)
  await stick(page, '')
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
  assert.deepEqual(found, [], screen)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)
  assert.ok(!wide, `${screen} needs no scrolling sideways`)
}
