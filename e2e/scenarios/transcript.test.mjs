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

/** What differs from run to run: the port, the words of this chat, and a day that is soon. */
const alike = (line, words) => line.replaceAll(/localhost:\d+/g, 'HOST')
  .replaceAll(words, 'WORD WORD WORD')
  .replaceAll(/“[A-Z][a-z]+day, [A-Z][a-z]+ \d+”/g, '“DATE”')

test('a screen reader says what the kept transcript says, from the first screen to the last', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  const transcript = []
  let words
  try {
    const desk = await onDuty(browser, program.desk)
    const page = await browser.newPage()
    await listen(page)
    const heard = new Set()
    const screen = async (name) => {
      transcript.push(`# ${name}`, `focus: ${await focus(page)}`)
      for (const said of await announced(page)) transcript.push(`said: ${said}`)
      for (const region of await spoken(page)) {
        const lines = region.join('\n')
        transcript.push(heard.has(lines) ? `${region[0]} as before` : lines)
        heard.add(lines)
      }
      transcript.push('')
    }
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.until(() => !document.getElementById('start').disabled)
    await announced(page) // what was there when it was opened is read, and not announced
    await screen('Before')
    await page.click('button', 'Start chat')
    await page.see('heading', HEADINGS.safety)
    await screen('Is it safe')
    await page.click('radio', 'I am not sure')
    await page.see('heading', 'Ways that may be safer')
    await screen('Is it safe: not sure')
    await page.click('button', 'Continue')
    await page.see('heading', HEADINGS.rights)
    await screen('Rights')
    await page.click('button', 'Continue')
    await page.see('heading', HEADINGS.questions)
    await screen('Questions')
    await page.click('button', 'Skip all')
    await page.seeAnywhere('You are next.')
    await page.until(() => document.getElementById('line').dataset.line === 'up')
    await screen('Waiting')
    await meet(page, desk)
    await page.seeAnywhere('open its address again')
    words = await page.evaluate(() => document.querySelector('#return strong').textContent)
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
    await page.click('button', 'Answer the questions')
    await page.see('heading', 'How was it?')
    await screen('Survey')
    await page.fill('textbox', 'In your own words, if you want', 'Thank you')
    await page.click('button', 'Send my answers')
    await page.see('heading', 'It has ended')
    await screen('Survey sent')
  } finally {
    await browser.close()
    await program.stop()
  }
  const now = transcript.map((line) => alike(line, words)).join('\n')
  if (process.env.STILLROOM_ACCEPT || !existsSync(KEPT)) writeFileSync(KEPT, now)
  assert.equal(now, readFileSync(KEPT, 'utf8'), 'STILLROOM_ACCEPT=1 keeps this one')
})
