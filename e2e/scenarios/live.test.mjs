// What is typed is shown before it is sent where both sides want it (features.md 1.6, 3.12): offered by either,
// accepted by the other, stopped by either at once; and nothing of it leaves the page without that. A recording
// server stands between the survivor's browser and the relay.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { advocateSays, meet, picture, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { startRecordedProgram } from '../lib/recording.mjs'
import { wait } from '../lib/wait.mjs'

/** What the other side is typing, as both pages call it. */
const DRAFT = ['group', 'Being typed, not sent yet']

const OFF = 'What you type is seen when you send it, and not before.'

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`what is typed and not sent, with a survivor in ${name}`, () => {
    let recording, program, staff, browser, survivor, desk
    before(async () => {
      ;({ recording, program } = await startRecordedProgram())
      staff = await launchChromium()
      browser = await launch()
      desk = await onDutyByInvitation(program, staff, 'Sam the advocate')
      survivor = await startChat(browser, `${recording.origin}/`, { viewport: PHONE })
      await meet(survivor, desk)
      await survivorSays(survivor, 'hello')
      await advocateSays(desk, 'good evening')
      for (const page of [survivor, desk]) await page.seeText('log', 'Conversation', 'Received')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
      recording?.stop()
    })

    const posted = (start) => recording.messages('page', start)

    /** Presses keys in a message box, one after the other. */
    async function type(page, box, keys) {
      await page.focus('textbox', box)
      await page.raw.keyboard.type(keys)
    }

    const asks = async (page, what) => {
      await page.raw.click('summary:is(#live > *, .offers > *)')
      await page.click('button', what)
    }

    test('nothing of it leaves the page while nobody agreed', async () => {
      const start = recording.frames.length
      await type(survivor, 'Your message', 'perhaps not')
      await survivor.evaluate(() => fetch('/').then((answer) => answer.text()))
      assert.deepEqual(posted(start), [])
      assert.equal(await desk.count(...DRAFT), 0)
      await survivor.fill('textbox', 'Your message', '')
    })

    test('the survivor offers, the advocate accepts, and both see words as they are typed', async () => {
      await survivor.raw.click('#live summary')
      await picture(survivor, `live-offers-phone-${name}`)
      await survivor.raw.click('#live summary')
      await asks(survivor, 'Ask to show words as they are typed')
      await survivor.seeAnywhere('Nothing is shown until the advocate says yes.')
      await desk.seeAnywhere('The survivor asks to show each other words as they are typed.')
      await picture(desk, `live-offered-desk-${name}`)
      assert.equal(await survivor.count('button', 'Stop showing it'), 0)
      await desk.click('button', 'Yes, show it')
      await survivor.seeAnywhere('The advocate sees what you type as you type it, also words that you delete.')
      await desk.seeAnywhere('The survivor sees what you type as you type it')
      const described = await survivor.evaluate(() => document.getElementById('message').getAttribute('aria-describedby'))
      assert.ok(described.split(' ').includes('live-said'), 'whoever comes to the box hears it again')
      for (const keys of ['I do', ' not kn', 'ow']) {
        await type(survivor, 'Your message', keys)
        await desk.seeText(...DRAFT, keys)
      }
      await desk.seeAnywhere('The survivor is typing')
      await survivor.press('Backspace')
      await desk.until(() => document.querySelector('.draft').textContent === 'I do not kno')
      await type(desk, 'Message', 'خذ وقتك')
      await survivor.seeText(...DRAFT, 'خذ وقتك')
      await survivor.seeAnywhere('Sam the advocate')
      await survivor.seeAnywhere('is typing')
      await picture(survivor, `live-phone-${name}`)
      await picture(desk, `live-desk-${name}`)
      assert.equal(await desk.evaluate(() => document.querySelectorAll('.log .message').length), 2, 'nothing was sent')
    })

    test('what goes over the line is the same whether anything is typed', async () => {
      const sizes = async (act) => {
        const start = recording.frames.length
        await act()
        await wait(() => posted(start).length >= 6, 'six beats', PATIENCE)
        return new Set(posted(start))
      }
      const silent = await sizes(async () => {})
      const typing = await sizes(() => survivor.raw.keyboard.type(' where to begin, and then some more of it'))
      assert.deepEqual([...typing], [...silent])
      assert.equal(silent.size, 1)
    })

    test('a message takes the place of what was typed', async () => {
      await survivorSays(survivor, 'I do not know where to begin.')
      await desk.seeText('log', 'Conversation', 'where to begin.')
      await desk.seeNone(...DRAFT)
    })

    test('the survivor stops it, and it is over at once on both sides', async () => {
      await type(survivor, 'Your message', 'unsaid')
      await desk.seeText(...DRAFT, 'unsaid')
      await survivor.click('button', 'Stop showing it')
      await survivor.seeText('log', 'Conversation', OFF)
      assert.equal(await survivor.count(...DRAFT), 0)
      await desk.seeAnywhere('What is typed is seen when it is sent, and not before.')
      await desk.seeNone(...DRAFT)
      assert.ok(!(await desk.evaluate(() => document.body.textContent)).includes('unsaid'))
      await survivor.fill('textbox', 'Your message', '')
      await desk.fill('textbox', 'Message', '')
    })

    test('the advocate offers, and the survivor says no', async () => {
      await asks(desk, 'Ask to show when somebody is typing')
      await survivor.seeAnywhere('The advocate asks to show each other when somebody is typing.')
      await picture(survivor, `live-offered-phone-${name}`)
      const looks = await survivor.evaluate(() => ['live-yes', 'live-no'].map((id) => document.getElementById(id).className))
      assert.equal(looks[0], looks[1], 'neither answer is made to look like the better one')
      await survivor.click('button', 'No, do not show it')
      await desk.seeAnywhere('What is typed is seen when it is sent, and not before.')
      await desk.seeNone('button', 'Stop showing it')
    })

    test('a typing sign shows no words, and goes with the chat', async () => {
      await asks(desk, 'Ask to show when somebody is typing')
      await survivor.click('button', 'Yes, show it')
      await survivor.seeAnywhere('The advocate sees when you are typing.')
      await type(survivor, 'Your message', 'unshown')
      await desk.seeAnywhere('The survivor is typing')
      assert.ok(!(await desk.evaluate(() => document.body.textContent)).includes('unshown'))
      await type(desk, 'Message', 'unshown')
      await survivor.seeAnywhere('is typing')
      await desk.click('button', 'End chat')
      await desk.click('button', 'End and erase')
      await survivor.see('heading', 'It has ended')
      const left = await survivor.evaluate(() => document.documentElement.innerText + document.getElementById('draft')?.textContent)
      for (const word of ['unshown', 'is typing', 'good evening']) assert.ok(!left.includes(word), word)
      assert.deepEqual(survivor.errors, [])
    })
  })
}
