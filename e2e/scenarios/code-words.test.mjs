// Code words (features.md 3.4, 5.2): said beforehand by whoever wants to, agreed on with consent, asked for, and judged where the survivor's page shows nothing of
// it; a word for danger that warns the advocate alone; three wrong ones, of which supervisors hear.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { HAS_WORD, HEADINGS, enterOn, meet, picture, startChat, toRights } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const HANDLE = 'Sparrow'
const RIGHT = 'Blue kettle'
// The same word from a keyboard for Japanese.
const WIDE = 'Ｂｌｕｅ　ｋｅｔｔｌｅ'
const DANGER = 'green kettle'
const WRONG = 'brown teapot'
const AGREE = 'Agree on a code word?'
const ASKED = 'Your code word'
const ANSWERS = ['Give the word', 'I would rather not']

const fields = (page) => page.evaluate(() => ['word', 'word-danger'].map((id) => document.getElementById(id).value))

/** All that the page holds, shown or not: its texts, and what is in its fields. */
const everything = (page) => page.evaluate(() => document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map((each) => each.value))

/** What a survivor sees of the chat, without when it was. */
const seen = (page) => page.evaluate(() => ({
  last: document.querySelector('#messages > :last-child').textContent,
  asked: !document.getElementById('word-asked').hidden,
  focus: document.activeElement.id,
  said: [...document.querySelectorAll('#talk [role=status], #talk [role=alert]')].map((each) => each.textContent),
}))

async function ask(desk, survivor) {
  await desk.click('button', 'Ask for the word')
  await survivor.see('heading', ASKED)
}

async function give(survivor, word) {
  await survivor.fill('textbox', 'Code word', word)
  await survivor.click('button', 'Give the word')
  await survivor.seeNone('heading', ASKED)
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`code words, with a survivor in ${name}`, () => {
    let program, staff, browser, sam, alex, first, second, right
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      first = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(first, sam)
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    test('an advocate asks to agree on one, under a name that they make up', async () => {
      await sam.raw.click('#code-word-1 > summary')
      await sam.seeAnywhere('No code word has been agreed on yet.')
      await sam.seeAnywhere('A word that is not given is deleted by itself. Days until then: 365.')
      await assertAccessible(sam, 'no code word yet')
      await sam.click('button', 'Agree on a word with them')
      await sam.seeAnywhere('Please make up a name')
      for (const [real, looks] of [['Jennifer Quill', 'somebody’s real name'], ['555 010 0100', 'a telephone number'], ['jo@example.org', 'an e-mail address'], ['3/12/1990', 'a date']]) {
        await sam.fill('textbox', 'Name for somebody new', real)
        await sam.seeAnywhere(looks)
      }
      await assertAccessible(sam, 'a name that looks real')
      await sam.fill('textbox', 'Name for somebody new', HANDLE)
      await sam.until(() => document.getElementById('word-new-1-hint').textContent === '')
      await sam.click('button', 'Agree on a word with them')
      await first.see('heading', AGREE)
    })

    test('the survivor reads first what is kept, and types where nobody can read it', async () => {
      await first.seeAnywhere('If you agree, this is kept:')
      await first.seeAnywhere('Days until then: 365')
      await first.seeText('log', 'Conversation', 'whether you want to agree on a code word')
      await assertAccessible(first, 'agreeing')
      await picture(first, `code-word-agree-phone-${name}`)
      assert.ok(!(await everything(first)).includes(HANDLE), 'no handle in the page')
      const kept = await first.evaluate(() => ['word', 'word-danger'].map((id) => {
        const field = document.getElementById(id)
        const { action, autocomplete } = field.form
        return [getComputedStyle(field).webkitTextSecurity, field.type, field.autocomplete, autocomplete, new URL(action).pathname, /^n\d+$/.test(field.name)]
      }))
      for (const one of kept) assert.deepEqual(one, ['disc', 'text', 'off', 'off', '/search', true])
      await first.click('button', 'Agree')
      await first.seeAnywhere('There is no word in the box yet.')
      for (const [typed, advice] of [['aabbccaa', 'easy to guess'], ['blue', 'too short'], ['123 456', 'easy to guess'], ['', ''], [RIGHT, 'long enough']]) {
        await first.fill('textbox', 'Code word', typed)
        await first.until((advice) => { const { textContent } = document.getElementById('word-advice'); return advice ? textContent.includes(advice) : textContent === '' }, advice)
      }
      await assertAccessible(first, 'a good word')
      await picture(first, `code-word-advice-phone-${name}`)
      await first.fill('textbox', 'Word for danger, if you want one', DANGER)
      await first.click('button', 'Agree')
      await first.seeNone('heading', AGREE)
      await sam.seeAnywhere('is kept. You can tell the survivor so.')
      assert.deepEqual(await fields(first), ['', ''])
      assert.equal(await first.evaluate(() => document.getElementById('word-advice').textContent), '')
    })

    test('the right word is right, whatever keyboard it comes from, and is on neither page after', async () => {
      await ask(sam, first)
      await assertAccessible(first, 'asked')
      await picture(first, `code-word-asked-phone-${name}`)
      await picture(sam, `code-word-asked-${name}`)
      assert.ok(!(await everything(first)).includes(HANDLE), 'no handle in the page')
      const looks = await first.evaluate(() => [...document.querySelectorAll('#word-asked .button')].map((each) => each.className))
      assert.equal(looks.length, ANSWERS.length)
      assert.equal(new Set(looks).size, 1, 'no answer is made to look like the better one')
      await give(first, WIDE)
      right = await seen(first)
      await sam.seeAnywhere('is right.')
      await assertAccessible(sam, 'right')
      await picture(sam, `code-word-right-${name}`)
      for (const page of [sam, first]) assert.doesNotMatch(await everything(page), /kettle|ｋｅｔｔｌｅ/i)
      assert.deepEqual(await seen(first), right, 'nothing comes later')
    })

    test('whoever would rather not gives none, and a question is taken back', async () => {
      await ask(sam, first)
      await first.click('button', 'I would rather not')
      await first.seeText('log', 'Conversation', 'You did not give a code word.')
      await sam.seeAnywhere('would rather not give a code word')
      await ask(sam, first)
      await sam.click('button', 'Take it back')
      await first.seeNone('heading', ASKED)
    })

    test('whoever has one can say so before the line, to staff alone, and leaving it out is as easy', async () => {
      alex = await onDutyByInvitation(program, staff, 'Alex', '--role', 'supervisor')
      const page = await browser.newPage({ viewport: PHONE })
      await page.goto(program.visitor)
      await toRights(page)
      await page.seeAnywhere('Nobody needs one, and you get the same help without.')
      const field = await page.evaluate(() => {
        const box = document.getElementById('has-word')
        // Firefox knows the property of no box to tick, and heeds the attribute.
        return [box.checked, box.required, box.getAttribute('autocomplete'), /^n\d+$/.test(box.name)]
      })
      assert.deepEqual(field, [false, false, 'off', true])
      await assertAccessible(page, 'rights, and a code word')
      await picture(page, `code-word-beforehand-phone-${name}`)
      await enterOn(page, HEADINGS.rights)
      await page.see('heading', HEADINGS.questions)
      await page.close()
      second = await startChat(browser, program.visitor, { viewport: PHONE, hasWord: true })
      for (const desk of [sam, alex]) await desk.seeText('list', 'Waiting', 'Says that they have a code word')
      assert.equal(await second.count('checkbox', HAS_WORD), 0)
      assert.ok(!(await second.evaluate(() => document.body.innerText)).includes('code word'), 'nothing of it on the page that waits')
    })

    test('asking for it is then at hand when the chat opens', async () => {
      await meet(second, alex)
      await alex.seeAnywhere('Anybody can say so: it shows nothing until the word is right.')
      await assertAccessible(alex, 'a code word at hand')
      await picture(alex, `code-word-at-hand-${name}`)
      await alex.click('button', 'Ask for the code word')
      await alex.until(() => document.activeElement.id === 'word-of-1')
    })

    test('on another desk the word for danger warns the advocate, and the survivor’s page looks as if it were right', async () => {
      await ask(alex, second)
      await alex.seeNone('button', 'Ask for the code word')
      await give(second, DANGER)
      assert.deepEqual(await seen(second), right)
      await alex.seeAnywhere('Warning: this is the word for danger')
      await assertAccessible(alex, 'danger')
      await picture(alex, `code-word-danger-${name}`)
      assert.deepEqual(await seen(second), right, 'nothing comes later')
    })

    test('three wrong words close the question in that chat, and a supervisor hears of it', async () => {
      for (const left of [2, 1]) {
        await ask(sam, first)
        await give(first, WRONG)
        assert.deepEqual(await seen(first), right)
        await sam.seeAnywhere(`Wrong words still possible in this chat: ${left}`)
      }
      await ask(sam, first)
      await give(first, WRONG)
      await sam.seeAnywhere('No code word can be asked for in this chat any more.')
      assert.deepEqual(await seen(first), right)
      await picture(sam, `code-word-closed-${name}`)
      await sam.click('button', 'Ask for the word')
      await sam.seeAnywhere('Nobody was asked.')
      assert.equal(await first.count('heading', ASKED), 0)
      await alex.press('Alt+s')
      await alex.seeAnywhere('Chats with too many wrong code words: 1')
      await assertAccessible(alex, 'a supervisor')
    })

    test('the next try for them waits in every chat, for minutes and not for ever', async () => {
      await alex.press('Alt+s')
      await alex.click('button', 'Ask for the word')
      await alex.seeAnywhere('You can ask again in about 1 min.')
      assert.equal(await second.count('heading', ASKED), 0)
    })

    test('a case is deleted by two presses, on every desk', async () => {
      await sam.click('button', 'Delete')
      await sam.seeAnywhere('This cannot be taken back.')
      await sam.click('button', 'Yes, delete')
      for (const desk of [sam, alex]) await desk.seeAnywhere('No code word has been agreed on yet.')
    })
  })
}

describe('code words after a device was revoked', () => {
  let program, browser, sam, alex, survivor
  const due = 'Code words that should be changed: 1.'
  const unreadable = 'The code words cannot be opened here.'
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
    sam = await onDutyByInvitation(program, browser, 'Sam')
    await onDutyByInvitation(program, browser, 'Kim')
    survivor = await startChat(browser, program.visitor, { viewport: PHONE })
    await meet(survivor, sam)
    await sam.raw.click('#code-word-1 > summary')
    await agree('Agree on a word with them', () => sam.fill('textbox', 'Name for somebody new', HANDLE))
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  async function agree(button, first = () => {}) {
    await first()
    await sam.click('button', button)
    await survivor.see('heading', AGREE)
    await survivor.fill('textbox', 'Code word', RIGHT)
    await survivor.click('button', 'Agree')
    await sam.seeAnywhere('is kept. You can tell the survivor so.')
  }

  test('every word should be changed, which is said where it was right', async () => {
    await sam.until((due) => !document.documentElement.textContent.includes(due), due)
    program.revoke('Kim')
    await sam.seeAnywhere(due)
    await ask(sam, survivor)
    await give(survivor, RIGHT)
    await sam.seeAnywhere('A device was lost since this word was agreed on')
    await assertAccessible(sam, 'a word that is due')
    await picture(sam, 'code-word-due')
    await agree('Agree on a new word')
    await sam.until((due) => !document.documentElement.textContent.includes(due), due)
  })

  test('a program that says nothing of code words asks nobody about them', async () => {
    program.publish((policy) => policy.replace(/\[code_words\]\n(\w+ = \d+\n)+/, ''))
    const page = await browser.newPage()
    await page.goto(program.visitor)
    await toRights(page)
    assert.equal(await page.count('checkbox', HAS_WORD), 0)
    await page.close()
  })

  test('a supervisor begins a new list where the old one does not open, and reads first what is lost', async () => {
    program.revoke('Sam')
    await sam.seeAnywhere('Your certificate is not accepted any more.')
    alex = await onDutyByInvitation(program, browser, 'Alex', '--role', 'supervisor')
    await meet(survivor, alex)
    await alex.raw.click('#code-word-1 > summary')
    await alex.seeAnywhere(unreadable)
    await alex.click('button', 'Begin a new list')
    await alex.seeAnywhere('All the words in the old list are lost for good')
    await assertAccessible(alex, 'a list that does not open')
    await picture(alex, 'code-word-new-list')
    await alex.click('button', 'Leave it as it is')
    await alex.until(() => document.activeElement.id === 'word-begin-1')
    await alex.seeAnywhere(unreadable)
    await alex.click('button', 'Begin a new list')
    await alex.click('button', 'Yes, begin a new list')
    await alex.seeAnywhere('No code word has been agreed on yet.')
  })
})
