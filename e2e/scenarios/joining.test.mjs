// Somebody joins (features.md 3.3, 3.5, 5.4): an advocate asks, the survivor reads who it would be and what they would see,
// and only after their yes an interpreter is called, joins with a name and a role, and is out as soon as they are asked.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, meet, picture, pressOn, sees, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const ABOUT_LOU = 'Ask about Lou Ortega (Interpreter)'
const ASK = 'Ask for an interpreter'
const TAKE_BACK = 'You asked for an interpreter. Take it back'
const WANTED = 'Wants an interpreter'
const YES = 'Yes, they may join'
const NO = 'No, stay as we are'

/** Presses the button or summary with this text. */
const press = (page, text) => pressOn(page, 'button, summary', text)

const holds = (page, words) => page.evaluate((words) => document.documentElement.outerHTML.includes(words), words)
const roster = (page) => page.evaluate(() =>
  [...document.querySelectorAll('.roster li')].map((one) => one.innerText.replaceAll(/\s+/g, ' ').trim()).sort())

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`somebody joins, with a survivor in ${name}`, () => {
    let program, staff, browser, survivor, sam, lou
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      lou = await onDutyByInvitation(program, staff, 'Lou Ortega', '--role', 'interpreter')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, sam)
      await survivorSays(survivor, 'before anybody joined')
      await sam.seeText('log', 'Conversation', 'before anybody joined')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    const ask = async () => {
      const isOpen = await sam.evaluate(() => document.querySelector('details.offers[open] .choices') !== null)
      if (!isOpen) await press(sam, 'Ask somebody to join')
      await press(sam, ABOUT_LOU)
      await survivor.see('button', YES)
    }

    test('the survivor is told who it would be, in what role, and what they would see, with two equal answers', async () => {
      await press(sam, 'Ask somebody to join')
      await sees(sam, 'The survivor is asked first')
      await assertAccessible(sam, 'whom the survivor can be asked about')
      await picture(sam, `joining-whom-${name}`)
      await ask()
      await sees(sam, 'Nothing happens before the survivor says yes.')
      for (const words of ['May Lou Ortega (Interpreter) join this chat?', 'and nothing from before', 'You can ask them to leave at any time.', 'Saying no is fine']) {
        await sees(survivor, words)
      }
      const sizes = await survivor.evaluate(() => ['company-yes', 'company-no'].map((id) => {
        const { width, height } = document.getElementById(id).getBoundingClientRect()
        return [Math.round(width), Math.round(height), getComputedStyle(document.getElementById(id)).backgroundColor]
      }))
      assert.deepEqual(sizes[0], sizes[1])
      await assertAccessible(survivor, 'the question')
      await picture(survivor, `joining-question-${name}`)
    })

    test('a no calls nobody, and nothing changes', async () => {
      await survivor.click('button', NO)
      await sees(survivor, 'Lou Ortega (Interpreter) does not join, as you chose.')
      await sees(sam, 'The survivor would rather not have Lou Ortega (Interpreter) join.')
      assert.ok(await lou.evaluate(() => document.querySelector('.calls h2') === null), 'nobody calls')
      assert.equal((await roster(survivor)).length, 2)
    })

    test('the survivor asks for an interpreter by one press, which can be taken back; the advocate reads it and finds one', async () => {
      await survivor.click('button', ASK)
      await sees(survivor, 'You asked for an interpreter. Your advocate will see who can come, and you are asked before anybody joins.')
      await sam.seeText('list', 'Your chats', WANTED)
      await sees(sam, 'The survivor asks for an interpreter.')
      assert.ok(await lou.evaluate(() => document.querySelector('.calls h2') === null), 'nobody is called')
      for (const [page, where] of [[survivor, 'survivor'], [sam, 'lead']]) {
        await assertAccessible(page, `an interpreter is asked for, ${where}`)
        await picture(page, `interpreter-asked-${where}-${name}`)
      }
      assert.equal(await survivor.evaluate(() => document.activeElement.id), 'interpreter', 'the keyboard stays')
      await survivor.click('button', TAKE_BACK)
      await sees(survivor, 'You took it back.')
      await sees(sam, 'The survivor does not ask for an interpreter any more.')
      await sam.until((wanted) => !document.querySelector('[aria-label="Your chats"]').textContent.includes(wanted), WANTED)
      await sam.seeNone('button', 'See who can come')
      await survivor.click('button', ASK)
      await press(sam, 'See who can come')
      await sam.until(() => document.activeElement.id.startsWith('whom-about-'))
      await sees(sam, 'The survivor is asked first')
      await picture(sam, `interpreter-whom-${name}`)
    })

    test('after a yes the colleague is asked, and comes with name and role, seen on every page', async () => {
      await ask()
      await survivor.click('button', YES)
      await sees(survivor, 'They see nothing yet.')
      await sees(lou, 'Sam asks you to join a chat as Interpreter.')
      await assertAccessible(lou, 'a call')
      await picture(lou, `joining-call-${name}`)
      await press(lou, 'Join the chat with Sam')
      await sees(lou, 'You joined this chat after the survivor said yes.')
      for (const page of [survivor, sam]) await sees(page, 'Lou Ortega (Interpreter) is here.')
      for (const page of [survivor, sam, lou]) {
        await page.until(() => document.querySelectorAll('.roster li').length === 3)
        const here = (await roster(page)).join(', ')
        for (const one of ['Sam', 'Lou Ortega', 'Interpreter']) assert.ok(here.includes(one) || here.includes('You'), here)
      }
      await sees(survivor, 'Lou Ortega (Interpreter) can see what is written in this chat.')
      await survivor.see('button', 'Ask them to leave')
      for (const button of [ASK, TAKE_BACK]) await survivor.seeNone('button', button)
      await sam.until((wanted) => !document.body.innerText.includes(wanted), WANTED)
      for (const [page, where] of [[survivor, 'survivor'], [sam, 'lead'], [lou, 'guest']]) {
        await assertAccessible(page, `three in a chat, ${where}`)
        await picture(page, `joining-three-${where}-${name}`)
      }
    })

    test('all three write and see who wrote what, and nothing from before is with the third', async () => {
      await survivorSays(survivor, 'hola a los dos')
      await lou.seeText('log', 'Conversation', 'hola a los dos')
      await advocateSays(lou, 'They say hello to both')
      await survivor.seeText('log', 'Conversation', 'They say hello to both')
      await sam.seeText('log', 'Conversation', 'They say hello to both')
      await advocateSays(sam, 'Hello from me')
      await lou.seeText('log', 'Conversation', 'Hello from me')
      await survivor.seeText('log', 'Conversation', 'Hello from me')
      const writers = await survivor.evaluate(() => [...document.querySelectorAll('#messages .message')].slice(-3)
        .map((one) => one.querySelector('.from').innerText.replaceAll(/\s+/g, ' ').trim()))
      assert.deepEqual(writers, ['You', 'Lou Ortega Interpreter', 'Sam Advocate'])
      assert.ok(!await holds(lou, 'before anybody joined'))
    })

    test('asked to leave, the interpreter is out at once, has nothing left, and reads nothing more', async () => {
      await survivor.click('button', 'Ask them to leave')
      await survivorSays(survivor, 'only for Sam')
      for (const page of [survivor, sam]) await sees(page, 'Lou Ortega (Interpreter) has left.')
      await sam.seeText('log', 'Conversation', 'only for Sam')
      await sees(lou, 'You are not in this chat any more.')
      for (const words of ['hola a los dos', 'only for Sam', 'They say hello']) assert.ok(!await holds(lou, words), words)
      await survivor.seeNone('button', 'Ask them to leave')
      await survivor.see('button', ASK)
      await picture(lou, `joining-out-${name}`)
    })

    test('the interpreter can be asked again, and leaves by themselves; the chat goes on', async () => {
      await ask()
      await survivor.click('button', YES)
      await press(lou, 'Join the chat with Sam')
      await survivor.see('button', 'Ask them to leave')
      await sees(survivor, 'Lou Ortega (Interpreter) can see what is written in this chat.')
      await lou.until(() => document.querySelectorAll('.roster li').length === 3)
      await press(lou, 'Leave chat')
      await sees(lou, 'The chat goes on without you.')
      await assertAccessible(lou, 'leaving')
      await press(lou, 'Leave and erase')
      await sees(survivor, 'Lou Ortega (Interpreter) has left.')
      await survivor.until(() => document.querySelectorAll('.roster li').length === 2)
      await survivorSays(survivor, 'thank you both')
      await sam.seeText('log', 'Conversation', 'thank you both')
    })

    test('with the end of the chat it is gone from every page', async () => {
      await ask()
      await survivor.click('button', YES)
      await press(lou, 'Join the chat with Sam')
      await lou.until(() => document.querySelectorAll('.roster li').length === 3)
      await survivorSays(survivor, 'the last thing')
      await lou.seeText('log', 'Conversation', 'the last thing')
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await survivor.see('heading', 'It has ended')
      await sees(lou, 'ended')
      for (const page of [survivor, sam, lou]) {
        await page.until(() => !document.documentElement.outerHTML.includes('the last thing'))
      }
    })
  })
}
