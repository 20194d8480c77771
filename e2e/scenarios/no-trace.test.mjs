// What is written goes nowhere but into the chat: not into the clipboard, not onto paper, not into a form
// that a browser fills again, not into the picture that a phone keeps of an app (features.md 1.4, 1.7, 3.9).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, HEADINGS, meet, onDuty, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { startProgram } from '../lib/program.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const WRITTEN = 'nobody else may have this'
const ANSWERED = 'nor what an advocate says'

const shows = (page) => page.evaluate(() => document.documentElement?.innerText ?? '')

/** Notes of each event of these kinds whether the page let it happen, in `window.let`. */
const note = (page, ...kinds) => page.evaluate((kinds) => {
  window.let = {}
  for (const kind of kinds) addEventListener(kind, (event) => { window.let[kind] = !event.defaultPrevented })
}, kinds)
const letHappen = (page) => page.evaluate(() => window.let)

/** What another page of the same browser can paste. */
async function pasted(page) {
  const other = await page.context.newPage()
  await other.setContent('<textarea autofocus></textarea>')
  await other.locator('textarea').focus()
  await other.keyboard.press('Control+V')
  const text = await other.locator('textarea').inputValue()
  await other.close()
  return text
}

async function fillClipboard(page, text) {
  const other = await page.context.newPage()
  await other.setContent('<textarea autofocus></textarea>')
  await other.locator('textarea').fill(text)
  await other.keyboard.press('Control+A')
  await other.keyboard.press('Control+C')
  await other.close()
}

describe('of a chat in Chromium', () => {
  let program, browser, desk, page
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDuty(browser, program.desk)
    page = await startChat(browser, program.visitor)
    await meet(page, desk)
    await survivorSays(page, WRITTEN)
    await advocateSays(desk, ANSWERED)
    await page.seeText('log', 'Conversation', ANSWERED)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('nothing can be selected and copied', async () => {
    await fillClipboard(page, 'as before')
    for (const place of ['Conversation', 'Your message']) {
      await page.focus(place === 'Conversation' ? 'log' : 'textbox', place)
      await page.press('Control+A')
      await page.press('Control+C')
      assert.equal(await pasted(page), 'as before', place)
    }
    await page.raw.getByText(ANSWERED).click({ clickCount: 3 })
    assert.equal(await page.evaluate(() => String(getSelection())), '')
  })

  test('what is in the message box can be pasted into it and not copied or cut out of it', async () => {
    await fillClipboard(page, 'from elsewhere')
    await page.fill('textbox', 'Your message', '')
    await page.focus('textbox', 'Your message')
    await page.press('Control+V')
    const box = () => page.evaluate(() => document.getElementById('message').value)
    assert.equal(await box(), 'from elsewhere')
    await page.fill('textbox', 'Your message', WRITTEN)
    for (const keys of ['Control+C', 'Control+X']) {
      await page.press('Control+A')
      await page.press(keys)
      assert.equal(await box(), WRITTEN)
      assert.equal(await pasted(page), 'from elsewhere', keys)
    }
    await page.fill('textbox', 'Your message', '')
  })

  test('a telephone number beside it can be copied', async () => {
    await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('#ways .ways bdi')))
    await page.press('Control+C')
    assert.equal(await pasted(page), '+1 555 010 0100')
  })

  test('nothing can be dragged out, and no menu offers to keep anything', async () => {
    await note(page, 'contextmenu', 'dragstart')
    const message = page.raw.getByText(ANSWERED)
    await message.click({ button: 'right' })
    assert.deepEqual(await letHappen(page), { contextmenu: false })
    await message.dispatchEvent('dragstart')
    await page.raw.locator('#message').dispatchEvent('dragstart')
    assert.deepEqual(await letHappen(page), { contextmenu: false, dragstart: false })
    await page.raw.locator('#message').click({ button: 'right' })
    assert.equal((await letHappen(page)).contextmenu, true, 'pasting by mouse')
    await page.press('Escape')
  })

  test('the keys for saving and printing do nothing', async () => {
    await note(page, 'keydown')
    for (const keys of ['Control+s', 'Control+p', 'Meta+s', 'Meta+p', 'Control+Shift+S']) {
      await page.press(keys)
      assert.deepEqual(await letHappen(page), { keydown: false }, keys)
    }
  })

  test('on paper there is nothing', async () => {
    await page.raw.emulateMedia({ media: 'print' })
    assert.equal(await shows(page), '')
    await page.raw.emulateMedia({ media: 'screen' })
    assert.ok((await shows(page)).includes(ANSWERED))
  })

  test('no browser checks, corrects, suggests, translates or fills what is typed', async () => {
    const fields = await page.evaluate(() => [...document.querySelectorAll('textarea, input[type=text]')].map((field) => ({
      id: field.id,
      off: [field.autocomplete, field.getAttribute('autocorrect'), field.spellcheck, field.getAttribute('writingsuggestions'), field.translate],
      form: field.form.autocomplete,
    })))
    assert.ok(fields.some(({ id }) => id === 'message'))
    for (const field of fields) assert.deepEqual(field, { id: field.id, off: ['off', 'off', false, 'false', false], form: 'off' })
    assert.equal(await page.evaluate(() => document.documentElement.translate), false)
    const described = await page.evaluate(() => [document, ...[...document.querySelectorAll('template')].map(({ content }) => content)]
      .flatMap((part) => [...part.querySelectorAll('input, select, textarea')])
      .filter((field) => field.form?.getAttribute('action') !== '/search').map(({ id }) => id))
    assert.deepEqual(described, [], 'Chromium tells its maker of the fields of a form that is not a search’s')
  })

  test('an address or a number in a message is text and no link', async () => {
    await advocateSays(desk, 'https://example.org/ +1 555 010 0100 a@example.org')
    await page.seeText('log', 'Conversation', 'https://example.org/')
    assert.equal(await page.evaluate(() => document.querySelectorAll('#log a').length), 0)
    assert.match(await page.evaluate(() => document.querySelector('[name=format-detection]').content), /telephone=no.*address=no.*email=no.*url=no/)
  })

  test('a message changes neither title nor picture, makes no sound and no notification', async () => {
    const seen = () => page.evaluate(() => [document.title, document.querySelector('[rel=icon]').href, document.querySelectorAll('audio, video').length])
    const earlier = await seen()
    await page.evaluate(() => {
      window.made = []
      for (const name of ['Notification', 'Audio', 'AudioContext', 'SpeechSynthesisUtterance']) {
        window[name] = class { constructor() { window.made.push(name) } }
      }
      navigator.vibrate = () => window.made.push('vibrate')
    })
    await advocateSays(desk, 'quietly')
    await page.seeText('log', 'Conversation', 'quietly')
    assert.deepEqual(await seen(), earlier)
    assert.deepEqual(await page.evaluate(() => window.made), [])
  })
})

describe('of the same chat at the desk', () => {
  let program, browser, desk
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    desk = await onDuty(browser, program.desk)
    const page = await startChat(browser, program.visitor)
    await meet(page, desk)
    await survivorSays(page, WRITTEN)
    await desk.seeText('log', 'Conversation', WRITTEN)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('nothing can be selected, copied, cut or dragged out, and no menu offers to keep anything', async () => {
    await fillClipboard(desk, 'as before')
    await desk.raw.getByText(WRITTEN).click({ clickCount: 3 })
    assert.equal(await desk.evaluate(() => String(getSelection())), '')
    await desk.fill('textbox', 'Message', ANSWERED)
    await desk.focus('textbox', 'Message')
    for (const keys of ['Control+C', 'Control+X']) {
      await desk.press('Control+A')
      await desk.press(keys)
      assert.equal(await pasted(desk), 'as before', keys)
    }
    await note(desk, 'contextmenu', 'dragstart')
    const message = desk.raw.getByText(WRITTEN)
    await message.click({ button: 'right' })
    await message.dispatchEvent('dragstart')
    assert.deepEqual(await letHappen(desk), { contextmenu: false, dragstart: false })
  })

  test('the keys for saving and printing do nothing while there is a chat, and on paper there is nothing', async () => {
    await note(desk, 'keydown')
    for (const keys of ['Control+s', 'Control+p', 'Meta+s', 'Meta+p', 'Control+Shift+S']) {
      await desk.press(keys)
      assert.deepEqual(await letHappen(desk), { keydown: false }, keys)
    }
    await desk.raw.emulateMedia({ media: 'print' })
    assert.equal(await desk.evaluate(() => document.body.checkVisibility()), false)
  })
})

describe('while a phone shows another app', () => {
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

  const hide = (page, hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)

  test('the chat is covered, and comes back with one press', async () => {
    const page = await startChat(browser, program.visitor, { viewport: PHONE, touch: true })
    await meet(page, desk)
    await survivorSays(page, WRITTEN)
    await page.fill('textbox', 'Your message', 'half a thought')
    await hide(page, true)
    await advocateSays(desk, ANSWERED)
    await page.until((answered) => document.getElementById('log').textContent.includes(answered), ANSWERED)
    const covered = await shows(page)
    for (const word of [WRITTEN, ANSWERED, 'Sam', 'half a thought', 'End chat']) assert.ok(!covered.includes(word), word)
    assert.equal(await page.count('textbox', 'Your message'), 0)
    await page.see('button', 'Leave this page')
    await hide(page, false)
    assert.ok(!(await shows(page)).includes(WRITTEN), 'it stays covered until it is asked for')
    await page.click('button', 'Show the chat')
    await page.seeText('log', 'Conversation', WRITTEN)
    await page.seeText('log', 'Conversation', ANSWERED)
    assert.equal(await page.evaluate(() => document.getElementById('message').value), 'half a thought')
    await page.close()
  })

  test('the line is covered as well, and what an advocate then says stays so', async () => {
    const page = await startChat(browser, program.visitor, { viewport: PHONE, touch: true })
    await survivorSays(page, WRITTEN)
    await hide(page, true)
    assert.ok(!(await shows(page)).includes(WRITTEN))
    await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
    await desk.click('button', 'Take next')
    await desk.seeAnywhere(WRITTEN)
    await page.until(() => document.documentElement.dataset.screen === 'chat')
    assert.ok(!(await shows(page)).includes(WRITTEN))
    await page.click('button', 'Show the chat')
    await page.see('button', 'End chat')
    await page.close()
  })

  test('a chat that ends meanwhile is gone, and nothing is left to show', async () => {
    const page = await startChat(browser, program.visitor, { viewport: PHONE, touch: true })
    await meet(page, desk)
    await survivorSays(page, WRITTEN)
    await desk.seeAnywhere(WRITTEN)
    await hide(page, true)
    await desk.raw.getByRole('button', { name: 'End chat' }).last().click()
    await desk.click('button', 'End and erase')
    await page.see('heading', 'It has ended')
    assert.equal(await page.count('button', 'Show the chat'), 0)
    assert.ok(!(await page.evaluate(() => document.documentElement.textContent)).includes(WRITTEN))
    assert.deepEqual(page.errors, [])
    await page.close()
  })

  test('a computer, where another window is only beside it, covers nothing', async () => {
    const page = await startChat(browser, program.visitor)
    await survivorSays(page, WRITTEN)
    await hide(page, true)
    assert.ok((await shows(page)).includes(WRITTEN))
    await page.close()
  })
})

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`of a page in ${name}`, () => {
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

    test('one address and one entry in the history hold the whole way', async () => {
      const page = await browser.newPage()
      await page.goto(program.visitor)
      const entries = () => page.evaluate(() => [history.length, location.href])
      const first = await entries()
      assert.equal(first[1], program.visitor)
      await toWaiting(page, 'I am not sure')
      assert.deepEqual(await entries(), first)
      await meet(page, desk)
      await survivorSays(page, WRITTEN)
      assert.deepEqual(await entries(), first)
      await page.click('button', 'End chat')
      await page.click('button', 'End and erase')
      await page.see('heading', 'It has ended')
      assert.deepEqual(await entries(), first)
      await page.close()
    })

    test('a page that is loaded again has nothing in its fields, and names them anew', async () => {
      const page = await startChat(browser, program.visitor, { answer: 'Yes' })
      await page.fill('textbox', 'Your message', WRITTEN)
      const names = () => page.evaluate(() => [...document.querySelectorAll('textarea, input[type=text]')].map(({ name }) => name))
      const earlier = await names()
      await page.reload()
      await page.see('button', 'Start chat')
      assert.equal(await page.evaluate(() => [...document.querySelectorAll('textarea, input[type=text]')].map(({ value }) => value).join('')), '')
      assert.equal(await page.evaluate(() => document.querySelectorAll('input:checked').length), 0)
      const all = [...earlier, ...await names()]
      assert.ok(earlier.length > 2 && !all.includes(''), `${all}`)
      assert.equal(new Set(all).size, all.length, `${all}`)
      await page.close()
    })

    test('a page that goes is empty, and one that comes back from the cache stays blank', async () => {
      for (const [kind, persisted] of [['pagehide', false], ['pagehide', true], ['pageshow', true]]) {
        const page = await startChat(browser, program.visitor)
        await survivorSays(page, WRITTEN)
        await page.evaluate(([kind, persisted]) => { dispatchEvent(new PageTransitionEvent(kind, { persisted })) }, [kind, persisted])
        assert.equal(await page.evaluate(() => document.documentElement), null, kind)
        await page.close()
      }
    })

    test('neither Back nor Forward shows a word of a chat that was left by another address', async () => {
      const page = await startChat(browser, program.visitor)
      await survivorSays(page, WRITTEN)
      await page.goto('about:blank')
      await page.back()
      assert.ok(!(await shows(page).catch(() => '')).includes(WRITTEN))
      await page.close()
    })
  })
}

test('a way to get help elsewhere opens beside the page, and learns nothing of where it was pressed', async () => {
  const program = await startProgram()
  const browser = await launchChromium()
  try {
    await program.publish((policy) => `${policy}\n[[alternatives]]\nkind = "website"\nlabel = "Other hotlines"\nvalue = "https://www.example.org/hotlines"\n`)
    const page = await browser.newPage()
    const asked = []
    await page.context.route(/^https:/, (route) => {
      asked.push([route.request().url(), route.request().headers().referer])
      return route.fulfill({ contentType: 'text/html', body: '<title>Elsewhere</title>' })
    })
    await page.goto(program.visitor)
    const elsewhere = 'https://www.example.org/hotlines'
    const opened = page.context.waitForEvent('page')
    await page.click('link', elsewhere)
    await (await opened).close()
    await page.see('heading', HEADINGS.before)
    // Once more in its place, where the test sees what is asked for.
    await page.evaluate(() => { document.querySelector('.aside a[href^=https]').target = '' })
    await page.click('link', elsewhere)
    await page.until(() => document.title === 'Elsewhere')
    await page.goto(program.visitor)
    await page.click('button', 'Leave this page')
    await page.until(() => document.title === 'Elsewhere')
    assert.deepEqual(asked.slice(-2), [[elsewhere, undefined], ['https://weather.gov/', undefined]])
  } finally {
    await browser.close()
    await program.stop()
  }
})
