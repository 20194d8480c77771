// A program that has to close says so at once: to whoever waits, and to whoever comes (features.md 2.4, 5.7).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, goOnDuty, picture, startChat, toRights } from '../lib/people.mjs'
import { PASSPHRASE, startProgram } from '../lib/program.mjs'

const NOTICE = 'Our building is being evacuated. You can call the hotline.'

describe('a program that closes', () => {
  let program, browser, desk
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
    const invitation = await program.invite('Sam')
    desk = await browser.newPage()
    await desk.goto(invitation.link)
    await desk.fill('textbox', 'Passphrase', PASSPHRASE)
    await desk.fill('textbox', 'The same passphrase once more', PASSPHRASE)
    await desk.click('button', 'Make my keys')
    await invitation.certified
    await goOnDuty(desk)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('tells whoever waits, with the other ways, and offers chat to nobody', async () => {
    const page = await startChat(browser, program.visitor, { viewport: PHONE })
    await page.seeAnywhere('You are next.')
    const early = await browser.newPage({ viewport: PHONE })
    await early.goto(program.visitor)
    await early.see('button', 'Start chat')
    const between = await browser.newPage({ viewport: PHONE })
    await between.raw.clock.install()
    await between.goto(program.visitor)
    await toRights(between)
    await program.publish((policy) => `${policy}\n[[notices]]\nkind = "emergency"\ntext = "${NOTICE}"\n`)
    await page.see('heading', 'Chat has closed')
    await page.seeAnywhere(NOTICE)
    const shown = await page.evaluate(() => document.body.innerText)
    assert.ok(shown.includes('+1 555 010 0100') && shown.includes('911'), shown)
    await picture(page, 'stopped-closed-phone')
    await page.click('button', 'Try again')
    await page.seeAnywhere(NOTICE)
    await page.seeAnywhere('Chat is closed for now')
    assert.equal(await page.count('button', 'Start chat'), 0)
    await picture(page, 'notice-phone')
    await page.close()

    await early.click('button', 'Start chat')
    await early.seeAnywhere(NOTICE)
    await early.seeAnywhere('Chat is closed for now')
    await early.until((heading) => document.activeElement.textContent === heading, HEADINGS.before)
    assert.equal(await early.count('button', 'Start chat'), 0)
    await early.close()
    await between.raw.clock.runFor(60_000)
    await between.seeAnywhere(NOTICE)
    assert.equal(await between.evaluate(() => document.documentElement.dataset.screen), 'before')
    await between.close()
  })
})
