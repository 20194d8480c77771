// A survivor's visit in a browser with a profile on disk: from the program's website into a chat of many
// words, to its end; then what the same browser still shows of it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import { ADVOCATE, CHOSEN, DRAFT, LONG, SAID, SURVEY, SURVIVOR } from './words.mjs'
import { LINK } from './town/town.mjs'
import { makeHome } from './browsers/home.mjs'
import { Needles } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { advocateSays, meet, survivorSays, toQuestions } from '../lib/people.mjs'
import { PATIENCE } from '../lib/browsers.mjs'
import { actUntil, wait } from '../lib/wait.mjs'

/** For so many milliseconds a browser that was started again may bring back by itself what was open. */
const BY_ITSELF = 3_000

/** How a chat ends; each leaves the browser as a survivor would, still open or dead. */
export const ENDINGS = {
  'ended by the advocate': async (visit) => {
    await endAtDesk(visit.desk)
    await visit.page.seeNone('log', 'Conversation')
    await answerSurvey(visit)
  },
  'the way out': async ({ page, desk, stage }) => {
    await page.click('button', 'Leave this page')
    await page.until((exit) => location.href === exit, stage.town.exit)
    // The desk heard the last word, and ended it by itself.
    await erasedAtDesk(desk)
  },
  'the browser killed': async (visit) => {
    // Until the browser has noted on disk what it notes of the pages that are open now.
    await settled(visit)
    await visit.browser.kill()
    await endAtDesk(visit.desk)
  },
}

async function endAtDesk(desk) {
  await desk.click('button', 'End chat')
  await desk.click('button', 'End and erase')
  await erasedAtDesk(desk)
}

/** Chosen and typed for so long that the browser could note it, and then sent. */
async function answerSurvey(visit) {
  const { page } = visit
  await page.click('button', 'Answer the questions')
  await page.evaluate(() => document.querySelector('#survey [type=radio]').click())
  await page.focus('textbox', 'In your own words, if you want')
  await page.raw.keyboard.type(SURVEY[0])
  await settled(visit)
  await page.raw.bringToFront()
  await page.click('button', 'Send my answers')
  await page.seeAnywhere('Thank you.')
}

const erasedAtDesk = (desk) =>
  desk.until((word) => !document.documentElement.textContent.includes(word), SURVIVOR[0][1])

/** Where a run broke off in mid-chat, the next one must not find it. */
export async function endLeft(desk) {
  if (await desk.count('button', 'End chat') > 0) await endAtDesk(desk)
}

/** A browser with a home of its own that has come to the page of the program's website with this `link`. */
export async function arrive(kind, stage, link, folder) {
  const home = makeHome(folder)
  kind.prepare(home, stage.town)
  const browser = await kind.open(home, stage.town, stage.screen)
  const [page] = await browser.pages()
  // A browser that has just started counts its first page in place of its empty tab, or beside it: Back needs one more.
  await page.goto(stage.town.news)
  await page.goto(stage.town.website(link))
  await page.see('link', LINK)
  return { kind, stage, home, browser, page, link, desk: stage.desk }
}

/**
 * The whole chat, with choices before it, words on both sides, and some that are typed and never sent. For the
 * survivor, its address is a link on the website that is already open.
 */
export async function chat(visit) {
  const { stage, page, desk } = visit
  const [safety, question] = CHOSEN
  await page.click('link', LINK)
  await page.until((chat) => location.href === chat, stage.town.chat)
  await toQuestions(page, safety)
  await page.click('radio', question)
  visit.fields = await page.evaluate(() => [...document.querySelectorAll('input, textarea')].map(({ name }) => name))
  await page.click('button', 'Continue')
  await page.see('button', 'Stop waiting')
  await meet(page, desk)
  for (const [text] of SURVIVOR.slice(1)) await survivorSays(page, text)
  for (const [text] of ADVOCATE) await advocateSays(desk, text)
  await survivorSays(page, LONG)
  await type(page, SURVIVOR[0][0])
  await page.press('Enter')
  for (const [, word] of SURVIVOR) await desk.seeText('log', 'Conversation', word)
  for (const [, word] of ADVOCATE) await page.seeText('log', 'Conversation', word)
  await type(page, `${DRAFT} and more `)
}

/** Key by key, as a browser sees what it would like to remember. */
async function type(page, text) {
  await page.focus('textbox', 'Your message')
  await page.raw.keyboard.type(text)
}

/** Until what the browser notes on disk is newer than all that has happened so far. */
export async function settled({ kind, home, browser, stage, link }) {
  const mark = `mark${randomBytes(8).toString('hex')}`
  const tab = await browser.newTab()
  await tab.goto(`${stage.town.website(link)}?${mark}`)
  const needle = new Needles([mark])
  const noted = () => kind.NOTES.every((place) => search(join(home.profile, place), needle).hits.length > 0)
  await wait(noted, `${kind.name} to note that a page was opened`, 3 * PATIENCE)
  await tab.raw.close()
}

/** What a page shows, in every part that shows words. */
const shown = (page) => page.evaluate(() => [
  document.title, document.documentElement?.innerText, ...[...document.querySelectorAll('textarea, input')].map((box) => box.value),
].join('\n'))

async function assertBlank(page, when) {
  await page.until(() => document.readyState === 'complete')
  const now = await shown(page)
  for (const word of SAID) assert.ok(!now.includes(word), `${when} shows “${word}”`)
  assert.equal(await page.count('log', 'Conversation'), 0, `${when} shows a conversation`)
}

/** Where a page is. */
export const address = (page) => page.evaluate(() => location.href)

/** Goes Back or Forward until the page is as wished: a browser that is still busy takes no notice, and is asked again. */
async function go(page, way, isThere) {
  if (await isThere()) return
  await actUntil(() => page[way](), isThere, `${way} to lead there`, PATIENCE)
}

/** This page, and those that Back and Forward lead to. */
export async function assertBlankBothWays(page, when) {
  await assertBlank(page, when)
  await page.back()
  await assertBlank(page, `${when}, then Back,`)
  await page.forward()
  await assertBlank(page, `${when}, then Back and Forward,`)
}

/** From `here`, Back leads to the program's page where a plain link was followed, and past it where that was replaced. */
export async function assertWhereBackLeads({ page, link, stage }, here) {
  const isHere = async () => await address(page) === here
  await go(page, 'forward', isHere)
  await go(page, 'back', async () => !await isHere())
  const { town } = stage
  assert.equal(await address(page), link === 'a plain link' ? town.website(link) : town.news, 'where Back leads')
  await go(page, 'forward', isHere)
}

/** The tab is closed, and the keys that bring back a closed tab are pressed. */
export async function assertReopenedIsBlank({ browser, page, stage }) {
  await browser.newTab()
  const tabs = async () => (await browser.pages()).map(({ raw }) => raw)
  await page.raw.bringToFront()
  stage.screen.press('ctrl+w')
  await wait(async () => !(await tabs()).includes(page.raw), 'the tab to close', PATIENCE)
  const left = await tabs()
  const back = async () => (await browser.pages()).filter(({ raw }) => !left.includes(raw))
  const isBack = async () => (await back()).length > 0
  await actUntil(() => stage.screen.press('ctrl+shift+t'), isBack, 'the tab to come back', PATIENCE)
  const [again] = await back()
  await assertBlankBothWays(again, 'the tab that was closed')
}

/** The browser is started again and brings back what was open. */
export async function assertRestoredIsBlank(visit) {
  const { kind, home, stage } = visit
  visit.browser = await kind.open(home, stage.town, stage.screen, { restore: true })
  const isBack = async () => (await visit.browser.pages()).some((page) => page.url().startsWith('https://'))
  await wait(isBack, 'a tab to come back', BY_ITSELF).catch(async () => {
    // After a crash Chromium asks first; the keys say yes.
    stage.screen.press('ctrl+shift+t')
    await wait(isBack, 'a tab to come back', PATIENCE)
  })
  for (const page of await visit.browser.pages()) {
    await page.raw.bringToFront()
    await assertBlankBothWays(page, 'the browser that was started again')
  }
  await visit.browser.quit()
}
