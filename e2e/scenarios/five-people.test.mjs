// Five people at once, as the best practices for chat that a program works by have it, under their headings: two
// survivors, an advocate who leads both chats, an interpreter whom one of them lets in, and a supervisor who is
// consulted and goes on with the other. Each word is seen by those whom it is for, and is in nobody else's page.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, picture, sees, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'
import { wait } from '../lib/wait.mjs'

const ARABIC = 'لا أستطيع أن أكتب بالإنجليزية جيدا'
const NOTE = 'Bo asked where to sleep tonight.'

/** What a page holds, shown or not; the signs that set names apart are left out. */
const held = (page) => page.evaluate(() =>
  (document.documentElement.outerHTML + [...document.querySelectorAll('textarea')].map((box) => box.value).join(' ')).replaceAll(/[\u2068\u2069]/g, ''))

/** One of a desk's chats, in which things are found by role and name as on a page. */
const chatOf = (desk, number) => desk.raw.getByRole('region', { name: `Chat ${number}`, exact: true })
const press = (chat, name) => chat.getByRole('button', { name }).click()
async function writes(chat, words) {
  await chat.getByRole('textbox', { name: 'Message', exact: true }).fill(words)
  await press(chat, 'Send')
}
const log = (chat) => chat.getByRole('log', { name: 'Conversation' })
const reads = (chat, words) => wait(async () => (await log(chat).innerText()).includes(words), `“${words}” in a chat`, PATIENCE)
const people = async (list) => (await list.getByRole('listitem').allInnerTexts()).map((one) => one.replaceAll(/[\s\u2068\u2069]+/g, ' ').trim()).sort()

describe('five people at once', () => {
  let program, staff, firefox, chromium, sam, lou, alex, amal, bo
  /** Everything that was written, and in whose pages it may be. */
  const written = []
  const pages = () => Object.entries({ sam, lou, alex, amal, bo })

  before(async () => {
    program = await startProgram()
    ;[staff, firefox, chromium] = await Promise.all([launchChromium(), launchFirefox(), launchChromium()])
    sam = await onDutyByInvitation(program, staff, 'Sam')
    lou = await onDutyByInvitation(program, staff, 'Lou Ortega', '--role', 'interpreter')
    alex = await onDutyByInvitation(program, staff, 'Alex', '--role', 'supervisor')
  })
  after(async () => {
    for (const browser of [chromium, firefox, staff]) await browser?.close()
    await program?.stop()
  })

  /** From now on this is in these pages and in no other. */
  const isFor = (words, ...who) => written.push({ words, who })
  /** Of all that was written so far, each page holds what is for it and nothing else. */
  async function nobodyElseHoldsAnything() {
    for (const [name, page] of pages()) {
      const all = await held(page)
      for (const { words, who } of written) assert.equal(all.includes(words), who.includes(page), `“${words}” with ${name}`)
    }
  }

  test('Minimize Interception: each is asked whether chat is safe here, and staff know before they begin', async () => {
    amal = await firefox.newPage()
    await amal.goto(program.visitor)
    await amal.see('button', 'Start chat')
    const language = await amal.element('combobox', 'Language for the chat')
    const arabic = await language.evaluate((choice) => [...choice.options].find((one) => one.text === 'العربية').value)
    await language.select(arabic)
    await amal.seeAnywhere('An interpreter joins if you agree.')
    await toWaiting(amal, 'No')
    await sam.seeText('list', 'Waiting', 'Says nobody sees their device')
    await sam.seeText('list', 'Waiting', 'Wants an interpreter')
    bo = await startChat(chromium, program.visitor, { viewport: PHONE, touch: true, answer: 'I am not sure' })
    await sam.seeText('list', 'Waiting', 'Not sure who sees their device')
    await sam.click('button', 'Take next')
    await amal.see('button', 'End chat')
    assert.equal(await bo.count('button', 'End chat'), 0, 'one after the other')
    await sam.click('button', 'Take next')
    await bo.see('button', 'End chat')
  })

  test('Prevent Impersonation: who is here stands on every page, with the name and role in their certificate', async () => {
    for (const survivor of [amal, bo]) {
      await survivor.seeText('list', 'Who is here', 'Sam')
      await survivor.seeText('list', 'Who is here', 'Advocate')
    }
    for (const number of [1, 2]) {
      const here = await people(chatOf(sam, number).getByRole('list', { name: 'Who is here' }))
      assert.deepEqual(here, ['Sam Advocate (you)', 'Survivor'])
    }
  })

  test('Ensure Data Privacy: what is written is in the pages of those two, and in nobody else’s', async () => {
    await survivorSays(amal, ARABIC)
    await survivorSays(bo, 'It is loud here tonight')
    await reads(chatOf(sam, 1), ARABIC)
    await reads(chatOf(sam, 2), 'It is loud here tonight')
    await writes(chatOf(sam, 1), 'Hello, one moment please')
    await writes(chatOf(sam, 2), 'Are you alone right now?')
    await amal.seeText('log', 'Conversation', 'Hello, one moment please')
    await bo.seeText('log', 'Conversation', 'Are you alone right now?')
    for (const words of [ARABIC, 'Hello, one moment please']) isFor(words, amal, sam)
    for (const words of ['It is loud here tonight', 'Are you alone right now?']) isFor(words, bo, sam)
    for (const words of [ARABIC, 'Hello, one moment please']) assert.ok(!(await log(chatOf(sam, 2)).innerText()).includes(words), words)
    for (const words of ['It is loud here tonight', 'Are you alone right now?']) assert.ok(!(await log(chatOf(sam, 1)).innerText()).includes(words), words)
    await nobodyElseHoldsAnything()
  })

  const asksAmal = async () => {
    const chat = chatOf(sam, 1)
    const ask = chat.getByRole('button', { name: /^Ask about .?Lou Ortega.? \(.?Interpreter.?\)$/ })
    if (!await ask.isVisible()) await chat.getByText('Ask somebody to join', { exact: true }).click()
    await ask.click()
    await amal.see('button', 'Yes, they may join')
  }

  test('Inform Survivors of their Rights and Choices: nobody joins without a yes, and a no changes nothing', async () => {
    await asksAmal()
    await sees(amal, 'May Lou Ortega (Interpreter) join this chat?')
    await sees(amal, 'Saying no is fine')
    await amal.click('button', 'No, stay as we are')
    await sees(sam, 'The survivor would rather not have Lou Ortega (Interpreter) join.')
    assert.equal(await lou.count('heading', 'Asked into a chat'), 0)
    await asksAmal()
    await amal.click('button', 'Yes, they may join')
    await sees(lou, 'Sam asks you to join a chat as Interpreter.')
    await lou.raw.getByRole('button', { name: /^Join the chat with .?Sam.?$/ }).click()
    await sees(lou, 'You joined this chat after the survivor said yes.')
    for (const page of [amal, sam]) await sees(page, 'Lou Ortega (Interpreter) is here.')
    const inChat = chatOf(lou, 1).getByRole('list', { name: 'Who is here' })
    await wait(async () => (await people(inChat)).length === 3, 'three in the chat', PATIENCE)
    assert.equal((await people(chatOf(sam, 2).getByRole('list', { name: 'Who is here' }))).length, 2)
    await nobodyElseHoldsAnything()
  })

  /** Opens the colleagues on a desk's page, and who of them is written to. */
  async function openConsult(desk, name) {
    await desk.press('Alt+s')
    await desk.raw.getByRole('button', { name: new RegExp(`^Write to .?${name}.?$`) }).click()
  }
  async function consults(desk, words) {
    await desk.fill('textbox', 'Message to this colleague', words)
    await desk.click('button', 'Send to colleague')
  }

  test('Ensure Appropriate Staffing: a supervisor is consulted where no survivor sees it', async () => {
    await openConsult(sam, 'Alex')
    await consults(sam, 'Could you go on with my second chat?')
    await sees(alex, 'New messages: 1')
    await openConsult(alex, 'Sam')
    await alex.seeText('log', 'Messages with this colleague', 'Could you go on with my second chat?')
    await consults(alex, 'Yes, ask them whether they agree')
    await sam.seeText('log', 'Messages with this colleague', 'Yes, ask them whether they agree')
    for (const words of ['Could you go on with my second chat?', 'Yes, ask them whether they agree']) isFor(words, sam, alex)
    for (const desk of [sam, alex]) await assertAccessible(desk, 'a word with a colleague')
    await nobodyElseHoldsAnything()
  })

  test('Ensure Appropriate Staffing: the survivor is told who comes, agrees, and goes on with the supervisor', async () => {
    const chat = chatOf(sam, 2)
    await chat.getByText('Hand this chat over', { exact: true }).click()
    await chat.getByRole('radio', { name: 'A supervisor', exact: true }).click()
    await chat.getByRole('textbox', { name: /^Note for whoever comes/ }).fill(NOTE)
    await press(chat, 'Ask the survivor')
    await bo.see('heading', 'Go on with somebody else?')
    assert.equal(await amal.count('heading', 'Go on with somebody else?'), 0)
    isFor(NOTE, sam, bo)
    await nobodyElseHoldsAnything()
    await bo.click('button', 'Yes, go on with them')
    await bo.see('heading', HEADINGS.waiting)
    await survivorSays(bo, 'The children are asleep now')
    await sees(alex, 'Handed over, for a supervisor')
    await alex.click('button', 'Take next')
    await reads(chatOf(alex, 1), 'The children are asleep now')
    await bo.seeText('list', 'Who is here', 'Alex')
    await bo.seeText('list', 'Who is here', 'Supervisor')
    await sees(sam, 'Handed over. The survivor agreed')
    // What was with Sam stays with Bo alone, and the note goes with the survivor to whoever came.
    const change = (words, ...who) => { written.find((one) => one.words === words).who = who }
    for (const words of ['It is loud here tonight', 'Are you alone right now?']) change(words, bo)
    await sees(alex, NOTE)
    change(NOTE, alex)
    isFor('The children are asleep now', bo, alex)
    await writes(chatOf(alex, 1), 'Good evening, I am Alex')
    await bo.seeText('log', 'Conversation', 'Good evening, I am Alex')
    isFor('Good evening, I am Alex', bo, alex)
    await nobodyElseHoldsAnything()
  })

  test('Provide Quality Chat Services: a person interprets, every script is written as it runs, and all see who wrote what', async () => {
    const more = 'أحتاج إلى مكان آمن لي ولأطفالي'
    await survivorSays(amal, more)
    await reads(chatOf(lou, 1), more)
    await writes(chatOf(lou, 1), 'They need a safe place for them and their children')
    await reads(chatOf(sam, 1), 'They need a safe place for them and their children')
    await amal.seeText('log', 'Conversation', 'They need a safe place for them and their children')
    await writes(chatOf(sam, 1), 'There is a room tonight')
    await reads(chatOf(lou, 1), 'There is a room tonight')
    await amal.seeText('log', 'Conversation', 'There is a room tonight')
    for (const words of [more, 'They need a safe place for them and their children', 'There is a room tonight']) isFor(words, amal, sam, lou)
    for (const page of [amal, sam, lou]) {
      const runs = await page.evaluate((words) => {
        const one = [...document.querySelectorAll('.message .words, .log .words, p.words')].find((one) => one.textContent === words)
        return getComputedStyle(one).direction
      }, more)
      assert.equal(runs, 'rtl')
    }
    const writers = await amal.evaluate(() => [...document.querySelectorAll('#messages .message')].slice(-3)
      .map((one) => one.querySelector('.from').innerText.replaceAll(/\s+/g, ' ').trim()))
    assert.deepEqual(writers, ['You', 'Lou Ortega Interpreter', 'Sam Advocate'])
    await nobodyElseHoldsAnything()
    await picture(sam, 'five-people-lead')
    await picture(amal, 'five-people-arabic')
    await picture(bo, 'five-people-phone')
  })

  test('Provide Quality Chat Services: asked to leave, the interpreter is out at once and reads nothing more', async () => {
    await amal.click('button', 'Ask them to leave')
    const alone = 'هذا لك فقط'
    await survivorSays(amal, alone)
    for (const page of [amal, sam]) await sees(page, 'Lou Ortega (Interpreter) has left.')
    await reads(chatOf(sam, 1), alone)
    await sees(lou, 'You are not in this chat any more.')
    isFor(alone, amal, sam)
    for (const one of written) one.who = one.who.filter((page) => page !== lou)
    await amal.until(() => document.querySelectorAll('.roster li').length === 2)
    await nobodyElseHoldsAnything()
  })

  test('Plan Ahead: each chat ends as those in it choose, and nothing is left on any page', async () => {
    await amal.click('button', 'End chat')
    await amal.click('button', 'End and erase')
    await amal.see('heading', 'It has ended')
    await sees(sam, 'The survivor ended this chat.')
    await bo.seeText('log', 'Conversation', 'Good evening, I am Alex')
    await press(chatOf(alex, 1), 'End chat')
    await alex.click('button', 'End and erase')
    await bo.see('heading', 'It has ended')
    await sees(alex, 'You ended this chat.')
    // What colleagues wrote to one another goes with their time on duty.
    for (const desk of [sam, alex]) {
      await desk.click('button', 'Go off duty')
      await desk.until(() => document.querySelector('[data-duty=off]') !== null)
    }
    for (const one of written) one.who = []
    await nobodyElseHoldsAnything()
    for (const survivor of [amal, bo]) {
      assert.equal(await survivor.count('log', 'Conversation'), 0)
      assert.equal(await survivor.count('textbox', 'Your message'), 0)
      assert.deepEqual(survivor.errors, [])
    }
    const log = readFileSync(join(program.folder, 'relay.log'), 'utf8')
    for (const { words } of written) assert.ok(!log.includes(words), `“${words}” in the server’s log`)
  })
})
