// Everybody can use it: axe with contrast on at every screen, in both colour schemes, the device's own
// colours, at 320 pixels, at 400 % zoom and from right to left; the whole way by keyboard.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'

import { launchChromium } from '../lib/browsers.mjs'
import { HEADINGS, meet, onDuty, picture, survivorSays } from '../lib/people.mjs'
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

async function everyScreen(browser, program, kind, options) {
  const desk = await onDuty(browser, program.desk, options)
  await assertAccessible(desk, 'desk on duty')
  const page = await browser.newPage(options)
  await page.goto(program.visitor)
  const shown = async (name, heading) => {
    if (heading) await page.see('heading', heading)
    await assertAccessible(page, name)
    await picture(page, `${name}-${kind}`)
  }
  await page.see('button', 'Start chat')
  await shown('before', HEADINGS.before)
  await page.evaluate(() => { for (const each of document.querySelectorAll('#before details')) each.open = true })
  await shown('advice')
  await page.click('button', 'Start chat')
  await shown('safety', HEADINGS.safety)
  await page.click('radio', 'I am not sure')
  await shown('safer')
  await page.click('button', 'Continue')
  await shown('rights', HEADINGS.rights)
  await page.evaluate(() => { for (const each of document.querySelectorAll('#rights details')) each.open = true })
  await assertAccessible(page, 'rights and their details')
  await page.click('button', 'Continue')
  await page.see('button', 'Stop waiting')
  await shown('waiting', HEADINGS.waiting)
  await meet(page, desk)
  await survivorSays(page, 'مرحبا')
  await survivorSays(page, 'hello')
  await desk.seeText('log', 'Conversation', 'hello')
  await shown('chat')
  await assertAccessible(desk, 'desk with a chat')
  await picture(desk, `desk-${kind}`)
  await page.evaluate(() => { document.getElementById('live').open = true })
  await assertAccessible(page, 'what can be shown of what is typed')
  await page.click('button', 'Ask to show words as they are typed')
  await desk.see('button', 'Yes, show it')
  await assertAccessible(desk, 'desk that is asked to show what is typed')
  await desk.click('button', 'Yes, show it')
  await page.see('button', 'Stop showing it')
  await page.fill('textbox', 'Your message', 'not sent yet')
  await desk.fill('textbox', 'Message', 'not sent yet')
  for (const each of [page, desk]) await each.seeText('group', 'Being typed, not sent yet', 'not sent yet')
  await shown('live')
  await assertAccessible(desk, 'desk that shows what is typed')
  await picture(desk, `desk-live-${kind}`)
  await page.click('button', 'End chat')
  await shown('ending')
  await page.click('button', 'End and erase')
  await page.seeNone('log', 'Conversation')
  await shown('ended', 'It has ended')
  await page.close()
  await desk.close()
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

  const kinds = {
    'light-desktop': { viewport: { width: 1280, height: 800 } },
    'dark-desktop': { viewport: { width: 1280, height: 800 }, dark: true },
    'light-phone': { viewport: { width: 390, height: 844 }, touch: true },
    'dark-phone': { viewport: { width: 390, height: 844 }, dark: true, still: true },
    'light-320': { viewport: { width: 320, height: 640 } },
    // What is left of a screen of 1280 by 800 at 400 %.
    'zoomed': { viewport: { width: 320, height: 200 } },
    'forced-phone': { viewport: { width: 390, height: 844 }, forced: true },
  }
  for (const [kind, options] of Object.entries(kinds)) {
    test(`on every screen of both pages (${kind})`, () => everyScreen(browser, program, kind, options))
  }

  test('on every screen from right to left', async () => {
    const turned = await startDemo('--pseudo-locale', 'ar-XB')
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      const desk = await browser.newPage()
      await desk.goto(turned.desk)
      await desk.raw.locator('button').filter({ hasText: 'duty' }).first().click()
      await page.goto(turned.visitor)
      const shown = async (screen) => {
        await page.until((screen) => document.documentElement.dataset.screen === screen, screen)
        await assertAccessible(page, screen)
        await picture(page, `${screen}-rtl-phone`)
      }
      await page.raw.locator('#start:enabled').waitFor()
      await shown('before')
      await page.raw.locator('#start').click()
      await page.raw.locator('[value=not-sure]').check()
      await shown('safety')
      await page.raw.locator('#safety-form [type=submit]').click()
      await shown('rights')
      await page.raw.locator('#rights-form [type=submit]').click()
      await shown('waiting')
      await page.raw.locator('#stop-waiting').click()
      await shown('ended')
      // Whatever stands at one side stands at the other: the way out, and the text's edge.
      const { left, right } = await page.evaluate(() => document.getElementById('leave').getBoundingClientRect())
      assert.ok(left < 390 - right, `the way out is at the line's end: ${left} to ${right}`)
      await page.close()
      await desk.close()
    } finally {
      await turned.stop()
    }
  })

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
    const focused = () => page.evaluate(() => document.activeElement.textContent)
    await reach('Start chat')
    await page.press('Enter')
    assert.equal(await focused(), HEADINGS.safety)
    await page.press('Tab')
    await page.press('ArrowDown')
    await page.press('ArrowDown')
    await page.see('heading', 'Ways that may be safer')
    await reach('Continue')
    await page.press('Enter')
    assert.equal(await focused(), HEADINGS.rights)
    await page.press('Tab')
    await page.press('Enter')
    await reach('Continue')
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
    assert.equal(await focused(), 'It has ended')
    await reach('Close this page')
    await page.raw.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
    await page.press('Enter')
    await page.seeAnywhere('An ordinary site')
    await page.close()
    await desk.close()
  })

  test('Enter alone leads from each heading on, and held down it does not', async () => {
    const page = await browser.newPage()
    const desk = await onDuty(browser, program.desk)
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.focus('button', 'Start chat')
    await page.raw.keyboard.down('Enter')
    for (let time = 0; time < 5; time++) await page.raw.keyboard.down('Enter')
    await page.raw.keyboard.up('Enter')
    await page.see('heading', HEADINGS.safety)
    await page.press('Enter')
    await page.see('heading', HEADINGS.rights)
    await page.press('Enter')
    await page.see('button', 'Stop waiting')
    await page.close()
    await desk.close()
  })
})
