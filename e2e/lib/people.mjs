// What people do on the pages, found as a screen reader finds it.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { PATIENCE } from './browsers.mjs'
import { wait } from './wait.mjs'

/** Where pictures and other output of the scenarios go. */
export const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url))

/** The words that scenarios write: English, Arabic, Hindi, Chinese, combining marks, and long. */
export const WORDS = [
  'I am not sure where to start.',
  'لا أعرف من أين أبدأ. هل يمكنك مساعدتي؟',
  'मुझे समझ नहीं आ रहा कि कहाँ से शुरू करूँ।',
  '我不知道从哪里开始。',
  'e\u0301 n\u0303 a\u0308\u0323 Zalgo\u0336\u0335 \u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
]

/** Goes on duty, and waits until survivors can be told so: before that, whoever asks is told that nobody is there. */
export async function goOnDuty(desk) {
  await desk.click('button', 'Go on duty')
  await desk.until(() => document.querySelector('[data-duty=on]') !== null)
}

/** Puts an advocate on duty at `url`. */
export async function onDuty(browser, url, options) {
  const desk = await browser.newPage(options)
  await desk.goto(url)
  await goOnDuty(desk)
  return desk
}

/** The same with a clock that the scenario lets go on. */
export async function onDutyByClock(browser, url) {
  const desk = await browser.newPage()
  await desk.raw.clock.install()
  await desk.goto(url)
  await goOnDuty(desk)
  return desk
}

/** The survivor's screens up to the line, by the heading that each brings into focus. */
export const HEADINGS = {
  before: 'Chat with an advocate',
  safety: 'Is it safe to chat here?',
  rights: 'Your rights, and what happens here',
  questions: 'Questions that you can skip',
  waiting: 'Waiting for an advocate',
}

/** By which a survivor says beforehand that there is a code word. */
export const HAS_WORD = 'I have agreed on a code word here before'

/** Goes on from a heading by Enter alone; of one that comes too soon after another the page takes no notice. */
export async function enterOn(page, heading) {
  const isHere = () => page.evaluate((heading) => document.activeElement.textContent === heading, heading)
  await wait(isHere, `focus on “${heading}”`, PATIENCE)
  await wait(async () => {
    await page.press('Enter')
    return !await isHere()
  }, `Enter on “${heading}” to lead on`, PATIENCE)
}

/**
 * Puts the keyboard on what has this text, as it is read, among the elements in sight that `selector` finds, and presses
 * `key`.
 */
export async function pressOn(page, selector, text, key = 'Enter') {
  await page.until(([selector, text]) => {
    const all = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
    const found = all.find((one) => one.textContent.replaceAll(/[\u2068\u2069]/g, '').trim() === text)
    found?.focus()
    return found !== undefined && document.activeElement === found
  }, [selector, text], `the keyboard on “${text}”`)
  await page.press(key)
}

/** Goes on from the first screen to the safety check. */
export async function toSafety(survivor) {
  await survivor.click('button', 'Start chat')
  await survivor.see('heading', HEADINGS.safety)
}

/** Goes on from the first screen to rights; `answer` is one of the safety check's, or none. */
export async function toRights(survivor, answer) {
  await toSafety(survivor)
  if (answer) await survivor.click('radio', answer)
  await survivor.click('button', 'Continue')
  await survivor.see('heading', HEADINGS.rights)
}

/** Goes on from the first screen to the optional questions; `hasWord` says that there is a code word. */
export async function toQuestions(survivor, answer, hasWord) {
  await toRights(survivor, answer)
  if (hasWord) await survivor.click('checkbox', HAS_WORD)
  await survivor.click('button', 'Continue')
  await survivor.see('heading', HEADINGS.questions)
}

/** Goes on from the first screen, and skips the questions: what then comes is for the caller to see. */
export async function askForAdvocate(survivor, answer, hasWord) {
  await toQuestions(survivor, answer, hasWord)
  await survivor.click('button', 'Skip all')
}

/** Goes on from the first screen to the line. */
export async function toWaiting(survivor, answer, hasWord) {
  await askForAdvocate(survivor, answer, hasWord)
  await survivor.see('button', 'Stop waiting')
}

/** Opens the survivor's page and goes all the way to the line. */
export async function startChat(browser, url, { answer, hasWord, ...options } = {}) {
  const survivor = await browser.newPage(options)
  await survivor.goto(url)
  await toWaiting(survivor, answer, hasWord)
  return survivor
}

/**
 * The desk takes whoever is next; both are in the chat then. The survivor's page says that they wait before
 * the relay has given them a place, so the desk's list is waited for first.
 */
export async function meet(survivor, desk) {
  await desk.until(() => document.querySelector('[aria-label="Waiting"] li') !== null)
  await desk.click('button', 'Take next')
  await survivor.see('button', 'End chat')
}

/**
 * Where a test lets the time of a page pass in steps: whatever the page sent was answered by the relay, and has
 * come back to it.
 */
export async function answered(page, program) {
  await (await fetch(`${program.visitor}status`)).text()
  await page.evaluate(() => fetch('/').then((answer) => answer.text()))
}

/** Writes and sends on either page. */
export async function say(page, box, text) {
  await page.fill('textbox', box, text)
  await page.click('button', 'Send')
}

export const survivorSays = (survivor, text) => say(survivor, 'Your message', text)
export const advocateSays = (desk, text) => say(desk, 'Message', text)

/** The page pins the root of another program from now on, so that nothing that its relay shows leads there. */
export const pinOther = (page) => page.evaluate(() => { document.documentElement.dataset.root = '0'.repeat(64) })

/** Waits until a page shows these words, as they are read: the signs that set names apart do not show. */
export const sees = (page, words) => page.until((words) =>
  document.body.innerText.replaceAll(/[\u2068\u2069]/g, '').includes(words), words, `“${words}”`)

/** A picture, kept as output. */
export async function picture(page, name) {
  mkdirSync(OUTPUT, { recursive: true })
  await page.screenshot(`${OUTPUT}${name}.png`)
}
