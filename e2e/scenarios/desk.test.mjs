// What the desk shows of a survivor beside their words: what they said beforehand, that they are silent,
// that they left, that they came back.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium } from '../lib/browsers.mjs'
import { advocateSays, answered, goOnDuty, meet, onDuty, picture, survivorSays, toWaiting } from '../lib/people.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const SECONDS = 1_000
const waits = () => document.querySelector('[aria-label="Waiting"] li')

describe('the desk', () => {
  let program, chromium, desk, survivor
  before(async () => {
    program = await startDemo()
    chromium = await launchChromium()
  })
  // Also after a failure: what is left open would keep the scenarios from ending.
  afterEach(async () => {
    await desk?.close()
    await survivor?.stop()
    desk = survivor = undefined
  })
  after(async () => {
    await chromium?.close()
    await program?.stop()
  })

  /** A desk on duty that has taken a survivor who said this. */
  async function taken(said, options) {
    desk = await onDuty(chromium, program.desk, options)
    survivor = await scriptedSurvivor(program.visitor, said)
    await desk.until(waits)
  }

  test('shows what a survivor said beforehand, and reminds to ask until that is done', async () => {
    await taken({ language: 'ar', interpreter: true, safety: 'yes' }, { viewport: DESKTOP })
    const said = ['Language: Arabic', 'Wants an interpreter', 'Says somebody may see their device']
    for (const one of said) await desk.seeText('list', 'Waiting', one)
    await desk.click('button', 'Take next')
    for (const one of said) await desk.seeText('region', 'Chat 1', one)
    await desk.seeText('region', 'Chat 1', 'Ask whether it is safe just now')
    await picture(desk, 'desk-beforehand')
    await desk.click('button', 'I have asked')
    await desk.seeNone('button', 'I have asked')
    // The keyboard is where one writes next: once the browser has drawn, which is when focus is moved.
    await desk.until(() => document.activeElement.id === 'message-1')
    assert.deepEqual(desk.errors, [])
  })

  test('shows that a survivor left, and who comes back with the three words', async () => {
    await taken({})
    await desk.click('button', 'Take next')
    const { words } = await survivor.event((event) => event.event === 'return-words')
    survivor.tell({ do: 'leave' })
    await desk.seeText('region', 'Chat 1', 'The survivor has left.')
    await survivor.stop()
    survivor = await scriptedSurvivor(program.visitor, { words: words.toUpperCase() })
    await desk.seeText('list', 'Waiting', 'Came back to you with three words')
    // Taken, so that no place of theirs is left in the line.
    await desk.click('button', 'Take next')
    await survivor.event((event) => event.phase === 'chatting')
    assert.deepEqual(desk.errors, [])
  })

  test('asks by hand whether a survivor is there, tells them when it closes, and counts down to nothing while they see nothing', async () => {
    await taken({})
    await desk.click('button', 'Take next')
    await survivor.event((event) => event.event === 'return-words')
    await advocateSays(desk, 'How are you just now?')
    await survivor.event((event) => event.event === 'message')
    await desk.seeText('log', 'Conversation', 'Received')
    await desk.click('button', 'End chat')
    await desk.click('button', 'Ask whether they are there')
    await survivor.event((event) => event.step === 'asked')
    await desk.seeText('region', 'Chat 1', 'was asked whether they are there')
    await desk.click('button', 'End chat')
    await assertAccessible(desk, 'asking whether they are there')
    await desk.click('button', 'Tell them when it closes')
    await survivor.event((event) => event.step === 'warned' && event.minutes === 10)
    await desk.seeText('region', 'Chat 1', 'this chat closes in 10 minutes')
    await desk.seeText('region', 'Chat 1', 'Closes in')
    survivor.tell({ do: 'hide', hidden: true })
    await desk.until(() => !document.getElementById('panel-1').textContent.includes('Closes in'))
    survivor.tell({ do: 'hide', hidden: false })
    await survivor.event((event) => event.step === 'over')
    await desk.seeNone('button', 'Give more time')
    assert.deepEqual(desk.errors, [])
  })

  // The survivor's clock is the test's.
  test('loaded again in mid-chat it holds nothing of it, and the survivor goes on from the head of the line, told so', async () => {
    const words = 'He comes home at six.'
    desk = await onDuty(chromium, program.desk, { viewport: DESKTOP })
    const page = await chromium.newPage()
    await page.raw.clock.install()
    await page.goto(program.visitor)
    await toWaiting(page)
    await meet(page, desk)
    await survivorSays(page, words)
    await desk.seeText('log', 'Conversation', words)
    // What nobody acknowledged is kept for whoever comes next.
    await page.seeText('log', 'Conversation', 'Received')
    await desk.reload()
    await desk.see('button', 'Go on duty')
    assert.ok(!(await desk.evaluate(() => document.documentElement.outerHTML)).includes(words))
    await goOnDuty(desk)
    const told = 'Your advocate’s connection is gone for good, so you are at the head of the line'
    for (let steps = 0; !(await page.evaluate(() => document.body.innerText)).includes(told); steps++) {
      assert.ok(steps < 60, 'it is told')
      await page.raw.clock.runFor(5 * SECONDS)
      await answered(page, program)
    }
    await meet(page, desk)
    await survivorSays(page, 'Are you somebody else?')
    await desk.seeText('log', 'Conversation', 'Are you somebody else?')
    assert.ok(!(await desk.evaluate(() => document.body.innerText)).includes(words), 'nothing of before')
    await page.close()
  })

  // The desk's clock is the test's, and goes on in steps that a ping and its answer fit between.
  test('asks and warns a silent survivor, and gives them more time', async () => {
    desk = await chromium.newPage({ viewport: DESKTOP })
    await desk.raw.clock.install()
    const pass = async (minutes) => {
      for (let passed = 0; passed < minutes * 60; passed += 5) {
        // Somebody is there: a desk that is left alone locks, and counts no silence.
        await desk.press('Shift')
        await desk.raw.clock.runFor(5 * SECONDS)
        await answered(desk, program)
      }
    }
    await desk.goto(program.desk)
    await desk.raw.clock.runFor(1 * SECONDS)
    await goOnDuty(desk)
    survivor = await scriptedSurvivor(program.visitor)
    await desk.until(waits)
    await desk.click('button', 'Take next')
    await survivor.event((event) => event.event === 'return-words')
    await advocateSays(desk, 'How are you just now?')
    await survivor.event((event) => event.event === 'message')
    await pass(11)
    await survivor.event((event) => event.step === 'asked')
    await desk.seeText('region', 'Chat 1', 'was asked whether they are there')
    await pass(11)
    await survivor.event((event) => event.step === 'warned' && event.minutes === 10)
    await desk.seeText('region', 'Chat 1', 'this chat closes in 10 minutes')
    await picture(desk, 'desk-silence')
    await desk.click('button', 'Give more time')
    await survivor.event((event) => event.step === 'over')
    await desk.seeNone('button', 'Give more time')
    await pass(33)
    const { ending } = await survivor.event((event) => event.phase === 'ended')
    assert.equal(ending, 'by-silence')
    await desk.seeText('region', 'Chat 1', 'The survivor was silent')
    assert.deepEqual(desk.errors, [])
  })
})
