// Both there for a moment (features.md 3.6): before a handover to a certain colleague the survivor meets them in the chat,
// if they say yes to that; one press of the advocate's then asks the handover's question, and a yes leads to that colleague.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, HEADINGS, meet, picture, sees, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const NOTE = 'They asked about a place to sleep tonight.'
const NOTE_FIELD = 'Note for whoever comes, which the survivor can read (at most 1000 characters)'
const MEET = 'You are both here for a moment first'
const NOW = 'Hand over to Kim Okafor now'
const QUESTION = 'Go on with somebody else?'

/** Puts the keyboard on what has this text, and presses a key there. */
async function pressOn(page, text, key = 'Enter') {
  await page.until((text) => {
    const all = [...document.querySelectorAll('button, summary, label')].filter((one) => one.checkVisibility())
    const found = all.find((one) => one.textContent.replaceAll(/[\u2068\u2069]/g, '').trim().startsWith(text))
    const place = found?.control ?? found
    place?.focus()
    return place !== undefined && document.activeElement === place
  }, text, `“${text}” to press`)
  await page.press(key)
}

const holds = (page, words) => page.evaluate((words) => document.documentElement.outerHTML.includes(words), words)
const isPresent = (page, count) => page.until((count) => document.querySelectorAll('.roster li').length === count, count)

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`whoever goes on is met first, with a survivor in ${name}`, () => {
    let program, staff, browser, survivor, sam, kim
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      kim = await onDutyByInvitation(program, staff, 'Kim Okafor')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, sam)
      await survivorSays(survivor, 'before anybody came')
      await sam.seeText('log', 'Conversation', 'before anybody came')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    const isOpen = (page) => page.evaluate(() => document.querySelector('#hand-over-1').open)
    const ask = async () => {
      if (!await isOpen(sam)) await pressOn(sam, 'Hand this chat over')
      await pressOn(sam, 'Ask the survivor')
      await survivor.see('button', 'Yes, they may join')
    }

    test('the advocate chooses a colleague and to be there together, by keyboard, and writes the note', async () => {
      await pressOn(sam, 'Hand this chat over')
      await pressOn(sam, 'Kim Okafor', ' ')
      await sees(sam, MEET)
      await pressOn(sam, MEET, ' ')
      await sam.fill('textbox', NOTE_FIELD, NOTE)
      await assertAccessible(sam, 'the form')
      await picture(sam, `meeting-form-${name}`)
      const inside = await sam.evaluate(() => {
        const [panel, box] = [document.querySelector('.panel'), document.querySelector('.panel .composer')]
        return box.getBoundingClientRect().bottom <= panel.getBoundingClientRect().bottom + 1
      })
      assert.ok(inside, 'the message box stays within the panel')
    })

    test('the survivor is asked whether they may come to meet them, and a no changes nothing', async () => {
      await ask()
      await sees(sam, 'may come into this chat, to meet the survivor.')
      for (const words of ['May Kim Okafor (Advocate) join this chat?', 'First you can meet them here.', 'Saying no is fine']) {
        await sees(survivor, words)
      }
      await assertAccessible(survivor, 'whether they may come')
      await picture(survivor, `meeting-question-${name}`)
      await survivor.click('button', 'No, stay as we are')
      await sees(sam, 'The survivor would rather not meet Kim Okafor (Advocate) here now. Nothing has changed.')
      assert.ok(await kim.evaluate(() => document.querySelector('.calls h2') === null), 'nobody calls')
      await picture(sam, `meeting-no-${name}`)
    })

    test('after a yes the colleague is asked, and all three are there', async () => {
      await ask()
      await survivor.click('button', 'Yes, they may join')
      await sees(kim, 'Sam asks you into a chat, so that the survivor can meet you')
      await assertAccessible(kim, 'a call')
      await picture(kim, `meeting-call-${name}`)
      await pressOn(kim, 'Join the chat with Sam')
      await sees(kim, 'You are here to meet the survivor')
      for (const page of [survivor, sam, kim]) await isPresent(page, 3)
      await sees(survivor, 'Kim Okafor (Advocate) can see what is written in this chat.')
      await advocateSays(kim, 'Hello, I am Kim')
      await survivor.seeText('log', 'Conversation', 'Hello, I am Kim')
      await survivorSays(survivor, 'hello Kim')
      await kim.seeText('log', 'Conversation', 'hello Kim')
      assert.ok(!await holds(kim, 'before anybody came'))
      await sam.see('button', NOW)
      await sam.see('button', 'Ask them to leave')
      for (const [page, where] of [[survivor, 'survivor'], [sam, 'lead'], [kim, 'guest']]) {
        await assertAccessible(page, `three in a chat, ${where}`)
        await picture(page, `meeting-three-${where}-${name}`)
      }
    })

    test('who is there can be asked to leave also while the end is asked about', async () => {
      await survivor.click('button', 'End chat')
      await survivor.see('heading', 'End this chat?')
      await survivor.see('button', 'Ask them to leave')
      await picture(survivor, `meeting-ending-${name}`)
      await survivor.click('button', 'Keep chatting')
    })

    test('one press asks about whom they met, with three equal answers, while all three stay', async () => {
      await pressOn(sam, NOW)
      await survivor.see('heading', QUESTION)
      await sees(survivor, 'Sam would leave, and Kim Okafor (Advocate) would come.')
      await sees(sam, 'You asked whether Kim Okafor may go on with the survivor.')
      for (const page of [survivor, sam, kim]) await isPresent(page, 3)
      const looks = await survivor.evaluate(() => [...document.querySelectorAll('#handover .button')].map((each) => each.className))
      assert.deepEqual([looks.length, new Set(looks).size], [3, 1])
      const covered = await survivor.evaluate(() => ['leave', 'message', 'send', 'company-out', 'handover-yes', 'handover-wait', 'handover-end'].filter((id) => {
        const { x, y, width, height } = document.getElementById(id).getBoundingClientRect()
        return !document.getElementById(id).contains(document.elementFromPoint(x + width / 2, y + height / 2))
      }))
      assert.deepEqual(covered, [])
      await assertAccessible(survivor, 'whether to go on')
      await picture(survivor, `meeting-handover-${name}`)
      await picture(sam, `meeting-asked-${name}`)
    })

    test('whoever would rather wait has both there as before, and can be asked again', async () => {
      await survivor.click('button', 'I would rather wait')
      await sees(sam, 'The survivor would rather stay with you for now.')
      await isPresent(survivor, 3)
      await pressOn(sam, NOW)
      await survivor.see('heading', QUESTION)
    })

    test('a yes leads to the colleague whom they met, with the note that was written before', async () => {
      await survivor.click('button', 'Yes, go on with them')
      await survivor.see('heading', HEADINGS.waiting)
      for (const page of [sam, kim]) await sees(page, 'Handed over. The survivor agreed')
      for (const page of [sam, kim]) assert.ok(!await holds(page, 'hello Kim'), 'nothing is left of the chat')
      await sees(kim, 'Sam handed this person over.')
      await meet(survivor, kim)
      await kim.seeAnywhere(NOTE)
      await survivorSays(survivor, 'only for Kim')
      await kim.seeText('log', 'Conversation', 'only for Kim')
      assert.ok(!await holds(sam, 'only for Kim'))
      await picture(kim, `meeting-on-with-${name}`)
      await picture(survivor, `meeting-on-${name}`)
    })
  })
}
