// A line where WebSocket is broken: whole chats through a real nginx that refuses it, that lets it hang, that keeps
// answers back, that cuts every connection (features.md 3.8, 6.6; docs/decisions/0042).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, meet, picture, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { HANGS, PASSES, REFUSES, startProgramBehind } from '../lib/proxy.mjs'
import { startExport } from '../lib/website.mjs'

/** Milliseconds after which connections are cut, in place of the half minute that a server in the wild takes. */
const CUT = Number(process.env.STILLROOM_CUT ?? 2_500)

/** How many messages each side writes: with cuts, enough for some of them to come while nothing stands. */
const MESSAGES = Number(process.env.STILLROOM_MESSAGES ?? 8)

/** Notes in `window.alarms` each time that the page says that there is no connection. */
const watch = (page) => page.evaluate(() => {
  window.alarms = []
  const look = () => {
    for (const line of document.querySelectorAll('[data-line=down], .line-down')) window.alarms.push(line.textContent)
  }
  look()
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
})
const alarms = (page) => page.evaluate(() => window.alarms)

/** The marks of the messages in a conversation, in the order in which they stand. */
const marks = (page, who) => page.evaluate((who) => {
  const log = document.querySelector('[role=log]')
  return (log.textContent.match(new RegExp(`${who}-\\d+-`, 'g')) ?? []).map((mark) => Number(mark.split('-')[1]))
}, who)

/** Both write at once, and each sees all that the other wrote, once and in its order. */
async function talk(survivor, desk, count) {
  const all = Array.from({ length: count }, (_, at) => at)
  const write = async (page, says, who) => {
    for (const at of all) {
      await says(page, `${who}-${at}-`)
      await new Promise((done) => setTimeout(done, 150))
    }
  }
  await Promise.all([write(survivor, survivorSays, 'survivor'), write(desk, advocateSays, 'desk')])
  for (const page of [survivor, desk]) {
    for (const who of ['survivor', 'desk']) {
      await page.until(([who, last]) => document.querySelector('[role=log]').textContent.includes(`${who}-${last}-`), [who, count - 1], `all of ${who}`)
      assert.deepEqual(await marks(page, who), all, `${who} as it is seen`)
    }
  }
}

/** Browsers say of a WebSocket that failed, and of a request that was cut, that it did. */
const unexpected = (error) => !/WebSocket|can’t establish a connection|interrupted|Failed to load resource|ERR_/.test(error)

async function end(survivor, desk) {
  await survivor.click('button', 'End chat')
  await survivor.click('button', 'End and erase')
  await survivor.seeNone('log', 'Conversation')
  await desk.click('button', 'Put away')
}

/** Whether it may take as long as it takes: `cargo xtask prove second-way`. */
const THOROUGH = process.env.STILLROOM_CUT !== undefined

let chromium, firefox
before(async () => {
  chromium = await launchChromium()
  firefox = await launchFirefox()
})
after(async () => {
  await chromium?.close()
  await firefox?.close()
})

const WAYS = {
  'refuses WebSocket and keeps answers back until they are whole': { webSocket: REFUSES, buffers: true },
  'lets a WebSocket hang': { webSocket: HANGS },
  'refuses WebSocket and cuts every connection': { webSocket: REFUSES, cutsEvery: CUT },
  ...THOROUGH && { 'refuses WebSocket, keeps answers back and cuts every connection': { webSocket: REFUSES, buffers: true, cutsEvery: CUT } },
}

for (const [what, how] of Object.entries(WAYS)) {
  describe(`a server on the way that ${what}`, () => {
    let behind
    before(async () => { behind = await startProgramBehind(how) })
    after(() => behind?.stop())

    test('does not keep a survivor from an advocate, loses, doubles and mixes up nothing, and alarms nobody', async () => {
      const desk = await onDutyByInvitation(behind.program, chromium, 'Sam', '--desk', behind.origins.desk)
      await watch(desk)
      for (const browser of [chromium, firefox]) {
        const survivor = await browser.newPage({ viewport: PHONE })
        await survivor.goto(`${behind.origins.visitor}/`)
        await watch(survivor)
        const began = Date.now()
        await toWaiting(survivor)
        await meet(survivor, desk)
        const took = Date.now() - began
        await talk(survivor, desk, MESSAGES)
        await picture(survivor, `second-way-${browser.name}`)
        assert.deepEqual(await alarms(survivor), [], `what ${browser.name} showed after ${took} ms`)
        assert.deepEqual(await alarms(desk), [])
        assert.deepEqual(survivor.errors.filter(unexpected), [])
        await end(survivor, desk)
        await survivor.close()
      }
      await desk.close()
      const asked = behind.asked()
      assert.ok(asked.some((line) => line === '200 POST /u'), 'by the second way')
      assert.ok(asked.every((line) => !/[?&]/.test(line)), 'no address says anything')
    })
  })
}

describe('a server on the way that passes WebSocket and cuts it soon, again and again', () => {
  let behind
  before(async () => { behind = await startProgramBehind({ webSocket: PASSES, cutsEvery: CUT }) })
  after(() => behind?.stop())

  test('is got around after a few cuts', async () => {
    const desk = await onDutyByInvitation(behind.program, chromium, 'Kim', '--desk', behind.origins.desk)
    const survivor = await startChat(chromium, `${behind.origins.visitor}/`)
    await meet(survivor, desk)
    await survivor.until(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/u')))
    await watch(survivor)
    await talk(survivor, desk, MESSAGES)
    assert.deepEqual(await alarms(survivor), [])
    await survivor.close()
    await desk.close()
  })
})

describe('pages that the program gives out itself, before a relay behind a server that refuses WebSocket', () => {
  let behind, chat
  before(async () => {
    chat = await startExport()
    behind = await startProgramBehind({ webSocket: REFUSES, survivor: `origins = ["${chat.origin}"]\nserve_pages = false` })
    chat.give(behind.program.exported('survivor', chat.origin, behind.origins.visitor))
  })
  after(async () => {
    await behind?.stop()
    chat?.stop()
  })

  test('reach it all the same', async () => {
    const desk = await onDutyByInvitation(behind.program, chromium, 'Lou', '--desk', behind.origins.desk)
    for (const browser of [chromium, firefox]) {
      const survivor = await startChat(browser, `${chat.origin}/`)
      await watch(survivor)
      await meet(survivor, desk)
      await talk(survivor, desk, 3)
      assert.deepEqual(await alarms(survivor), [])
      await end(survivor, desk)
      await survivor.close()
    }
  })
})
