// Help in writing on the desk (features.md 3.2, 3.10, 3.11), named after the headings of the guidance. The page is
// driven as an advocate drives it: by keys, and by what is read on it.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox } from '../lib/browsers.mjs'
import { advocateSays, answered, goOnDuty, onDuty, picture } from '../lib/people.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { startDemo } from '../lib/stillroom.mjs'

/** What is left of a screen of 1280 by 800 at 400 %. */
const ZOOMED = { width: 320, height: 200 }

const waits = () => document.querySelector('[aria-label="Waiting"] li') !== null
const BOX = ['textbox', 'Message']

/** Types on the keyboard, as a person does. */
const type = (page, keys) => page.raw.keyboard.type(keys)
const box = (page) => page.evaluate(() => document.querySelector('[id^=message-]').value)
const chosen = (page) => page.evaluate(() => {
  const { value, selectionStart, selectionEnd } = document.querySelector('[id^=message-]')
  return value.slice(selectionStart, selectionEnd)
})
const hints = (page) => page.evaluate(() => [...document.querySelectorAll('.hint-line p')].map((one) => one.textContent))
const boxTop = (page) => page.evaluate(() => document.querySelector('[id^=message-]').getBoundingClientRect().top)

/** Waits for a hint that says this. */
const seeHint = (page, words) => page.until((words) =>
  [...document.querySelectorAll('.hint-line p')].some((one) => one.textContent.replaceAll(/[\u2068\u2069]/g, '').includes(words)),
words, `a hint with “${words}”`)

/** A desk on duty in a chat with a survivor who said this beforehand. */
async function inChat(browser, program, said = {}, options = { viewport: DESKTOP }) {
  const desk = await onDuty(browser, program.desk, options)
  await desk.until(() => document.querySelector('[data-duty=on]') !== null)
  const survivor = await scriptedSurvivor(program.visitor, said)
  try {
    await desk.until(waits)
    await desk.click('button', 'Take next')
    await survivor.event((event) => event.event === 'return-words')
    await desk.see(...BOX)
  } catch (error) {
    await survivor.stop()
    throw error
  }
  return { desk, survivor }
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`help in writing, in ${name}`, () => {
    let program, browser, desk, survivor
    before(async () => {
      program = await startDemo()
      browser = await launch()
      ;({ desk, survivor } = await inChat(browser, program, { safety: 'not-sure' }))
    })
    after(async () => {
      await survivor?.stop()
      await browser?.close()
      await program?.stop()
    })
    beforeEach(async () => {
      await desk.fill(...BOX, '')
      await desk.focus(...BOX)
    })

    test('Provide quality chat services: slang, acronyms, emojis and capitals are remarked upon before they are sent', async () => {
      const top = await boxTop(desk)
      await type(desk, 'brb, I ask about the TRO and DO NOT GO there :) ')
      for (const words of ['“brb” is slang', '“TRO” is short for “temporary restraining order”', ':) is seen in different ways']) {
        await seeHint(desk, words)
      }
      await picture(desk, `helping-hints-${name}`)
      await assertAccessible(desk, 'desk with hints')
      assert.equal(await boxTop(desk), top, 'the box stays under the hand that types')
      assert.match(await desk.evaluate(() => document.querySelector('.hints [role=status]').textContent), /an emoji/)
      await desk.press('Enter')
      const { text } = await survivor.event((event) => event.event === 'message' && event.text.includes('brb'))
      assert.ok(text.includes('TRO'), 'hints stand in the way of nothing')
      await desk.until(() => !document.querySelector('.hint-line'))
    })

    test('Best practices for data security: personal details of anybody are remarked upon, and put away by a press', async () => {
      await type(desk, 'Call Xandra Quill, 555 010 0177, at 12 Mill Street. Her e-mail is xq@example.org, born 3/12/1990 ')
      for (const words of ['“Xandra Quill” could be', '“555 010 0177” looks like', 'e-mail address']) await seeHint(desk, words)
      assert.equal((await hints(desk)).length, 3, 'no more at once than are read')
      await desk.raw.click('.hint-line button')
      await desk.until(() => ![...document.querySelectorAll('.hint-line p')].some((one) => one.textContent.includes('Xandra')))
      await seeHint(desk, '“12 Mill Street” looks like a street')
      await desk.fill(...BOX, 'I will tell Xandra Quill ')
      await desk.until(() => document.querySelector('[id^=message-]').value.includes('tell'))
      assert.deepEqual((await hints(desk)).filter((hint) => hint.includes('Xandra')), [], 'put away for this chat')
    })

    test('Best practices for data security: the word that is being written is told after a pause, and its kind once', async () => {
      await desk.evaluate(() => {
        const status = document.querySelector('.hints [role=status]')
        window.told = []
        new MutationObserver(() => { if (status.textContent) window.told.push(status.textContent) })
          .observe(status, { childList: true, characterData: true, subtree: true })
      })
      await type(desk, 'It is 555 010 0144')
      await seeHint(desk, '“555 010 0144” looks like a telephone number')
      await type(desk, ' or 555 010 0145, and 555 010 0146 ')
      await desk.until(() => document.querySelector('[id^=message-]').value.endsWith('0146 '))
      assert.deepEqual(await desk.evaluate(() => window.told), ['Before you send, look again at: a telephone number'])
    })

    test('Find out how messages in other characters are handled: they are left whole, and in peace', async () => {
      await type(desk, 'لا تقلق. हम यहाँ हैं। 我在这里。 e\u0301 ')
      await desk.until(() => document.querySelector('[id^=message-]').value.endsWith('e\u0301 '))
      assert.deepEqual(await hints(desk), [])
    })

    test('prepared messages that are asked for again at once after Escape are open', async () => {
      await desk.press('Alt+m')
      await desk.see('heading', 'Prepared messages for Chat 1')
      const isOpen = await desk.evaluate(async () => {
        const dialogue = document.querySelector('dialog.prepared')
        const told = new Promise((resolve) => dialogue.addEventListener('close', resolve, { once: true }))
        // What Escape does, and a key before the browser tells of it.
        dialogue.close()
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'm', code: 'KeyM', altKey: true, bubbles: true }))
        await told
        await new Promise(requestAnimationFrame)
        return dialogue.open
      })
      assert.equal(isOpen, true)
      await desk.see('heading', 'Prepared messages for Chat 1')
      await desk.press('Escape')
      await desk.seeNone('heading', 'Prepared messages for Chat 1')
    })

    test('Inform survivors of their rights: a prepared message is found by words, filled by Tab, and sent by hand', async () => {
      await desk.press('Alt+m')
      await desk.see('heading', 'Prepared messages for Chat 1')
      await desk.until(() => document.activeElement.id === 'prepared-search')
      await assertAccessible(desk, 'prepared messages')
      await picture(desk, `helping-prepared-${name}`)
      await type(desk, 'place time')
      await desk.until(() => document.querySelectorAll('[role=option]').length === 1)
      await desk.press('Enter')
      await desk.seeNone('heading', 'Prepared messages for Chat 1')
      await desk.until(() => document.activeElement.id === 'message-1')
      assert.equal(await chosen(desk), '{name of place}')
      await desk.seeText('region', 'Chat 1', 'Fill in before you send: name of place')
      await desk.press('Enter')
      await desk.seeText('region', 'Chat 1', 'This was not sent. First fill in: name of place')
      assert.ok((await box(desk)).includes('{name of place}'))
      for (const [value, next] of [['the library', '{day}'], ['Monday', '{time}'], ['9', '{whom to ask for}']]) {
        await type(desk, value)
        await desk.press('Tab')
        assert.equal(await chosen(desk), next)
      }
      await type(desk, 'the front desk')
      await picture(desk, `helping-filled-${name}`)
      await desk.press('Enter')
      const { text } = await survivor.event((event) => event.event === 'message' && event.text.includes('the library'))
      assert.match(text, /^You can go to the library on Monday at 9\. Ask for the front desk\./)
      assert.equal(await box(desk), '')
      // No trap: with nothing left to fill, Tab leads on.
      await desk.press('Tab')
      await desk.until(() => document.activeElement.id !== 'message-1')
    })

    test('Canned messages: arrows choose, Escape closes, and nothing was changed', async () => {
      await desk.click('button', 'Prepared messages')
      await desk.until(() => document.activeElement.id === 'prepared-search')
      const active = () => desk.evaluate(() => document.querySelector('[aria-selected=true]').id)
      const first = await active()
      await desk.press('ArrowDown')
      assert.notEqual(await active(), first)
      await desk.press('ArrowUp')
      await desk.press('ArrowUp')
      assert.equal(await active(), await desk.evaluate(() => [...document.querySelectorAll('[role=option]')].at(-1).id))
      await type(desk, 'zzz')
      await desk.seeAnywhere('No message has these words.')
      await desk.press('Escape')
      await desk.seeNone('heading', 'Prepared messages for Chat 1')
      assert.equal(await box(desk), '')
    })

    test('Braces that an advocate types are sent as they are', async () => {
      await advocateSays(desk, 'Write {like this} please.')
      await survivor.event((event) => event.event === 'message' && event.text === 'Write {like this} please.')
    })

    test('Plan ahead: the guides are at hand beside the chat, and the reminder of limits is sent by one press', async () => {
      await desk.press('Alt+g')
      await desk.see('heading', 'Guides')
      await desk.seeAnywhere('share nothing about anybody else')
      for (const title of ['Thoughts of suicide', 'In danger now', 'Somebody under 18', 'A prank', 'Perhaps the abusive person']) {
        await desk.seeAnywhere(title)
      }
      await assertAccessible(desk, 'guides')
      await desk.evaluate(() => [...document.querySelectorAll('.guide summary')]
        .find((one) => one.textContent.includes('must be reported')).focus())
      await desk.press('Enter')
      await desk.see('button', 'Send it now in Chat 1')
      await assertAccessible(desk, 'a guide')
      await picture(desk, `helping-guides-${name}`)
      await desk.click('button', 'Send it now in Chat 1')
      await survivor.event((event) => event.event === 'message' && event.text.startsWith('May I stop you for a moment?'))
      await desk.seeAnywhere('It was sent in Chat 1.')
      await desk.press('Escape')
      await desk.seeNone('heading', 'Guides')
      await desk.until(() => document.activeElement.id === 'message-1')
    })

    test('Initiate conversations about rights and safety: the checklist fills itself where something is known', async () => {
      await desk.press('Alt+c')
      await desk.until(() => document.querySelector('.checklist').open)
      await desk.seeAnywhere('Checklist: 3 of 6')
      await desk.seeText('region', 'Chat 1', 'They answered before the chat.')
      await desk.seeText('region', 'Chat 1', 'The program said it at the start.')
      await assertAccessible(desk, 'the checklist')
      await picture(desk, `helping-checklist-${name}`)
      const onOpenItem = () => desk.evaluate(() => document.activeElement.type === 'checkbox' && !document.activeElement.checked)
      for (let step = 0; step < 8 && !await onOpenItem(); step++) await desk.press('Tab')
      assert.ok(await onOpenItem(), 'what is open on the checklist is reached by Tab')
      await desk.press(' ')
      await desk.seeAnywhere('Checklist: 4 of 6')
      await desk.click('checkbox', 'Told which chat this is, and who runs it')
      await desk.seeAnywhere('Checklist: 3 of 6')
      await desk.press('Alt+c')
    })

    test('Every field is in a form of which the browser tells nobody', async () => {
      const described = () => desk.evaluate(() => [...document.querySelectorAll('#desk :is(input, textarea, select)')]
        .filter((field) => field.form?.getAttribute('action') !== '/search').map(({ id, type }) => id || type))
      await desk.press('Alt+m')
      await desk.until(() => document.activeElement.id === 'prepared-search')
      assert.deepEqual(await described(), [])
      await desk.press('Escape')
      assert.deepEqual(desk.errors, [])
    })

    test('at 400 % the box stays, and each part has the screen to itself', async () => {
      await desk.resize(ZOOMED)
      await desk.focus(...BOX)
      const top = await desk.evaluate(() => document.querySelector('[id^=message-]').getBoundingClientRect().top + scrollY)
      await type(desk, 'brb ')
      await seeHint(desk, '“brb” is slang')
      assert.equal(await desk.evaluate(() => document.querySelector('[id^=message-]').getBoundingClientRect().top + scrollY), top)
      await assertAccessible(desk, 'hints at 400 %')
      await picture(desk, `helping-hints-zoomed-${name}`)
      await desk.press('Alt+m')
      await desk.until(() => document.activeElement.id === 'prepared-search')
      await assertAccessible(desk, 'prepared messages at 400 %')
      await picture(desk, `helping-prepared-zoomed-${name}`)
      await desk.press('Escape')
      await desk.press('Alt+g')
      await desk.see('heading', 'Guides')
      await assertAccessible(desk, 'guides at 400 %')
      await picture(desk, `helping-guides-zoomed-${name}`)
      await desk.press('Alt+g')
      await desk.seeNone('heading', 'Guides')
      await desk.resize(DESKTOP)
    })

    test('nothing of it is left when the chat ends', async () => {
      await type(desk, 'Tell Xandra Other ')
      await seeHint(desk, 'Xandra Other')
      await desk.click('button', 'End chat')
      await desk.click('button', 'End and erase')
      await desk.seeAnywhere('You ended this chat.')
      assert.ok(!(await desk.evaluate(() => document.documentElement.textContent)).includes('Xandra'))
    })
  })
}

// The desk's clock is the test's, and goes on in steps that a ping and its answer fit between.
describe('check in with the survivor about meaning, tone, and emotion', () => {
  let program, browser, desk, survivor
  before(async () => {
    program = await startDemo()
    browser = await launchChromium()
  })
  after(async () => {
    await survivor?.stop()
    await browser?.close()
    await program?.stop()
  })

  /** While minutes pass somebody is at the desk, which would lock itself otherwise. */
  async function pass(minutes) {
    for (let passed = 0; passed < minutes * 60; passed += 5) {
      await desk.press('Shift')
      await desk.raw.clock.runFor(5_000)
      await answered(desk, program)
    }
  }

  test('is reminded of when it has been long, written by hand, and put away', async () => {
    desk = await browser.newPage({ viewport: DESKTOP })
    await desk.raw.clock.install()
    await desk.goto(program.desk)
    await desk.raw.clock.runFor(1_000)
    await goOnDuty(desk)
    survivor = await scriptedSurvivor(program.visitor)
    await desk.until(waits)
    await desk.click('button', 'Take next')
    await survivor.event((event) => event.event === 'return-words')
    survivor.tell({ do: 'write', text: 'I do not know what to do.' })
    await desk.seeText('log', 'Conversation', 'I do not know what to do.')
    await pass(14)
    assert.equal(await desk.count('button', 'Write a check-in'), 0)
    await pass(2)
    await desk.see('button', 'Write a check-in')
    await assertAccessible(desk, 'the reminder to check in')
    await picture(desk, 'helping-check-in')
    await desk.click('button', 'Write a check-in')
    await desk.seeNone('button', 'Write a check-in')
    assert.match(await box(desk), /^I want to be sure that I understand you well\./)
    await desk.until(() => document.activeElement.id === 'message-1')
    assert.deepEqual(desk.errors, [])
  })
})
