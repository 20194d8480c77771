// A device that was lost is revoked in the middle of a chat (features.md 5.1): within seconds nothing is left on it,
// and its survivor is told and goes on with somebody else.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, meet, picture, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a device is revoked in the middle of a chat, with a survivor in ${name}`, () => {
    let program, staff, browser, lost, colleague, survivor
    before(async () => {
      program = await startProgram()
      staff = await launchChromium()
      browser = await launch()
      lost = await onDutyByInvitation(program, staff, 'Sam')
      survivor = await startChat(browser, program.visitor, { viewport: PHONE })
      await meet(survivor, lost)
      await survivorSays(survivor, 'said to the lost device')
      await lost.seeText('log', 'Conversation', 'said to the lost device')
      colleague = await onDutyByInvitation(program, staff, 'Kim')
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
    })

    test('the survivor is told, and is at the head of the line', async () => {
      program.revoke('Sam')
      await survivor.seeAnywhere('you are at the head of the line for another advocate')
      await colleague.until(() => document.querySelector('[aria-label="Waiting"] li') !== null)
      await picture(survivor, `revoked-survivor-${name}`)
      await assertAccessible(survivor, 'whose advocate is gone')
    })

    test('nothing is left on the lost device, which says why', async () => {
      await lost.until(() => !document.documentElement.textContent.includes('said to the lost device'))
      await picture(lost, `revoked-desk-${name}`)
      await assertAccessible(lost, 'a revoked desk')
      await lost.seeAnywhere('Your certificate is not accepted any more.')
      await lost.seeAnywhere('Off duty')
    })

    test('they go on with a colleague', async () => {
      await colleague.click('button', 'Take next')
      await advocateSays(colleague, 'I am here now')
      await survivor.seeText('log', 'Conversation', 'I am here now')
      await survivorSays(survivor, 'good to hear')
      await colleague.seeText('log', 'Conversation', 'good to hear')
      assert.deepEqual(survivor.errors, [])
    })
  })
}
