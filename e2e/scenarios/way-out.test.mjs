// The way out, by button and by keyboard, on every screen; and what Back shows afterwards: nothing.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { askForAdvocate, meet, onDuty, pinOther, survivorSays, toQuestions, toRights, toSafety, toWaiting } from '../lib/people.mjs'
import { closedNow, startProgram } from '../lib/program.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const ways = {
  'the button': (page) => page.click('button', 'Leave this page'),
  'Shift three times': async (page) => { for (let time = 0; time < 3; time++) await page.press('Shift') },
}

/** It is a link that says that it is a button: both keys that press a button press it. */
const keys = Object.fromEntries(['Enter', ' '].map((key) => [`the key “${key}”`, async (page) => {
  await page.focus('button', 'Leave this page')
  await page.press(key)
}]))

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
  questions: async (page) => {
    await toQuestions(page)
    await page.click('radio', 'Under 18')
  },
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
  survey: async (page, desk) => {
    await screens.ended(page, desk)
    await page.click('button', 'Answer the questions')
    await page.fill('textbox', 'In your own words, if you want', 'nobody may see this')
  },
  stopped: async (page) => {
    await pinOther(page)
    await askForAdvocate(page)
    await page.see('heading', 'We could not make sure who would answer')
  },
  closed: async (page, _, closed) => {
    await page.goto(closed.visitor)
    await page.seeAnywhere('Chat is closed now')
  },
  'not loaded yet': async (page) => {
    await withhold(page, '.wasm')
    await page.reload()
    await askForAdvocate(page)
    await page.seeAnywhere('Asking for your place in the line.')
  },
}

/** What ends like this never arrives. */
async function withhold(page, end) {
  if (page.raw.route) return page.raw.route(`**/*${end}`, () => {})
  await page.raw.setRequestInterception(true)
  page.raw.on('request', (request) => { if (!request.url().endsWith(end)) request.continue() })
}

const shows = (page) => page.evaluate(() => document.documentElement?.innerText ?? '')

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`in ${name}`, () => {
    let program, closed, chromium, browser
    // A program for each: a place in the line is kept for two minutes where a browser cuts the goodbye off.
    beforeEach(async () => { program = await startDemo() })
    afterEach(() => program?.stop())
    before(async () => {
      closed = await startProgram()
      closed.publish(closedNow)
      chromium = await launchChromium()
      browser = name === 'Chromium' ? chromium : await launch()
    })
    after(async () => {
      await browser?.close()
      if (browser !== chromium) await chromium?.close()
      await closed?.stop()
    })

    for (const [screen, reach] of Object.entries(screens)) {
      for (const [way, go] of Object.entries({ ...ways, ...screen === 'waiting' && keys })) {
        test(`${way} leaves the screen “${screen}”, and Back does not show the chat`, async () => {
          const desk = await onDuty(chromium, program.desk)
          const page = await browser.newPage({ viewport: PHONE })
          // The exit site answers in Chromium; Firefox shows its own page about a site that it cannot reach.
          await page.raw.route?.('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
          await page.goto('about:blank')
          await page.goto(program.visitor)
          await reach(page, desk, closed)
          const { origin } = new URL(page.url())
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
