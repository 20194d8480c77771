// The administrator's console beside its forms (features.md 5.6, 5.9, 6.3): what was published before, what changed, and
// a version of before as the draft; the survivor's page of the draft, which can do nothing whatever is written into it;
// the whole as a file; and what administrators did.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { administratorsConsole, goToPart, holdFrames, publishAll, write } from '../lib/console.mjs'
import { picture, pressOn } from '../lib/people.mjs'
import { startProgram } from '../lib/program.mjs'
import { wait } from '../lib/wait.mjs'

/** What somebody could write into a policy who wants to get out of it. */
const ATTACK = '"></p></style><script>top.document.title = "out"</script><img src=//example.org/x onerror=alert()><a href=javascript:alert()>x</a><form action=//example.org>'

/** What the parts are called that are no forms. */
const PARTS = { past: 'What was published before', file: 'The whole as a file', record: 'What administrators did' }

/** Goes to one of them. */
const toPart = (page, part) => goToPart(page, PARTS[part])

/** Chooses from a list of the page, as somebody does by the keyboard. */
const choose = (page, id, value) => page.evaluate(([id, value]) => {
  const list = document.getElementById(id)
  list.focus()
  list.value = value
  list.dispatchEvent(new Event('change', { bubbles: true }))
}, [id, value])

/** Puts the keyboard on this button, and presses it. */
async function press(page, selector) {
  await page.until((selector) => {
    const found = document.querySelector(selector)
    found?.focus()
    return found !== null && document.activeElement === found
  }, selector, `the keyboard on ${selector}`)
  await page.press('Enter')
}

/** The frame of the drawing that is in front, as the driver has it: the page itself cannot look into it. */
async function front(page) {
  const frame = await page.raw.$('.frames .front')
  return frame.contentFrame()
}

/** What the drawing says. */
const shown = async (page) => (await front(page)).evaluate(() => document.body?.innerText ?? '').catch(() => '')

/** Waits until it says this. */
const seeShown = (page, text) => wait(async () => (await shown(page)).includes(text), `a drawing with “${text}”`, PATIENCE)

const named = (name) => (policy) => policy.replace(/^name = ".*"/m, `name = "${name}"`)

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the console beside its forms in ${name}`, () => {
    let program, browser, console
    before(async () => {
      program = await startProgram()
      program.publish(named('Hilltown Advocates'))
      program.publish(named('Lakeside Advocates'))
      browser = await launch()
      console = await administratorsConsole(program, browser)
    })
    after(async () => {
      await browser?.close()
      await program?.stop()
    })

    test('what was published before is listed, with who signed it', async () => {
      await toPart(console, 'past')
      await console.until(() => document.querySelectorAll('.versions li').length === 3)
      const listed = await console.evaluate(() => [...document.querySelectorAll('.versions li')].map((each) => each.textContent))
      assert.deepEqual(listed.map((each) => /Version (\d)/.exec(each)[1]), ['4', '3', '2'])
      for (const each of listed) assert.match(each, /Published by device [0-9a-f]{16}/)
      await assertAccessible(console, 'what was published before')
      await picture(console, `console-past-${name}`)
    })

    test('any two versions are compared, field by field', async () => {
      await choose(console, 'compare-older', '2')
      await choose(console, 'compare-newer', '4')
      await console.until(() => /Rivertown Advocates/.test(document.querySelector('.differences del')?.textContent))
      assert.match(await console.evaluate(() => document.querySelector('.differences ins').textContent), /Lakeside/)
      await choose(console, 'compare-newer', '2')
      await console.seeAnywhere('Both say the same.')
    })

    test('a version of before is the draft after one press, and nothing is published by that', async () => {
      await press(console, '.versions li:last-child button')
      await console.seeAnywhere('Version 2 is your draft now')
      await toPart(console, 'file')
      await console.until(() => document.getElementById('file-text')?.value.includes('name = "Rivertown Advocates"'))
      const visitor = await browser.newPage({ viewport: PHONE })
      await visitor.goto(program.visitor)
      await visitor.seeAnywhere('Lakeside Advocates')
      await visitor.close()
    })

    test('the survivor’s page of the draft stands beside it, and follows', async () => {
      await seeShown(console, 'Rivertown Advocates')
      await assertAccessible(console, 'the console with the survivor’s page in it')
      await picture(console, `console-preview-phone-${name}`)
      await choose(console, 'preview-screen', 'rights')
      await seeShown(console, 'Your rights, and what happens here')
      await choose(console, 'preview-width', 'desktop')
      await picture(console, `console-preview-desktop-${name}`)
      await choose(console, 'preview-screen', 'before')
      await seeShown(console, 'Chat with an advocate')
    })

    test('where one has scrolled to in it stays while it follows', async () => {
      await console.evaluate(() => { document.querySelector('.scroller').scrollTop = 120 })
      await goToPart(console, 'Your program')
      await write(console, 'Name of your program', 'Bridge Advocates')
      await seeShown(console, 'Bridge Advocates')
      assert.equal(await console.evaluate(() => document.querySelector('.scroller').scrollTop), 120)
    })

    test('and the whole of a first page is in it, so that what scrolls is around it', async () => {
      const frame = await front(console)
      const [long, high] = await frame.evaluate(() => [document.documentElement.scrollHeight, innerHeight])
      assert.ok(long <= high, `${long} in ${high}`)
    })

    test('what was changed and not published does not go without a question', async () => {
      await toPart(console, 'past')
      await press(console, '.versions li:last-child button')
      await console.seeAnywhere('Your draft has changes that are not published.')
      await assertAccessible(console, 'the question before a draft goes')
      await picture(console, `console-past-question-${name}`)
      await pressOn(console, 'button', 'Keep my draft', 'Enter')
      await seeShown(console, 'Bridge Advocates')
    })

    test('the whole as a file is there to be copied out, with what was typed', async () => {
      await toPart(console, 'file')
      await console.until(() => document.getElementById('file-text').value.includes('name = "Bridge Advocates"'))
      await console.click('button', 'Select all')
      const selected = () => document.activeElement.id === 'file-text' && document.activeElement.selectionEnd > 1_000
      await console.until(selected)
      await assertAccessible(console, 'the whole as a file')
      await picture(console, `console-file-${name}`)
    })

    test('whatever is written into the draft, the drawing can do nothing', async () => {
      await goToPart(console, 'Your program')
      await write(console, 'What this is and who answers', ATTACK)
      await seeShown(console, 'top.document.title')
      const frame = await front(console)
      const active = await frame.evaluate(() => ({
        scripts: document.scripts.length, images: document.images.length, links: document.links.length,
        leads: document.querySelectorAll('[href], [action], [src]').length,
      }))
      assert.deepEqual(active, { scripts: 0, images: 0, links: 0, leads: 0 })
      assert.notEqual(await console.title(), 'out')
    })

    test('and would do nothing if what makes the drawing let it through', async () => {
      const loaded = []
      console.raw.on('request', (request) => loaded.push(request.url()))
      // As if one of the console's own texts became a document: browsers that ask whose word it is refuse, the frame and
      // the rules of the console stop the rest.
      const refused = await console.evaluate((attack) => new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', '')
        frame.onload = () => resolve(false)
        try { frame.srcdoc = `<p>${attack}<link rel=stylesheet href=//example.org/x.css><meta http-equiv=refresh content="0;url=//example.org/">` } catch { return resolve(true) }
        document.body.append(frame)
      }), ATTACK)
      assert.ok(refused || name === 'Firefox')
      assert.notEqual(await console.title(), 'out')
      assert.deepEqual(loaded.filter((url) => !url.startsWith('about:')), [])
    })

    test('a version of before is published like any draft, and survivors see it', async () => {
      await toPart(console, 'past')
      await press(console, '.versions li:last-child button')
      const drawAtLast = await holdFrames(console)
      await pressOn(console, 'button', 'Make version 2 my draft', 'Enter')
      await console.until(() => {
        const publish = document.getElementById('publish')
        publish.focus()
        return publish.getAttribute('aria-disabled') === 'false' && document.getElementById('past-take') === null
      })
      await drawAtLast()
      assert.equal(await console.evaluate(() => document.activeElement.id), 'publish', 'whoever goes on at once stays where they went')
      await publishAll(console, 5)
      const visitor = await browser.newPage({ viewport: PHONE })
      await visitor.goto(program.visitor)
      await visitor.seeAnywhere('Rivertown Advocates')
      await visitor.close()
      await console.until(() => document.querySelectorAll('.versions li').length === 4)
    })

    test('what administrators did is shown in words, with the mark that the command line prints', async () => {
      await toPart(console, 'record')
      const { entries, number, mark } = program.record()
      await console.seeAnywhere(`${number} ${mark}`)
      await console.seeAnywhere('this device: version 5 of the policy was published.')
      assert.equal(await console.evaluate(() => document.querySelectorAll('.acts > li').length), entries.length)
      await assertAccessible(console, 'the record in the console')
      await picture(console, `console-record-${name}`)
    })

    test('on a phone each of it fits', async () => {
      await console.resize({ width: 320, height: 640 })
      for (const part of ['past', 'file', 'preview', 'record']) {
        if (part in PARTS) await toPart(console, part)
        await assertAccessible(console, `${part} on a phone`)
        await picture(console, `console-${part}-narrow-${name}`)
      }
    })

    test('nothing went wrong on the page', () => {
      assert.deepEqual(console.errors.filter((error) => !/Trusted|srcdoc|Content.Security/i.test(error)), [])
    })
  })
}
