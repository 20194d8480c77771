// A flood: more people ask than the line is for. Whoever comes then solves a puzzle for a place, beside a page that goes
// on as ever, and leaving ends that. Real floods of `stillroom client`, which solve as well.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PATIENCE } from '../lib/browsers.mjs'
import { askForAdvocate, meet, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { wait } from '../lib/wait.mjs'

/** A line of twenty, and a tenth of it is pressure: with ten in it puzzles are nearly as hard as they get. */
const LIMITS = 'line = 20\npuzzle_from = 10'
const FLOOD = 10

const BUSY = 'Many people are coming at the moment.'

/** From now on what the page hands to its worker waits until it is let go. */
const holdWork = (page) => page.evaluate(() => {
  const own = Worker.prototype.postMessage
  const held = []
  Worker.prototype.postMessage = function (...work) { held.push(() => own.apply(this, work)) }
  window.letGo = () => { for (const one of held.splice(0)) one() }
  window.atWork = () => held.length > 0
})

/** No worker starts on this page any more. */
const refuseWorkers = (page) => page.evaluate(() => {
  window.Worker = class { constructor() { window.refused = true; throw new Error('refused') } }
})

const place = (page) => page.evaluate(() => document.getElementById('place').textContent)
const hasPlace = (page) => wait(async () => /ahead of you|You are next/.test(await place(page)), 'a place in the line', PATIENCE)
const loaded = (page, ending) => page.evaluate((ending) => performance.getEntriesByType('resource').filter((one) => one.name.endsWith(ending)).length, ending)

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a flood, and a survivor in ${name}`, () => {
    let program, staff, browser, desk
    const flood = []
    before(async () => {
      program = await startProgram({ limits: LIMITS })
      staff = await launchChromium()
      browser = await launch()
      desk = await onDutyByInvitation(program, staff, 'Sam the advocate')
      for (let bot = 0; bot < FLOOD; bot++) flood.push(await scriptedSurvivor(program.visitor))
      for (const bot of flood) await bot.event(({ ahead }) => Number.isInteger(ahead), 'a place of the flood’s')
    })
    after(async () => {
      for (const bot of flood) await bot.stop()
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    async function asking(prepare) {
      const survivor = await browser.newPage()
      await survivor.goto(program.visitor)
      await prepare(survivor)
      await askForAdvocate(survivor)
      return survivor
    }

    test('the flood itself had to solve', () => {
      const solved = flood.filter((bot) => bot.events.some(({ event, bits }) => event === 'puzzle' && bits > 0))
      assert.ok(solved.length > 0)
    })

    test('a puzzle is solved beside the page, on which one writes meanwhile, and then there is a place', async () => {
      const survivor = await asking(holdWork)
      await survivor.until(() => window.atWork())
      await survivor.seeAnywhere(BUSY)
      await assertAccessible(survivor, 'busy')
      await survivor.fill('textbox', 'Your message', 'I am not sure where to start.')
      assert.equal(await place(survivor), 'Asking for your place in the line.')
      await survivorSays(survivor, 'I am not sure where to start.')
      await survivor.seeText('log', 'Conversation', 'I am not sure where to start.')
      await survivor.evaluate(() => window.letGo())
      await hasPlace(survivor)
      assert.equal(await loaded(survivor, '.wasm'), 1, 'the search was the worker’s own')
      await wait(async () => !(await survivor.evaluate(() => document.body.innerText)).includes(BUSY), 'the sentence to go', PATIENCE)
      await survivor.click('button', 'Stop waiting')
      await survivor.close()
    })

    test('where the browser starts no worker the page solves by itself, in steps between which one writes', async () => {
      const survivor = await asking(refuseWorkers)
      await survivor.fill('textbox', 'Your message', 'Is somebody there?')
      await hasPlace(survivor)
      assert.equal(await survivor.evaluate(() => window.refused), true)
      assert.equal(await loaded(survivor, '.wasm'), 2, 'the core, and the search')
      assert.equal(await survivor.evaluate(() => document.getElementById('message').value), 'Is somebody there?')
      await survivor.click('button', 'Stop waiting')
      await survivor.close()
    })

    test('where its files cannot be had it is tried again, and then said in words, with nothing lost but the place', async () => {
      const survivor = await asking((page) => page.evaluate(() => document.getElementById('puzzle').content.firstElementChild.setAttribute('href', '/s/none.js')))
      await survivor.see('heading', 'Chat is very busy right now')
      await survivor.see('button', 'Try again')
      await survivor.close()
    })

    test('whoever leaves while it is solved is gone at once, and no answer comes', async () => {
      const survivor = await asking(holdWork)
      await survivor.until(() => window.atWork())
      const waiting = await desk.evaluate(() => document.querySelectorAll('[aria-label="Waiting"] li').length)
      await survivor.click('button', 'Leave this page')
      await survivor.until(() => !document.documentElement.textContent.includes('Waiting for an advocate'))
      await survivor.close()
      assert.equal(await desk.evaluate(() => document.querySelectorAll('[aria-label="Waiting"] li').length), waiting)
    })

    test('when the flood is over nobody is asked, and nothing of a puzzle is loaded', async () => {
      for (const bot of flood) bot.tell({ do: 'end' })
      await desk.until(() => document.querySelector('[aria-label="Waiting"] li') === null)
      const calm = await startProgram()
      try {
        const advocate = await onDutyByInvitation(calm, staff, 'Kim')
        const survivor = await browser.newPage()
        await survivor.goto(calm.visitor)
        await askForAdvocate(survivor)
        await meet(survivor, advocate)
        assert.equal(await loaded(survivor, '.wasm'), 1, 'the core alone')
        await survivor.close()
        await advocate.close()
      } finally { await calm.stop() }
    })
  })
}
