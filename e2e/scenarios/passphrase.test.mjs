// Choosing a passphrase (features.md 5.1): how hard it is to guess is told by a library, in the program's words, while it
// is typed; what is guessed soon cannot be chosen. Without that library the length alone counts, and the page says so.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { picture } from '../lib/people.mjs'
import { makeKeys, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'

const WEAK = [
  ['Password12345', 'Many people use this one'],
  ['aaaaaaaaaaaaaaaa', 'The same again and again'],
  ['qwertyuiopasdf', 'Many people use this one'],
  ['stillroom2026', 'What this is for'],
]

const told = (page, words) => page.until((words) => document.querySelector('.field .strength').textContent.includes(words), words)

/**
 * The fields of a new member of staff, whose page takes no module that tells more than the length, or not before
 * `goOn`: `how`.
 */
async function joining(browser, program, { how, viewport = DESKTOP } = {}) {
  const invitation = await program.invite('Sam')
  invitation.certified.catch(() => {}) // most of them nobody takes
  const page = await browser.newPage({ viewport })
  let goOn
  if (how && page.raw.route) {
    const gone = new Promise((resolve) => { goOn = resolve })
    let own
    await page.raw.route('**/*.wasm', async (route) => {
      own ??= route.request().url()
      if (route.request().url() === own) return route.continue()
      if (how === 'lost') return route.abort()
      if (how === 'late') return gone.then(() => route.continue())
      const answer = await route.fetch()
      const body = await answer.body()
      body[body.length - 1] ^= 1
      return route.fulfill({ response: answer, body })
    })
  } else if (how) {
    goOn = () => page.evaluate(() => window.goOn())
    await page.raw.evaluateOnNewDocument((how) => {
      const real = window.fetch
      const gone = new Promise((resolve) => { window.goOn = resolve })
      let own
      window.fetch = async (address, ...more) => {
        own ??= address
        if (address === own) return real(address, ...more)
        if (how === 'lost') throw new TypeError('lost')
        if (how === 'late') return gone.then(() => real(address, ...more))
        const bytes = new Uint8Array(await (await real(address, ...more)).arrayBuffer())
        bytes[bytes.length - 1] ^= 1
        return new Response(bytes)
      }
    }, how)
  }
  await page.goto(invitation.link)
  await page.until(() => document.getElementById('passphrase') !== null)
  return { page, invitation, goOn }
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`choosing a passphrase in ${name}`, () => {
    let program, browser
    before(async () => {
      program = await startProgram()
      browser = await launch()
    })
    after(async () => {
      await browser?.close()
      await program?.stop()
    })

    test('what is guessed soon is told of in plain words, and cannot be chosen', async () => {
      const { page } = await joining(browser, program, { viewport: PHONE })
      await told(page, 'At least 12 characters.')
      await typePassphrase(page, 'too short')
      await told(page, 'Characters still needed: 3')
      for (const [passphrase, words] of WEAK) {
        await typePassphrase(page, passphrase)
        await told(page, words)
        await told(page, 'Add words that do not belong together')
        await typePassphrase(page, passphrase, 'passphrase-again')
        await page.click('button', 'Make my keys')
        await page.until(() => document.activeElement.id === 'passphrase')
      }
      await assertAccessible(page, 'a passphrase that is guessed soon')
      await picture(page, `passphrase-weak-${name}`)
      await page.close()
    })

    test('the program’s name is no help', async () => {
      const { page } = await joining(browser, program)
      const own = await page.evaluate(() => document.documentElement.dataset.name)
      await typePassphrase(page, `${own} ${own}`)
      await page.until(() => !/Strong|Good enough|in a moment/.test(document.querySelector('.field .strength').textContent))
      await told(page, 'Add words')
      await page.close()
    })

    test('four words that do not belong together are strong, and open the way in', async () => {
      const { page, invitation } = await joining(browser, program)
      await typePassphrase(page, PASSPHRASE)
      await told(page, 'Strong.')
      const slowest = await page.evaluate(async () => {
        const field = document.getElementById('passphrase')
        const times = []
        for (const text of ['4@8({[<3&'.repeat(8).slice(0, 64), 'lamp river sock tin', 'Password12345']) {
          field.value = text
          const before = performance.now()
          field.dispatchEvent(new InputEvent('input', { bubbles: true }))
          times.push(Math.round(performance.now() - before))
        }
        return times
      })
      console.log(`  ${name}: one look at a passphrase, the worst of 64 characters and two others: ${slowest.join(', ')} ms`)
      await typePassphrase(page, PASSPHRASE)
      await told(page, 'Strong.')
      await picture(page, `passphrase-strong-${name}`)
      await typePassphrase(page, PASSPHRASE, 'passphrase-again')
      await page.click('button', 'Make my keys')
      await invitation.certified
      await page.see('button', 'Go on duty')
      await page.close()
    })

    for (const [how, what] of [['lost', 'does not load'], ['changed', 'is not the one that the page names']]) {
      test(`where what tells it ${what}, the length counts, which is said, and keys are made all the same`, async () => {
        const { page, invitation } = await joining(browser, program, { how })
        await typePassphrase(page, 'Password12345')
        await told(page, 'could not be looked at')
        await assertAccessible(page, 'a passphrase that was not looked at')
        await typePassphrase(page, 'short')
        await told(page, 'Characters still needed: 7')
        await makeKeys(page)
        await invitation.certified
        await page.see('button', 'Go on duty')
        await page.close()
      })
    }

    test('whoever is faster than what tells it goes on all the same, also when it comes', async () => {
      const { page, invitation, goOn } = await joining(browser, program, { how: 'late' })
      await makeKeys(page)
      await page.see('heading', 'Waiting for your administrator')
      await goOn()
      await invitation.certified
      await page.see('button', 'Go on duty')
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    test('it is loaded where a passphrase is chosen, and nowhere else', async () => {
      const loads = (page) => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length)
      const page = await browser.newPage()
      await page.goto(program.desk)
      await page.seeAnywhere('This device is not enrolled')
      assert.equal(await loads(page), 1)
      await page.close()
    })
  })
}
