// The page in the languages that a program supplies: asked for by the browser, or chosen in the page at any
// moment, without an address, a history entry or anything kept (features.md 1.4, 1.5). Two languages that nobody
// speaks stand for them, given as a program gives one.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, answered, HEADINGS, picture } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'
import { BINARY } from '../lib/stillroom.mjs'
import { startExport } from '../lib/website.mjs'

const ARABIC = 'ar-XB'

const press = (page, id) => page.evaluate((id) => document.querySelector(id).click(), id)
const reads = (page, language) => page.until((language) => document.documentElement?.lang === language, language)
const onScreen = (page, screen) => page.until((screen) => document.documentElement.dataset.screen === screen, screen)
const shown = (page, selector) => page.evaluate((selector) => document.querySelector(selector).textContent, selector)

/** Chooses a language to read in, from where focus is then. */
async function choose(page, language) {
  await page.evaluate((language) => {
    const choice = document.getElementById('language')
    choice.focus()
    ;[...choice.options].find(({ lang }) => lang === language).selected = true
    choice.dispatchEvent(new Event('change', { bubbles: true }))
  }, language)
  await reads(page, language)
}

/** What a visit could have left in the browser, as far as a page sees. */
const left = (page) => page.evaluate(async () => ({
  entries: history.length,
  address: location.href,
  title: document.title,
  cookie: document.cookie,
  stored: localStorage.length + sessionStorage.length,
  caches: (await caches.keys()).length,
  databases: (await indexedDB.databases()).length,
}))

/** From the first screen to the line, by what the buttons are and not by what they say. */
const toWaiting = async (page) => {
  for (const button of ['#start', '#safety-form [type=submit]', '#rights-form [type=submit]', '#skip-questions']) await press(page, button)
}
const start = async (page, url) => {
  await page.goto(url)
  await page.until(() => document.querySelector('#start:enabled') && document.documentElement.dataset.open === 'yes')
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the page in the languages of a program, in ${name}`, () => {
    let program, staff, browser, desk
    before(async () => {
      program = await startProgram()
      program.addLanguages(ARABIC, 'en-XA')
      staff = await launchChromium()
      desk = await onDutyByInvitation(program, staff, 'Sam')
      browser = await launch({ languages: 'ar' })
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    test('comes in the language that the browser asks for, from right to left', async () => {
      const page = await browser.newPage({ viewport: PHONE })
      await start(page, program.visitor)
      const { lang, dir, way, choice } = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        way: document.getElementById('leave').getBoundingClientRect().toJSON(),
        choice: document.getElementById('language').getBoundingClientRect().toJSON(),
      }))
      assert.deepEqual({ lang, dir }, { lang: ARABIC, dir: 'rtl' })
      assert.ok(way.right <= choice.left && way.top === choice.top, 'the way out stands at the end of the line, the languages at its start')
      assert.doesNotMatch(await shown(page, 'main'), /Chat with an advocate|Rivertown Advocates\. They/)
      assert.equal(await page.evaluate(() => document.getElementById('language').selectedOptions[0].lang), ARABIC)
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    test('changes to another one in the middle of everything, and nothing tells of it', async () => {
      const page = await browser.newPage({ viewport: PHONE })
      await start(page, program.visitor)
      const before = await left(page)
      await choose(page, 'en')
      assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr')
      await page.see('heading', 'Chat with an advocate')
      assert.equal(await page.evaluate(() => document.activeElement.id), 'language', 'focus stays')
      assert.equal(await shown(page, '#language-now'), 'This page is in English now.')

      await page.click('button', 'Start chat')
      await page.click('radio', 'I am not sure')
      await page.see('heading', 'Ways that may be safer')
      await choose(page, ARABIC)
      assert.notEqual(await shown(page, '#safer h2'), 'Ways that may be safer')
      assert.ok(await page.evaluate(() => document.querySelector('[value=not-sure]').checked && !document.getElementById('safer').hidden))
      assert.notEqual(await shown(page, '#safer-said'), '', 'what was said aloud is in the new language too')

      await press(page, '#safety-form [type=submit]')
      await choose(page, 'en-XA')
      assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr')
      await press(page, '#rights-form [type=submit]')
      await onScreen(page, 'questions')
      await press(page, '#questions [type=radio]')
      await choose(page, 'en')
      await page.see('heading', HEADINGS.questions)
      assert.ok(await page.evaluate(() => document.querySelector('#questions [type=radio]').checked), 'what was chosen stays chosen')
      await choose(page, 'en-XA')
      await press(page, '#questions-form [type=submit]')
      await onScreen(page, 'waiting')
      await page.until(() => document.getElementById('line').dataset.line === 'up')
      await page.evaluate(() => { document.getElementById('message').value = 'typed while waiting' })
      await choose(page, 'en')
      await page.seeAnywhere('You are next.')
      await page.seeAnywhere('Connected')
      assert.equal(await page.evaluate(() => document.getElementById('message').value), 'typed while waiting')

      await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
      await desk.click('button', 'Take next')
      await page.see('button', 'End chat')
      await page.click('button', 'Send')
      await desk.seeText('log', 'Conversation', 'typed while waiting')
      await choose(page, ARABIC)
      assert.notEqual(await shown(page, '#end'), 'End chat')
      assert.match(await shown(page, '#roster'), /\u202eAdvocate.*\u202eYou/, 'who is here is said anew')

      await press(page, '#live-text')
      assert.match(await shown(page, '#live-said'), /\u202e/)
      await choose(page, 'en')
      assert.equal(await shown(page, '#live-said'), 'You asked to show each other words as they are typed. Nothing is shown until the advocate says yes.')
      await desk.click('button', 'Yes, show it')
      await desk.focus('textbox', 'Message')
      await desk.raw.keyboard.type('take your')
      await page.seeText('group', 'Being typed, not sent yet', 'take your')
      await choose(page, ARABIC)
      assert.match(await shown(page, '#live-said'), /\u202e/, 'who sees what is typed is said anew')
      assert.match(await shown(page, '#typing'), /Sam.*\u202e/, 'and that somebody is typing')
      assert.equal(await shown(page, '#draft'), 'take your', 'what they type stays as it is')
      await press(page, '#live-stop')
      await advocateSays(desk, 'مرحبا, hello')
      await page.seeAnywhere('مرحبا, hello')
      await page.evaluate(() => { document.getElementById('message').value = 'still here' })
      await press(page, '#send')
      await desk.seeText('log', 'Conversation', 'still here')
      await press(page, '#end')
      await press(page, '#end-now')
      await onScreen(page, 'ended')
      await choose(page, 'en')
      await page.see('heading', 'It has ended')
      await page.seeAnywhere('You ended it.')

      assert.deepEqual(await left(page), before)
      assert.deepEqual(page.errors, [])
      await desk.click('button', 'Put away')
      await page.close()
    })

    test('the advocate is told the language that was chosen to read in', async () => {
      const page = await browser.newPage()
      await start(page, program.visitor)
      await choose(page, 'en-XA')
      await choose(page, ARABIC)
      await toWaiting(page)
      await desk.seeText('list', 'Waiting', 'Arabic')
      await desk.seeText('list', 'Waiting', 'Wants an interpreter')
      await press(page, '#stop-waiting')
      await desk.seeAnywhere('Nobody is waiting.')
      await page.close()
    })

    test('leaving does not wait for words that are on their way', async () => {
      const page = await browser.newPage()
      await start(page, program.visitor)
      const gone = await page.evaluate(() => {
        const choice = document.getElementById('language')
        choice.value = 'en'
        choice.dispatchEvent(new Event('change', { bubbles: true }))
        document.getElementById('leave').click()
        return document.documentElement === null
      })
      assert.ok(gone, 'the page is empty at once')
      await page.close()
    })
  })
}

describe('the page in several languages', () => {
  let program, browser, desk
  before(async () => {
    program = await startProgram()
    program.addLanguages(ARABIC)
    browser = await launchChromium({ languages: 'ar' })
    desk = await onDutyByInvitation(program, await browser, 'Sam')
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('says so where words do not arrive, and stays as it was', async () => {
    const page = await browser.newPage()
    await start(page, program.visitor)
    await choose(page, 'en')
    await page.raw.context().setOffline(true)
    await page.evaluate(() => {
      const choice = document.getElementById('language')
      ;[...choice.options].find(({ lang }) => lang === 'ar-XB').selected = true
      choice.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await page.seeAnywhere('This page could not be loaded in that language.')
    assert.equal(await page.evaluate(() => document.getElementById('language').selectedOptions[0].lang), 'en')
    await page.see('heading', 'Chat with an advocate')
    await page.close()
  })

  test('can still be changed after the program said something new; what was chosen in a question stays', async () => {
    const page = await browser.newPage()
    await start(page, program.visitor)
    await choose(page, 'en')
    await press(page, '#start')
    await press(page, '#safety-form [type=submit]')
    await press(page, '#rights-form [type=submit]')
    await page.evaluate(() => document.querySelector('#questions [type=radio]').click())
    const asked = () => page.evaluate(() => document.getElementById('questions-form').innerText)
    const before = await asked()
    await program.publish((policy) => policy)
    await choose(page, ARABIC)
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl')
    assert.equal(await asked(), before, 'the questions are those that were asked')
    assert.equal(await page.evaluate(() => document.querySelectorAll('#questions :checked').length), 1)
    await press(page, '#skip-questions')
    await onScreen(page, 'waiting')
    await choose(page, 'en')
    await press(page, '#stop-waiting')
    await page.close()
  })

  test('says opening messages in the language that is read when the chat begins, and says them once', async () => {
    const other = await onDutyByInvitation(program, browser, 'Kim')
    const page = await browser.newPage()
    await page.raw.clock.install()
    const openings = () => page.evaluate(() => [...document.querySelectorAll('.opening')].map(({ textContent }) => textContent))
    await start(page, program.visitor)
    await choose(page, 'en')
    await toWaiting(page)
    await onScreen(page, 'waiting')
    await choose(page, ARABIC)
    await other.until(() => document.querySelector('[aria-label="Waiting"] li'))
    await other.click('button', 'Take next')
    await onScreen(page, 'chat')
    const said = await openings()
    assert.ok(said.length > 0, 'the sample says something')
    for (const text of said) assert.doesNotMatch(text.replace(/\u202e[^\u202c]*\u202c/g, ''), /[a-z]/i, 'no word of it is in English')

    await other.close()
    for (let seconds = 0; seconds < 120; seconds += 5) {
      await page.raw.clock.runFor(5_000)
      await answered(page, program)
    }
    await onScreen(page, 'waiting')
    await choose(page, 'en')
    await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
    await desk.click('button', 'Take next')
    await onScreen(page, 'chat')
    assert.deepEqual(await openings(), said)
    await press(page, '#end')
    await press(page, '#end-now')
    await onScreen(page, 'ended')
    assert.deepEqual(page.errors, [])
    await desk.click('button', 'Put away')
    await page.close()
  })

  test('comes in the language of the browser without scripts as well', async () => {
    const page = await browser.newPage({ scripts: false })
    await page.goto(program.visitor)
    assert.match(await page.raw.content(), /<html lang="ar-XB" dir="rtl"/)
    assert.equal(await page.raw.locator('#language').isVisible(), false, 'nothing that would not work is offered')
    await page.close()
  })

  for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    test(`is mirrored on every screen (${size})`, async () => {
      const page = await browser.newPage({ viewport, touch: size === 'phone' })
      const look = async (screen) => {
        await assertAccessible(page, screen)
        await picture(page, `${screen}-ar-${size}`)
      }
      await start(page, program.visitor)
      await look('before')
      await press(page, '#start')
      await press(page, '[value=yes]')
      await look('safety')
      await press(page, '#safety-form [type=submit]')
      await look('rights')
      await press(page, '#rights-form [type=submit]')
      await onScreen(page, 'questions')
      await look('questions')
      await press(page, '#skip-questions')
      await onScreen(page, 'waiting')
      await page.until(() => document.getElementById('line').dataset.line === 'up')
      await look('waiting')
      await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
      await desk.click('button', 'Take next')
      await onScreen(page, 'chat')
      await page.evaluate(() => { document.getElementById('message').value = 'لا أعرف من أين أبدأ.' })
      await press(page, '#send')
      await advocateSays(desk, 'You can begin wherever you like.')
      await page.seeAnywhere('wherever you like')
      await look('chat')
      await press(page, '#end')
      await look('ending')
      await press(page, '#end-now')
      await onScreen(page, 'ended')
      await look('ended')
      await press(page, '#to-survey')
      await onScreen(page, 'survey')
      await look('survey')
      await press(page, '#skip-survey')
      await onScreen(page, 'ended')
      const said = await shown(page, '#survey-said')
      await choose(page, 'en')
      assert.notEqual(await shown(page, '#survey-said'), said, 'what was said of the survey is in the new language too')
      await desk.click('button', 'Put away')
      await page.close()
    })
  }
})

/** What sticks to the top, from above: the way out, and in a chat who is here. */
const sticks = (page) => page.evaluate(() => {
  const box = (selector) => {
    const { top, bottom, left, width } = document.querySelector(selector).getBoundingClientRect()
    const middle = document.elementFromPoint(left + width / 2, (top + bottom) / 2)
    return { top, bottom, isInSight: Boolean(middle?.closest(selector)) }
  }
  const { screen } = document.documentElement.dataset
  return { bar: box('.bar'), leave: box('#leave'), ...screen === 'chat' ? { roster: box('#roster') } : {} }
})

/** As high as a button. What is higher may go on under what sticks. */
const TARGET = 44

/** Goes through the whole page by keys, and looks whether each thing that has focus lies below what sticks. */
async function assertNothingCovered(page, key) {
  const seen = new Set()
  for (;;) {
    await page.press(key)
    const focused = await page.evaluate(() => {
      const { activeElement: one } = document
      const { top, height } = one.getBoundingClientRect()
      const isOfBar = Boolean(one.closest('.bar')) || one === document.body
      return { name: `${one.localName} ${one.id || one.textContent.trim().slice(0, 30)}`, top, height, isOfBar }
    })
    if (seen.has(focused.name)) break
    seen.add(focused.name)
    const { bar, leave, roster } = await sticks(page)
    const below = (roster ?? bar).bottom
    // Less than a pixel is how Firefox rounds what it scrolls.
    assert.ok(bar.top > -1 && leave.isInSight, `${key}: the way out, from ${bar.top}, is in sight on ${focused.name}`)
    if (roster) assert.ok(roster.isInSight && roster.top >= bar.bottom - 1, `${key}: who is here is in sight on ${focused.name}`)
    if (!focused.isOfBar) {
      const free = focused.top + focused.height - Math.max(focused.top, below)
      assert.ok(free >= Math.min(focused.height, TARGET) - 1, `${key}: of ${focused.name}, ${free} pixels are in sight below ${below}`)
    }
  }
  assert.ok(seen.size > 4, `${key} led to ${[...seen]}`)
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`at 400 % zoom with several languages, in ${name}`, () => {
    let program, staff, browser, desk
    before(async () => {
      program = await startProgram()
      program.addLanguages(ARABIC, 'en-XA')
      staff = await launchChromium()
      desk = await onDutyByInvitation(program, staff, 'Sam')
      browser = await launch()
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    // What is left of screens of 1280 by 1024 and by 800.
    for (const viewport of [{ width: 320, height: 256 }, { width: 320, height: 200 }]) {
      test(`the way out takes one row, and nothing lies under it (${viewport.height})`, async () => {
        const page = await browser.newPage({ viewport })
        const inEveryLanguage = async (screen) => {
          for (const language of [ARABIC, 'en-XA', 'en']) {
            await choose(page, language)
            const { leave, choice, bar } = await page.evaluate(() => ({
              leave: document.getElementById('leave').getBoundingClientRect().toJSON(),
              choice: document.getElementById('language').getBoundingClientRect().toJSON(),
              bar: document.querySelector('.bar').offsetHeight,
            }))
            assert.ok(leave.top < choice.bottom && choice.top < leave.bottom, `one row on ${screen} in ${language}`)
            assert.ok(bar <= 64, `the bar is ${bar} high on ${screen} in ${language}`)
            await page.until((bar) => document.documentElement.style.getPropertyValue('--bar') === `${bar}px`, bar)
            await assertAccessible(page, `${screen} in ${language}`)
          }
        }
        await start(page, program.visitor)
        await inEveryLanguage('before')
        for (const key of ['Tab', 'Shift+Tab']) await assertNothingCovered(page, key)
        await toWaiting(page)
        await onScreen(page, 'waiting')
        await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
        await desk.click('button', 'Take next')
        await onScreen(page, 'chat')
        for (const words of ['one', 'two', 'three', 'four']) {
          await advocateSays(desk, words)
          await page.seeAnywhere(words)
        }
        await inEveryLanguage('chat')
        for (const key of ['Tab', 'Shift+Tab']) await assertNothingCovered(page, key)
        await picture(page, `zoomed-${viewport.height}-${name}`)
        await press(page, '#end')
        await press(page, '#end-now')
        await onScreen(page, 'ended')
        assert.deepEqual(page.errors, [])
        await desk.click('button', 'Put away')
        await page.close()
      })
    }
  })
}

describe('an exported page in several languages', () => {
  let program, chat, staff, desk
  const verify = (...more) => new Promise((resolve) => {
    execFile(BINARY, ['site', 'verify', chat.origin, '--root', program.root, ...more], (error, out, remarks) => {
      resolve({ status: error?.code ?? 0, said: out + remarks })
    })
  })
  before(async () => {
    chat = await startExport()
    program = await startProgram({ survivor: `origins = ["${chat.origin}"]\nserve_pages = false` })
    program.addLanguages(ARABIC)
    chat.give(program.exported('survivor', chat.origin))
    staff = await launchChromium()
    desk = await onDutyByInvitation(program, staff, 'Sam')
  })
  after(async () => {
    await staff?.close()
    await program?.stop()
    chat?.stop()
  })

  for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
    test(`chooses by what the browser reads where no server does (${name})`, async () => {
      const browser = await launch({ languages: 'ar' })
      try {
        const page = await browser.newPage()
        await start(page, `${chat.origin}/`)
        await reads(page, ARABIC)
        await toWaiting(page)
        await desk.seeText('list', 'Waiting', 'Arabic')
        await choose(page, 'en')
        await page.seeAnywhere('You are next.')
        await press(page, '#stop-waiting')
        await desk.seeAnywhere('Nobody is waiting.')
        assert.deepEqual(page.errors, [])
      } finally {
        await browser.close()
      }
    })
  }

  test('is verified in each language, and an altered one is found', async () => {
    const manifest = ['--manifest', join(program.folder, 'export-survivor', 'manifest.stillroom')]
    for (const more of [[], manifest]) {
      const good = await verify(...more)
      assert.equal(good.status, 0, good.said)
    }
    chat.served.altered['/s/l-ar-xb.html'] = '<!doctype html><script src="/s/p-1.js"></script>'
    for (const more of [[], manifest]) {
      const bad = await verify(...more)
      assert.equal(bad.status, 1)
      assert.ok(bad.said.includes('s/l-ar-xb.html'), bad.said)
    }
  })
})
