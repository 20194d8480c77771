// Where chat cannot start: the page says why, and hours, other ways, advice and the way out are there all
// the same (features.md 1.2).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PATIENCE } from '../lib/browsers.mjs'
import { askForAdvocate, onDuty, picture, toWaiting } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'
import { wait } from '../lib/wait.mjs'

const shows = (page) => page.evaluate(() => document.body.innerText)

/** What is there whatever fails. */
async function assertOfUse(page) {
  const shown = await shows(page)
  for (const part of ['Rivertown Advocates', 'Every day', '911', '+1 555 010 0100', 'America/Chicago', 'another device may be safer', 'What others could find on this device']) {
    assert.ok(shown.includes(part), `“${part}” in ${shown}`)
  }
  await page.see('button', 'Leave this page')
  assert.equal(await page.count('button', 'Start chat'), 0)
}

describe('while an advocate is on duty', () => {
  let program, browser, desk
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDuty(browser, program.desk)
  })
  after(async () => {
    await desk?.close()
    await browser?.close()
    await program?.stop()
  })

  /** Opens the page after `prepare` did something to it. */
  async function open(prepare, options) {
    const page = await browser.newPage(options)
    await page.raw.route('https://**', (route) => route.fulfill({ contentType: 'text/html', body: 'An ordinary site' }))
    await prepare(page.raw)
    await page.goto(program.visitor)
    return page
  }

  test('scripts are switched off: the way out is a link', async () => {
    const page = await open(() => {}, { scripts: false })
    await page.raw.getByText('Chat needs JavaScript').waitFor()
    await assertOfUse(page)
    assert.ok((await shows(page)).includes('Chat is open now'))
    assert.ok((await shows(page)).includes('The browser’s Back button then shows this page again'))
    for (const untrue of ['Shift', 'keep this page open', 'Start chat']) assert.ok(!(await shows(page)).includes(untrue), untrue)
    await picture(page, 'without-scripts')
    const open_ = page.raw.locator('#advice summary')
    await open_.click()
    await page.raw.getByText('Open the browser’s menu, then History').waitFor()
    await page.click('button', 'Leave this page')
    await page.raw.getByText('An ordinary site').waitFor()
    await page.close()
  })

  test('no script arrives', async () => {
    const page = await open((raw) => raw.route('**/*.js', (route) => route.abort()))
    await page.seeAnywhere('Chat needs JavaScript')
    await assertOfUse(page)
    await page.close()
  })

  test('a browser is too old to read the page’s scripts', async () => {
    const page = await open(async (raw) => {
      // Without the hashes, which would stop an altered script earlier.
      await raw.route(program.visitor, async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(/ integrity="[^"]*"/g, '') })
      })
      await raw.route('**/*.js', async (route) => {
        const answer = await route.fetch()
        const text = await answer.text()
        // The way out alone is written for old browsers.
        await route.fulfill({ response: answer, body: text.includes('auxclick') ? text : `what is this ${text}` })
      })
    })
    await page.seeAnywhere('Chat needs JavaScript')
    await assertOfUse(page)
    await page.click('button', 'Leave this page')
    await page.seeAnywhere('An ordinary site')
    await page.close()
  })

  for (const [how, prepare] of Object.entries({
    'is not there': (raw) => raw.addInitScript(() => { delete window.WebAssembly }),
    'is refused by a rule': (raw) => raw.route(program.visitor, async (route) => {
      const answer = await route.fetch()
      const policy = answer.headers()['content-security-policy'].replace(" 'wasm-unsafe-eval'", '')
      await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } })
    }),
  })) {
    test(`WebAssembly ${how}, and scripts run`, async () => {
      const page = await open(prepare)
      await page.seeAnywhere('refuses a part that chat needs')
      await assertOfUse(page)
      assert.ok(!(await shows(page)).includes('Chat needs JavaScript'))
      await picture(page, 'without-webassembly')
      await page.press('Shift')
      await page.press('Shift')
      await page.press('Shift')
      await page.seeAnywhere('An ordinary site')
      await page.close()
    })
  }

  test('a browser lacks what the page’s code uses', async () => {
    const page = await open((raw) => raw.addInitScript(() => { delete Object.hasOwn }))
    await page.seeAnywhere('This browser is too old for chat')
    await assertOfUse(page)
    await page.close()
  })

  test('the code of the chat does not arrive', async () => {
    const page = await open((raw) => raw.route('**/*.wasm', (route) => route.abort()))
    await askForAdvocate(page)
    await page.see('heading', 'Chat could not load')
    assert.ok((await shows(page)).includes('+1 555 010 0100'))
    await page.close()
  })

  const day = 24 * 60 * 60 * 1000
  for (const [off, ahead, heading] of [
    ['behind', -3 * day, 'The clock on this device is wrong'],
    ['ahead', 3 * day, 'We could not make sure that chat is open'],
    // So far that everything the program signed has run out: the policy too.
    ['years ahead', 1000 * day, 'We could not make sure that chat is open'],
  ]) {
    test(`the device’s clock is ${off}, so that nothing shows what holds now`, async () => {
      const page = await open((raw) => raw.clock.install({ time: Date.now() + ahead }))
      await askForAdvocate(page)
      await page.see('heading', heading)
      assert.ok((await shows(page)).includes('+1 555 010 0100'))
      await picture(page, `stopped-clock-${off.replace(' ', '-')}`)
      await page.close()
    })
  }

  test('the page stands in another page', async () => {
    const page = await browser.newPage()
    // A browser refuses it; this is for one that does not.
    await page.raw.route(program.visitor, async (route) => {
      const answer = await route.fetch()
      const headers = { ...answer.headers() }
      delete headers['x-frame-options']
      headers['content-security-policy'] = headers['content-security-policy'].replace(/frame-ancestors 'none';?/, '')
      await route.fulfill({ response: answer, headers })
    })
    await page.raw.setContent(`<iframe src="${program.visitor}" width="800" height="900"></iframe>`)
    const frame = page.raw.frameLocator('iframe')
    await frame.getByText('could read along').waitFor()
    assert.equal(await frame.getByRole('button', { name: 'Start chat' }).isVisible(), false)
    await page.close()
  })

  test('whoever presses through before anything has loaded loses nothing', async () => {
    let release
    const released = new Promise((resolve) => { release = resolve })
    const page = await open((raw) => raw.route('**/*.wasm', async (route) => {
      await released
      await route.continue()
    }))
    await toWaiting(page)
    await page.fill('textbox', 'Your message', 'before it was ready')
    await page.click('button', 'Send')
    await page.seeAnywhere('still getting ready')
    release()
    await page.seeText('log', 'Conversation', 'before it was ready')
    await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
    await desk.click('button', 'Take next')
    await desk.seeAnywhere('before it was ready')
    await page.close()
  })
})

test('the relay is gone before anybody started: the page says so, keeps trying, and says what else there is', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  try {
    const desk = await onDuty(browser, program.desk)
    const page = await browser.newPage()
    await page.raw.clock.install()
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.context.setOffline(true)
    const said = () => page.evaluate(() => document.body.innerText.includes('Chat cannot be reached right now'))
    await wait(async () => {
      await page.raw.clock.runFor(10_000)
      return said()
    }, 'the page to say that the relay is gone', PATIENCE)
    await assertOfUse(page)
    await page.context.setOffline(false)
    await wait(async () => {
      await page.raw.clock.runFor(10_000)
      return await page.count('button', 'Start chat') > 0
    }, 'the page to find the relay again', PATIENCE)
    await page.close()
    await desk.close()
  } finally {
    await browser.close()
    await program.stop()
  }
})

test('the relay is gone once the page is there: the page says so, and what else there is', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  try {
    const desk = await onDuty(browser, program.desk)
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await page.see('button', 'Start chat')
    await page.raw.waitForLoadState('networkidle')
    await desk.close()
    await program.stop()
    await toWaiting(page)
    await page.seeAnywhere('There is no connection at the moment')
    const shown = await shows(page)
    for (const part of ['911', '+1 555 010 0100', 'Every day']) assert.ok(shown.includes(part), part)
    await picture(page, 'relay-down')
    await page.close()
  } finally {
    await browser.close()
    await program.stop()
  }
})
