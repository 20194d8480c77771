// Everybody can use it: axe with contrast on at every screen, in both colour schemes, the device's own
// colours, at 320 pixels, at 400 % zoom and from right to left. The whole way by keys is in whole-way.test.mjs.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, PHONE } from '../lib/browsers.mjs'
import { enterOn, HEADINGS, onDuty, picture, pinOther } from '../lib/people.mjs'
import { closedNow, startProgram } from '../lib/program.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** A page that shows a screen, whatever language it is in. */
const on = (page, screen) => page.until((screen) => document.documentElement.dataset.screen === screen, screen, `the screen ${screen}`)
const press = (page, selector) => page.raw.locator(selector).click()
/** The desk's words are turned around with the page's: each word stands in the text all the same. */
const pressNamed = (desk, word) => desk.raw.locator('button:visible').filter({ hasText: word }).first().click()

/** Both programs of one language: one that is open once somebody is on duty, and one that is closed now. */
async function startPrograms(locale) {
  const testing = locale && `pseudo_locale = "${locale}"`
  const closed = await startProgram({ testing })
  await closed.publish(closedNow)
  return { open: await startDemo(...locale ? ['--pseudo-locale', locale] : []), closed }
}

/** Where Tab leads, and whether the middle of it is to be seen. */
async function tabbed(page) {
  await page.press('Tab')
  return page.evaluate(() => {
    const { activeElement: one } = document
    const { left, top, width, height } = one.getBoundingClientRect()
    const above = document.elementFromPoint(left + width / 2, top + height / 2)
    const name = `${one.localName} ${one.id || one.textContent.trim()}`
    return { name, isInSight: one === document.body || Boolean(above) && (one.contains(above) || above.contains(one)) }
  })
}

async function everyScreen(browser, { open, closed }, kind, options) {
  const desk = await browser.newPage(options)
  await desk.goto(open.desk)
  await pressNamed(desk, 'duty')
  await desk.raw.locator('button:visible').filter({ hasText: 'next' }).waitFor()
  await assertAccessible(desk, 'desk on duty')
  const page = await browser.newPage(options)
  const shown = async (name) => {
    await assertAccessible(page, name)
    await picture(page, `${name}-${kind}`)
  }
  await page.goto(closed.visitor)
  await page.until(() => document.documentElement.dataset.state === 'closed')
  await shown('closed')

  await page.goto(open.visitor)
  await page.raw.locator('#start:enabled').waitFor()
  await shown('before')
  await page.evaluate(() => { for (const each of document.querySelectorAll('#before details')) each.open = true })
  await shown('advice')
  await press(page, '#start')
  await on(page, 'safety')
  await shown('safety')
  await page.raw.locator('[value=not-sure]').check()
  await page.raw.locator('#safer').scrollIntoViewIfNeeded()
  await shown('safer')
  await press(page, '#safety-form [type=submit]')
  await on(page, 'rights')
  await shown('rights')
  await page.evaluate(() => { for (const each of document.querySelectorAll('#rights details')) each.open = true })
  await assertAccessible(page, 'rights and their details')
  await press(page, '#rights-form [type=submit]')
  await on(page, 'questions')
  await shown('questions')
  await page.raw.locator('#questions-form [type=radio]').first().check()
  await page.raw.locator('#questions-form .asked').last().scrollIntoViewIfNeeded()
  await shown('questions-answered')
  await press(page, '#questions-form [type=submit]')
  await on(page, 'waiting')
  await desk.until(() => document.querySelector('[aria-label*="Waiting"] li'))
  await page.until(() => document.getElementById('place').textContent !== document.getElementById('texts').content.querySelector('[data-text=place-asking]').textContent)
  await shown('waiting')
  await pressNamed(desk, 'next')
  await on(page, 'chat')
  for (const words of ['مرحبا', 'hello']) {
    await page.raw.locator('#message').fill(words)
    await press(page, '#send')
    await desk.seeAnywhere(words)
  }
  await page.until(() => document.getElementById('return'))
  await shown('chat')
  await assertAccessible(desk, 'desk with a chat')
  await picture(desk, `desk-${kind}`)
  await page.evaluate(() => { document.getElementById('live').open = true })
  await assertAccessible(page, 'what can be shown of what is typed')
  await press(page, '#live-text')
  await desk.raw.locator('button:visible').filter({ hasText: 'Yes' }).waitFor()
  await assertAccessible(desk, 'desk that is asked to show what is typed')
  await pressNamed(desk, 'Yes')
  await page.raw.locator('#live-stop').waitFor()
  await page.raw.locator('#message').fill('half a word')
  await desk.raw.locator('textarea:visible').fill('half a word')
  for (const each of [page, desk]) await each.seeAnywhere('half a word')
  await shown('live')
  await assertAccessible(desk, 'desk that shows what is typed')
  await picture(desk, `desk-live-${kind}`)
  await press(page, '#live-stop')
  await page.raw.locator('#message').fill('')
  // As after many minutes; that it comes by itself is shown in silence.test.mjs.
  await page.evaluate(() => {
    document.getElementById('silence-said').textContent = document.getElementById('texts').content.querySelector('[data-text=silence-asked]').textContent
    document.getElementById('silence').hidden = false
  })
  await shown('silence')
  await page.evaluate(() => { document.getElementById('silence').hidden = true })
  await press(page, '#end')
  await shown('ending')
  await press(page, '#end-now')
  await on(page, 'ended')
  await shown('ended')
  await press(page, '#to-survey')
  await on(page, 'survey')
  await shown('survey')
  await page.raw.locator('#survey-form textarea').fill('w'.repeat(500))
  await page.raw.locator('#survey-form .full:not(:empty)').waitFor()
  await shown('survey-full')
  await press(page, '#survey-form [type=submit]')
  await on(page, 'ended')
  await shown('survey-sent')
  await page.goto(open.visitor)
  await page.raw.locator('#start:enabled').waitFor()
  await pinOther(page)
  for (const selector of ['#start', '#safety-form [type=submit]', '#rights-form [type=submit]', '#skip-questions']) await press(page, selector)
  await on(page, 'stopped')
  assert.ok(await page.raw.locator('#stop-program-not-verified').isVisible(), 'a page of another program does not chat')
  await shown('stopped')
  await page.close()
  await desk.close()
}

describe('axe has no remark', () => {
  let programs, browser
  before(async () => {
    programs = await startPrograms()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await programs?.open.stop()
    await programs?.closed.stop()
  })

  const kinds = {
    'light-desktop': { viewport: DESKTOP },
    'dark-desktop': { viewport: DESKTOP, dark: true },
    'light-phone': { viewport: PHONE, touch: true },
    'dark-phone': { viewport: PHONE, dark: true, still: true },
    'light-320': { viewport: { width: 320, height: 640 } },
    // What is left of a screen of 1280 by 800 at 400 %.
    'zoomed': { viewport: { width: 320, height: 200 } },
    'forced-phone': { viewport: PHONE, forced: true },
  }
  for (const [kind, options] of Object.entries(kinds)) {
    test(`on every screen of both pages (${kind})`, () => everyScreen(browser, programs, kind, options))
  }

  describe('from right to left', () => {
    let turned
    before(async () => { turned = await startPrograms('ar-XB') })
    after(async () => {
      await turned?.open.stop()
      await turned?.closed.stop()
    })

    for (const [kind, options] of Object.entries({
      'rtl-phone': { viewport: PHONE, touch: true },
      'rtl-dark-desktop': { viewport: DESKTOP, dark: true },
    })) {
      test(`on every screen of both pages (${kind})`, () => everyScreen(browser, turned, kind, options))
    }

    test('whatever stands at one side stands at the other: the way out, and the text’s edge', async () => {
      const page = await browser.newPage({ viewport: PHONE })
      await page.goto(turned.closed.visitor)
      const { left, right } = await page.evaluate(() => document.getElementById('leave').getBoundingClientRect())
      assert.ok(left < PHONE.width - right, `the way out is at the line's end: ${left} to ${right}`)
      await page.close()
    })
  })

  test('the way out is first in the tab order, on every screen that comes first', async () => {
    const page = await browser.newPage()
    for (const program of [programs.open, programs.closed]) {
      await page.goto(program.visitor)
      await page.press('Tab')
      assert.equal(await page.evaluate(() => document.activeElement.id), 'leave')
    }
    await page.close()
  })

  test('Tab leads to nothing that lies under what stays in sight (WCAG 2.4.11)', async () => {
    const page = await browser.newPage({ viewport: PHONE })
    const desk = await onDuty(browser, programs.open.desk)
    await page.goto(programs.open.visitor)
    await page.raw.locator('#start:enabled').waitFor()
    for (const [screen, onward] of [['before', '#start'], ['safety', '#safety-form [type=submit]'], ['rights', undefined]]) {
      await on(page, screen)
      const seen = new Set()
      for (let at = await tabbed(page); !seen.has(at.name); at = await tabbed(page)) {
        assert.ok(at.isInSight, `on ${screen}, ${at.name} is covered`)
        seen.add(at.name)
      }
      assert.ok(seen.size > 3, `what Tab led to on ${screen}: ${[...seen]}`)
      if (onward) await press(page, onward)
    }
    await page.close()
    await desk.close()
  })

  test('Enter alone leads from each heading on, and held down it does not', async () => {
    const page = await browser.newPage()
    const desk = await onDuty(browser, programs.open.desk)
    await page.goto(programs.open.visitor)
    await page.see('button', 'Start chat')
    await page.focus('button', 'Start chat')
    await page.raw.keyboard.down('Enter')
    for (let time = 0; time < 5; time++) await page.raw.keyboard.down('Enter')
    await page.raw.keyboard.up('Enter')
    for (const screen of ['safety', 'rights', 'questions']) await enterOn(page, HEADINGS[screen])
    await page.see('button', 'Stop waiting')
    await page.close()
    await desk.close()
  })
})
