// Everybody can use it: axe with contrast on at every screen, both colour schemes, and at 320 pixels;
// the whole way by keyboard.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'

import { launchChromium } from '../lib/browsers.mjs'
import { meet, onDuty, picture, survivorSays } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function assertAccessible(page, screen) {
  // Through the driver, past the page's own content policy, which forbids what a test brings along.
  const { violations } = await page.raw.evaluate(`${AXE}; axe.run(document, { runOnly: ${JSON.stringify(WCAG)} })`)
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
  assert.deepEqual(found, [], screen)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)
  assert.ok(!wide, `${screen} needs no scrolling sideways`)
}

describe('axe has no remark', () => {
  let program, browser
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  for (const [kind, options] of Object.entries({
    'light-desktop': { viewport: { width: 1280, height: 800 } },
    'dark-phone': { viewport: { width: 390, height: 844 }, dark: true },
    'light-320': { viewport: { width: 320, height: 640 } },
  })) {
    test(`on every screen of both pages (${kind})`, async () => {
      const desk = await onDuty(browser, program.desk, options)
      await assertAccessible(desk, 'desk on duty')
      const page = await browser.newPage(options)
      await page.goto(program.visitor)
      await page.see('button', 'Start chat')
      await assertAccessible(page, 'before')
      await picture(page, `before-${kind}`)
      await page.click('button', 'Start chat')
      await page.see('button', 'Stop waiting')
      await assertAccessible(page, 'waiting')
      await picture(page, `waiting-${kind}`)
      await meet(page, desk)
      await survivorSays(page, 'مرحبا')
      await survivorSays(page, 'hello')
      await desk.seeText('log', 'Conversation', 'hello')
      await assertAccessible(page, 'chat')
      await assertAccessible(desk, 'desk with a chat')
      await picture(page, `chat-${kind}`)
      await picture(desk, `desk-${kind}`)
      await page.click('button', 'End chat')
      await assertAccessible(page, 'ending')
      await page.click('button', 'End and erase')
      await page.seeNone('log', 'Conversation')
      await assertAccessible(page, 'ended')
      await picture(page, `ended-${kind}`)
      await page.close()
      await desk.close()
    })
  }

  test('the whole way by keyboard, the way out first in the tab order', async () => {
    const desk = await onDuty(browser, program.desk)
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'leave')
    const reach = async (name) => {
      for (let step = 0; step < 20; step++) {
        if (await page.evaluate((name) => document.activeElement?.textContent.trim() === name, name)) return
        await page.press('Tab')
      }
      assert.fail(`“${name}” is not reached by Tab`)
    }
    await reach('Start chat')
    await page.press('Enter')
    await page.see('button', 'Stop waiting')
    await meet(page, desk)
    await page.focus('textbox', 'Your message')
    await page.raw.keyboard.type('by keyboard alone')
    await page.press('Enter')
    await desk.seeText('log', 'Conversation', 'by keyboard alone')
    await reach('End chat')
    await page.press('Enter')
    await reach('End and erase')
    await page.press('Enter')
    await page.seeNone('log', 'Conversation')
    await page.close()
    await desk.close()
  })
})
