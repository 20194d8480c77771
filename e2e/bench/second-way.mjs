// What the second way in costs in time, beside WebSocket, through the same nginx in one run: a message from sent to shown
// on the other side, one after another; survivor and desk take the same way (docs/decisions/0042).
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median, nearlyAll } from '../lib/figures.mjs'
import { meet, startChat } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { PASSES, REFUSES, startProgramBehind } from '../lib/proxy.mjs'

const MESSAGES = 100
const WAYS = {
  'by WebSocket': { webSocket: PASSES },
  'by requests, streamed': { webSocket: REFUSES },
  'by requests, kept back until they are whole': { webSocket: REFUSES, buffers: true },
}

const write = (page, text) => page.evaluate((text) => {
  const box = document.getElementById('message')
  box.value = text
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  const now = performance.timeOrigin + performance.now()
  document.getElementById('composer').requestSubmit()
  return now
}, text)

const browser = await launchChromium()
let base
for (const [what, how] of Object.entries(WAYS)) {
  const behind = await startProgramBehind(how)
  const desk = await onDutyByInvitation(behind.program, browser, 'Sam', '--desk', behind.origins.desk)
  const began = Date.now()
  const survivor = await startChat(browser, `${behind.origins.visitor}/`)
  await meet(survivor, desk)
  const started = Date.now() - began
  await desk.evaluate(() => {
    window.shown = {}
    new MutationObserver(() => {
      for (const [, mark] of document.querySelector('[role=log]')?.textContent.matchAll(/(mark-\d+)\./g) ?? []) {
        window.shown[mark] ??= performance.timeOrigin + performance.now()
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  const took = []
  for (let message = 0; message < MESSAGES; message++) {
    const mark = `mark-${message}`
    const sent = await write(survivor, `${mark}.`)
    await desk.until((mark) => window.shown[mark], mark)
    took.push(await desk.evaluate((mark) => window.shown[mark], mark) - sent)
    if (how.buffers && message === 0) await desk.until(() => new Promise((done) => setTimeout(() => done(true), 3500)))
  }
  base ??= median(took)
  figure(`${what}: opened to in a chat`, started / 1000, 's', {})
  figure(`${what}: a message, median of ${MESSAGES}`, median(took), 'ms', {})
  figure(`${what}: the same, 99th of 100`, nearlyAll(took), 'ms', {})
  figure(`${what}: its median beside that by WebSocket`, median(took) / base, 'x', {})
  await survivor.close()
  await desk.close()
  await behind.stop()
}
await browser.close()
