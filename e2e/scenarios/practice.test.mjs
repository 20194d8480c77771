// Practice before the first shift (features.md 5.5): a survivor who follows a script, one's own words, the nearest
// way, and what there is to learn from it. It looks like no real chat, reaches nobody and keeps nothing.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { onDuty, picture } from '../lib/people.mjs'
import { makeKeys, startProgram } from '../lib/program.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const ZOOMED = { width: 320, height: 256 }
const OWN = 'words that nobody else may have'
const WATCHED = 'Somebody may be watching their device'
const SILENT = 'They stop answering'

/** Which way, from 1, the guidance has at each step of the silent story. */
const WELL = [1, 2, 3]
/** Of the watched story: a poor first way, the one that mends it, then the guidance's. */
const MENDED = [3, 1, 3, 1]

const shown = (page, id) => page.until((id) => !document.getElementById(id).hidden, id, `the screen ${id}`)
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim())
const lists = (page) => page.evaluate(() => Object.fromEntries(['well', 'missed', 'checklist'].map((id) =>
  [id, [...document.querySelectorAll(`#${id} > li`)].map((item) => item.textContent.trim())])))

async function open(browser, program, options) {
  const page = await browser.newPage(options)
  await page.goto(new URL('/practice', program.desk).href)
  await shown(page, 'list')
  return page
}

/** Goes on by Tab until the keyboard is on what this says, and presses Enter there. */
async function enterOn(page, name) {
  for (let step = 0; step < 30; step += 1) {
    const here = await page.evaluate(() => document.activeElement.textContent)
    if (here.startsWith(name)) return page.press('Enter')
    await page.press('Tab')
  }
  assert.fail(`no Tab leads to “${name}”`)
}

/** Writes an answer and hands it in, by keys. */
async function answer(page, text) {
  while (await focused(page) !== 'message') await page.press('Tab')
  await page.raw.keyboard.type(text)
  await page.press('Enter')
  await page.until(() => document.activeElement.id === 'nearest')
}

/** Chooses a way, from 1, and goes on, by keys. */
async function choose(page, way) {
  await page.press('Tab')
  await page.press(' ')
  for (let down = 1; down < way; down += 1) await page.press('ArrowDown')
  assert.equal(await page.evaluate(() => document.querySelector('#choices :checked').value), String(way))
  await page.press('Tab')
  await page.press('Enter')
}

/** Walks a story that has just been opened to its end. */
async function walk(page, ways) {
  for (const [number, way] of ways.entries()) {
    await answer(page, `${OWN} ${number}`)
    await choose(page, way)
    if (number + 1 < ways.length) await page.until(() => document.activeElement.matches('#messages > li'))
  }
  await page.until(() => document.activeElement.matches('#debrief h1'))
}

/** The band is at the top of what is seen, wherever the page is scrolled, and nothing lies over it. */
async function assertBand(page, screen) {
  for (const end of [0, 1_000_000]) {
    const inSight = await page.evaluate((end) => {
      scrollTo(0, end)
      const band = document.querySelector('.bar')
      const { top, left, width, height } = band.getBoundingClientRect()
      return top === 0 && height > 0 && band.contains(document.elementFromPoint(left + width / 2, top + height / 2)) &&
        band.innerText.includes('Nobody real reads this') && getComputedStyle(band).backgroundImage.includes('gradient')
    }, end)
    assert.ok(inSight, `${screen}: the band, scrolled to ${end}`)
  }
}

/** axe has no remark at a desk's size, on a phone and at four times the size; with pictures. */
async function assertFits(page, screen, name) {
  for (const [kind, size] of [['desktop', DESKTOP], ['phone', PHONE], ['zoomed', ZOOMED]]) {
    await page.resize(size)
    await assertAccessible(page, `${screen}, ${kind}`)
    await page.evaluate(() => document.activeElement.scrollIntoView())
    await picture(page, `practice-${screen}-${kind}-${name}`)
  }
  await page.resize(DESKTOP)
}

/** What a browser keeps for this page. */
const kept = (page) => page.evaluate(async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  cookie: document.cookie,
  databases: (await indexedDB.databases()).length,
  caches: self.caches ? (await caches.keys()).length : 0,
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
}))
const NOTHING = { local: 0, session: 0, cookie: '', databases: 0, caches: 0, workers: 0 }

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`practice in ${name}`, () => {
    let program, browser
    before(async () => {
      program = await startDemo()
      browser = await launch()
    })
    after(async () => {
      await browser?.close()
      await program?.stop()
    })

    test('a story is walked well by keyboard, and the debrief says so', async () => {
      const page = await open(browser, program)
      assert.equal(await page.evaluate(() => document.querySelectorAll('#stories li').length), 11)
      await enterOn(page, SILENT)
      await page.until(() => document.activeElement.id === 'title')
      assert.equal(await focused(page), 'title')
      const said = await page.evaluate(() => [...document.querySelectorAll('#messages > li')].map((item) => item.innerText))
      assert.match(said[0], /Scripted survivor\s+practice\s+We had a fight again/)
      assert.equal(said[1], '(Nothing has come for some minutes.)')
      await walk(page, WELL)
      const { well, missed, checklist } = await lists(page)
      assert.equal(well.length, 3)
      assert.deepEqual(missed, [])
      assert.match(well[0], /there is no hurry.*Why:.*One kind question is enough\..*In the guidance: Ensure Appropriate Staffing/s)
      assert.ok(checklist.length === 4 && checklist.every((item) => item.startsWith('Done:')), checklist.join('\n'))
      await page.seeAnywhere('Every way that you chose was the one in the guidance.')
      assert.ok(!(await page.evaluate(() => document.documentElement.textContent)).includes(OWN), 'what was written is gone')
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    test('a poor way can be mended, and the debrief says what helps more and why', async () => {
      const page = await open(browser, program)
      await enterOn(page, WATCHED)
      await walk(page, MENDED)
      const { well, missed, checklist } = await lists(page)
      assert.equal(well.length, 3)
      assert.equal(missed.length, 1)
      assert.match(missed[0], /You chose: Say that they should not have written.*This helps more: Welcome them, then ask if they are safe.*Why: Safety comes before the story.*In the guidance: Minimize Interception/s)
      assert.ok(checklist.every((item) => item.startsWith('Done:')), 'the slip was mended')
      await assertFits(page, 'debrief', name)
      await assertBand(page, 'debrief')
      // The same again, from its beginning; then another one.
      await enterOn(page, 'The same again')
      await page.until(() => document.activeElement.id === 'title')
      assert.equal(await page.evaluate(() => document.querySelectorAll('#messages > li').length), 2)
      await enterOn(page, 'Stop this story')
      await page.until((title) => document.activeElement.textContent.startsWith(title), WATCHED)
      await page.close()
    })

    test('whoever writes nothing, or chooses nothing, is told what to do, and the story stays where it is', async () => {
      const page = await open(browser, program)
      await enterOn(page, WATCHED)
      while (await focused(page) !== 'message') await page.press('Tab')
      await page.press('Enter')
      await page.seeAnywhere('Write what you would say to them, then go on.')
      assert.equal(await focused(page), 'message')
      await assertAccessible(page, 'nothing written')
      await page.fill('textbox', 'What would you write?', 'a'.repeat(4_001))
      await page.press('Enter')
      await page.seeAnywhere('This is longer than a message can be.')
      await page.fill('textbox', 'What would you write?', 'Hello.')
      await page.press('Enter')
      await page.until(() => document.activeElement.id === 'nearest')
      await enterOn(page, 'Go on')
      await page.seeAnywhere('Choose the one that is nearest, then go on.')
      await assertAccessible(page, 'nothing chosen')
      await page.close()
    })

    test('the band is in sight on every screen, and everybody can use each', async () => {
      const page = await open(browser, program)
      assert.equal(await page.title(), 'Practice: nobody real reads this')
      await assertFits(page, 'list', name)
      await assertBand(page, 'list')
      await enterOn(page, WATCHED)
      await page.until(() => document.activeElement.id === 'title')
      await assertFits(page, 'answer', name)
      await assertBand(page, 'answer')
      await answer(page, OWN)
      await assertFits(page, 'ways', name)
      await assertBand(page, 'ways')
      await page.close()
    })

    test('it asks for its own files alone, keeps nothing, and a page that is loaded again is empty', async () => {
      const page = await browser.newPage()
      const asked = new Set()
      page.raw.on('request', (request) => asked.add(new URL(request.url()).pathname))
      await page.goto(new URL('/practice', program.desk).href)
      await shown(page, 'list')
      await enterOn(page, WATCHED)
      await walk(page, MENDED)
      const other = [...asked].filter((path) => path !== '/practice' && !/^\/s\/p-[0-9a-f]{16}\.(js|css|svg|wasm)$/.test(path))
      assert.deepEqual(other.filter((path) => path !== '/favicon.ico'), [])
      assert.deepEqual(await kept(page), NOTHING)
      await enterOn(page, 'The same again')
      await page.fill('textbox', 'What would you write?', OWN)
      await page.reload()
      await shown(page, 'list')
      assert.equal(await page.evaluate(() => document.getElementById('message').value), '')
      assert.deepEqual(await kept(page), NOTHING)
      await page.close()
    })

    test('whatever runs in it reaches neither the line nor anything else but its files', async () => {
      const page = await open(browser, program)
      const reached = await page.evaluate(async () => {
        window.violated = []
        addEventListener('securitypolicyviolation', ({ effectiveDirective }) => window.violated.push(effectiveDirective))
        const tried = (attempt) => attempt.then(() => 'reached', () => 'refused')
        const line = () => new Promise((resolve, reject) => {
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/line`)
          socket.onopen = resolve
          socket.onerror = reject
        })
        return {
          page: await tried(fetch('/')),
          line: await tried(Promise.resolve().then(line)),
          elsewhere: await tried(fetch('https://example.org/', { mode: 'no-cors' })),
          file: await tried(fetch(document.getElementById('core').href)),
        }
      })
      assert.deepEqual(reached, { page: 'refused', line: 'refused', elsewhere: 'refused', file: 'reached' })
      await page.until(() => window.violated.filter((directive) => directive === 'connect-src').length >= 3)
      await page.close()
    })

    test('browsers and their helpers leave alone what is written', async () => {
      const page = await open(browser, program)
      const fields = await page.evaluate(() => [...document.querySelectorAll('textarea')].map((field) => ({
        action: field.form.getAttribute('action'),
        form: field.form.autocomplete,
        field: field.autocomplete,
        spelling: field.spellcheck,
        translated: field.translate,
      })))
      assert.deepEqual(fields, [{ action: '/search', form: 'off', field: 'off', spelling: false, translated: false }])
      assert.equal(await page.evaluate(() => document.documentElement.translate), false)
      await page.close()
    })

    test('the desk leads there in a tab of its own, before there is a key and beside the shift', async () => {
      const link = (page) => page.evaluate(() => [...document.querySelectorAll('a')].map(({ pathname, hash, target, rel }) => ({ pathname, hash, target, rel })))
      const expected = [{ pathname: '/practice', hash: '#beside', target: '_blank', rel: 'noopener' }]
      const fresh = await browser.newPage()
      await fresh.goto(new URL('/', program.desk).href)
      await fresh.see('link', 'Practice chats (new tab)')
      assert.deepEqual(await link(fresh), expected)
      await assertAccessible(fresh, 'not enrolled')
      await fresh.goto(new URL('/practice#beside', program.desk).href)
      await fresh.seeAnywhere('Your desk is in another tab.')
      await fresh.seeNone('link', 'Back to the desk')
      await fresh.close()
      const desk = await onDuty(browser, program.desk)
      await desk.see('link', 'Practice chats (new tab)')
      assert.deepEqual(await link(desk), expected)
      await desk.close()
      const page = await open(browser, program)
      assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('a')].map(({ pathname }) => pathname)), ['/'])
      await page.close()
    })
  })
}

describe('practice in Chromium, of what is written', () => {
  let program, browser, page
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
    page = await open(browser, program)
    await enterOn(page, WATCHED)
    await answer(page, OWN)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('nothing can be selected, copied, dragged, printed or saved', async () => {
    await page.raw.getByText(OWN).click({ clickCount: 3 })
    assert.equal(await page.evaluate(() => String(getSelection())), '')
    await page.evaluate(() => {
      window.let = {}
      for (const kind of ['copy', 'cut', 'dragstart', 'contextmenu', 'keydown']) {
        addEventListener(kind, (event) => { window.let[kind] = !event.defaultPrevented })
      }
    })
    await page.raw.getByText(OWN).click({ button: 'right' })
    await page.raw.getByText(OWN).dispatchEvent('dragstart')
    await page.evaluate(() => {
      for (const kind of ['copy', 'cut']) document.body.dispatchEvent(new ClipboardEvent(kind, { bubbles: true, cancelable: true }))
    })
    await page.press('Control+p')
    assert.deepEqual(await page.evaluate(() => window.let), { contextmenu: false, copy: false, cut: false, dragstart: false, keydown: false })
    await page.raw.emulateMedia({ media: 'print' })
    assert.equal(await page.evaluate(() => document.documentElement?.innerText ?? ''), '')
    await page.raw.emulateMedia({ media: 'screen' })
  })
})

describe('practice in Chromium, however it is looked at', () => {
  let program, mirrored, browser
  before(async () => {
    program = await startDemo()
    mirrored = await startDemo('--pseudo-locale', 'ar-XB')
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await mirrored?.stop()
    await program?.stop()
  })

  const kinds = [['dark', { dark: true }], ['forced', { forced: true }], ['rtl', {}]]
  for (const [kind, options] of kinds) {
    test(`everybody can use it (${kind})`, async () => {
      const page = await open(browser, kind === 'rtl' ? mirrored : program, { ...options, viewport: PHONE })
      await assertAccessible(page, `list, ${kind}`)
      await picture(page, `practice-list-${kind}`)
      await page.raw.locator('[data-story=monitored]').click()
      await answer(page, OWN)
      await assertAccessible(page, `ways, ${kind}`)
      await picture(page, `practice-ways-${kind}`)
      for (const way of MENDED) {
        if (await page.raw.locator('#message').isVisible()) {
          await page.raw.locator('#message').fill(OWN)
          await page.press('Enter')
        }
        await page.raw.locator(`#choices [value="${way}"]`).click()
        await page.raw.locator('#ways .button').click()
      }
      await shown(page, 'debrief')
      await assertAccessible(page, `debrief, ${kind}`)
      await picture(page, `practice-debrief-${kind}`)
      await page.close()
    })
  }
})

describe('whoever joins', () => {
  let program, browser
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('finds the way to practice while joining and before opening the desk, and loses nothing by going there', async () => {
    const invitation = await program.invite('Sam Rivers')
    const desk = await browser.newPage()
    await desk.goto(invitation.link)
    await desk.see('heading', 'Welcome to the desk')
    const [practice] = await Promise.all([
      desk.context.waitForEvent('page'),
      desk.click('link', 'Practice chats (new tab)'),
    ])
    await practice.getByRole('heading', { name: 'Practice chats' }).waitFor()
    assert.equal(await practice.evaluate(() => window.opener), null)
    await practice.close()
    await makeKeys(desk)
    await invitation.certified
    await desk.see('button', 'Go on duty')
    const later = await desk.context.newPage()
    await later.goto(program.desk)
    await later.getByRole('button', { name: 'Open the desk' }).waitFor()
    await later.getByRole('link', { name: 'Practice chats (new tab)' }).waitFor()
  })
})
