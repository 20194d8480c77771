// Whoever presses the way out has left, and the advocate is told so, whatever has become of the chat's own
// code; and nobody waits for anything (features.md 1.7).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox } from '../lib/browsers.mjs'
import { meet, onDuty, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** Frames that the page wants to send on its line are swallowed from the moment that this is called. */
async function muteLine(page) {
  let mute = false
  await page.raw.routeWebSocket('**/line', (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => { if (!mute) server.send(frame) })
    socket.onClose(() => { if (!mute) server.close() })
  })
  return () => { mute = true }
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  test(`the desk hears that a survivor in ${name} left, not that a line dropped`, async () => {
    const program = await startDemo()
    const chromium = await launchChromium()
    const browser = name === 'Chromium' ? chromium : await launch()
    try {
      const desk = await onDuty(chromium, program.desk)
      const page = await startChat(browser, program.visitor)
      await meet(page, desk)
      await survivorSays(page, 'I have to go')
      await desk.seeAnywhere('I have to go')
      await page.click('button', 'Leave this page')
      await desk.seeAnywhere('The survivor has left')
      await desk.until(() => !document.documentElement.textContent.includes('I have to go'))
    } finally {
      await browser.close()
      if (browser !== chromium) await chromium.close()
      await program.stop()
    }
  })
}

describe('in Chromium', () => {
  let program, browser, desk
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDuty(browser, program.desk)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  /** A chat whose page leads to an ordinary site that answers. */
  async function chat(prepare = () => {}) {
    const page = await browser.newPage()
    await page.raw.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
    const mute = await prepare(page)
    await page.goto(program.visitor)
    await toWaiting(page)
    await meet(page, desk)
    await survivorSays(page, 'still here')
    await desk.seeAnywhere('still here')
    return { page, mute }
  }

  test('the last word goes in a request of its own: with the line mute it arrives all the same', async () => {
    const { page, mute } = await chat(muteLine)
    mute()
    await page.click('button', 'Leave this page')
    await page.seeAnywhere('An ordinary site')
    await desk.seeAnywhere('The survivor has left')
    await page.close()
  })

  test('also where the chat’s own code does nothing any more', async () => {
    const { page, mute } = await chat(muteLine)
    mute()
    // Whatever was to hear of the press, or of the page’s end, but the way out itself.
    await page.evaluate(() => {
      for (const kind of ['leave', 'pagehide']) addEventListener(kind, (event) => event.stopImmediatePropagation(), { capture: true })
      document.getElementById('texts').remove()
    })
    for (let time = 0; time < 3; time++) await page.press('Shift')
    await page.seeAnywhere('An ordinary site')
    await desk.seeAnywhere('The survivor has left')
    await page.close()
  })

  test('a relay that does not answer is not waited for', async () => {
    const { page } = await chat(async (page) => { await page.raw.route('**/b', () => {}) })
    await page.click('button', 'Leave this page')
    await page.seeAnywhere('An ordinary site')
    await page.close()
  })

  test('a page that is closed says nothing of leaving: its line dropped', async () => {
    const { page } = await chat()
    await page.close()
    await desk.seeAnywhere('They have not left')
  })

  test('a place in the line is given up by the way out', async () => {
    const page = await startChat(browser, program.visitor)
    await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
    await page.click('button', 'Leave this page')
    await desk.until(() => !document.querySelector('[aria-label="Waiting"] li'))
    await page.close()
  })

  test('before anything was asked for there is nothing to say, and nothing is said', async () => {
    const page = await browser.newPage()
    const asked = []
    page.raw.on('request', (request) => asked.push(request.method()))
    await page.raw.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.click('button', 'Leave this page')
    await page.seeAnywhere('An ordinary site')
    assert.ok(!asked.includes('POST'), String(asked))
    await page.close()
  })
})
