// A page that is loaded again, closed by mistake or thrown away by a phone: three words lead back to the
// same advocate, once, and bring nothing back that was written (features.md 3.8).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, meet, onDuty, picture, startChat, survivorSays } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const WRITTEN = 'this was written before'

const shows = (page) => page.evaluate(() => document.body?.innerText ?? '')

/** The three words that the page shows in a chat. */
async function wordsOf(page) {
  await page.seeAnywhere('open its address again and type these three words')
  return page.evaluate(() => document.querySelector('#return strong').textContent)
}

/** Comes back to the page and types words into it. */
async function typeWords(page, words) {
  await page.see('button', 'Start chat')
  await page.evaluate(() => document.querySelector('#lost summary').click())
  await page.fill('textbox', 'The three words from your chat', words)
  await page.click('button', 'Go back to my advocate')
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a survivor in ${name}`, () => {
    let program, chromium, browser, desk
    before(async () => {
      program = await startDemo()
      chromium = await launchChromium()
      browser = name === 'Chromium' ? chromium : await launch()
      desk = await onDuty(chromium, program.desk)
    })
    after(async () => {
      await browser?.close()
      if (browser !== chromium) await chromium?.close()
      await program?.stop()
    })

    test('loads the page again, and comes back to the same advocate, with nothing that was written', async () => {
      const page = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(page, desk)
      const words = await wordsOf(page)
      assert.match(words, /^[a-z]{3,8} [a-z]{3,8} [a-z]{3,8}$/)
      await survivorSays(page, WRITTEN)
      await desk.seeAnywhere(WRITTEN)
      await page.reload()
      await desk.seeAnywhere('They have not left')
      await typeWords(page, `  ${words.toUpperCase().replaceAll(' ', ', ')} `)
      await page.see('heading', HEADINGS.waiting)
      assert.equal(await page.evaluate(() => document.getElementById('lost-words').value), '')
      await meet(page, desk)
      await page.seeAnywhere('is here.')
      assert.ok(!(await shows(page)).includes(WRITTEN))
      assert.notEqual(await wordsOf(page), words, 'words are good once')
      await page.close()
    })

    test('gives the place in the line back, however the waiting page goes', async () => {
      const goes = [(page) => page.reload(), (page) => page.goto('about:blank'), (page) => page.close()]
      for (const go of goes) {
        const page = await startChat(browser, program.visitor)
        await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
        await go(page)
        await desk.until(() => !document.querySelector('[aria-label="Waiting"] li'))
        if (go !== goes.at(-1)) await page.close()
      }
    })

    test('is told at once where these are not three words', async () => {
      const page = await browser.newPage()
      await page.goto(program.visitor)
      for (const wrong of ['', 'only two', 'one more than three words']) {
        await typeWords(page, wrong)
        await page.seeAnywhere('These are not three words')
        await page.evaluate(() => document.querySelector('#lost summary').click())
      }
      await page.see('button', 'Start chat')
      await page.close()
    })
  })
}

test('the words are shown at the start, and gone once they are hidden', async () => {
  const program = await startDemo()
  const browser = await launchChromium()
  try {
    const desk = await onDuty(browser, program.desk)
    const page = await startChat(browser, program.visitor, { viewport: PHONE, touch: true })
    await meet(page, desk)
    const words = await wordsOf(page)
    await picture(page, 'return-words-phone')
    await page.click('button', 'Hide the words')
    await page.until((words) => !document.documentElement.textContent.includes(words), words)
    assert.equal(await page.evaluate(() => document.activeElement.id), 'log')
    await page.close()
    await desk.close()
  } finally {
    await browser.close()
    await program.stop()
  }
})

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  test(`a survivor in ${name} is given words when the chat is about to end, reads them at its end, and comes back`, async () => {
    const program = await startDemo()
    const chromium = await launchChromium()
    const browser = name === 'Chromium' ? chromium : await launch()
    try {
      const desk = await onDuty(chromium, program.desk)
      const page = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(page, desk)
      await survivorSays(page, WRITTEN)
      await desk.seeAnywhere(WRITTEN)
      await desk.click('button', 'End chat')
      await desk.click('checkbox', 'When you tell them, also give them three words that lead back to you')
      await assertAccessible(desk, 'words to come back')
      await picture(desk, `way-back-desk-${name}`)
      await desk.click('button', 'Tell the survivor first')
      await desk.seeAnywhere('The survivor has three words that lead back to you.')
      await page.seeText('log', 'Conversation', 'You can read them here when this chat has ended.')
      const backWords = () => page.evaluate(() => document.querySelector('#back strong').textContent)
      const words = await backWords()
      assert.match(words, /^[a-z]{3,8} [a-z]{3,8} [a-z]{3,8}$/)
      await page.click('button', 'Yes, end and erase')
      await page.see('heading', 'It has ended')
      await page.seeAnywhere(words)
      await page.seeAnywhere('Write them down only if nobody else will find them.')
      await assertAccessible(page, 'words at the end')
      await picture(page, `way-back-phone-${name}`)
      assert.ok(!(await desk.evaluate(() => document.documentElement.outerHTML)).includes(words), 'the desk shows them nowhere')
      await page.goto(program.visitor)
      await typeWords(page, words)
      await desk.seeText('list', 'Waiting', 'Came back to you with three words')
      await page.see('heading', HEADINGS.waiting)
      await meet(page, desk)
      await page.seeAnywhere('is here.')
      assert.ok(!(await shows(page)).includes(WRITTEN))
      assert.equal(await backWords(), '', 'they are good once, and gone')
    } finally {
      if (browser !== chromium) await browser.close()
      await chromium.close()
      await program.stop()
    }
  })
}
