// The survivor's whole way in WebKit, the engine of every browser on an iPhone, with the desk in Chromium.
// What only an iPhone itself can show is in docs/iphone-checklist.md.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, PHONE } from '../lib/browsers.mjs'
import { ORDINARY } from '../lib/elsewhere.mjs'
import { enterOn, advocateSays, HEADINGS, meet, onDuty, picture, survivorSays, toWaiting, WORDS } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'
import { launchWebKit } from '../lib/webkit.mjs'

/** What Safari on an iPhone says that it is. */
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) '
  + 'Version/18.5 Mobile/15E148 Safari/604.1'

/** Where survivors come from: the program's own website. */
const WEBSITE = 'https://program.example/'

const WRITTEN = 'nobody else may have this'

const shows = (page) => page.evaluate(() => document.documentElement?.innerText ?? '')

/** What a screen must be on a phone: no wider than it, with the way out in sight and nothing over it. */
async function assertFits(page, screen) {
  const { wide, over, top } = await page.evaluate(() => {
    const { left, top, width, height } = document.getElementById('leave').getBoundingClientRect()
    return {
      wide: document.documentElement.scrollWidth,
      over: document.elementFromPoint(left + width / 2, top + height / 2)?.id,
      top,
    }
  })
  assert.deepEqual({ wide, over }, { wide: PHONE.width, over: 'leave' }, screen)
  assert.ok(top >= 0 && top < 60, `${screen}: the way out is at ${top}`)
}

/** A screen as the survivor comes to it: its heading has the focus. */
async function screen(page, name, heading) {
  await page.until((heading) => document.activeElement?.textContent === heading, heading)
  await assertFits(page, name)
  await picture(page, `webkit-${name}`)
}

/** Nothing of a conversation can be marked, and nothing written gets into the clipboard. */
async function assertNothingCopied(page) {
  await page.focus('log', 'Conversation')
  await page.press('Control+a')
  const selected = await page.evaluate(() => String(getSelection()))
  for (const words of WORDS) assert.ok(!selected.includes(words), selected)
  const box = () => page.evaluate(() => document.getElementById('message').value)
  await page.fill('textbox', 'Your message', WRITTEN)
  for (const keys of ['Control+c', 'Control+x']) {
    await page.press('Control+a')
    await page.press(keys)
    assert.equal(await box(), WRITTEN, keys)
  }
  await page.fill('textbox', 'Your message', '')
  await page.focus('textbox', 'Your message')
  await page.press('Control+v')
  assert.equal(await box(), '', 'there was nothing to paste')
}

describe('in WebKit', () => {
  let program, chromium, webkit, desk
  before(async () => {
    program = await startDemo()
    chromium = await launchChromium()
    webkit = await launchWebKit()
    desk = await onDuty(chromium, program.desk)
  })
  after(async () => {
    await webkit?.close()
    await chromium?.close()
    await program?.stop()
  })

  test('the whole way on a phone, in many scripts, ended by the advocate', async () => {
    const page = await webkit.newPage({ viewport: PHONE, agent: IPHONE })
    await page.goto(program.visitor)
    await page.until(() => !document.getElementById('start').disabled)
    await assertFits(page, 'before')
    await picture(page, 'webkit-before')
    const advised = () => [...document.querySelectorAll('[data-for]')].filter((one) => !one.hidden).map((one) => one.dataset.for)
    assert.deepEqual(await page.evaluate(advised), ['safari-phone'])
    const sizes = () => [...document.querySelectorAll('textarea, input[type=text]')].map((one) => parseFloat(getComputedStyle(one).fontSize))
    for (const size of await page.evaluate(sizes)) assert.ok(size >= 16, `an iPhone zooms into a field of ${size} px`)
    const entries = await page.evaluate(() => history.length)

    await page.click('button', 'Start chat')
    await screen(page, 'safety', HEADINGS.safety)
    await page.click('radio', 'I am not sure')
    await page.see('heading', 'Ways that may be safer')
    await page.click('button', 'Continue')
    await screen(page, 'rights', HEADINGS.rights)
    await page.click('button', 'Continue')
    await screen(page, 'questions', HEADINGS.questions)
    await page.click('radio', '18 to 24')
    await page.click('button', 'Continue')
    await screen(page, 'waiting', HEADINGS.waiting)
    await meet(page, desk)
    await page.seeAnywhere('is here.')
    for (const words of WORDS) {
      await survivorSays(page, words)
      await desk.seeText('log', 'Conversation', words)
      await advocateSays(desk, `${words} Yes.`)
      await page.seeText('log', 'Conversation', `${words} Yes.`)
    }
    const direction = (words) => page.evaluate((words) => getComputedStyle([...document.querySelectorAll('#log .words')]
      .find((one) => one.textContent === words)).direction, words)
    assert.deepEqual(await Promise.all([WORDS[1], WORDS[2]].map(direction)), ['rtl', 'ltr'])
    await assertFits(page, 'chat')
    await picture(page, 'webkit-chat')
    await assertNothingCopied(page)
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length + sessionStorage.length), '00')
    assert.deepEqual([...page.network.hosts], ['localhost'], 'nobody else was asked for anything')

    await desk.click('button', 'End chat')
    await desk.click('button', 'End and erase')
    await screen(page, 'ended', 'It has ended')
    await page.click('button', 'Answer the questions')
    await screen(page, 'survey', 'How was it?')
    await page.click('button', 'No, thank you')
    await page.seeAnywhere('That is fine.')
    for (const one of [page, desk]) await one.until((words) => !document.documentElement.textContent.includes(words), WORDS[0])
    assert.equal(await page.evaluate(() => history.length), entries)
    await page.close()
  })

  test('in the dark and by Enter alone; what is written while waiting and while the line is gone arrives; ended by the survivor', async () => {
    const page = await webkit.newPage({ viewport: PHONE, dark: true })
    await page.goto(WEBSITE)
    await page.goto(program.visitor)
    assert.equal(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), true)
    await page.focus('button', 'Start chat')
    await page.press('Enter')
    await screen(page, 'safety-dark', HEADINGS.safety)
    for (const heading of [HEADINGS.safety, HEADINGS.rights, HEADINGS.questions]) await enterOn(page, heading)
    await page.see('button', 'Stop waiting')
    await survivorSays(page, 'is anybody there')
    await meet(page, desk)
    await desk.seeText('log', 'Conversation', 'is anybody there')
    await page.offline(true)
    await page.until(() => document.getElementById('line').dataset.line === 'down')
    await survivorSays(page, 'while it was gone')
    await advocateSays(desk, 'and on this side')
    await assertFits(page, 'line-down')
    await picture(page, 'webkit-line-down')
    await page.offline(false)
    await desk.seeText('log', 'Conversation', 'while it was gone')
    await page.seeText('log', 'Conversation', 'and on this side')
    for (const [one, words] of [[desk, 'while it was gone'], [page, 'and on this side']]) {
      assert.equal((await one.text('log', 'Conversation')).split(words).length, 2, 'once')
    }

    await page.click('button', 'End chat')
    await page.click('button', 'End and erase')
    await page.see('heading', 'It has ended')
    await desk.until(() => !document.documentElement.textContent.includes('while it was gone'))
    await page.click('button', 'Close this page')
    await page.seeAnywhere(ORDINARY)
    await page.back()
    assert.equal(await page.url(), WEBSITE)
    await page.close()
  })

  describe('of a chat that is left', () => {
    let page
    before(async () => { page = await webkit.newPage({ viewport: PHONE, agent: IPHONE }) })
    after(() => page?.close())

    /** Comes from the program's website, and has said something in a chat. */
    async function chat() {
      await page.goto(WEBSITE)
      await page.goto(program.visitor)
      await toWaiting(page)
      await meet(page, desk)
      await survivorSays(page, WRITTEN)
      await page.seeAnywhere('Received')
    }

    const ways = {
      'the button': () => page.click('button', 'Leave this page'),
      'Shift three times': async () => { for (let time = 0; time < 3; time++) await page.press('Shift') },
    }
    for (const [way, leave] of Object.entries(ways)) {
      test(`${way} empties the page; neither Back nor Forward leads to it again`, async () => {
        await chat()
        await leave()
        await page.seeAnywhere(ORDINARY)
        const left = await page.url()
        assert.notEqual(new URL(left).origin, new URL(program.visitor).origin)
        await desk.seeAnywhere('The survivor has left')
        await desk.until((words) => !document.documentElement.textContent.includes(words), WRITTEN)
        await page.back()
        assert.equal(await page.url(), WEBSITE)
        await page.forward()
        assert.equal(await page.url(), left)
      })
    }

    test('nothing is there when Back is pressed after another address was opened, and three words lead to the advocate again', async () => {
      await chat()
      const words = await page.evaluate(() => document.querySelector('#return strong').textContent)
      await page.fill('textbox', 'Your message', WRITTEN)
      await page.goto('https://elsewhere.example/')
      await page.back()
      const shown = await shows(page)
      for (const part of [WRITTEN, words, 'Sam', 'Conversation', 'End chat']) assert.ok(!shown.includes(part), shown)
      assert.equal(await page.evaluate(() => document.getElementById('message').value), '')
      await desk.seeAnywhere('They have not left')
      await page.evaluate(() => document.querySelector('#lost summary').click())
      await page.fill('textbox', 'The three words from your chat', words)
      await page.click('button', 'Go back to my advocate')
      await page.see('heading', HEADINGS.waiting)
      await meet(page, desk)
      await page.seeAnywhere('is here.')
      assert.ok(!(await shows(page)).includes(WRITTEN))
    })

    test('a page that comes back from the cache stays blank', async () => {
      await page.goto(program.visitor)
      await toWaiting(page)
      await survivorSays(page, WRITTEN)
      await page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) })
      assert.equal(await page.evaluate(() => document.documentElement), null)
    })
  })

  test('where Tab passes links by, as in Safari, it comes to the way out first, and Space presses it', async () => {
    const page = await webkit.newPage({ tabsToLinks: false })
    await page.goto(program.visitor)
    await page.see('button', 'Leave this page')
    await page.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'leave')
    await page.press(' ')
    await page.seeAnywhere(ORDINARY)
    await page.close()
  })

  /** What is there whatever fails. */
  async function assertOfUse(page) {
    const shown = await shows(page)
    for (const part of ['Rivertown Advocates', 'Every day', '911', '+1 555 010 0100']) assert.ok(shown.includes(part), `“${part}” in ${shown}`)
    assert.equal(await page.count('button', 'Start chat'), 0)
    await assertFits(page, 'without')
  }

  test('without scripts the page is of use, and the way out is a link', async () => {
    const page = await webkit.newPage({ viewport: PHONE, scripts: false })
    await page.goto(program.visitor)
    await page.seeAnywhere('Chat needs JavaScript')
    await assertOfUse(page)
    await picture(page, 'webkit-without-scripts')
    await page.click('button', 'Leave this page')
    await page.seeAnywhere(ORDINARY)
    await page.close()
  })

  test('without WebAssembly, as in Lockdown Mode, the page says so, and Shift three times leaves', async () => {
    const page = await webkit.newPage({ viewport: PHONE, webAssembly: false })
    await page.goto(program.visitor)
    await page.seeAnywhere('refuses a part that chat needs')
    await assertOfUse(page)
    await picture(page, 'webkit-without-webassembly')
    for (let time = 0; time < 3; time++) await page.press('Shift')
    await page.seeAnywhere(ORDINARY)
    await page.close()
  })
})
