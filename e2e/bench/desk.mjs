// A full desk: twelve chats side by side, each survivor writing, while the advocate types in one of them. A frame
// is dropped where the next one comes later than one and a half of what a screen of 60 pictures a second takes.
// An empty page with one field, typed into in the same run, says what this machine itself drops.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median, nearlyAll } from '../lib/figures.mjs'
import { onDuty } from '../lib/people.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const CHATS = 12
const KEYS = 300
/** Milliseconds between two keys: a fast typist's. */
const BETWEEN = 70
const FRAME = 1_000 / 60
const SENTENCE = 'I hear you, and I am here for as long as you want to write. '

const program = await startDemo()
const browser = await launchChromium()
const desk = await onDuty(browser, program.desk)
await desk.evaluate((chats) => {
  document.getElementById('shift-chats').value = chats
  document.querySelector('.shift-form').requestSubmit()
}, CHATS)
await desk.seeAnywhere(`Chats at once: up to ${CHATS}.`)

const survivors = []
for (let number = 1; number <= CHATS; number++) {
  survivors.push(await scriptedSurvivor(program.visitor))
  await desk.until(() => document.querySelector('[aria-label="Waiting"] li') !== null)
  await desk.click('button', 'Take next')
  await desk.until((number) => document.querySelectorAll('section.panel').length === number, number)
}
for (const survivor of survivors) survivor.tell({ do: 'write', text: 'Is somebody there?' })
await desk.until((count) => document.querySelectorAll('section.panel .message').length >= count, CHATS)

/** Types in the last field of a page; frames and keys by their times. */
async function typed(page) {
  await page.evaluate(() => {
    const box = [...document.querySelectorAll('textarea[id^=message-]')].at(-1)
    box.focus()
    window.measured = { frames: [], keys: [] }
    let last = performance.now()
    const frame = (now) => {
      if (!window.measured) return
      window.measured.frames.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    box.addEventListener('keydown', () => {
      const pressed = performance.now()
      requestAnimationFrame(() => setTimeout(() => window.measured?.keys.push(performance.now() - pressed)))
    })
  })
  for (let key = 0; key < KEYS; key++) {
    await page.raw.keyboard.press(SENTENCE[key % SENTENCE.length])
    await new Promise((resolve) => setTimeout(resolve, BETWEEN))
  }
  return page.evaluate(() => {
    const { frames, keys } = window.measured
    delete window.measured
    return { frames: frames.slice(1), keys }
  })
}

/** Everybody else writes once a second while this goes on. */
async function whileOthersWrite(action) {
  let turn = 0
  const others = setInterval(() => {
    survivors[turn++ % (CHATS - 1)].tell({ do: 'write', text: `${SENTENCE}(${turn})` })
  }, 1_000 / (CHATS - 1))
  try {
    return await action()
  } finally {
    clearInterval(others)
  }
}

function tell(what, { frames, keys }, targets) {
  const dropped = frames.filter((time) => time > 1.5 * FRAME).length
  figure(`${what}: frames dropped of ${frames.length} while one types`, dropped, '', targets)
  figure(`${what}: longest frame`, Math.max(...frames), 'ms', {})
  figure(`${what}: a key to its frame, median`, median(keys), 'ms', {})
  figure(`${what}: the same, 99th`, nearlyAll(keys), 'ms', {})
}

tell('twelve chats, nobody else writes', await typed(desk), { first: 0, end: 0 })
tell('twelve chats, everybody writes', await whileOthersWrite(() => typed(desk)), { first: 0, end: 0 })
const empty = await browser.newPage()
await empty.goto('data:text/html,<textarea id=message-1></textarea>')
tell('an empty page with one field', await typed(empty), {})
await Promise.all(survivors.map((survivor) => survivor.stop()))
await browser.close()
await program.stop()
