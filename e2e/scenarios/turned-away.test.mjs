// Turning one contact away (features.md 6.6): after one question that says what it does and does not, the chat ends with
// kind words and other ways; that page asks no more. Who opens it anew is let in, with a note that only desks show.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, meet, picture, sees, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const NOTE = 'Somebody from the same connection was turned away'
const SORRY = 'This program cannot chat with you now.'
// The policy's own words.
const SAID = 'We are ending this chat now. It is here for people who are hurt or afraid'

const holds = (page, words) => page.evaluate((words) => document.body.innerText.includes(words), words)

/** Goes with the keyboard alone to the button with this text in the dialogue, and presses it. */
async function tabTo(page, text) {
  const isThere = () => page.evaluate((text) => document.activeElement.textContent === text, text)
  for (let presses = 0; presses < 12 && !await isThere(); presses += 1) await page.press('Tab')
  assert.ok(await isThere(), `“${text}” by keyboard`)
  await page.press('Enter')
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`somebody is turned away, with a survivor in ${name}`, () => {
    let program, staff, browser, survivor, sam, robin
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      robin = await onDutyByInvitation(program, staff, 'Robin')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, sam)
      await survivorSays(survivor, 'words that hurt')
      await sam.seeText('log', 'Conversation', 'words that hurt')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    test('the desk asks once and says what it does and what it does not, by keyboard', async () => {
      await sam.click('button', 'End chat')
      await sam.see('heading', 'End Chat 1?')
      await tabTo(sam, 'End, and turn them away')
      await sees(sam, 'End Chat 1 and turn this person away?')
      await sees(sam, 'Nobody is refused for it.')
      await sees(sam, 'they can open the page again')
      await sees(sam, SAID)
      await sam.until(() => document.activeElement.id === 'question', undefined, 'the question in focus')
      await assertAccessible(sam, 'whether to turn somebody away')
      await picture(sam, `turned-away-question-${name}`)
      await tabTo(sam, 'Keep chatting')
      await survivorSays(survivor, 'more of it')
      await sam.seeText('log', 'Conversation', 'more of it')
    })

    test('from the guides about pranks and abusive people one press leads there', async () => {
      await sam.click('button', 'Guides')
      for (const guide of ['A prank', 'Perhaps the abusive person']) {
        await sam.until((guide) => {
          const found = [...document.querySelectorAll('.guide')].find((one) => one.querySelector('summary').textContent === guide)
          if (found) found.open = true
          return found
        }, guide)
        await sam.click('button', 'End Chat 1, and turn them away')
        await sees(sam, 'End Chat 1 and turn this person away?')
        await sam.click('button', 'Keep chatting')
        await sam.evaluate(() => { for (const one of document.querySelectorAll('.guide')) one.open = false })
      }
      await assertAccessible(sam, 'guides that lead to turning somebody away')
      await picture(sam, `turned-away-guides-${name}`)
      await sam.click('button', 'Close the guides')
    })

    test('the survivor’s page ends kindly, shows other ways, holds nothing, and cannot ask again', async () => {
      await sam.click('button', 'End chat')
      await sam.click('button', 'End, and turn them away')
      await sam.click('button', 'End: they are abusive')
      await survivor.see('heading', 'It has ended')
      await sees(survivor, SORRY)
      await sees(survivor, SAID)
      await sees(survivor, 'Other ways')
      await sees(sam, 'You ended this chat and turned this person away.')
      const left = await survivor.evaluate(() => document.documentElement.textContent)
      for (const words of ['words that hurt', 'more of it']) assert.ok(!left.includes(words), words)
      const shown = await survivor.evaluate(() => [...document.querySelectorAll('main button')].filter((one) => one.checkVisibility()).map((one) => one.id))
      assert.deepEqual(shown, ['close'], 'nothing on this page asks again')
      assert.equal(await survivor.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0)
      await assertAccessible(survivor, 'turned away')
      await picture(survivor, `turned-away-${name}`)
    })

    test('whoever opens the page anew is let in, and each desk shows the note beside them', async () => {
      await survivor.goto(program.visitor)
      await survivor.see('heading', HEADINGS.before)
      await toWaiting(survivor)
      for (const desk of [sam, robin]) {
        await sees(desk, NOTE)
        await sees(desk, '(abusive). It may be somebody else: many people share one.')
      }
      await assertAccessible(robin, 'a note beside who waits')
      await picture(robin, `turned-away-note-${name}`)
      assert.ok(!await holds(survivor, NOTE), 'a survivor sees nothing of it')
      await meet(survivor, robin)
      await survivorSays(survivor, 'hello')
      await robin.seeText('log', 'Conversation', 'hello')
    })
  })
}
