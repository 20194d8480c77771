// What a survivor chooses before the chat reaches staff and nobody else; and the advice on the page is for
// the browser in use, which is told to nobody (features.md 1.4, 1.5, 2.1).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, enterOn, onDuty, picture, toRights, toSafety, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

describe('before the chat', () => {
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

  /** Goes as far as the line, and lets go of the place there. */
  async function wait(page, answer, seen) {
    await toWaiting(page, answer)
    await seen()
    await page.click('button', 'Stop waiting')
    await page.see('heading', 'It has ended')
    await page.seeAnywhere('You left the line.')
    await desk.until(() => !document.querySelector('[aria-label="Waiting"] li'))
  }
  const waiting = () => desk.evaluate(() => document.querySelector('[aria-label="Waiting"]').innerText)

  for (const [answer, read] of [
    ['No', 'Says nobody sees their device'],
    ['Yes', 'Says somebody may see their device'],
    ['I am not sure', 'Not sure who sees their device'],
  ]) {
    test(`“${answer}” in the safety check is read by staff`, async () => {
      const page = await browser.newPage({ viewport: PHONE })
      await page.goto(program.visitor)
      await wait(page, answer, () => desk.seeAnywhere(read))
      await page.close()
    })
  }

  test('what stays on the device is said where it is asked whether chat is safe', async () => {
    const page = await browser.newPage({ viewport: PHONE })
    await page.goto(program.visitor)
    await toSafety(page)
    assert.equal(await page.evaluate(() => document.getElementById('advice').open), false)
    await page.click('radio', 'Yes')
    await page.seeAnywhere('This visit leaves one line in the browser’s history')
    await picture(page, 'safety-advice-phone')
    await page.close()
  })

  test('the second of two quick presses of Enter goes no further', async () => {
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await page.focus('button', 'Start chat')
    await page.evaluate(() => {
      const press = (target, timeStamp) => {
        const event = new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true })
        Object.defineProperty(event, 'timeStamp', { value: timeStamp })
        target.dispatchEvent(event)
      }
      const now = performance.now()
      press(document.activeElement, now)
      document.activeElement.click()
      press(document.activeElement, now + 40)
    })
    assert.equal(await page.evaluate(() => document.documentElement.dataset.screen), 'safety')
    await enterOn(page, HEADINGS.safety)
    await page.see('heading', HEADINGS.rights)
    await page.close()
  })

  test('no answer is no answer, and as good', async () => {
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await wait(page, undefined, async () => {
      await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
      assert.ok(!/device/.test(await waiting()))
    })
    await page.close()
  })

  test('safer ways are shown on yes and not sure, and only then; nothing is chosen beforehand', async () => {
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await toSafety(page)
    assert.equal(await page.evaluate(() => document.querySelectorAll('#safety :checked').length), 0)
    assert.equal(await page.count('heading', 'Ways that may be safer'), 0)
    for (const [answer, safer] of [['Yes', 1], ['No', 0], ['I am not sure', 1]]) {
      await page.click('radio', answer)
      assert.equal(await page.count('heading', 'Ways that may be safer'), safer, answer)
      assert.ok(await page.enabled('button', 'Continue'))
    }
    await page.seeAnywhere('Call our hotline from another phone')
    await page.close()
  })

  test('a right’s details are one press away, in the same page', async () => {
    const page = await browser.newPage({ viewport: PHONE })
    await page.goto(program.visitor)
    await toRights(page)
    const details = 'we must tell the state'
    assert.ok(!(await page.evaluate(() => document.body.innerText)).includes(details))
    await page.raw.getByText('The law makes us report').click()
    await page.seeAnywhere(details)
    await picture(page, 'rights-details-phone')
    await page.see('heading', HEADINGS.rights)
    for (const part of ['Nobody here can see who or where you are', '911', 'Who runs this chat']) await page.seeAnywhere(part)
    await page.close()
  })

  test('the language and an interpreter are asked for by choosing it', async () => {
    const page = await browser.newPage({ viewport: PHONE })
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    assert.equal(await page.evaluate(() => document.getElementById('language').selectedOptions[0].text), 'English')
    await page.raw.getByLabel('Language for the chat').selectOption('العربية')
    await page.seeAnywhere('An interpreter joins if you agree.')
    await picture(page, 'language-phone')
    await wait(page, undefined, async () => {
      await desk.seeAnywhere('Wants an interpreter')
      assert.match(await waiting(), /Language: .*(Arabic|العربية)/)
    })
    await page.close()
  })

  test('whoever speaks another language is told what there is for them', async () => {
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.raw.getByLabel('Language for the chat').selectOption('Another language')
    await page.until(() => document.getElementById('language-said').textContent.includes('We can bring in an interpreter on the phone'))
    await page.close()
  })

  for (const [agent, advice] of Object.entries({
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36': 'Chrome: press Ctrl',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36': 'Chrome: open the menu',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1': 'Chrome: open the menu',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0': 'Edge: press Ctrl',
    'Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0': 'Edge: open the menu',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox: press Ctrl',
    'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0': 'Firefox: open the menu',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15': 'Safari: press Command',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1': 'Safari: press the open book',
    'Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36': 'Samsung Internet: open',
    'A browser of which nobody has heard': 'Open the browser’s menu',
  })) {
    test(`the advice “${advice} …” is for the browser that calls itself ${agent.slice(12, 60)}`, async () => {
      const page = await browser.newPage({ agent })
      const asked = []
      page.raw.on('request', (request) => asked.push(request.url()))
      await page.goto(program.visitor)
      await page.see('button', 'Start chat')
      await page.evaluate(() => { document.getElementById('advice').open = true })
      const shown = await page.evaluate(() => [...document.querySelectorAll('[data-for]')]
        .filter((one) => one.checkVisibility()).map((one) => one.textContent))
      assert.equal(shown.length, 1)
      assert.ok(shown[0].startsWith(advice), shown[0])
      await page.seeAnywhere(`Chat ${new URL(program.visitor).host}`)
      assert.ok(asked.every((url) => !/chrome|firefox|safari|edge|samsung/i.test(url)))
      await page.close()
    })
  }
})

test('Firefox is told of Firefox', async () => {
  const program = await startDemo()
  const browser = await launchFirefox()
  try {
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await page.see('heading', HEADINGS.before)
    await page.evaluate(() => { document.getElementById('advice').open = true })
    await page.seeAnywhere('Firefox: press Ctrl')
  } finally {
    await browser.close()
    await program.stop()
  }
})
