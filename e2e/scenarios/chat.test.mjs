// A survivor and an advocate write to each other, in stock Chromium, and in Firefox on the survivor's side.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, meet, onDuty, picture, startChat, survivorSays, toWaiting, WORDS } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** What a log shows, message by message, in the order of the document. */
const texts = (page, selector) => page.evaluate((selector) =>
  [...document.querySelectorAll(selector)].map((one) => one.textContent), selector)

async function thirtyEachWay(survivor, desk) {
  for (let number = 0; number < 30; number++) {
    const words = WORDS[number % WORDS.length]
    await survivorSays(survivor, `${number} S ${words}`)
    await advocateSays(desk, `${number} A ${words}`)
  }
  const long = `long ${'ن'.repeat(3_991)} end`
  assert.equal([...long].length, 4_000)
  await survivorSays(survivor, long)
  await desk.seeText('log', 'Conversation', long)
  for (const [page, mark] of [[desk, 'S'], [survivor, 'A']]) {
    for (let number = 0; number < 30; number++) {
      await page.seeText('log', 'Conversation', `${number} ${mark} ${WORDS[number % WORDS.length]}`)
    }
    const shown = await page.text('log', 'Conversation')
    const order = [...shown.matchAll(new RegExp(`(\\d+) ${mark} `, 'g'))].map(([, number]) => Number(number))
    const rising = order[0] === 0 ? order : order.reverse()
    assert.deepEqual(rising, [...Array(30).keys()], `each once and in order (${mark})`)
  }
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a survivor in ${name}`, () => {
    let program, chromium, browser
    before(async () => {
      program = await startDemo()
      chromium = await launchChromium()
      browser = name === 'Chromium' ? chromium : await launch()
    })
    after(async () => {
      await browser?.close()
      if (browser !== chromium) await chromium?.close()
      await program?.stop()
    })

    test('a whole chat of thirty messages each way, in many scripts, ended by the advocate', async () => {
      const desk = await onDuty(chromium, program.desk, { viewport: DESKTOP })
      const survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, desk)
      await survivor.seeAnywhere('Advocate')
      await thirtyEachWay(survivor, desk)
      await picture(survivor, `chat-survivor-phone-${name}`)
      await picture(desk, `chat-desk-desktop-${name}`)
      const history = await survivor.evaluate(() => history.length)
      assert.ok(history <= 2, `one history entry: ${history}`)
      assert.equal(await survivor.evaluate(() => document.cookie + localStorage.length + sessionStorage.length), '00')
      await desk.click('button', 'End chat')
      await picture(desk, `ending-desk-${name}`)
      await desk.click('button', 'End and erase')
      await survivor.seeNone('log', 'Conversation')
      await survivor.until(() => !document.documentElement.textContent.includes('29 A'))
      await desk.until(() => !document.documentElement.textContent.includes('29 S'))
      await picture(survivor, `ended-survivor-phone-${name}`)
      assert.deepEqual(survivor.errors, [])
      assert.deepEqual(desk.errors, [])
      await survivor.close()
      await desk.close()
    })

    test('what the program says by itself opens the chat on both sides, once, with its details in the same page', async () => {
      const desk = await onDuty(chromium, program.desk)
      const survivor = await startChat(browser, program.visitor)
      await meet(survivor, desk)
      const openings = await texts(survivor, '#messages .opening .words')
      assert.ok(openings.length > 0, 'the sample says something')
      await desk.seeText('log', 'Conversation', openings.at(-1))
      assert.deepEqual(await texts(desk, '[role=log] .opening .words'), openings)
      await survivor.until(() => document.querySelector('#messages .opening .from').textContent === 'From the program, automatically')
      await survivor.evaluate(() => document.querySelector('#messages .opening summary').click())
      await survivor.until(() => document.querySelector('#messages .opening details[open] p').textContent.length > 0)
      await picture(survivor, `openings-${name}`)
      await survivor.close()
      await desk.close()
    })

    test('a chat that the survivor ends is over and erased on both sides', async () => {
      const desk = await onDuty(chromium, program.desk)
      const survivor = await startChat(browser, program.visitor)
      await meet(survivor, desk)
      await survivorSays(survivor, 'remember nothing')
      await desk.seeText('log', 'Conversation', 'remember nothing')
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await survivor.seeNone('log', 'Conversation')
      await survivor.until(() => !document.documentElement.textContent.includes('remember nothing'))
      await desk.until(() => !document.documentElement.textContent.includes('remember nothing'))
      await survivor.close()
      await desk.close()
    })

    test('what is written while waiting arrives once an advocate is there', async () => {
      const desk = await onDuty(chromium, program.desk)
      const survivor = await startChat(browser, program.visitor)
      await survivorSays(survivor, 'is anybody there')
      await meet(survivor, desk)
      await desk.seeText('log', 'Conversation', 'is anybody there')
      await survivor.close()
      await desk.close()
    })
  })
}

describe('one advocate', () => {
  let program, browser
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('holds two chats side by side, which are kept apart', async () => {
    const desk = await onDuty(browser, program.desk, { viewport: { width: 1440, height: 900 } })
    const first = await startChat(browser, program.visitor)
    await meet(first, desk)
    await survivorSays(first, 'I am the first')
    await desk.seeText('log', 'Conversation', 'I am the first')
    const second = await startChat(browser, program.visitor)
    await meet(second, desk)
    await survivorSays(second, 'I am the second')
    await desk.seeAnywhere('I am the second')
    await desk.until(() => document.querySelectorAll('[aria-label="Your chats"] > li').length === 2)
    await picture(desk, 'two-chats-desk')
    assert.ok(!(await first.text('log', 'Conversation')).includes('second'))
    assert.ok(!(await second.text('log', 'Conversation')).includes('first'))
    for (const page of [first, second, desk]) await page.close()
  })

  test('asks for nothing outside the program: every request goes to its own origin', async () => {
    const desk = await onDuty(browser, program.desk)
    const survivor = await browser.newPage()
    const asked = []
    survivor.raw.on('request', (request) => asked.push(request.url()))
    survivor.raw.on('websocket', (socket) => asked.push(socket.url()))
    await survivor.goto(program.visitor)
    await toWaiting(survivor)
    await meet(survivor, desk)
    const { host } = new URL(program.visitor)
    assert.deepEqual(asked.filter((url) => new URL(url).host !== host), [])
    await survivor.close()
    await desk.close()
  })

})

test('while nobody is on duty the page says so, and the other ways are there', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  try {
    const survivor = await browser.newPage()
    await survivor.goto(program.visitor)
    await survivor.see('button', 'Leave this page')
    await survivor.seeNone('button', 'Start chat')
    await survivor.seeAnywhere('911')
    await picture(survivor, 'closed-survivor')
  } finally {
    await browser.close()
    await program.stop()
  }
})
