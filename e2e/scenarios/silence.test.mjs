// A survivor who writes nothing is asked kindly, then told when the chat closes; any key stops it
// (features.md 3.7). Minutes are let pass on both pages alike: the desk counts the silence, and the survivor's
// page knows whether a key was pressed lately.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PHONE } from '../lib/browsers.mjs'
import { advocateSays, answered, meet, onDutyByClock, picture, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** A small part of the time after which a line that says nothing counts as gone: its answers come in between. */
const STEP = 5_000

/** More than a chat ever waits: what takes longer does not come. */
const STEPS_MAX = 12 * 60 * 2

describe('whoever writes nothing', () => {
  let program, browser, desk
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDutyByClock(browser, program.desk)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  /** Lets a step pass on these pages, and the relay answer them. */
  async function step(...pages) {
    // Somebody is at the desk: one that is left alone locks, and counts no silence.
    await desk.press('Shift')
    for (const page of pages) await page.raw.clock.runFor(STEP)
    for (const page of pages) await answered(page, program)
  }

  async function pass(minutes, ...pages) {
    for (let passed = 0; passed < minutes * 60_000; passed += STEP) await step(...pages)
  }

  /** Lets time pass until the survivor's page says this. */
  async function passUntil(text, page) {
    const says = () => page.evaluate((text) => document.body.innerText.includes(text), text)
    for (let steps = 0; !await says(); steps++) {
      assert.ok(steps < STEPS_MAX, `“${text}” does not come`)
      await step(desk, page)
    }
  }

  /** A chat in which the advocate has the last word. */
  async function chat(options) {
    const page = await browser.newPage(options)
    await page.raw.clock.install()
    await page.goto(program.visitor)
    await toWaiting(page)
    await meet(page, desk)
    await advocateSays(desk, 'How are you?')
    await page.seeText('log', 'Conversation', 'How are you?')
    return page
  }

  async function end(page) {
    await page.click('button', 'End chat')
    await page.click('button', 'End and erase')
    await page.see('heading', 'It has ended')
    await desk.until(() => !document.querySelector('textarea'))
    await page.close()
  }

  test('is asked, and any key is an answer', async () => {
    const page = await chat({ viewport: PHONE, touch: true })
    await passUntil('Are you still there? There is no hurry.', page)
    await picture(page, 'silence-asked-phone')
    await page.press('ArrowDown')
    await page.seeNone('button', 'I am still here')
    await pass(9, desk, page)
    assert.equal(await page.count('button', 'I am still here'), 0, 'it counts from the beginning')
    await end(page)
  })

  test('is told when the chat closes, and the button keeps it open', async () => {
    const page = await chat()
    await passUntil('this chat closes in about 10 minutes', page)
    await picture(page, 'silence-warned')
    await page.click('button', 'I am still here')
    await page.seeNone('button', 'I am still here')
    await end(page)
  })

  test('finds it closed, with the reason, and everything erased', async () => {
    const page = await chat()
    await passUntil('It has ended', page)
    await page.seeAnywhere('because nothing was written for a long time')
    assert.ok(!(await page.evaluate(() => document.documentElement.textContent)).includes('How are you?'))
    await page.close()
  })
})
