// Pages that are older than their relay (docs/upgrading.md): what they say, that whoever has to load one again can go on, and
// that a chat which meets a relay of the next version goes on at one of its own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { administratorsConsole } from '../lib/console.mjs'
import { advocateSays, askForAdvocate, meet, picture, survivorSays, toWaiting } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { startProgramToUpgrade } from '../lib/versions.mjs'

/** A text of the pages, from where it is defined. */
function text(file, name) {
  const source = readFileSync(new URL(`../../pages/texts/en/${file}.ftl`, import.meta.url), 'utf8')
  return new RegExp(`^${name} = (.+)$`, 'm').exec(source)[1]
}

const OUTDATED = text('desk', 'trouble-page-outdated')
const TYPED = 'We are back at noon.'

/** The numbers of what this side said, in the order in which a page has them. */
async function said(page, mark) {
  const log = await page.text('log', 'Conversation')
  const shown = [...log.matchAll(new RegExp(`${mark}(\\d)\\.`, 'g'))].map(([, number]) => Number(number))
  return shown[0] > shown.at(-1) ? shown.reverse() : shown
}

/** Both sides write, and each has what the other wrote. */
async function talk(survivor, desk, number) {
  await survivorSays(survivor, `S${number}.`)
  await advocateSays(desk, `A${number}.`)
  await survivor.seeText('log', 'Conversation', `A${number}.`)
  await desk.seeText('log', 'Conversation', `S${number}.`)
}

/** Pictures of what staff see on a page that their relay is newer than, on a computer and on a phone. */
async function pictures(page, name) {
  await page.seeAnywhere(OUTDATED)
  await picture(page, name)
  await page.resize(PHONE)
  await picture(page, `${name}-phone`)
}

/** What they were told stays until they close it, also once there is a line again. */
async function assertStays(page, name) {
  await page.seeAnywhere(OUTDATED)
  await assertAccessible(page, name)
  await page.resize(DESKTOP)
}

describe('a relay of the next version', { concurrency: true }, () => {
  for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
    describe(`and pages of this one in ${name}`, { concurrency: 1 }, () => {
      let program, browser, desk, survivor
      before(async () => {
        program = await startProgramToUpgrade()
        browser = await launch()
        desk = await onDutyByInvitation(program, browser, 'Sam')
      })
      after(async () => {
        await browser?.close()
        await program?.stop()
      })

      test('a survivor is told to open the page again, with the other ways beside it, and chats on the new one', async () => {
        survivor = await browser.newPage({ viewport: PHONE })
        await survivor.goto(program.visitor)
        await survivor.see('button', 'Start chat')
        program.upgrade('visitor')
        await askForAdvocate(survivor)
        const heading = text('survivor', 'stop-page-outdated-heading')
        await survivor.see('heading', heading)
        await survivor.until((heading) => document.activeElement?.textContent === heading, heading)
        const shown = await survivor.evaluate(() => document.body.innerText)
        for (const words of [text('survivor', 'stop-page-outdated'), '911', '+1 555 010 0100']) assert.ok(shown.includes(words), shown)
        await assertAccessible(survivor, 'a survivor’s page that is older than its relay')
        await picture(survivor, `versions-survivor-${name}-phone`)
        await survivor.resize(DESKTOP)
        await picture(survivor, `versions-survivor-${name}`)
        await survivor.resize(PHONE)
        program.goBack('visitor')
        await survivor.click('button', 'Try again')
        await toWaiting(survivor)
        await meet(survivor, desk)
      })

      test('a chat goes on once there is a relay of its own again, and nothing that was written is lost', async () => {
        await talk(survivor, desk, 0)
        program.upgrade('visitor', 'desk')
        await survivor.seeAnywhere(text('survivor', 'line-down'))
        await survivorSays(survivor, 'S1.')
        await assertAccessible(survivor, 'a chat whose relay became newer')
        await picture(survivor, `versions-chat-${name}-phone`)
        await advocateSays(desk, 'A1.')
        await pictures(desk, `versions-desk-${name}`)
        program.goBack('visitor', 'desk')
        await assertStays(desk, 'a desk whose relay became newer')
        await survivor.seeText('log', 'Conversation', 'A1.')
        await desk.seeText('log', 'Conversation', 'S1.')
        await talk(survivor, desk, 2)
        for (const page of [survivor, desk]) {
          assert.deepEqual(await said(page, 'S'), [0, 1, 2])
          assert.deepEqual(await said(page, 'A'), [0, 1, 2])
        }
        await survivor.until((words) => !document.body.innerText.includes(words), text('survivor', 'line-down'))
        await desk.click('button', 'Close this notice')
        await desk.until((words) => !document.body.innerText.includes(words), OUTDATED)
      })

      test('the console says so, and keeps what was typed', async () => {
        const console = await administratorsConsole(program, browser)
        await console.fill('textbox', 'What people read', TYPED)
        program.upgrade('desk')
        await pictures(console, `versions-console-${name}`)
        program.goBack('desk')
        await assertStays(console, 'a console whose relay became newer')
        await console.until(() => document.querySelector('.line').dataset.line === 'up')
        assert.equal(await console.evaluate(() => document.getElementById('closing-text').value), TYPED)
      })
    })
  }
})
