// The administrator's console (features.md 5.6, 5.7): closing in one step, seen by whoever waits with the other ways,
// while a chat that has begun goes on; opening again; and who may not.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { administratorsConsole, answer, holdFrames, openConsole, publishAll } from '../lib/console.mjs'
import { advocateSays, meet, picture, pressOn, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'

const FLOOD = 'The river is over its banks. Stay where you are safe.'

/** Types a time, as a browser's field for times takes it. */
async function typeTime(page, label, time) {
  await page.evaluate(([label, time]) => {
    const field = document.querySelector(`input[aria-label="${label}"]`)
    field.focus()
    field.value = time
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }, [label, time])
}

/** Presses at one place, moves to another, and lets go, as a mouse does. */
async function dragBar(page, from, to) {
  await page.evaluate(([from, to]) => {
    const bar = document.querySelectorAll('.bar')[1]
    bar.scrollIntoView({ block: 'center' })
    const { left, top, width, height } = bar.getBoundingClientRect()
    bar.setPointerCapture = () => {}
    const tell = (kind, hours) => {
      // The browser takes whole dots alone.
      const at = { clientX: Math.ceil(left + width * hours / 24), clientY: top + height / 2 }
      bar.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, pointerId: 1, ...at }))
    }
    tell('pointerdown', from)
    tell('pointermove', to)
    tell('pointerup', to)
  }, [from, to])
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the console in ${name}`, () => {
    let program, browser, people, console, desk, chatting
    before(async () => {
      program = await startProgram()
      browser = await launch()
      people = await launchChromium()
      desk = await onDutyByInvitation(program, people, 'Sam')
      chatting = await startChat(people, program.visitor, { viewport: PHONE })
      await meet(chatting, desk)
      console = await administratorsConsole(program, browser)
    })
    after(async () => {
      await people?.close()
      await browser?.close()
      await program?.stop()
    })

    test('it can be used by everybody, and shows what holds', async () => {
      await console.seeAnywhere('Version 2 of your policy is published.')
      await assertAccessible(console, 'the console')
      await picture(console, `console-${name}`)
    })

    test('nobody closes without a word', async () => {
      await pressOn(console, 'button', 'Close chat…', 'Enter')
      await console.seeAnywhere('Please write what people are to read')
      await console.until(() => document.activeElement.id === 'closing-text')
    })

    test('closing takes a press and a confirmation, and whoever waits is told at once', async () => {
      const waiting = await startChat(people, program.visitor, { viewport: PHONE })
      await waiting.seeAnywhere('You are next.')
      await console.evaluate(() => document.querySelectorAll('input[name=kind]')[1].click())
      await pressOn(console, '.prepared-texts button', 'There is an emergency at our office, and nobody can answer here. If you are in danger now, call 911. Otherwise please use one of the other ways.', 'Enter')
      await console.until(() => document.activeElement.value?.includes('call 911'))
      await console.fill('textbox', 'What people read', FLOOD)
      await pressOn(console, 'button', 'Close chat…', 'Enter')
      await console.see('heading', 'Close chat now?')
      await assertAccessible(console, 'the question before closing')
      await picture(console, `console-question-${name}`)
      await answer(console, 'Close chat now')
      await waiting.see('heading', 'Chat has closed')
      await waiting.seeAnywhere(FLOOD)
      const shown = await waiting.evaluate(() => document.body.innerText)
      assert.ok(shown.includes('+1 555 010 0100') && shown.includes('911'), shown)
      await console.seeAnywhere('Version 3 is published, and on every page.')
      await console.seeAnywhere('Chat is closed by a notice, until you open it again.')
      await waiting.close()
    })

    test('a chat that has begun goes on, and its advocate is told', async () => {
      await desk.seeAnywhere('Chat is closed.')
      await desk.seeAnywhere(FLOOD)
      await survivorSays(chatting, 'Are you still there?')
      await desk.seeAnywhere('Are you still there?')
      await advocateSays(desk, 'I am here.')
      await chatting.seeAnywhere('I am here.')
      await picture(desk, `console-desk-closed-${name}`)
    })

    test('whoever comes now reads it, and is not offered chat', async () => {
      const late = await people.newPage({ viewport: PHONE })
      await late.goto(program.visitor)
      await late.seeAnywhere(FLOOD)
      assert.equal(await late.count('button', 'Start chat'), 0)
      await late.close()
    })

    test('it locks like the desk, and what was typed is there again', async () => {
      await console.fill('textbox', 'What people read', 'We are back at noon.')
      await console.click('button', 'Lock')
      await console.see('heading', 'The console is locked')
      assert.ok(!(await console.evaluate(() => document.body.innerText)).includes(FLOOD))
      await typePassphrase(console, PASSPHRASE)
      await console.click('button', 'Open the console')
      await console.until(() => document.getElementById('closing-text')?.value === 'We are back at noon.')
    })

    test('whoever goes on before a question is drawn stays where they went', async () => {
      const drawAtLast = await holdFrames(console)
      await pressOn(console, 'button', 'Open again…', 'Enter')
      await console.until(() => document.activeElement.id === 'question')
      await console.press('Tab')
      await console.until(() => document.activeElement.textContent === 'Open now')
      await drawAtLast()
      assert.equal(await console.evaluate(() => document.activeElement.textContent), 'Open now')
      await console.press('Escape')
      await console.until(() => document.querySelector('dialog[open]') === null)
    })

    test('opening again is the same: a press and a confirmation', async () => {
      await pressOn(console, 'button', 'Open again…', 'Enter')
      await console.until(() => document.querySelector('dialog[open]')?.textContent.includes('Open chat again'))
      await answer(console, 'Open now')
      await console.seeAnywhere('Version 4 is published, and on every page.')
      await desk.until(() => !document.querySelector('.notices').textContent.includes('Chat is closed.'))
      const waiting = await startChat(people, program.visitor, { viewport: PHONE })
      await waiting.seeAnywhere('You are next.')
      await waiting.close()
    })

    test('another administrator who closes meanwhile is not undone, and nothing is lost', async () => {
      program.close('--text', 'Our lines are down.')
      await console.seeAnywhere('Our lines are down.')
      await console.seeAnywhere('Version 5 of your policy is published.')
      program.open()
      await console.seeAnywhere('By your hours, chat is open')
    })

    test('hours are typed, checked as one types, compared, and published with a press and a confirmation', async () => {
      await console.click('checkbox', 'Chat never closes')
      await console.seeAnywhere('Hours: must not be empty')
      await pressOn(console, 'button', 'Add times: Monday', 'Enter')
      await typeTime(console, 'Monday, from', '20:00')
      await typeTime(console, 'Monday, until', '20:00')
      await console.seeAnywhere('Hours: must be later than the start')
      await typeTime(console, 'Monday, until', '02:00')
      await console.until(() => !document.body.innerText.includes('This has to be mended'))
      await assertAccessible(console, 'the form for hours')
      await picture(console, `console-hours-${name}`)
      await publishAll(console, 7)
      const visitor = await people.newPage({ viewport: PHONE })
      await visitor.goto(program.visitor)
      await visitor.until(() => document.body.textContent.replaceAll(/[\u2068\u2069]/g, '').includes('20:00') || document.body.textContent.includes('8:00'))
      await visitor.close()
    })

    test('a day is drawn on and dragged', async () => {
      await dragBar(console, 9, 17)
      await console.until(() => {
        const fields = [...document.querySelectorAll('fieldset.day')][1].querySelectorAll('input[type=time]')
        return fields[0]?.value === '09:00' && fields[1]?.value === '17:00'
      })
      await dragBar(console, 12, 14)
      await console.until(() => {
        const fields = [...document.querySelectorAll('fieldset.day')][1].querySelectorAll('input[type=time]')
        return fields[0]?.value === '11:00' && fields[1]?.value === '19:00'
      })
    })

    test('hours that another administrator published meanwhile are asked about, and nothing typed is lost', async () => {
      program.merge()
      program.publish((policy) => policy.replace('note = "The hotline is always open."', 'note = "Other hours."'))
      await console.seeAnywhere('Another administrator changed the hours while you did.')
      await console.until(() => [...document.querySelectorAll('fieldset.day')][1].querySelector('input[type=time]').value === '11:00')
      await pressOn(console, 'button', 'Take theirs', 'Enter')
      await console.until(() => document.getElementById('hours-note').value === 'Other hours.')
    })

    test('on a phone it is one column that fits', async () => {
      const phone = await administratorsConsole(program, browser, { viewport: PHONE })
      await assertAccessible(phone, 'the console on a phone')
      assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
      await picture(phone, `console-phone-${name}`)
      assert.deepEqual(phone.errors, [])
      await phone.close()
    })

    test('whoever is no administrator is told whom to ask', async () => {
      const supervisor = await onDutyByInvitation(program, browser, 'Alex', '--role', 'supervisor')
      await supervisor.see('link', 'Administration')
      await openConsole(supervisor, program)
      await supervisor.see('heading', 'Only administrators can change this')
      await supervisor.seeAnywhere('ask an administrator of Rivertown Advocates')
      assert.equal(await supervisor.count('button', 'Close chat…'), 0)
      await assertAccessible(supervisor, 'the console of somebody who is no administrator')
      assert.deepEqual(supervisor.errors, [])
    })

    test('nothing went wrong on any page', () => {
      for (const page of [console, desk, chatting]) assert.deepEqual(page.errors, [])
    })
  })
}
