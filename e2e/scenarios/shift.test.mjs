// An advocate's shift at the desk: locked by key, by button and by itself, breaks, as many chats as one wants, its
// end, and who in the line is not there any more (features.md 5.1, 5.2, 5.3).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox } from '../lib/browsers.mjs'
import { advocateSays, answered, meet, onDuty, picture, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const NAME = 'Sam Rivers'
const STEP = 5_000

/** What is left of a screen of 1280 by 800 at 400 %. */
const ZOOMED = { width: 320, height: 200 }

/** Everything that the page holds, apart from the words that any desk says: what is drawn, and every field. */
const held = (page) => page.evaluate(() => {
  const fields = [...document.querySelectorAll('input, textarea, select')].map(({ value }) => value)
  return [document.title, document.getElementById('desk').outerHTML, ...fields].join(' ')
})

async function assertHoldsNone(page, words) {
  const all = await held(page)
  for (const word of words) assert.ok(!all.includes(word), `“${word}” is not in the page: ${all}`)
}

/** axe has no remark, at a desk's size and at 400 %; with a picture of both. */
async function assertFits(desk, screen) {
  await assertAccessible(desk, screen)
  await picture(desk, screen)
  await desk.resize(ZOOMED)
  await assertAccessible(desk, `${screen} at 400 %`)
  await picture(desk, `${screen}-zoomed`)
  await desk.resize(DESKTOP)
}

const focused = (page) => page.evaluate(() => document.activeElement.id)

const somebodyWaits = () => document.querySelector('[aria-label="Waiting"] li') !== null

const takeByKeys = async (desk) => {
  await desk.press('Alt+w')
  await desk.until(() => document.activeElement.id === 'take-next')
  await desk.press('Enter')
}

const openAgain = async (desk) => {
  await typePassphrase(desk, PASSPHRASE)
  await desk.press('Enter')
  await desk.see('button', 'Take next')
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a shift in ${name}`, () => {
    let program, browser, desk
    before(async () => {
      program = await startProgram()
      browser = await launch()
      desk = await onDutyByInvitation(program, browser, NAME)
    })
    after(async () => {
      await browser?.close()
      await program?.stop()
    })

    test('a locked desk holds no word of a chat and no name, and opens again where it was', async () => {
      const survivor = await startChat(browser, program.visitor)
      await meet(survivor, desk)
      await survivorSays(survivor, 'He is at work until six.')
      await desk.seeText('log', 'Conversation', 'He is at work until six.')
      await desk.fill('textbox', 'Message', 'half a sentence')
      await desk.evaluate(() => { document.getElementById('hand-over-1').open = true })
      const handing = ['words-1', 'note-1']
      await desk.evaluate(([words, note]) => {
        document.getElementById(words).value = 'why I have to go'
        document.getElementById(note).value = 'what comes next'
      }, handing)
      await desk.press('Alt+l')
      await desk.see('heading', 'The desk is locked')
      await assertHoldsNone(desk, ['at work until six', 'half a sentence', 'why I have to go', 'what comes next', NAME, 'Chat 1', 'Needs an answer'])
      assert.equal(await desk.title(), 'Desk')
      assert.equal(await focused(desk), 'passphrase')
      if (name === 'Chromium') await assertFits(desk, 'desk-locked')

      await survivorSays(survivor, 'Are you there?')
      await survivor.seeText('log', 'Conversation', 'Received')
      await typePassphrase(desk, 'not the right words at all')
      await desk.press('Enter')
      await desk.seeAnywhere('does not open the desk')
      await assertHoldsNone(desk, ['Are you there?', 'Chat 1'])

      await openAgain(desk)
      await desk.seeText('log', 'Conversation', 'Are you there?')
      assert.equal(await desk.evaluate(() => document.querySelector('[id^=message-]').value), 'half a sentence')
      const written = await desk.evaluate((ids) => ids.map((id) => document.getElementById(id).value), handing)
      assert.deepEqual(written, ['why I have to go', 'what comes next'])
      await desk.until(() => document.activeElement.id === 'message-1')
      await desk.fill('textbox', 'Message', '')
      await advocateSays(desk, 'I am here.')
      await survivor.seeText('log', 'Conversation', 'I am here.')
      await desk.click('button', 'Lock')
      await desk.see('heading', 'The desk is locked')
      await openAgain(desk)
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await desk.click('button', 'Put away')
      await survivor.close()
    })

    test('on a break chats go on, nobody new is taken, and one press ends it', async () => {
      const survivor = await startChat(browser, program.visitor)
      await meet(survivor, desk)
      await desk.click('button', 'Take a break')
      await desk.seeAnywhere('On a break. No new chats')
      await desk.seeAnywhere('Go back on duty to take somebody.')
      if (name === 'Chromium') await assertFits(desk, 'desk-on-a-break')
      const other = await browser.newPage()
      await other.goto(program.visitor)
      await other.seeAnywhere('Nobody is free to answer right now')
      await other.close()
      await survivorSays(survivor, 'I can still write.')
      await desk.seeText('log', 'Conversation', 'I can still write.')
      await desk.click('button', 'Go back on duty')
      await desk.until(() => document.querySelector('[data-duty]').dataset.duty === 'on')
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await desk.click('button', 'Put away')
      await survivor.close()
    })

    test('a desk has as many chats as one wants, which is set and told by keyboard', async () => {
      const survivors = []
      try {
        await setShift(desk, { chats: '1' })
        await desk.seeAnywhere('Chats at once: up to 1.')
        survivors.push(await scriptedSurvivor(program.visitor))
        await desk.until(somebodyWaits)
        await takeByKeys(desk)
        await desk.see('region', 'Chat 1')
        survivors.push(await scriptedSurvivor(program.visitor))
        await desk.until(somebodyWaits)
        await desk.seeAnywhere('You have as many chats as you wanted at once.')
        assert.equal(await desk.evaluate(() => document.getElementById('take-next').getAttribute('aria-disabled')), 'true')
        await takeByKeys(desk)
        await desk.until(() => document.querySelector('[role=alert] .notice')?.textContent.includes('as many chats as you wanted'))
        if (name === 'Chromium') await assertFits(desk, 'desk-full')
        await desk.click('button', 'Close this notice')
        await setShift(desk, { chats: '2' })
        await takeByKeys(desk)
        await desk.see('region', 'Chat 2')
      } finally {
        for (const survivor of survivors) await survivor.stop()
      }
    })

    test('whoever waits on a dropped line is marked, and passed over while somebody else waits', async () => {
      const gone = await scriptedSurvivor(program.visitor, { language: 'ar' })
      let there
      try {
        await setShift(desk, { chats: '12' })
        await desk.seeText('list', 'Waiting', 'Language: Arabic')
        there = await scriptedSurvivor(program.visitor, { language: 'hi' })
        await desk.seeText('list', 'Waiting', 'Language: Hindi')
        await gone.stop()
        await desk.seeText('list', 'Waiting', 'Line dropped')
        if (name === 'Chromium') await assertFits(desk, 'desk-dropped')
        await desk.click('button', 'Take next')
        await there.event((event) => event.phase === 'chatting')
        await desk.seeText('list', 'Waiting', 'Language: Arabic')
      } finally {
        await gone.stop()
        await there?.stop()
      }
      assert.deepEqual(desk.errors, [])
    })
  })
}

/**
 * Sets one's shift. Each browser has another way to choose and to type a time, so the fields are given their values;
 * the rest is by keyboard.
 */
async function setShift(desk, { chats, end }) {
  const closed = await desk.evaluate(() => {
    const change = document.querySelector('.shift details')
    document.querySelector('.shift summary').focus()
    return !change.open
  })
  if (closed) await desk.press('Enter')
  if (chats) await desk.evaluate((chats) => { document.getElementById('shift-chats').value = chats }, chats)
  if (end !== undefined) await desk.evaluate((end) => { document.getElementById('shift-end').value = end }, end)
  await desk.evaluate(() => document.querySelector('.shift-form button').focus())
  await desk.press('Enter')
}

describe('the time at a desk', () => {
  let program, browser, desk, survivor
  before(async () => {
    program = await startProgram()
    // So soon is a survivor asked whether they are there, warned, and the chat closed.
    const timers = { silence_ask: 6, silence_warn: 7, silence_close: 8 }
    await program.publish((policy) => Object.entries(timers).reduce(
      (policy, [timer, minutes]) => policy.replace(new RegExp(`^${timer} = .*`, 'm'), `${timer} = ${minutes}`), policy))
    browser = await launchChromium()
    const newPage = browser.newPage
    browser.newPage = async (options) => {
      const page = await newPage(options)
      await page.raw.clock.install()
      return page
    }
    desk = await onDutyByInvitation(program, browser, NAME)
    survivor = await startChat(browser, program.visitor)
    await meet(survivor, desk)
    await survivorSays(survivor, 'May I think for a while?')
    await desk.seeText('log', 'Conversation', 'May I think for a while?')
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  /** Lets time pass on both pages, and the relay answer them; `sign` is what somebody at the desk does meanwhile. */
  async function pass(seconds, sign = async () => {}) {
    for (let passed = 0; passed < seconds * 1_000; passed += STEP) {
      await sign()
      for (const page of [desk, survivor]) await page.raw.clock.runFor(STEP)
      for (const page of [desk, survivor]) await answered(page, program)
    }
  }
  const anyKey = () => desk.press('Shift')

  /** Lets time pass until the desk says this; its own time goes on beside that of the steps. */
  async function passUntil(text) {
    for (let steps = 0; !(await held(desk)).includes(text); steps++) {
      assert.ok(steps < 80, `“${text}” does not come`)
      await pass(STEP / 1_000)
    }
  }

  test('a desk that is left alone says so, any key keeps it open, and else it locks', async () => {
    await anyKey()
    await pass(150)
    assert.ok(!(await held(desk)).includes('It locks in a minute'))
    await passUntil('It locks in a minute. Press any key to keep it open.')
    await assertAccessible(desk, 'a desk that is about to lock')
    await picture(desk, 'desk-locks-soon')
    await anyKey()
    await desk.until(() => !document.getElementById('desk').textContent.includes('It locks in a minute'))
    await pass(150)
    assert.equal(await desk.count('heading', 'The desk is locked'), 0, 'it counts from the key on')
    await advocateSays(desk, 'Take all the time you need.')
    await survivor.seeText('log', 'Conversation', 'Take all the time you need.')
    await passUntil('The desk is locked')
    assert.equal(await survivor.count('button', 'I am still here'), 0)
    await assertHoldsNone(desk, ['May I think for a while?', 'Take all the time', NAME, 'Chat 1'])
  })

  test('the survivor is told that the advocate stepped away, is not closed out, and is told that they are back', async () => {
    await pass(40)
    await survivor.seeText('log', 'Conversation', '(Advocate) has stepped away for a moment. Your chat stays open')
    await picture(survivor, 'stepped-away')
    await pass(8 * 60)
    assert.equal(await survivor.count('button', 'I am still here'), 0, 'nobody could see an answer')
    await survivor.see('button', 'Send')
    await openAgain(desk)
    await survivor.seeText('log', 'Conversation', 'is with you again.')
    await desk.seeText('log', 'Conversation', 'The survivor was told that you are back.')
    await desk.seeAnywhere('On a break. No new chats')
    await desk.click('button', 'Go back on duty')
  })

  test('wrong passphrases are slowed', async () => {
    await desk.press('Alt+l')
    for (let wrong = 0; wrong < 3; wrong++) {
      await typePassphrase(desk, 'not the right words at all')
      await desk.press('Enter')
      await desk.until((wrong) => {
        const said = document.querySelector('.strength').textContent
        return wrong < 2 ? said.includes('does not open the desk.') : said.includes('The next try waits 2 seconds.')
      }, wrong)
    }
    assert.equal(await desk.evaluate(() => document.querySelector('.gate-form button').getAttribute('aria-disabled')), 'true')
    await desk.raw.clock.runFor(2_500)
    await openAgain(desk)
  })

  test('no chat begins in the last minutes of a shift, which is said without taking the keyboard', async () => {
    const inMinutes = (minutes) => desk.evaluate((minutes) => {
      const at = new Date(Date.now() + minutes * 60_000)
      return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
    }, minutes)
    const first = await inMinutes(33)
    await setShift(desk, { end: first })
    await desk.seeAnywhere(`It ends at ${first}, in 0 h 3`)
    await assertFits(desk, 'desk-shift')
    await survivorSays(survivor, 'I am still here.')
    await desk.focus('textbox', 'Message')
    await pass(4 * 60, anyKey)
    await desk.seeAnywhere(`Your shift ends at ${first}, so no new chat begins at this desk any more.`)
    assert.equal(await focused(desk), 'message-1')
    await desk.seeAnywhere('If you stay longer, move its end')
    await assertFits(desk, 'desk-shift-ending')
    await desk.click('button', 'Go back on duty')
    await desk.until(() => document.querySelector('[role=alert] .notice')?.textContent.includes('Your shift ends soon'))
    const later = await inMinutes(40)
    await setShift(desk, { end: later })
    await desk.click('button', 'Go back on duty')
    await desk.until(() => document.querySelector('[data-duty]').dataset.duty === 'on')
    await setShift(desk, { end: await inMinutes(2) })
    await pass(3 * 60, anyKey)
    await desk.seeAnywhere('Chats that are open go on until you end them.')
    await survivorSays(survivor, 'So we go on.')
    await desk.seeText('log', 'Conversation', 'So we go on.')
    await desk.click('button', 'Go off duty')
    assert.deepEqual(desk.errors, [])
  })
})

describe('a practice desk', () => {
  let program, browser
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('locks as well, and opens without a passphrase, which it has not', async () => {
    const desk = await onDuty(browser, program.desk)
    await desk.press('Alt+l')
    await desk.seeAnywhere('A practice desk has no passphrase.')
    await desk.until(() => document.activeElement.id === 'gate-heading')
    await assertAccessible(desk, 'locked practice desk')
    await desk.press('Tab')
    await desk.press('Enter')
    await desk.see('button', 'Take next')
    await desk.close()
  })

  test('has no field that Chromium asks its maker about, and none that anything fills in', async () => {
    const desk = await onDuty(browser, program.desk)
    const survivor = await startChat(browser, program.visitor)
    await meet(survivor, desk)
    const fields = await desk.evaluate(() => [...document.querySelectorAll('input, select, textarea')].map(({ id, form }) => (
      { id, action: form?.getAttribute('action'), filled: form?.autocomplete })))
    for (const field of ['message-1', 'note-1', 'shift-chats', 'shift-end', 'words-1']) assert.ok(fields.some(({ id }) => id === field), field)
    for (const { id, ...form } of fields) assert.deepEqual(form, { action: '/search', filled: 'off' }, id)
    await survivor.close()
    await desk.close()
  })
})

describe('a whole shift by keyboard alone', () => {
  let program, browser, desk, survivor
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
    desk = await onDutyByInvitation(program, browser, NAME)
    await desk.click('button', 'Go off duty')
    // Loaded anew, so that nothing is where a pointer left it; from here on none is used.
    await desk.reload()
    await desk.evaluate(() => addEventListener('pointerdown', () => { window.pointed = true }, true))
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  /** Goes by Tab to the button of this name, and presses it. */
  async function pressByKeys(name) {
    const here = () => desk.evaluate(() => document.activeElement.textContent.replaceAll(/[\u2068\u2069]/g, ''))
    for (let step = 0; step < 60; step += 1) {
      if (await here() === name) return desk.press('Enter')
      await desk.press('Tab')
    }
    assert.fail(`no Tab leads to “${name}”`)
  }
  const type = (text) => desk.raw.keyboard.type(text)
  const inBox = () => desk.until(() => document.activeElement.id === 'message-1')

  test('opening the desk, going on duty, taking somebody, and writing', async () => {
    await desk.until(() => document.activeElement.id === 'passphrase')
    await type(PASSPHRASE)
    await desk.press('Enter')
    await desk.see('button', 'Go on duty')
    await pressByKeys('Go on duty')
    await desk.until(() => document.querySelector('[data-duty=on]') !== null)
    survivor = await startChat(browser, program.visitor)
    await desk.until(somebodyWaits)
    await takeByKeys(desk)
    await survivor.see('button', 'End chat')
    await inBox()
    await type('I am here.')
    await desk.press('Enter')
    await survivor.seeText('log', 'Conversation', 'I am here.')
  })

  test('a prepared message, the guides, colleagues, the checklist, and back', async () => {
    await desk.press('Alt+m')
    await desk.until(() => document.activeElement.id === 'prepared-search')
    await type('hurry')
    await desk.press('Enter')
    await inBox()
    await desk.press('Enter')
    await survivor.seeText('log', 'Conversation', 'there is no hurry')
    for (const [keys, id] of [['Alt+g', 'guides'], ['Alt+s', 'colleagues']]) {
      await desk.press(keys)
      await desk.until((id) => document.activeElement.id === id, id)
      await desk.press('Escape')
      await inBox()
    }
    await desk.press('Alt+c')
    await desk.until(() => document.activeElement.closest('details') !== null)
    await desk.press('Alt+c')
    await desk.press('Alt+1')
    await inBox()
  })

  test('a lock, a break, the end of the chat, and off duty', async () => {
    await desk.press('Alt+l')
    await desk.see('heading', 'The desk is locked')
    await desk.until(() => document.activeElement.id === 'passphrase')
    await type(PASSPHRASE)
    await desk.press('Enter')
    await inBox()
    await pressByKeys('Take a break')
    await desk.seeAnywhere('On a break. No new chats')
    await desk.press('Alt+1')
    await inBox()
    await pressByKeys('End chat')
    await pressByKeys('Tell the survivor first')
    await survivor.click('button', 'Yes, end and erase')
    await desk.see('button', 'Put away')
    await pressByKeys('Put away')
    await pressByKeys('Go off duty')
    await desk.until(() => document.querySelector('[data-duty=off]') !== null)
    assert.equal(await desk.evaluate(() => window.pointed), undefined, 'no pointer was used')
    assert.deepEqual(desk.errors, [])
  })
})
