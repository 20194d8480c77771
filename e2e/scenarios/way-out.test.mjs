// The way out, by button and by keyboard, on every screen; and what Back shows afterwards: nothing.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { meet, onDuty, survivorSays, toRights, toSafety, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const ways = {
  'the button': (page) => page.click('button', 'Leave this page'),
  'Shift three times': async (page) => { for (let time = 0; time < 3; time++) await page.press('Shift') },
}

/** How a survivor comes to each screen. */
const screens = {
  before: async () => {},
  safety: (page) => toSafety(page),
  safer: async (page) => {
    await toSafety(page)
    await page.click('radio', 'Yes')
    await page.see('heading', 'Ways that may be safer')
  },
  rights: (page) => toRights(page),
  waiting: (page) => toWaiting(page),
  chat: async (page, desk) => {
    await screens.waiting(page)
    await meet(page, desk)
    await survivorSays(page, 'nobody may see this')
    await desk.seeAnywhere('nobody may see this')
  },
  ending: async (page, desk) => {
    await screens.chat(page, desk)
    await page.click('button', 'End chat')
    await page.see('button', 'End and erase')
  },
  ended: async (page, desk) => {
    await screens.ending(page, desk)
    await page.click('button', 'End and erase')
    await page.seeNone('log', 'Conversation')
  },
}

const shows = (page) => page.evaluate(() => document.documentElement?.innerText ?? '')

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`in ${name}`, () => {
    let program, chromium, browser
    // A program for each: a place in the line is kept for two minutes where a browser cuts the goodbye off.
    beforeEach(async () => { program = await startDemo() })
    afterEach(() => program?.stop())
    before(async () => {
      chromium = await launchChromium()
      browser = name === 'Chromium' ? chromium : await launch()
    })
    after(async () => {
      await browser?.close()
      if (browser !== chromium) await chromium?.close()
    })

    for (const [screen, reach] of Object.entries(screens)) {
      for (const [way, go] of Object.entries(ways)) {
        test(`${way} leaves the screen “${screen}”, and Back does not show the chat`, async () => {
          const desk = await onDuty(chromium, program.desk)
          const page = await browser.newPage({ viewport: PHONE })
          // The exit site answers in Chromium; Firefox shows its own page about a site that it cannot reach.
          await page.raw.route?.('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
          await page.goto('about:blank')
          await page.goto(program.visitor)
          await reach(page, desk)
          const { origin } = new URL(program.visitor)
          await go(page)
          if (page.browser === 'chromium') await page.seeAnywhere('An ordinary site')
          await page.until((origin) => !location.href.startsWith(origin) || document.body === null
            || document.body.innerText === '', origin)
          await page.back()
          const shown = await shows(page).catch(() => '')
          assert.ok(!shown.includes('nobody may see this'), 'no word of the chat')
          assert.ok(!shown.includes('Conversation') && !shown.includes('End chat'), shown)
          await page.close()
          await desk.close()
        })
      }
    }
  })
}
