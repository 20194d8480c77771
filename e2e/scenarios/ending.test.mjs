// Ending the chat (features.md 4.1): the survivor is told first what will happen, and the chat ends when they agree
// or do nothing in the time that they have, never while there is more that they want to say.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, answered, meet, onDuty, onDutyByClock, picture, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const QUESTION = 'Is there more that you want to say?'
const ANSWERS = ['I want to say more', 'Yes, end and erase']

/** The advocate tells the survivor that the chat is about to end. */
async function ask(desk, survivor) {
  await desk.click('button', 'End chat')
  await desk.click('button', 'Tell the survivor first')
  await survivor.see('heading', QUESTION)
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`an advocate is about to end the chat, with a survivor in ${name}`, () => {
    let program, staff, browser, desk, survivor
    before(async () => {
      program = await startDemo()
      staff = await launchChromium()
      browser = await launch()
      desk = await onDuty(staff, program.desk)
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, desk)
      await survivorSays(survivor, 'said before')
      await desk.seeText('log', 'Conversation', 'said before')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    test('the survivor is told what happens, when, and that they can go on; nothing takes the keyboard from them', async () => {
      await survivor.focus('textbox', 'Your message')
      await desk.click('button', 'End chat')
      await desk.see('heading', 'End Chat 1?')
      await assertAccessible(desk, 'the question')
      await picture(desk, `ending-choice-${name}`)
      await desk.click('button', 'Tell the survivor first')
      await survivor.see('heading', QUESTION)
      await survivor.seeText('log', 'Conversation', 'would like to end this chat')
      await survivor.seeAnywhere('this chat ends in about 2 minutes')
      await survivor.seeAnywhere('Nobody can bring it back.')
      assert.equal(await survivor.evaluate(() => document.activeElement.id), 'message')
      await assertAccessible(survivor, 'asked')
      await picture(survivor, `ending-asked-phone-${name}`)
      const looks = await survivor.evaluate(() => [...document.querySelectorAll('#end-asked .button')].map((each) => each.className))
      assert.equal(looks.length, ANSWERS.length)
      assert.equal(new Set(looks).size, 1, 'no answer is made to look like the better one')
    })

    test('the desk says so, and the advocate can take it back', async () => {
      await desk.seeAnywhere('They can agree, or say more.')
      await desk.seeAnywhere('About to end')
      await assertAccessible(desk, 'the survivor is asked')
      await picture(desk, `ending-asked-${name}`)
      await desk.click('button', 'Let the chat go on')
      await survivor.seeNone('heading', QUESTION)
      await desk.seeAnywhere('You took it back.')
    })

    test('whoever wants to say more goes on, with the keyboard in the message box', async () => {
      await ask(desk, survivor)
      await survivor.click('button', 'I want to say more')
      await survivor.seeNone('heading', QUESTION)
      await survivor.seeText('log', 'Conversation', 'This chat goes on.')
      assert.equal(await survivor.evaluate(() => document.activeElement.id), 'message')
      await desk.seeAnywhere('The survivor wants to say more.')
    })

    test('whoever begins to write goes on', async () => {
      await ask(desk, survivor)
      await survivor.focus('textbox', 'Your message')
      await survivor.raw.keyboard.type('one')
      await survivor.seeNone('heading', QUESTION)
      await survivorSays(survivor, 'one more thing')
      await desk.seeText('log', 'Conversation', 'one more thing')
      await advocateSays(desk, 'I am listening')
    })

    test('whoever agrees ends it, and everything is erased on both sides', async () => {
      await ask(desk, survivor)
      await survivor.click('button', 'Yes, end and erase')
      await survivor.see('heading', 'It has ended')
      await desk.seeAnywhere('The survivor ended this chat.')
      for (const page of [survivor, desk]) {
        const left = await page.evaluate(() => document.documentElement.textContent)
        for (const words of ['said before', 'one more thing', 'I am listening']) assert.ok(!left.includes(words), words)
      }
    })
  })
}

describe('whoever does nothing', () => {
  let program, browser, desk, survivor
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDutyByClock(browser, program.desk)
    survivor = await browser.newPage()
    await survivor.raw.clock.install()
    await survivor.goto(program.visitor)
    await toWaiting(survivor)
    await meet(survivor, desk)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('finds it ended after the time that was said, and not before', async () => {
    await ask(desk, survivor)
    for (let passed = 0; passed < 100_000; passed += 5_000) {
      for (const page of [desk, survivor]) await page.raw.clock.runFor(5_000)
      for (const page of [desk, survivor]) await answered(page, program)
    }
    await survivor.see('heading', QUESTION)
    for (const page of [desk, survivor]) await page.raw.clock.runFor(30_000)
    await survivor.see('heading', 'It has ended')
    await survivor.seeAnywhere('ended')
  })
})
