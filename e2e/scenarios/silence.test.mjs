// A survivor who writes nothing is asked kindly, then told when the chat closes; any key stops it
// (features.md 3.7). The hours of the chat are let pass on the desk, whose part it is to count them.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PHONE } from '../lib/browsers.mjs'
import { advocateSays, answered, meet, picture, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** A small part of the time after which a line that says nothing counts as gone: its answers come in between. */
const STEP = 5_000

/** Lets minutes pass on a page, while the relay answers it in between. */
async function pass(program, page, minutes) {
  for (let passed = 0; passed < minutes * 60_000; passed += STEP) {
    await page.raw.clock.runFor(STEP)
    await answered(page, program)
  }
}

describe('whoever writes nothing', () => {
  let program, browser, desk
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await browser.newPage()
    await desk.raw.clock.install()
    await desk.goto(program.desk)
    await desk.click('button', 'Go on duty')
    await desk.see('button', 'Take next')
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  /** A chat in which the advocate has the last word. */
  async function chat(options) {
    const page = await browser.newPage(options)
    await page.raw.clock.install()
    await page.goto(program.visitor)
    await toWaiting(page)
    await meet(page, desk)
    await advocateSays(desk, 'How are you?')
    await page.seeText('log', 'Conversation', 'How are you?')
    // A key that was pressed within the last minute counts as a sign, so that it is let pass.
    await pass(program, page, 1.25)
    return page
  }

  /** Ends it, so that the desk has one chat at a time. */
  async function end(page) {
    await page.click('button', 'End chat')
    await page.click('button', 'End and erase')
    await desk.click('button', 'Put away')
    await page.close()
  }

  test('is asked, and any key is an answer', async () => {
    const page = await chat({ viewport: PHONE, touch: true })
    await pass(program, desk, 11)
    await page.seeAnywhere('Are you still there? There is no hurry.')
    await picture(page, 'silence-asked-phone')
    await page.press('ArrowDown')
    await page.seeNone('button', 'I am still here')
    await pass(program, desk, 9)
    assert.equal(await page.count('button', 'I am still here'), 0, 'it counts from the beginning')
    await end(page)
  })

  test('is told when the chat closes, and the button keeps it open', async () => {
    const page = await chat()
    await pass(program, desk, 21)
    await page.seeAnywhere('this chat closes in about 10 minutes')
    await picture(page, 'silence-warned')
    await page.click('button', 'I am still here')
    await page.seeNone('button', 'I am still here')
    await page.see('button', 'End chat')
    await end(page)
  })

  test('finds it closed, with the reason, and everything erased', async () => {
    const page = await chat()
    await pass(program, desk, 33)
    await page.see('heading', 'It has ended')
    await page.seeAnywhere('because nothing was written for a long time')
    assert.ok(!(await page.evaluate(() => document.documentElement.textContent)).includes('How are you?'))
    await page.close()
  })
})
