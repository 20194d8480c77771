// The survivor's whole way, whatever it is gone with and whatever happens meanwhile: by fingers on a phone and
// by keys at a desk, in English and from right to left; the network gone in mid-chat; closing time in mid-chat.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { DESKTOP, launchChromium, launchFirefox, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { ORDINARY, startElsewhere } from '../lib/elsewhere.mjs'
import { startNetwork } from '../lib/network.mjs'
import { advocateSays, meet, onDuty, picture, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'
import { startDemo } from '../lib/stillroom.mjs'
import { actUntil, wait } from '../lib/wait.mjs'

/** Where survivors come from: the program's own website. */
const WEBSITE = 'https://program.example/'

/** Where a finger goes, and whether nothing lies over it there. */
const middleOf = (page, selector) => page.evaluate((selector) => {
  const one = document.querySelector(selector)
  const { left, top, width, height } = one.getBoundingClientRect()
  const [x, y] = [left + width / 2, top + height / 2]
  return { x, y, isOnTop: one.contains(document.elementFromPoint(x, y)) }
}, selector)

/** Fingers on a phone: no mouse, and no key but those that write. */
const fingers = {
  options: { viewport: PHONE, touch: true },
  async press(page, selector) {
    await page.evaluate((selector) => document.querySelector(selector).scrollIntoView({ block: 'nearest' }), selector)
    let middle
    await wait(async () => {
      const before = middle
      middle = await middleOf(page, selector)
      return middle.isOnTop && middle.x === before?.x && middle.y === before.y
    }, `${selector} to stand still where a finger reaches it`, PATIENCE)
    await page.evaluate(() => {
      window.pressed = false
      document.addEventListener('click', () => { window.pressed = true }, { capture: true, once: true })
    })
    const isPressed = () => page.evaluate(() => window.pressed !== false)
    await actUntil(() => page.raw.touchscreen.tap(middle.x, middle.y), isPressed, `${selector} to be pressed`, PATIENCE)
  },
  choose: (page) => fingers.press(page, 'label:has([value=not-sure])'),
  enter: (page) => fingers.press(page, '#message'),
  send: (page) => fingers.press(page, '#send'),
}

/** More steps than any screen has places to stop at. */
const STEPS_MAX = 40

/** Which way something lies from where the focus is; nothing where it is there already. */
const direction = (page, selector) => page.evaluate((selector) => {
  if (document.activeElement.matches(selector)) return null
  const position = document.activeElement.compareDocumentPosition(document.querySelector(selector))
  return document.activeElement !== document.body && position & Node.DOCUMENT_POSITION_PRECEDING ? 'Shift+Tab' : 'Tab'
}, selector)

/** Keys alone, from where the focus is. */
const keys = {
  options: { viewport: DESKTOP },
  async reach(page, selector) {
    for (let step = 0; step < STEPS_MAX; step++) {
      const way = await direction(page, selector)
      if (!way) return
      await page.press(way)
    }
    assert.fail(`${selector} is not reached by Tab`)
  },
  async press(page, selector) {
    await keys.reach(page, selector)
    await page.press('Enter')
  },
  async choose(page) {
    await keys.reach(page, '#safety [type=radio]')
    await page.press('ArrowDown')
    await page.press('ArrowDown')
  },
  enter: (page) => keys.reach(page, '#message'),
  send: (page) => page.press('Enter'),
}

const hands = { 'by fingers on a phone': fingers, 'by keys at a desk': keys }
const locales = { 'in English': [], 'from right to left': ['--pseudo-locale', 'ar-XB'] }

/** The page shows a screen, and whoever listens to it is at its heading. */
async function arrived(page, screen) {
  await page.until((screen) => document.documentElement.dataset.screen === screen
    && document.activeElement?.localName === 'h1' && document.activeElement.closest('section').id === screen, screen, `to be at “${screen}”`)
}

/** From the first screen to an ordinary site. The desk's words are turned around like the page's. */
async function wholeWay(page, desk, { press, choose, enter, send }) {
  const named = (word) => desk.raw.locator('button:visible').filter({ hasText: word }).first()
  await named('duty').click()
  await page.until(() => !document.getElementById('start').disabled && document.documentElement.dataset.open === 'yes')
  await press(page, '#start')
  await arrived(page, 'safety')
  await choose(page)
  await page.until(() => !document.getElementById('safer').hidden)
  await press(page, '#safety-form [type=submit]')
  await arrived(page, 'rights')
  await press(page, '#rights summary')
  await page.until(() => document.querySelector('#rights details').open)
  await press(page, '#rights-form [type=submit]')
  await arrived(page, 'questions')
  await press(page, '#skip-questions')
  await page.until(() => document.documentElement.dataset.screen === 'waiting')
  await desk.until(() => document.querySelector('[aria-label*="Waiting"] li'))
  await named('next').click()
  await page.until(() => document.documentElement.dataset.screen === 'chat')
  await enter(page)
  await page.raw.keyboard.type('said with this hand alone')
  await send(page)
  await desk.seeAnywhere('said with this hand alone')
  await desk.raw.locator('[id^=message-]').fill('heard')
  await desk.press('Enter')
  await page.seeAnywhere('heard')
  await press(page, '#end')
  await page.until(() => document.activeElement?.id === 'ending-heading')
  await press(page, '#end-now')
  await arrived(page, 'ended')
  await desk.until(() => !document.documentElement.textContent.includes('said with this hand alone'))
  await press(page, '#to-survey')
  await arrived(page, 'survey')
  await press(page, '#skip-survey')
  await arrived(page, 'ended')
  await press(page, '#close')
  await page.seeAnywhere(ORDINARY)
}

/** The numbers of what this mark stands before in a log, in the order in which they were said. */
async function numbers(page, mark) {
  const shown = [...(await page.text('log', 'Conversation')).matchAll(new RegExp(`${mark}(\\d)\\.`, 'g'))].map(([, number]) => Number(number))
  return shown[0] > shown.at(-1) ? shown.reverse() : shown
}

describe('the whole way', { concurrency: true }, () => {
  let elsewhere, staff
  before(async () => {
    elsewhere = await startElsewhere()
    staff = await launchChromium()
  })
  after(async () => {
    await staff?.close()
    elsewhere?.close()
  })

  for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
    describe(`in ${name}`, { concurrency: 1 }, () => {
      let network, browser
      before(async () => {
        network = await startNetwork(elsewhere.port)
        browser = await launch({ network })
      })
      after(async () => {
        await browser?.close()
        network?.close()
      })

      for (const [how, hand] of Object.entries(hands)) {
        for (const [language, options] of Object.entries(locales)) {
          test(`${how}, ${language}`, async () => {
            const program = await startDemo(...options)
            try {
              const desk = await staff.newPage()
              await desk.goto(program.desk)
              const page = await browser.newPage(hand.options)
              // From somewhere: a page that a window was opened for would be closed at the end.
              await page.goto(WEBSITE)
              await page.goto(program.visitor)
              await wholeWay(page, desk, hand)
              await page.close()
              await desk.close()
            } finally {
              await program.stop()
            }
          })
        }
      }

      test('the network goes in mid-chat: it is said in words, and what is written meanwhile arrives once, in order', async () => {
        const program = await startDemo()
        try {
          const desk = await onDuty(staff, program.desk)
          const page = await startChat(browser, program.visitor, { viewport: PHONE })
          await meet(page, desk)
          await survivorSays(page, 'S0.')
          await desk.seeText('log', 'Conversation', 'S0.')
          network.offline(true)
          await page.seeAnywhere('There is no connection at the moment.')
          await desk.seeAnywhere('They have not left')
          for (let number = 1; number < 5; number++) {
            await survivorSays(page, `S${number}.`)
            await advocateSays(desk, `A${number}.`)
          }
          await page.seeText('log', 'Conversation', 'S4.')
          await picture(page, `line-down-phone-${name}`)
          assert.ok(!(await desk.text('log', 'Conversation')).includes('S1.'), 'it was gone')
          network.offline(false)
          await page.until(() => document.getElementById('line').dataset.line === 'up')
          await desk.seeText('log', 'Conversation', 'S4.')
          await page.seeText('log', 'Conversation', 'A4.')
          assert.deepEqual(await numbers(desk, 'S'), [0, 1, 2, 3, 4])
          assert.deepEqual(await numbers(page, 'S'), [0, 1, 2, 3, 4])
          assert.deepEqual(await numbers(page, 'A'), [1, 2, 3, 4])
          assert.ok(!(await page.evaluate(() => document.body.innerText)).includes('There is no connection'))
          await page.close()
          await desk.close()
        } finally {
          network.offline(false)
          await program.stop()
        }
      })
    })
  }

  test('closing time comes in mid-chat: the chat goes on, and whoever waits is told', async () => {
    const program = await startProgram()
    try {
      const desk = await onDutyByInvitation(program, staff, 'Sam')
      const talking = await startChat(staff, program.visitor)
      await meet(talking, desk)
      await survivorSays(talking, 'while it was open')
      await desk.seeText('log', 'Conversation', 'while it was open')
      const waiting = await startChat(staff, program.visitor)
      await waiting.seeAnywhere('You are next.')
      const until = nextMinute()
      await program.publish((policy) => closesAt(policy, until))
      await wait(async () => await waiting.count('heading', 'Chat has closed') > 0, 'the closing hour', until - Date.now() + PATIENCE)
      assert.ok(Date.now() >= until, 'not before it is time')
      for (const way of ['+1 555 010 0100', '911']) await waiting.seeAnywhere(way)
      await survivorSays(talking, 'and now that it is closed')
      await desk.seeText('log', 'Conversation', 'and now that it is closed')
      await advocateSays(desk, 'We go on.')
      await talking.seeText('log', 'Conversation', 'We go on.')
      await waiting.goto(program.visitor)
      await waiting.seeAnywhere('Chat is closed now')
      assert.equal(await waiting.count('button', 'Start chat'), 0)
      for (const page of [talking, waiting, desk]) await page.close()
    } finally {
      await program.stop()
    }
  })
})

const MINUTE = 60_000

/** A full minute that is still to come when the policy that says it has been published: hours have no seconds. */
const nextMinute = () => Math.ceil((Date.now() + MINUTE / 6) / MINUTE) * MINUTE

/** The policy of a program that opened two hours before this time, and closes at it. */
function closesAt(policy, until) {
  const clock = (time) => new Date(time).toISOString().slice(11, 16)
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  const hours = `[[hours.open]]\ndays = ${JSON.stringify(days)}\nfrom = "${clock(until - 120 * MINUTE)}"\nuntil = "${clock(until).replace('00:00', '24:00')}"\n`
  return policy
    .replace('always_open = true\n', '')
    .replace(/^time_zone = ".*"$/m, 'time_zone = "Etc/UTC"')
    .replace(/(\[hours\]\n(?:\S.*\n)+)/, `$1\n${hours}`)
}
