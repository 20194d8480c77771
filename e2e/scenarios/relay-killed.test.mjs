// A program made with the real commands; an advocate who joined by invitation in their browser; and a
// relay that is killed in the middle of the chat and comes back with empty memory.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium } from '../lib/browsers.mjs'
import { advocateSays, goOnDuty, meet, picture, startChat, survivorSays } from '../lib/people.mjs'
import { PASSPHRASE, startProgram } from '../lib/program.mjs'

describe('a real program', () => {
  let program, browser, desk
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('a member of staff joins by invitation: the keys are made in the browser', async () => {
    const invitation = await program.invite('Sam')
    desk = await browser.newPage()
    await desk.goto(invitation.link)
    await picture(desk, 'joining-desk')
    await desk.fill('textbox', 'Passphrase', PASSPHRASE)
    await desk.fill('textbox', 'The same passphrase once more', PASSPHRASE)
    await desk.click('button', 'Make my keys')
    await invitation.certified
    await desk.see('button', 'Go on duty')
    assert.ok(!desk.url().includes('join='), 'the secret is gone from the address')
  })

  test('what this browser keeps opens with the passphrase and nothing else', async () => {
    await desk.goto(program.desk)
    await desk.fill('textbox', 'Passphrase', 'not the right words at all')
    await desk.click('button', 'Open the desk')
    await desk.seeAnywhere('does not open the desk')
    await desk.fill('textbox', 'Passphrase', PASSPHRASE)
    await desk.click('button', 'Open the desk')
    await goOnDuty(desk)
  })

  test('a relay killed in mid-chat and started empty loses, doubles and reorders nothing', async () => {
    const survivor = await startChat(browser, program.visitor)
    await meet(survivor, desk)
    await survivor.seeAnywhere('Sam')
    const written = []
    for (let number = 0; number < 12; number++) {
      if (number === 4) await program.kill()
      if (number === 8) await program.serve()
      await survivorSays(survivor, `S${number}.`)
      await advocateSays(desk, `A${number}.`)
      written.push(number)
    }
    for (const [page, mark] of [[desk, 'S'], [survivor, 'A']]) {
      for (const number of written) await page.seeText('log', 'Conversation', `${mark}${number}.`)
      const shown = [...(await page.text('log', 'Conversation')).matchAll(new RegExp(`${mark}(\\d+)\\.`, 'g'))].map(([, n]) => Number(n))
      assert.deepEqual(shown[0] === 0 ? shown : shown.reverse(), written)
    }
    await survivor.close()
  })
})
