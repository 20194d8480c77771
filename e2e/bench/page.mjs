// What the survivor's page costs in time: from "Start chat" to the first message readable on the desk, with
// nobody in between; and from a message sent to shown on the other side. Medians over a few chats.
import { launchChromium } from '../lib/browsers.mjs'
import { onDuty } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const ROUNDS = 9
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const program = await startDemo()
const browser = await launchChromium()
const desk = await onDuty(browser, program.desk)
// A desk that takes whoever comes, and notes when a text first shows.
await desk.evaluate(() => {
  window.shown = {}
  new MutationObserver(() => {
    if (document.querySelector('[aria-label="Waiting"] li')) {
      [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Take next')?.click()
    }
    for (const [, mark] of document.body.textContent.matchAll(/(mark-\d+-\d+)\./g)) window.shown[mark] ??= Date.now()
  }).observe(document.body, { childList: true, subtree: true, characterData: true })
})
const shownAt = async (mark) => {
  await desk.until((mark) => window.shown[mark], mark)
  return desk.evaluate((mark) => window.shown[mark], mark)
}
const write = (page, text) => page.evaluate((text) => {
  const box = document.getElementById('message')
  box.value = text
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  document.getElementById('composer').requestSubmit()
  return Date.now()
}, text)

const [starts, messages] = [[], []]
for (let round = 0; round < ROUNDS; round++) {
  const page = await browser.newPage()
  await page.goto(program.visitor)
  await page.see('button', 'Start chat')
  await page.raw.waitForLoadState('networkidle')
  const started = await page.evaluate(() => {
    const now = Date.now()
    ;[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Start chat').click()
    return now
  })
  await write(page, `mark-${round}-0.`)
  starts.push(await shownAt(`mark-${round}-0`) - started)
  await page.see('button', 'End chat')
  for (let message = 1; message <= 5; message++) {
    const mark = `mark-${round}-${message}`
    const sent = await write(page, `${mark}.`)
    messages.push(await shownAt(mark) - sent)
  }
  await page.click('button', 'End chat')
  await page.click('button', 'End and erase')
  await page.seeNone('log', 'Conversation')
  await page.close()
}
console.log(JSON.stringify({
  'start to first message on the desk, median ms': median(starts),
  'message sent to shown, median ms': median(messages),
  'message sent to shown, longest of 45, ms': Math.max(...messages),
}))
await browser.close()
await program.stop()
