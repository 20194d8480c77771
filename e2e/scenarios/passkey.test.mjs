// Joining with a passkey (features.md 5.1): what opens the desk is the device's own lock, in Chromium with an
// authenticator of its own. Where there is none that can, a passphrase does, as it does in Firefox.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { picture } from '../lib/people.mjs'
import { makeKeys, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'

/** What an authenticator in a laptop or a phone is like. */
const BUILT_IN = {
  protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
  isUserVerified: true, automaticPresenceSimulation: true, hasPrf: true,
}

/** Gives a page an authenticator. */
async function withAuthenticator(page, options) {
  const devtools = await page.context.newCDPSession(page.raw)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { ...BUILT_IN, ...options } })
  return {
    /** Whether whoever is there proves to be its owner. */
    verifies: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    passkeys: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}

/** What is kept in the browser. */
const kept = (page) => page.evaluate(() => Object.entries(localStorage))

/** Has the browser keep a passkey's secret back until it is asked for it, as some do; once it can be let be. */
const givenWhenAsked = () => {
  const get = navigator.credentials.get.bind(navigator.credentials)
  navigator.credentials.get = async (options) => {
    if (!window.letBe) return get(options)
    window.letBe = false
    throw new DOMException('The operation either timed out or was not allowed.', 'NotAllowedError')
  }
  const create = navigator.credentials.create.bind(navigator.credentials)
  navigator.credentials.create = async (options) => {
    const made = await create(options)
    made.getClientExtensionResults = () => ({ prf: { enabled: true } })
    return made
  }
}

/** Makes a passkey and joins with it. */
async function join(desk, invitation) {
  await desk.goto(invitation.link)
  await desk.click('button', 'Make a passkey')
  await invitation.certified
  await desk.see('button', 'Go on duty')
}

/** Notes when the page has shown all of these texts at once. */
const willShow = (page, texts) => page.evaluate((texts) => {
  window.hasShown = false
  const look = () => { window.hasShown ||= texts.every((text) => document.body.innerText.includes(text)) }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
}, texts)

describe('joining with a passkey', () => {
  let program, browser, desk
  before(async () => {
    program = await startProgram()
    browser = await launchChromium()
  })
  afterEach(async () => {
    await desk?.close()
    desk = undefined
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('a passkey is made, and opens the desk again after a reload and after a lock, by keyboard', async () => {
    desk = await browser.newPage()
    const authenticator = await withAuthenticator(desk)
    await desk.raw.addInitScript(() => {
      const own = navigator.storage.persist.bind(navigator.storage)
      navigator.storage.persist = () => { window.askedToKeep = true; return own() }
    })
    const invitation = await program.invite('Sam')
    await desk.goto(invitation.link)
    await desk.see('button', 'Make a passkey')
    await assertAccessible(desk, 'joining')
    await picture(desk, 'passkey-join')
    // Seen only until the administrator's command has certified the device, which may be at once.
    const waiting = ['Waiting for your administrator', 'Your browser may ask whether this page may keep data.']
    await willShow(desk, waiting)
    await desk.click('button', 'Make a passkey')
    await invitation.certified
    await desk.until(() => window.hasShown)
    assert.equal(await desk.evaluate(() => window.askedToKeep), true, 'the browser is asked to keep it for good')
    await desk.see('button', 'Go on duty')
    assert.equal(await authenticator.passkeys(), 1)

    await desk.reload()
    await desk.see('heading', 'Open the desk')
    await desk.until(() => document.activeElement.id === 'passkey')
    await assertAccessible(desk, 'opening with a passkey')
    await picture(desk, 'passkey-open')
    await desk.press('Enter')
    await desk.see('button', 'Go on duty')

    await desk.press('Alt+l')
    await desk.see('heading', 'The desk is locked')
    await assertAccessible(desk, 'locked under a passkey')
    await desk.until(() => document.activeElement.id === 'passkey')
    await desk.press('Enter')
    await desk.see('button', 'Go on duty')
    assert.deepEqual(desk.errors, [])
  })

  test('nobody but the passkey’s owner opens the desk, and what is kept is nothing without it', async () => {
    desk = await browser.newPage({ viewport: PHONE })
    const authenticator = await withAuthenticator(desk)
    const invitation = await program.invite('Kim')
    await join(desk, invitation)
    await authenticator.verifies(false)
    await desk.reload()
    await desk.click('button', 'Open the desk')
    await desk.seeAnywhere('That did not go through. Nothing is lost.')
    await desk.seeNone('button', 'Go on duty')

    // Stolen, with a passkey of another owner on the device that it was copied to.
    const stolen = await kept(desk)
    const other = await browser.newPage()
    try {
      await withAuthenticator(other)
      await other.goto(program.desk)
      await other.evaluate((stolen) => { for (const [name, value] of stolen) localStorage.setItem(name, value) }, stolen)
      await other.reload()
      await other.click('button', 'Open the desk')
      await other.seeAnywhere('That did not go through.')
      await other.seeNone('button', 'Go on duty')
    } finally {
      await other.close()
    }
  })

  test('a browser that gives the secret only when asked has the person confirm once more', async () => {
    desk = await browser.newPage({ viewport: PHONE })
    await desk.raw.addInitScript(givenWhenAsked)
    const authenticator = await withAuthenticator(desk)
    const invitation = await program.invite('Lee')
    await desk.goto(invitation.link)
    await picture(desk, 'passkey-join-phone')
    await desk.click('button', 'Make a passkey')
    await desk.see('button', 'Confirm')
    await desk.seeAnywhere('Your passkey is made.')
    await assertAccessible(desk, 'confirming')
    await picture(desk, 'passkey-confirm-phone')
    await desk.evaluate(() => { window.letBe = true })
    await desk.click('button', 'Confirm')
    await desk.seeAnywhere('That did not go through.')
    await desk.click('button', 'Confirm')
    await desk.see('heading', 'Waiting for your administrator')
    await invitation.certified
    await desk.see('button', 'Go on duty')
    assert.equal(await authenticator.passkeys(), 1)
    await desk.reload()
    await desk.click('button', 'Open the desk')
    await desk.see('button', 'Go on duty')
  })

  test('whoever lets it be can try again, and choose a passphrase, with the same invitation', async () => {
    desk = await browser.newPage()
    const authenticator = await withAuthenticator(desk)
    const invitation = await program.invite('Alex')
    await desk.goto(invitation.link)
    await authenticator.verifies(false)
    await desk.click('button', 'Make a passkey')
    await desk.seeAnywhere('That did not go through. Nothing is lost.')
    await desk.click('button', 'Make a passkey')
    await desk.seeAnywhere('That did not go through.')
    await makeKeys(desk)
    await invitation.certified
    await desk.see('button', 'Go on duty')
    await desk.reload()
    await typePassphrase(desk, PASSPHRASE)
    await desk.click('button', 'Open the desk')
    await desk.see('button', 'Go on duty')
  })

  test('a passkey that has no secret to give is told of, and a passphrase is chosen', async () => {
    desk = await browser.newPage()
    await withAuthenticator(desk, { hasPrf: false })
    const invitation = await program.invite('Robin')
    await desk.goto(invitation.link)
    await desk.click('button', 'Make a passkey')
    await desk.seeAnywhere('A passkey of this device cannot open keys.')
    await picture(desk, 'passkey-cannot')
    await makeKeys(desk)
    await invitation.certified
    await desk.see('button', 'Go on duty')
  })
})

describe('a browser without passkeys', () => {
  let program, browser
  before(async () => {
    program = await startProgram()
    browser = await launchFirefox()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  test('offers a passphrase alone', async () => {
    const desk = await browser.newPage()
    await desk.raw.evaluateOnNewDocument(() => { delete window.PublicKeyCredential })
    const invitation = await program.invite('Sam')
    await desk.goto(invitation.link)
    await desk.see('heading', 'Choose a passphrase')
    await desk.seeNone('button', 'Make a passkey')
    await makeKeys(desk)
    await invitation.certified
    await desk.see('button', 'Go on duty')
  })

  test('lets a new member in where its timers run a fraction early, as they may', async () => {
    const desk = await browser.newPage()
    await desk.raw.evaluateOnNewDocument(() => {
      const { setTimeout } = window
      window.setTimeout = (act, wait, ...more) => setTimeout(act, wait > 20 ? wait - 20 : wait, ...more)
    })
    const invitation = await program.invite('Alex')
    await desk.goto(invitation.link)
    await makeKeys(desk)
    await invitation.certified
    await desk.see('button', 'Go on duty')
  })

  test('a forgotten passphrase: a new invitation in the same browser takes the old one’s place, and needs no old secret', async () => {
    const desk = await browser.newPage()
    const join = async (passphrase) => {
      const invitation = await program.invite('Kim')
      // Of two links to one page a browser would load the second as a place in the first.
      await desk.goto('about:blank')
      await desk.goto(invitation.link)
      await makeKeys(desk, passphrase)
      await invitation.certified
      await desk.see('button', 'Go on duty')
    }
    const other = 'lamp river sock tin'
    await join(PASSPHRASE)
    await join(other)
    await desk.goto('about:blank')
    await desk.goto(program.desk)
    await typePassphrase(desk, PASSPHRASE)
    await desk.click('button', 'Open the desk')
    await desk.seeAnywhere('does not open the desk')
    await typePassphrase(desk, other)
    await desk.click('button', 'Open the desk')
    await desk.see('button', 'Go on duty')
  })
})
