// How long a closing takes, from the command to the last page: those that wait, and the desk with a chat that goes on
// (features.md 5.7). The command's own start and the opening of its key are in it.
import { launchChromium, PHONE } from '../lib/browsers.mjs'
import { figure, median } from '../lib/figures.mjs'
import { meet, startChat } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const ROUNDS = 5
const WAITING = 4
const NOTICE = 'The river is over its banks.'

const program = await startProgram()
const browser = await launchChromium()
const desk = await onDutyByInvitation(program, browser, 'Sam')
const chatting = await startChat(browser, program.visitor, { viewport: PHONE })
await meet(chatting, desk)

/** The page notes when it first shows the notice. */
const watch = (page) => page.evaluate((notice) => {
  window.shownAt = 0
  const look = () => {
    if (!window.shownAt && document.body.innerText.includes(notice)) window.shownAt = Date.now()
  }
  new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true })
}, NOTICE)

const took = []
const afterwards = []
for (let round = 0; round < ROUNDS; round++) {
  const waiting = []
  for (let one = 0; one < WAITING; one++) {
    const page = await startChat(browser, program.visitor, { viewport: PHONE })
    await page.until(() => /ahead of you|You are next/.test(document.getElementById('place').textContent))
    waiting.push(page)
  }
  const pages = [...waiting, desk]
  for (const page of pages) await watch(page)
  const start = Date.now()
  program.close('--text', NOTICE)
  const published = Date.now()
  const shown = []
  for (const page of pages) {
    await page.until(() => window.shownAt > 0)
    shown.push(await page.evaluate(() => window.shownAt))
  }
  const last = Math.max(...shown)
  took.push((last - start) / 1000)
  afterwards.push(Math.max(0, last - published) / 1000)
  for (const page of waiting) await page.close()
  program.open()
  await desk.until((notice) => !document.body.innerText.includes(notice), NOTICE)
}
figure('a closing, from the command to the last page, median', median(took), 's', { first: 2, end: 1 })
figure('of that, after the command has said that it is done, the slowest', Math.max(...afterwards), 's', { first: 1, end: 0.5 })
await browser.close()
await program.stop()
