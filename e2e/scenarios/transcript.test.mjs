// What a screen reader says on the survivor's whole way, kept beside this file: whoever changes a screen
// sees what it sounds like. `STILLROOM_ACCEPT=1` writes it anew.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

import { launchChromium } from '../lib/browsers.mjs'
import { advocateSays, HEADINGS, meet, onDuty, survivorSays } from '../lib/people.mjs'
import { announced, focus, listen, spoken } from '../lib/spoken.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const KEPT = fileURLToPath(new URL('transcript.txt', import.meta.url))

/** What differs from run to run. */
const alike = (line) => line.replaceAll(/localhost:\d+/g, 'HOST').replaceAll(/Sam/g, 'NAME')

test('a screen reader says what the kept transcript says, from the first screen to the last', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  const transcript = []
  try {
    const desk = await onDuty(browser, program.desk)
    const page = await browser.newPage()
    await listen(page)
    const screen = async (name, { whole = true } = {}) => {
      transcript.push(`# ${name}`, `focus: ${await focus(page)}`)
      for (const said of await announced(page)) transcript.push(`said: ${said}`)
      if (whole) transcript.push(...await spoken(page))
      transcript.push('')
    }
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.until(() => !document.getElementById('start').disabled)
    await screen('Before')
    await page.click('button', 'Start chat')
    await page.see('heading', HEADINGS.safety)
    await screen('Is it safe')
    await page.click('radio', 'Not sure')
    await page.see('heading', 'Ways that may be safer')
    await screen('Is it safe: not sure')
    await page.click('button', 'Continue')
    await page.see('heading', HEADINGS.rights)
    await screen('Rights')
    await page.click('button', 'Continue')
    await page.seeAnywhere('You are next.')
    await page.until(() => document.getElementById('line').dataset.line === 'up')
    await screen('Waiting')
    await meet(page, desk)
    await page.seeAnywhere('is here.')
    await survivorSays(page, 'Good evening.')
    await page.seeAnywhere('Received')
    await advocateSays(desk, 'Hello, I am here.')
    await page.seeText('log', 'Conversation', 'Hello, I am here.')
    await screen('Chat')
    await page.click('button', 'End chat')
    await screen('Ending')
    await page.click('button', 'End and erase')
    await page.see('heading', 'It has ended')
    await screen('Ended')
  } finally {
    await browser.close()
    await program.stop()
  }
  const now = transcript.map(alike).join('\n')
  if (process.env.STILLROOM_ACCEPT || !existsSync(KEPT)) writeFileSync(KEPT, now)
  assert.equal(now, readFileSync(KEPT, 'utf8'), 'STILLROOM_ACCEPT=1 keeps this one')
})
