// Practice with a colleague who plays the survivor (features.md 5.5): the real pages, apart from the real line, and
// marked on every screen of both. What is special to a program (its prepared messages, its guides) is there.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, HEADINGS, meet, onDuty, picture, survivorSays, toQuestions } from '../lib/people.mjs'
import { startProgram } from '../lib/program.mjs'
import { BINARY } from '../lib/stillroom.mjs'
import { assertUnsaid, know } from '../lib/unsaid.mjs'

const OF_SURVIVOR = 'This page is for training.'
const OF_DESK = 'A colleague plays the survivor.'
const ZOOMED = { width: 320, height: 512 }

/** `stillroom practice` under the policy of a program, for two colleagues. */
async function startPractice(policy) {
  const scratch = mkdtempSync(join(tmpdir(), 'practice-'))
  const child = spawn(BINARY, ['practice', '--json', '--trace', '--advocate', 'Alex', '--supervisor', 'Robin', '--policy', policy], {
    env: { ...process.env, TMPDIR: scratch }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (bytes) => { log += bytes })
  know('Alex', 'Robin')
  const ended = once(child, 'exit')
  const [line] = await once(createInterface(child.stdout), 'line')
  const left = () => readdirSync(scratch)
  return {
    ...JSON.parse(line),
    left,
    async stop() {
      child.kill('SIGINT')
      await ended
      const after = left()
      rmSync(scratch, { recursive: true })
      assertUnsaid(log)
      return after
    },
  }
}

/** The mark is in sight, whatever was scrolled. */
const marked = (page, words) => page.until((words) => {
  const mark = document.querySelector('.for-practice')
  const { top, bottom } = mark.getBoundingClientRect()
  return mark.innerText.includes(words) && mark.checkVisibility() && top >= 0 && bottom <= innerHeight && bottom > top
}, words, `the mark “${words}” in sight`)

for (const launch of [launchChromium, launchFirefox]) {
  describe(`practice with a colleague, in ${launch.name.replace('launch', '')}`, () => {
    let program, practice, browser, desk
    before(async () => {
      program = await startProgram()
      const policy = join(program.folder, 'program/policy.toml')
      writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^name = ".*"/m, 'name = "Hilltown Advocates"'))
      practice = await startPractice(policy)
      browser = await launch()
      const [alex] = practice.desks
      desk = await onDuty(browser, alex.link, { viewport: DESKTOP })
    })
    after(async () => {
      await browser?.close()
      assert.deepEqual(await practice?.stop(), [], 'nothing is left once it is over')
      await program?.stop()
    })

    test('both pages say on every screen that it is practice, and carry a whole chat', async () => {
      const survivor = await browser.newPage({ viewport: PHONE })
      await survivor.goto(practice.visitor)
      await survivor.seeAnywhere('Hilltown Advocates')
      await marked(survivor, OF_SURVIVOR)
      await picture(survivor, `colleague-${survivor.browser}-before`)
      await toQuestions(survivor)
      await marked(survivor, OF_SURVIVOR)
      await survivor.click('button', 'Skip all')
      await survivor.see('heading', HEADINGS.waiting)
      await marked(survivor, OF_SURVIVOR)
      await meet(survivor, desk)
      await survivorSays(survivor, 'Said by a colleague.')
      await desk.seeText('log', 'Conversation', 'Said by a colleague.')
      await advocateSays(desk, 'Heard.')
      await survivor.seeText('log', 'Conversation', 'Heard.')
      await survivor.see('button', 'Leave this page')
      for (const [page, words] of [[survivor, OF_SURVIVOR], [desk, OF_DESK]]) {
        await marked(page, words)
        await assertAccessible(page, 'a practice chat')
        await picture(page, `colleague-${page.browser}-${page === desk ? 'desk' : 'chat'}`)
      }
      await survivor.resize(ZOOMED)
      await marked(survivor, OF_SURVIVOR)
      await survivor.see('textbox', 'Your message')
      await survivor.resize(PHONE)
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await survivor.seeNone('log', 'Conversation')
      await marked(survivor, OF_SURVIVOR)
      await survivor.close()
    })

    test('the program’s own pages have no such mark', async () => {
      for (const address of [program.visitor, program.desk]) {
        const page = await browser.newPage()
        await page.goto(address)
        assert.equal(await page.evaluate(() => document.querySelector('.for-practice, [data-text=for-practice]')), null)
        await page.close()
      }
    })

    test('a practice desk does not reach the real line', async () => {
      const survivor = await browser.newPage()
      await survivor.goto(program.visitor)
      await survivor.seeAnywhere('Nobody is free to answer right now')
      assert.equal(await survivor.evaluate(() => document.documentElement.dataset.open), 'no')
      await survivor.close()
    })
  })
}
