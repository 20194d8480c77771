// Optional questions before the line, and the survey after the end (features.md 2.3, 4.2): nobody has to answer,
// no is as easy as yes and as long on the line, and what is answered reaches the program's sums and nothing else.
// A recording server stands between the survivor's browser and the relay.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Needles } from '../forensics/search/needles.mjs'
import { launchChromium, launchFirefox, PATIENCE, PHONE } from '../lib/browsers.mjs'
import { HEADINGS, enterOn, meet, picture, survivorSays, toQuestions, toWaiting } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { startRecordedProgram } from '../lib/recording.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { wait } from '../lib/wait.mjs'

const OWN_WORDS = ['textbox', 'In your own words, if you want']
const WRITTEN = 'The kettlewhisper on the landing helped me.'

/** What pages sent of answers so far: the whole requests. */
const sent = (recording) => recording.posts.filter(({ path }) => path === '/a')
const sizes = (recording) => sent(recording).map(({ head, body }) => head.length + body.length)
const arrives = (recording, count) => wait(() => sent(recording).length === count, `${count} envelopes`, PATIENCE)

/** Two presses at one place, as quick as can be. A finger's are a tenth of a second apart by their own clock. */
const twicePressed = (name) => name === 'Firefox' ? {
  mouse: (page, x, y) => page.raw.mouse.click(x, y, { count: 2 }),
} : {
  mouse: (page, x, y) => page.raw.mouse.dblclick(x, y),
  finger: async (page, x, y) => {
    const tools = await page.context.newCDPSession(page.raw)
    const down = Date.now() / 1000
    await Promise.all([0, 0.1].flatMap((later) => [
      tools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }], timestamp: down + later }),
      tools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [], timestamp: down + later + 0.02 }),
    ]))
    await tools.detach()
  },
}

/** How many of these are on the page, in sight or not. */
const there = (page, selector) => page.evaluate((selector) => document.querySelectorAll(selector).length, selector)
const choose = (page, question, place) => page.evaluate(([question, place]) => {
  [...document.querySelectorAll('.asked:not([hidden] *)')][question].querySelectorAll('label:has([type=radio])')[place].click()
}, [question, place])
/** Of two buttons none is to look like the better one. */
async function assertAlike(page, ...selectors) {
  const [one, other] = await page.evaluate((selectors) => selectors.map((selector) => {
    const { className, offsetWidth, offsetHeight } = document.querySelector(selector)
    return [className, offsetWidth, offsetHeight, getComputedStyle(document.querySelector(selector)).fontSize]
  }), selectors)
  assert.deepEqual(one, other, `${selectors} look alike`)
}

async function open(browser, recording, hand) {
  const page = await browser.newPage({ viewport: PHONE, touch: hand === 'finger' })
  await page.goto(`${recording.origin}/`)
  await page.see('button', 'Start chat')
  return page
}

async function endAtDesk(page, desk) {
  await desk.click('button', 'End chat')
  await desk.click('button', 'End and erase')
  await page.see('heading', 'It has ended')
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`what is asked of a survivor in ${name}`, () => {
    let recording, program, staff, browser, desk, page
    before(async () => {
      ;({ recording, program } = await startRecordedProgram())
      staff = await launchChromium()
      browser = await launch()
      desk = await onDutyByInvitation(program, staff, 'Sam the advocate')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
      recording?.stop()
    })

    for (const [hand, twice] of Object.entries(twicePressed(name))) {
      test(`the second of two quick presses (${hand}) neither answers nor skips what comes up under it`, async () => {
        page = await open(browser, recording, hand)
        for (const [button, screen] of [['#start', 'safety'], ['#safety-form [type=submit]', 'rights'], ['#rights-form [type=submit]', 'questions']]) {
          await page.evaluate((button) => document.querySelector(button).scrollIntoView({ block: 'nearest' }), button)
          const { x, y } = await page.evaluate((button) => {
            const { left, top, width, height } = document.querySelector(button).getBoundingClientRect()
            return { x: left + width / 2, y: top + height / 2 }
          }, button)
          await twice(page, x, y)
          await page.until((screen) => document.documentElement.dataset.screen === screen, screen)
          assert.equal(await there(page, '.answers :checked'), 0, `nothing is chosen on ${screen}`)
        }
        await page.see('button', 'Skip all')
        await page.close()
      })
    }

    test('nothing has to be answered, and nothing is chosen beforehand', async () => {
      page = await open(browser, recording)
      await toQuestions(page)
      await page.until((heading) => document.activeElement.textContent === heading, HEADINGS.questions)
      await picture(page, `questions-phone-${name}`)
      for (const words of ['You get the same help if you skip it all', 'It helps us to show', 'Your answer is counted and not kept with your chat']) {
        await page.seeAnywhere(words)
      }
      assert.equal(await there(page, '#questions :checked'), 0)
      await assertAlike(page, '#skip-questions', '#questions-form [type=submit]')
      assert.equal(await page.evaluate(() => document.querySelector('#questions button').id), 'skip-questions', 'and comes first')
      await page.see('button', 'Leave this page')
    })

    test('an answer can be taken back, and does not come back with the page', async () => {
      await choose(page, 0, 1)
      await choose(page, 0, 5)
      assert.equal(await page.evaluate(() => document.querySelector('#questions :checked').parentElement.textContent), 'I would rather not say')
      await choose(page, 0, 1)
      await page.reload()
      await page.see('button', 'Start chat')
      assert.equal(await there(page, ':checked:not(option)'), 0)
      await page.goto(`${recording.origin}/`)
      await toQuestions(page)
      assert.equal(await there(page, '#questions :checked'), 0)
      assert.deepEqual(sent(recording), [])
    })

    test('a key on a choice sends nothing, and on the heading skips nothing that is answered', async () => {
      await choose(page, 0, 1)
      await page.evaluate(() => document.querySelector('#questions :checked').focus())
      await page.press('Enter')
      await page.evaluate(() => document.querySelector('#questions h1').focus())
      await page.press('Enter')
      await page.see('heading', HEADINGS.questions)
      assert.equal(await there(page, '#questions :checked'), 1)
      await page.goto(`${recording.origin}/`)
      await toQuestions(page)
    })

    test('one key skips all, and as much goes out as from whoever answers, once there is a chat and not before', async () => {
      await enterOn(page, HEADINGS.questions)
      await page.see('button', 'Stop waiting')
      await desk.until(() => document.querySelectorAll('[aria-label="Waiting"] li').length === 1)
      assert.deepEqual(sent(recording), [], 'nothing while they wait')
      await meet(page, desk)
      await arrives(recording, 1)
      await endAtDesk(page, desk)
      await page.close()
      page = await open(browser, recording)
      await toQuestions(page)
      await choose(page, 0, 1)
      await page.click('button', 'Continue')
      await page.see('button', 'Stop waiting')
      await desk.until(() => document.querySelectorAll('[aria-label="Waiting"] li').length === 1)
      assert.equal(sent(recording).length, 1, 'nothing while they wait')
      await meet(page, desk)
      await arrives(recording, 2)
      const [skipped, answered] = sizes(recording)
      assert.equal(skipped, answered)
      assert.equal(await there(page, '#questions'), 0, 'nothing of it is left on the page')
      for (const { head } of sent(recording)) assert.doesNotMatch(head, /^(cookie|referer|authorization):/im, head)
    })

    test('nothing more is asked before everything is erased', async () => {
      await survivorSays(page, 'a word of the chat')
      await desk.seeAnywhere('a word of the chat')
      assert.equal(await page.count('button', 'Answer the questions'), 0)
      await endAtDesk(page, desk)
      await page.see('button', 'Answer the questions')
      assert.ok(!(await page.evaluate(() => document.documentElement.textContent)).includes('a word of the chat'))
      await assertAlike(page, '#no-survey', '#to-survey')
      assert.equal(await page.evaluate(() => document.querySelector('#offer button').id), 'no-survey')
      await page.evaluate(() => document.getElementById('offer').scrollIntoView({ block: 'center' }))
      await picture(page, `survey-offer-phone-${name}`)
      assert.equal(sent(recording).length, 2)
    })

    test('what is written has a limit, which is said; it goes out once, and is gone from the page', async () => {
      await page.click('button', 'Answer the questions')
      await page.until(() => document.activeElement.textContent === 'How was it?')
      await assertAlike(page, '#skip-survey', '#survey-form [type=submit]')
      await picture(page, `survey-phone-${name}`)
      assert.equal(await there(page, '#survey :checked'), 0)
      await page.seeAnywhere('Most letters and spaces that fit: 500')
      await page.fill(...OWN_WORDS, 'x'.repeat(500))
      await page.seeAnywhere('There is no more room.')
      await page.fill(...OWN_WORDS, WRITTEN)
      await choose(page, 0, 0)
      await page.click('button', 'Send my answers')
      await page.seeAnywhere('Thank you. Your answers are gone from this page now.')
      await page.until(() => document.activeElement.textContent === 'It has ended')
      await arrives(recording, 3)
      for (const left of ['#survey', '#offer', 'textarea', '[type=radio]']) assert.equal(await there(page, left), 0, left)
      await picture(page, `survey-sent-phone-${name}`)
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    for (const [how, no] of Object.entries({
      'says no': async () => {
        await page.click('button', 'No, thank you')
        await page.seeAnywhere('That is fine.')
        assert.equal(await there(page, '#survey, #offer'), 0)
      },
      'closes the page': () => page.click('button', 'Close this page').catch(() => {}), // which may be gone at once
    })) {
      test(`whoever ${how} sends as much as whoever answers`, async () => {
        page = await open(browser, recording)
        await toWaiting(page)
        const before = sent(recording).length
        await meet(page, desk)
        await arrives(recording, before + 1)
        await endAtDesk(page, desk)
        await page.see('button', 'No, thank you')
        await no()
        await arrives(recording, before + 2)
        assert.equal(sizes(recording).at(-1), sizes(recording)[2])
        await page.close().catch(() => {})
      })
    }

    test('whoever only waited, and stopped, is not asked how it was, and has sent nothing', async () => {
      const before = sent(recording).length
      page = await open(browser, recording)
      await toWaiting(page)
      await desk.until(() => document.querySelector('[aria-label="Waiting"] li'))
      await page.click('button', 'Stop waiting')
      await page.see('heading', 'It has ended')
      assert.equal(await page.count('button', 'Answer the questions'), 0)
      assert.equal(await there(page, '#survey'), 0)
      assert.equal(sent(recording).length, before)
      await page.close()
    })
  })
}

test('the chat does not wait for answers that do not get through', async () => {
  const { recording, program } = await startRecordedProgram()
  const browser = await launchChromium()
  try {
    const desk = await onDutyByInvitation(program, browser, 'Sam')
    const page = await open(browser, recording)
    // Past the driver, which does not see a request that may outlive its page.
    await page.evaluate(() => {
      const real = fetch
      window.fetch = (url, ...more) => {
        if (!String(url).endsWith('/a')) return real(url, ...more)
        window.tried = (window.tried ?? 0) + 1
        return window.tried > 1 ? Promise.reject(new TypeError()) : new Promise(() => {})
      }
    })
    await toWaiting(page)
    await meet(page, desk)
    await page.until(() => window.tried === 1)
    await survivorSays(page, 'all the same')
    await desk.seeText('log', 'Conversation', 'all the same')
    await endAtDesk(page, desk)
    await page.click('button', 'Answer the questions')
    await page.click('button', 'Send my answers')
    await page.seeAnywhere('Thank you.')
    assert.equal(await page.evaluate(() => window.tried), 2, 'each is tried once')
    assert.deepEqual(page.errors, [])
  } finally {
    await browser.close()
    await program.stop()
    recording.stop()
  }
})

test('what was answered is in the program’s sums, what was skipped is in none, and no file has a word of it', async () => {
  const { recording, program } = await startRecordedProgram({ limits: 'answers_batch = 12' })
  const browser = await launchChromium()
  const scripted = []
  try {
    const desk = await onDutyByInvitation(program, browser, 'Sam')
    let arrived = 0
    for (const answers of [true, false]) {
      const page = await open(browser, recording)
      await toQuestions(page)
      if (answers) await choose(page, 0, 1)
      await page.click('button', answers ? 'Continue' : 'Skip all')
      await page.see('button', 'Stop waiting')
      await meet(page, desk)
      await arrives(recording, arrived + 1)
      await endAtDesk(page, desk)
      if (answers) {
        await page.click('button', 'Answer the questions')
        await choose(page, 0, 0)
        await page.fill(...OWN_WORDS, WRITTEN)
        await page.click('button', 'Send my answers')
      } else {
        await page.click('button', 'No, thank you')
      }
      await arrives(recording, arrived += 2)
      await page.close()
    }
    // Ten more who answer the same, since a smaller sum is not shown.
    const posted = (survivor, count) => wait(() => survivor.events.filter(({ event, taken }) => event === 'answers-posted' && taken).length === count, 'the relay to take answers', PATIENCE)
    for (let number = 0; number < 10; number++) {
      const survivor = await scriptedSurvivor(program.visitor, { language: 'en', answers: [2, 0] })
      scripted.push(survivor)
      await desk.until(() => document.querySelector('[aria-label="Waiting"] li') !== null)
      await desk.click('button', 'Take next')
      await posted(survivor, 1)
      survivor.tell({ do: 'end' })
      await survivor.event(({ phase }) => phase === 'ended')
      survivor.tell({ do: 'survey', items: [{ choice: 1 }] })
      await posted(survivor, 2)
    }
    const files = () => readdirSync(program.folder, { recursive: true }).map((path) => join(program.folder, path)).filter((path) => statSync(path).isFile())
    const holding = (word) => files().filter((path) => new Needles([word]).in(readFileSync(path)).size > 0)
    assert.ok(holding('Which age group are you in?').length > 0, 'what is public is found')
    assert.deepEqual(holding('kettlewhisper'), [])

    let taken = ''
    const both = 'questions before a chat 12, survey after a chat 12'
    await wait(() => (taken += program.takeAnswers()).includes(both), 'both batches', PATIENCE)
    assert.equal(taken.split(WRITTEN).length - 1, 1, 'what was written is shown, once')
    const report = program.report('Spring')
    const question = (ask) => report.slice(report.indexOf(`\n${ask}\n`)).split('\n\n')[0]
    assert.match(question('Which age group are you in?'), /18 to 24.* \(together\) +12$/, 'eleven, and the one who skipped is not alone')
    assert.match(question('Did this chat help you?'), /Yes.* \(together\) +12$/)
    assert.ok(!report.includes(WRITTEN))
    assert.deepEqual(holding('kettlewhisper'), [])
  } finally {
    for (const survivor of scripted) await survivor.stop()
    await browser.close()
    await program.stop()
    recording.stop()
  }
})
