// What a chat costs in time: from asking for an advocate to the first message readable on the desk, with
// nobody in between; and from a message sent to shown on the other side.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median, nearlyAll } from '../lib/figures.mjs'
import { onDuty, toQuestions } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const CHATS = 9
const MESSAGES = 20

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
for (let chat = 0; chat < CHATS; chat++) {
  const page = await browser.newPage()
  await page.goto(program.visitor)
  await page.raw.waitForLoadState('networkidle')
  await toQuestions(page)
  const started = await page.evaluate(() => {
    const now = Date.now()
    document.getElementById('skip-questions').click()
    return now
  })
  await write(page, `mark-${chat}-0.`)
  starts.push(await shownAt(`mark-${chat}-0`) - started)
  await page.see('button', 'End chat')
  for (let message = 1; message <= MESSAGES; message++) {
    const mark = `mark-${chat}-${message}`
    const sent = await write(page, `${mark}.`)
    messages.push(await shownAt(mark) - sent)
  }
  await page.click('button', 'End chat')
  await page.click('button', 'End and erase')
  await page.seeNone('log', 'Conversation')
  await page.close()
}
figure(`asking for an advocate to the first message on the desk, median of ${CHATS}`, median(starts), 'ms', { first: 300, end: 150 })
figure(`a message sent to shown on the other side, median of ${messages.length}`, median(messages), 'ms', { first: 30, end: 15 })
figure('the same, 99th of 100', nearlyAll(messages), 'ms', { first: 100, end: 50 })
await browser.close()
await program.stop()
