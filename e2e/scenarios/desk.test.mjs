// What the desk shows of a survivor beside their words: what they said beforehand, that they are silent,
// that they left, that they came back.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'

import { DESKTOP, launchChromium } from '../lib/browsers.mjs'
import { advocateSays, answered, goOnDuty, onDuty, picture } from '../lib/people.mjs'
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
