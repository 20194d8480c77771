// Whoever waits is offered to one advocate after the other (features.md 5.2), by a rule that every desk works out for
// itself: told in words and by keys, without moving the keyboard; and anybody can still take anybody.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { picture, startChat } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

const MINE = 'Offered to you'

/** What the line says, without the marks that set names apart. */
const inLine = (page, words) => page.until((words) =>
  (document.querySelector('.who-waits')?.textContent ?? '').replaceAll(/[\u2068\u2069]/g, '').includes(words), words, `“${words}” in the line`)
const notInLine = (page, words) => page.until((words) =>
  !document.querySelector('.who-waits').textContent.replaceAll(/[\u2068\u2069]/g, '').includes(words), words, `no “${words}” in the line`)
const said = (page, words) => page.until((words) => [...document.querySelectorAll('[role=status]')]
  .some((one) => one.textContent.replaceAll(/[\u2068\u2069]/g, '').includes(words)), words, `“${words}” read aloud`)

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`offers in ${name}`, () => {
    let program, browser, other, visitors, survivor, sam, kim
    before(async () => {
      program = await startProgram()
      await program.publish((policy) => policy.replace(/# \[offers\]\n# accept_seconds = \d+/, '[offers]\naccept_seconds = 15'))
      browser = await launch()
      // At another computer: Firefox gives the keyboard to one window.
      other = await launch()
      visitors = await launchChromium()
      sam = await onDutyByInvitation(program, browser, 'Sam')
      kim = await onDutyByInvitation(program, other, 'Kim')
      for (const desk of [sam, kim]) await desk.until(() => document.querySelector('.colleagues-link .nothing').textContent.replaceAll(/[\u2068\u2069]/g, '').endsWith('1'))
    })
    after(async () => {
      for (const each of [visitors, other, browser]) await each?.close()
      await program?.stop()
    })

    test('it comes to who has been idle for longest, is read aloud with how to answer, and leaves the keyboard alone', async () => {
      await sam.evaluate(() => document.querySelector('#colleagues-open').focus())
      survivor = await startChat(visitors, program.visitor, { viewport: PHONE })
      await inLine(sam, MINE)
      await inLine(sam, 'seconds left. Then the next colleague is asked.')
      await said(sam, 'Alt and O: take them. Alt and P: not now.')
      assert.equal(await sam.evaluate(() => document.activeElement.id), 'colleagues-open')
      await assertAccessible(sam, 'offered')
      await picture(sam, `offers-mine-${name}`)
    })

    test('other desks say to whom, and can take them all the same', async () => {
      await inLine(kim, 'Offered to Sam now. You can take this person all the same.')
      assert.equal(await kim.count('button', 'Take this chat'), 1)
      await assertAccessible(kim, 'offered to another')
      await picture(kim, `offers-theirs-${name}`)
    })

    test('when the time is over the next is asked', async () => {
      await inLine(kim, MINE)
      await inLine(sam, 'Offered to Kim now.')
    })

    test('not now, by key, brings it to the next at once, and is taken back by the same key', async () => {
      await inLine(sam, MINE)
      await sam.press('Alt+p')
      await said(sam, 'you are offered nobody for three minutes')
      await notInLine(sam, MINE)
      await inLine(kim, MINE)
      await assertAccessible(sam, 'not now')
      await picture(sam, `offers-pass-${name}`)
      await sam.press('Alt+p')
      await said(sam, 'You are offered those who wait again.')
      await inLine(sam, MINE)
    })

    test('whoever says that they speak the language is asked first', async () => {
      await survivor.click('button', 'Stop waiting')
      await notInLine(sam, MINE)
      await kim.evaluate(() => document.querySelector('.shift details').setAttribute('open', ''))
      await kim.click('checkbox', 'English')
      await assertAccessible(kim, 'languages')
      await picture(kim, `offers-languages-${name}`)
      survivor = await startChat(visitors, program.visitor, { viewport: PHONE })
      await inLine(kim, MINE)
    })

    test('it is taken by key', async () => {
      await inLine(kim, MINE)
      await kim.press('Alt+o')
      await survivor.see('button', 'End chat')
      await kim.until(() => document.querySelector('.panels [id^=message-]') !== null)
      await notInLine(sam, 'Offered to')
      assert.deepEqual(survivor.errors ?? [], [])
    })

    test('whoever is on a break is not asked, and one who was not asked takes by hand', async () => {
      await sam.click('button', 'Take a break')
      const second = await startChat(visitors, program.visitor, { viewport: PHONE })
      await inLine(kim, MINE)
      await sam.click('button', 'Go back on duty')
      await inLine(sam, 'Offered to')
      await sam.click('button', 'Take next')
      await second.see('button', 'End chat')
      await notInLine(kim, 'Offered to')
    })
  })
}
