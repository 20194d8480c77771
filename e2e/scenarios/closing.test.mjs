// A program that has to close says so at once: to whoever waits, and to whoever comes (features.md 2.4, 5.7).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, goOnDuty, picture, startChat, toRights } from '../lib/people.mjs'
import { PASSPHRASE, startProgram } from '../lib/program.mjs'
import { wait } from '../lib/wait.mjs'

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

  test('a page that is open asks at most once a minute, also while chat is closed', async () => {
    const page = await browser.newPage({ viewport: PHONE })
    await page.raw.clock.install()
    let asked = 0, answered = 0
    const isAsking = (request) => new URL(request.url()).pathname === '/now'
    page.raw.on('request', (request) => { if (isAsking(request)) asked++ })
    page.raw.on('requestfinished', (request) => { if (isAsking(request)) answered++ })
    await page.goto(program.visitor)
    await page.seeAnywhere(NOTICE)
    for (let seconds = 0; seconds < 300; seconds += 10) {
      await page.raw.clock.runFor(10_000)
      await wait(() => answered === asked, 'the answer', PATIENCE)
      await page.evaluate(() => document.title)
    }
    assert.ok(asked >= 4 && asked <= 6, `asked ${asked} times in five minutes`)
    await page.close()
  })
})
