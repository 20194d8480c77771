// Staff are not alone (features.md 5.2, 5.3, 5.4): who is on, how much each has to do, asking for help, and a word with
// a colleague that no survivor sees and that is kept nowhere.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { DESKTOP, launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { meet, picture, startChat } from '../lib/people.mjs'
import { onDutyByInvitation, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'

const WORDS = 'Can you look at this with me?'
const ANSWER = 'Yes. Give me two minutes.'
const DRAFT = 'One more thing about'

const focused = (page) => page.evaluate(() => document.activeElement.id)
const panel = (page) => page.evaluate(() => document.getElementById('colleagues-panel')?.textContent.replaceAll(/[\u2068\u2069]/g, '') ?? '')

/** Waits until the panel says this. */
const seeInPanel = (page, words) => page.until((words) =>
  document.getElementById('colleagues-panel')?.textContent.replaceAll(/[\u2068\u2069]/g, '').includes(words), words, `“${words}” in the panel`)

const noLongerInPanel = (page, words) => page.until((words) =>
  !document.getElementById('colleagues-panel').textContent.includes(words), words, `no “${words}” in the panel`)

/** Opens the panel, which one that is open closes first. */
const openByKey = async (page) => {
  if (await panel(page) !== '') {
    await page.press('Alt+s')
    await page.until(() => document.getElementById('colleagues-panel') === null)
  }
  await page.press('Alt+s')
  await page.until(() => document.activeElement.id === 'colleagues')
}

/** Goes on by Tab to the button of this name, and presses it. */
async function pressByKeys(page, name) {
  for (let step = 0; step < 40; step += 1) {
    const here = await page.evaluate(() => document.activeElement.textContent.replaceAll(/[\u2068\u2069]/g, ''))
    if (here === name) return page.press('Enter')
    await page.press('Tab')
  }
  assert.fail(`no Tab leads to “${name}”`)
}

/** axe has no remark at a desk's size and on a phone; with a picture of both. */
async function assertFits(page, screen, name) {
  await assertAccessible(page, screen)
  await picture(page, `${screen}-${name}`)
  await page.resize(PHONE)
  await assertAccessible(page, `${screen} on a phone`)
  await picture(page, `${screen}-phone-${name}`)
  await page.resize(DESKTOP)
}

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`colleagues on duty in ${name}`, () => {
    let program, browser, other, sam, alex
    before(async () => {
      program = await startProgram()
      browser = await launch()
      sam = await onDutyByInvitation(program, browser, 'Sam Rivers')
      // At another computer: Firefox gives the keyboard to one window.
      other = await launch()
      alex = await onDutyByInvitation(program, other, 'Alex', '--role', 'supervisor')
    })
    after(async () => {
      await other?.close()
      await browser?.close()
      await program?.stop()
    })

    test('each sees who else is on duty, with the rights in their certificate', async () => {
      await sam.seeAnywhere('Colleagues on duty: 1')
      await openByKey(sam)
      await openByKey(alex)
      await seeInPanel(sam, 'Alex Supervisor')
      await seeInPanel(alex, 'Sam Rivers Advocate')
      await seeInPanel(alex, 'Chats open: 0')
      await seeInPanel(alex, 'People waiting: 0')
      assert.ok(!(await panel(sam)).includes('People waiting'), 'an advocate has the line, and no floor')
      await assertFits(sam, 'colleagues-advocate', name)
    })

    test('a supervisor sees who waits, how long, and how many chats each has, and nothing of a chat', async () => {
      const survivor = await startChat(browser, program.visitor)
      await seeInPanel(alex, 'People waiting: 1')
      await seeInPanel(alex, 'The longest has waited 0 h 0 min.')
      await meet(survivor, sam)
      await seeInPanel(alex, 'Chats open: 1')
      await sam.fill('textbox', 'Message', 'Are you safe just now?')
      await sam.click('button', 'Send')
      await survivor.seeText('log', 'Conversation', 'Are you safe just now?')
      assert.ok(!(await alex.evaluate(() => document.body.innerText)).includes('Are you safe just now?'))
      await sam.click('button', 'Take a break')
      await seeInPanel(alex, 'On a break')
      await sam.click('button', 'Go back on duty')
      await noLongerInPanel(alex, 'On a break')
      await survivor.close()
    })

    test('asking for help reaches the supervisor in words, moves nothing there, and one press takes it back', async () => {
      await alex.evaluate(() => document.getElementById('go-on-duty').focus())
      await openByKey(sam)
      await pressByKeys(sam, 'Ask for help')
      await sam.seeAnywhere('It was sent to the supervisors on duty.')
      await seeInPanel(alex, 'Asks for help')
      await alex.seeAnywhere('Colleagues who ask for you: 1')
      assert.equal(await focused(alex), 'go-on-duty')
      await assertFits(alex, 'colleagues-supervisor', name)
      assert.equal(await sam.evaluate(() => document.activeElement.textContent), 'I no longer need help')
      await sam.press('Enter')
      await noLongerInPanel(alex, 'Asks for help')
    })

    test('after a hard chat, a request to debrief reaches a supervisor without content', async () => {
      await pressByKeys(sam, 'I would like to debrief')
      await seeInPanel(alex, 'Would like to debrief')
      await sam.press('Enter')
      await noLongerInPanel(alex, 'Would like to debrief')
    })

    test('a word with a colleague, by keyboard alone, not seen by the survivor', async () => {
      await openByKey(sam)
      await pressByKeys(sam, 'Write to Alex')
      await sam.until(() => document.activeElement.id === 'consult')
      await seeInPanel(sam, 'Not seen by the survivor.')
      await sam.raw.keyboard.type(WORDS)
      await sam.press('Enter')
      await seeInPanel(alex, 'New messages: 1')
      assert.equal(await focused(alex), 'go-on-duty')
      await openByKey(alex)
      await pressByKeys(alex, 'Write to Sam Rivers')
      await alex.seeText('log', 'Messages with this colleague', WORDS)
      await noLongerInPanel(alex, 'New messages: 1')
      await alex.until(() => document.activeElement.id === 'consult')
      await alex.raw.keyboard.type(ANSWER)
      await alex.press('Enter')
      await sam.seeText('log', 'Messages with this colleague', ANSWER)
      await assertFits(sam, 'colleagues-consult', name)
    })

    test('what is written to a colleague and not sent is there again when the panel is', async () => {
      await sam.evaluate(() => document.getElementById('consult').focus())
      await sam.raw.keyboard.type(DRAFT)
      await openByKey(sam)
      await pressByKeys(sam, 'Write to Alex')
      await sam.until((draft) => document.getElementById('consult')?.value === draft, DRAFT)
    })

    test('a locked desk holds no word of it, and going off duty ends it', async () => {
      const has = (words) => sam.evaluate((words) =>
        document.documentElement.outerHTML.includes(words) || [...document.querySelectorAll('textarea')].some(({ value }) => value.includes(words)), words)
      await sam.press('Alt+l')
      await sam.see('heading', 'The desk is locked')
      for (const words of [WORDS, ANSWER, DRAFT, 'Alex']) assert.ok(!await has(words), words)
      await typePassphrase(sam, PASSPHRASE)
      await sam.press('Enter')
      await sam.see('button', 'Take next')
      await pressByKeys(sam, 'Write to Alex')
      await sam.seeText('log', 'Messages with this colleague', ANSWER)
      await sam.until((draft) => document.getElementById('consult').value === draft, DRAFT)
      await sam.click('button', 'Go off duty')
      // The survivor's page was closed, and its chat may not be over yet.
      const asked = await sam.evaluate(() => document.querySelector('dialog.question[open]') !== null)
      if (asked) await sam.click('button', 'Go off duty all the same')
      await seeInPanel(sam, 'Go on duty to see who else is.')
      assert.ok(!await has(ANSWER))
      // What was written stays within reach of whoever is still on duty.
      await seeInPanel(alex, 'Not on duty any more')
      await seeInPanel(alex, 'Messages with Sam Rivers')
      await sam.click('button', 'Go on duty')
      await seeInPanel(sam, 'Alex')
      await pressByKeys(sam, 'Write to Alex')
      await sam.until(() => document.activeElement.id === 'consult')
      for (const words of [WORDS, DRAFT]) assert.ok(!await has(words), 'nothing of the last time on duty')
    })

    test('Escape closes the panel, and the keyboard goes back', async () => {
      await sam.press('Escape')
      await sam.until(() => document.getElementById('colleagues-panel') === null)
      await sam.until(() => document.activeElement.tagName !== 'BODY')
    })
  })
}
