// Both browsers start, find things as a screen reader does, and keep nothing from page to page.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'

const HTML = `<!doctype html><title>Plain</title><label>Your message <textarea id="box"></textarea></label>
<button hidden>Send</button><button onclick="said.textContent = box.value">Send</button>
<div role="log" aria-label="Conversation" id="said"></div>`

let server, url
before(async () => {
  server = createServer((_, answer) => answer.setHeader('content-type', 'text/html; charset=utf-8').end(HTML)).listen(0)
  await once(server, 'listening')
  url = `http://localhost:${server.address().port}/`
})
after(() => server.close())

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(name, () => {
    let browser
    before(async () => { browser = await launch() })
    after(() => browser.close())

    test('a button, a text box and a log are found by role and name', async () => {
      const page = await browser.newPage({ viewport: PHONE })
      await page.goto(url)
      await page.fill('textbox', 'Your message', 'مرحبا 你好')
      await page.click('button', 'Send')
      await page.seeText('log', 'Conversation', 'مرحبا 你好')
      assert.equal(await page.count('button', 'Send'), 1)
      await page.focus('textbox', 'Your message')
      await page.press('x')
      assert.equal(await page.evaluate(() => document.getElementById('box').value.length), 'مرحبا 你好x'.length)
      await page.seeNone('button', 'Leave')
      assert.equal(await page.evaluate(() => innerWidth), PHONE.width)
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    test('what one page keeps, another does not see', async () => {
      const one = await browser.newPage()
      await one.goto(url)
      await one.evaluate(() => { localStorage.setItem('a', 'b'); document.cookie = 'a=b' })
      const other = await browser.newPage()
      await other.goto(url)
      assert.equal(await other.evaluate(() => localStorage.length + document.cookie.length), 0)
      await one.close()
      await other.close()
    })
  })
}
