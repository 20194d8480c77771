// Going on with somebody else (features.md 3.6, 5.3): an advocate asks, the survivor reads all of it and answers,
// and only their yes brings them to a supervisor, who has the note and what was written since, and nothing else.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, HEADINGS, meet, picture, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const QUESTION = 'Go on with somebody else?'
const NOTE = 'They asked about a place to sleep tonight.'
const WHY = 'Alex knows the shelters in your town.'
const ANSWERS = ['Yes, go on with them', 'I would rather wait', 'I would rather end']

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`going on with somebody else, with a survivor in ${name}`, () => {
    let program, staff, browser, survivor, sam, alex
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      alex = await onDutyByInvitation(program, staff, 'Alex', '--role', 'supervisor')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, sam)
      await survivorSays(survivor, 'said to Sam')
      await sam.seeText('log', 'Conversation', 'said to Sam')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    const asks = async () => {
      await sam.click('button', 'Ask the survivor')
      await survivor.see('heading', QUESTION)
    }

    test('the advocate says to whom, why, and what whoever comes is told', async () => {
      await sam.raw.click('#hand-over-1 > summary')
      await sam.click('radio', 'A supervisor')
      await sam.click('radio', 'Somebody else may be better placed to help')
      await sam.fill('textbox', 'Why, in your own words, if you want (at most 200 characters)', WHY)
      await sam.fill('textbox', 'Note for whoever comes, which the survivor can read (at most 1000 characters)', NOTE)
      await assertAccessible(sam, 'the form')
      await picture(sam, `handover-form-${name}`)
      await asks()
      await sam.seeAnywhere('Nothing changes until they say yes.')
      await assertAccessible(sam, 'asked')
      await picture(sam, `handover-asked-${name}`)
    })

    test('the survivor reads all of it, beside the way out and the message box', async () => {
      await survivor.seeText('log', 'Conversation', 'asks whether somebody else may go on with you')
      for (const words of ['would leave, and a supervisor would come.', 'better placed', WHY]) await survivor.seeAnywhere(words)
      await survivor.raw.click('#handover summary')
      await survivor.seeAnywhere(NOTE)
      await picture(survivor, `handover-note-phone-${name}`)
      await survivor.raw.click('#handover summary')
      await picture(survivor, `handover-question-phone-${name}`)
      await assertAccessible(survivor, 'the question')
      const looks = await survivor.evaluate(() => [...document.querySelectorAll('#handover .button')].map((each) => each.className))
      assert.equal(looks.length, ANSWERS.length)
      assert.equal(new Set(looks).size, 1, 'no answer is made to look like the better one')
      const covered = await survivor.evaluate(() => ['leave', 'message', 'send'].filter((id) => {
        const one = document.getElementById(id)
        const { x, y, width, height } = one.getBoundingClientRect()
        return document.elementFromPoint(x + width / 2, y + height / 2) !== one
      }))
      assert.deepEqual(covered, [])
    })

    test('the chat goes on until they answer', async () => {
      await survivorSays(survivor, 'let me think')
      await sam.seeText('log', 'Conversation', 'let me think')
      await advocateSays(sam, 'take your time')
      await survivor.seeText('log', 'Conversation', 'take your time')
    })

    test('whoever would rather wait stays, and can be asked again', async () => {
      await survivor.click('button', 'I would rather wait')
      await survivor.seeNone('heading', QUESTION)
      await survivor.seeText('log', 'Conversation', 'You stay with your advocate for now.')
      await sam.seeAnywhere('The survivor would rather stay with you for now.')
      await asks()
    })

    test('an advocate takes the question back', async () => {
      await sam.click('button', 'Take the question back')
      await survivor.seeNone('heading', QUESTION)
      await asks()
    })

    test('whoever would rather end is asked as ever, and can go back to the question', async () => {
      await survivor.click('button', 'I would rather end')
      await survivor.see('heading', 'End this chat?')
      await survivor.click('button', 'Keep chatting')
      await survivor.see('heading', QUESTION)
    })

    test('a yes ends it with the former advocate, who keeps nothing, and puts the survivor first in line', async () => {
      await survivor.click('button', 'Yes, go on with them')
      await survivor.see('heading', HEADINGS.waiting)
      await survivorSays(survivor, 'written meanwhile')
      await sam.seeAnywhere('Handed over. The survivor agreed')
      const left = await sam.evaluate(() => document.body.textContent + [...document.querySelectorAll('textarea')].map((each) => each.value))
      for (const words of ['said to Sam', 'let me think', NOTE, WHY, 'written meanwhile']) assert.ok(!left.includes(words), words)
      await survivor.seeText('log', 'Conversation', 'has left, and can read nothing more.')
      await survivor.seeText('log', 'Conversation', 'said to Sam')
      await picture(survivor, `handover-waiting-phone-${name}`)
      await sam.seeAnywhere('Others come first.')
      assert.equal(await sam.count('button', 'Take this chat'), 0)
      await picture(sam, `handover-former-${name}`)
    })

    test('the supervisor has the note and what was written since, and the survivor sees who it is', async () => {
      await alex.seeAnywhere('Handed over, for a supervisor')
      await meet(survivor, alex)
      await alex.seeAnywhere(NOTE)
      await alex.seeText('log', 'Conversation', 'written meanwhile')
      const seen = await alex.evaluate(() => document.body.textContent)
      for (const words of ['said to Sam', 'let me think', 'take your time']) assert.ok(!seen.includes(words), words)
      await survivor.seeText('log', 'Conversation', 'Alex')
      await survivor.seeText('list', 'Who is here', 'Alex')
      await survivor.seeText('list', 'Who is here', 'Supervisor')
      await advocateSays(alex, 'good evening, I am Alex')
      await survivor.seeText('log', 'Conversation', 'I am Alex')
      await assertAccessible(alex, 'the note')
      await picture(alex, `handover-note-${name}`)
    })

    test('before going off duty the desk shows which chats are open, and forces nothing', async () => {
      await alex.click('button', 'Go off duty')
      await alex.see('heading', 'You have open chats')
      await assertAccessible(alex, 'going off duty')
      await picture(alex, `handover-off-duty-${name}`)
      await alex.click('button', 'Hand over Chat 1')
      await alex.until(() => document.activeElement.id === 'hand-over-first-1')
      await alex.click('button', 'Go off duty')
      await alex.click('button', 'Go off duty all the same')
      await alex.until(() => document.querySelector('.duty').dataset.duty === 'off')
      await survivorSays(survivor, 'still there?')
      await alex.seeText('log', 'Conversation', 'still there?')
    })

    test('the note goes with the chat', async () => {
      await survivor.click('button', 'End chat')
      await survivor.click('button', 'End and erase')
      await survivor.see('heading', 'It has ended')
      await alex.seeAnywhere('The survivor ended this chat.')
      assert.ok(!(await alex.evaluate(() => document.body.textContent)).includes(NOTE))
      assert.ok(!(await survivor.evaluate(() => document.documentElement.textContent)).includes(NOTE))
      assert.deepEqual(survivor.errors ?? [], [])
    })
  })
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`going on with a certain colleague, with a survivor in ${name}`, () => {
    let program, staff, browser, survivor, sam, alex, kim
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      sam = await onDutyByInvitation(program, staff, 'Sam')
      alex = await onDutyByInvitation(program, staff, 'Alex', '--role', 'supervisor')
      kim = await onDutyByInvitation(program, staff, 'Kim')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, sam)
      await sam.raw.click('#hand-over-1 > summary')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    /** What stands beside the choices of whom, and whether a name is among them. */
    const listed = (who) => [...document.querySelectorAll('#hand-over-1 fieldset:first-of-type .choice')]
      .some((choice) => choice.textContent.replaceAll(/[\u2068\u2069]/g, '').startsWith(who))
    const notListed = (who) => ![...document.querySelectorAll('#hand-over-1 fieldset:first-of-type .choice')]
      .some((choice) => choice.textContent.startsWith(who))

    test('colleagues who can take somebody stand by name, and nobody who is on a break', async () => {
      await sam.until(listed, 'Alex, Supervisor')
      await sam.until(listed, 'Kim, Advocate, Chats open: 0')
      await kim.click('button', 'Take a break')
      await sam.until(notListed, 'Kim')
      await kim.click('button', 'Go back on duty')
      await sam.until(listed, 'Kim')
    })

    test('one is chosen by the keyboard', async () => {
      await sam.evaluate(() => document.getElementById('hand-over-first-1').focus())
      const chosen = () => sam.evaluate(() => document.activeElement.closest('.choice').textContent)
      for (let step = 0; step < 4 && !(await chosen()).startsWith('Kim'); step += 1) await sam.press('ArrowDown')
      assert.match(await chosen(), /^Kim/)
      assert.ok(await sam.evaluate(() => document.activeElement.checked))
      await sam.fill('textbox', 'Note for whoever comes, which the survivor can read (at most 1000 characters)', NOTE)
      await assertAccessible(sam, 'the form with names')
      await picture(sam, `successor-form-${name}`)
      await sam.click('button', 'Ask the survivor')
      await sam.until(() => document.body.innerText.replaceAll(/[\u2068\u2069]/g, '').includes('You asked whether Kim may go on with the survivor.'))
    })

    test('the survivor is told the name and the role, and that somebody else can come', async () => {
      await survivor.see('heading', QUESTION)
      await survivor.until(() => document.getElementById('handover-to').textContent.replaceAll(/[\u2068\u2069]/g, '')
        === 'Sam would leave, and Kim (Advocate) would come. If they do not come within three minutes, somebody else can. You always see who it is.')
      await assertAccessible(survivor, 'the question with a name')
      await picture(survivor, `successor-question-phone-${name}`)
      await survivor.click('button', 'Yes, go on with them')
      await survivor.see('heading', HEADINGS.waiting)
    })

    test('the place is left to the colleague, whose desk says so and by whom, and moves nothing', async () => {
      await kim.seeAnywhere('For you: ')
      await kim.until(() => document.querySelector('.waiter').textContent.replaceAll(/[\u2068\u2069]/g, '').includes('For you: Sam handed this person over.'))
      const said = () => [...document.querySelectorAll('[role=status], [aria-live]')]
        .some((one) => one.textContent.replaceAll(/[\u2068\u2069]/g, '').includes('For you: Sam handed this person over.'))
      await kim.until(said)
      assert.equal(await kim.count('button', 'Take this chat'), 1)
      await assertAccessible(kim, 'a place for this desk')
      await picture(kim, `successor-meant-${name}`)
      for (const desk of [sam, alex]) {
        await desk.until(() => document.querySelector('.waiter')?.textContent.replaceAll(/[\u2068\u2069]/g, '').includes('Meant for Kim.'))
        assert.equal(await desk.count('button', 'Take this chat'), 0)
      }
      await picture(alex, `successor-left-${name}`)
    })

    test('the colleague comes, has the note, and the survivor sees who it is', async () => {
      await meet(survivor, kim)
      await kim.seeAnywhere(NOTE)
      await survivor.seeText('list', 'Who is here', 'Kim')
      await survivor.seeText('list', 'Who is here', 'Advocate')
      assert.deepEqual(survivor.errors ?? [], [])
    })

    test('a colleague who cannot any more is not asked about, and nobody in their place', async () => {
      await kim.raw.click('#hand-over-1 > summary')
      await kim.until(listed, 'Alex')
      await kim.evaluate(() => [...document.querySelectorAll('#hand-over-1 .choice')].find((one) => one.textContent.startsWith('Alex')).querySelector('input').click())
      await alex.click('button', 'Take a break')
      await alex.click('button', 'Go off duty')
      await kim.until(notListed, 'Alex')
      await kim.click('button', 'Ask the survivor')
      await kim.seeAnywhere('They cannot take anybody right now, so the survivor was not asked.')
      assert.equal(await survivor.count('heading', QUESTION), 0)
    })
  })
}
