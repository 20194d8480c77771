// The program's own website with the snippet in it, and pages that the program gives out itself from bare
// servers, while the relay gives out no code.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { launchChromium, launchFirefox, PHONE } from '../lib/browsers.mjs'
import { advocateSays, askForAdvocate, goOnDuty, meet, onDuty, picture, startChat, survivorSays, toWaiting } from '../lib/people.mjs'
import { openAdministratorsDesk, PASSPHRASE, startProgram, typePassphrase } from '../lib/program.mjs'
import { BINARY } from '../lib/stillroom.mjs'
import { startExport, startWebsite } from '../lib/website.mjs'

const OPEN = 'Chat is open now'
const CLOSED = 'Chat is closed now'
const NOBODY = 'Nobody is free to answer right now'
const shows = (page) => page.evaluate(() => document.documentElement?.innerText ?? '')

/** A member of staff joins by this link, makes a passphrase, and goes on duty. */
async function welcome(browser, program, ...more) {
  const invitation = await program.invite('Sam', ...more)
  const desk = await browser.newPage()
  await desk.goto(invitation.link)
  await desk.fill('textbox', 'Passphrase', PASSPHRASE)
  await desk.fill('textbox', 'The same passphrase once more', PASSPHRASE)
  await desk.click('button', 'Make my keys')
  await invitation.certified
  await desk.see('button', 'Go on duty')
  return { desk, link: invitation.link }
}

async function startDuty(desk) {
  await goOnDuty(desk)
}

/** The website around a snippet, and a page that leads to it. */
const website = (snippet) => ({
  '/': `<!doctype html><html lang="en"><title>Rivertown</title><h1>Rivertown Advocates</h1>${snippet}</html>`,
  '/before': '<!doctype html><html lang="en"><title>Before</title><a href="/">Rivertown Advocates</a></html>',
})

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the snippet on the program's website, in ${name}`, () => {
    let program, site, chromium, browser, desk
    before(async () => {
      program = await startProgram()
      const chat = new URL(program.visitor).origin
      site = await startWebsite(website(program.snippet(chat)))
      chromium = await launchChromium()
      browser = name === 'Chromium' ? chromium : await launch()
    })
    after(async () => {
      await desk?.close()
      await browser?.close()
      if (browser !== chromium) await chromium?.close()
      site?.stop()
      await program?.stop()
    })

    test('says that chat is closed while nobody is there, and open once somebody is', async () => {
      let page = await browser.newPage({ viewport: PHONE })
      await page.goto(`${site.origin}/`)
      await page.seeAnywhere(CLOSED)
      assert.ok(!(await shows(page)).includes(OPEN))
      await page.close();
      ({ desk } = await welcome(chromium, program))
      await startDuty(desk)
      // Another visitor: this one's browser would go by the answer that it has for a few seconds.
      page = await browser.newPage({ viewport: PHONE })
      await page.goto(`${site.origin}/`)
      await page.seeAnywhere(OPEN)
      const shown = await shows(page)
      assert.ok(!shown.includes(CLOSED))
      for (const word of ['Chat with an advocate', 'Every day', '+1 555 010 0100', '911']) assert.ok(shown.includes(word), word)
      await picture(page, `snippet-${name}`)
      assert.deepEqual(page.errors, [])
      await page.close()
    })

    test('says when chat opens again, where that is known, and nothing of a time that has passed', async () => {
      site.pages['/told'] = website(program.snippet(new URL(program.visitor).origin, '--relay', site.origin))['/']
      for (const [next, told] of [['2126-11-26T08:00-06:00', true], ['2016-11-26T08:00-06:00', false], [null, false]]) {
        site.pages['/now'] = JSON.stringify({ state: 'closed', open: false, next, version: 1 })
        const page = await browser.newPage()
        await page.goto(`${site.origin}/told`)
        await page.seeAnywhere(CLOSED)
        assert.equal((await shows(page)).includes('It opens again: '), told, String(next))
        if (told) assert.match(await shows(page), /It opens again: .*day.* \d/)
        await page.close()
      }
    })

    test('asks the relay once, without a cookie or a referrer, and leaves nothing behind', async () => {
      const page = await browser.newPage()
      const asked = []
      page.raw.on('request', (request) => { if (request.url().endsWith('/now')) asked.push(request) })
      await page.goto(`${site.origin}/`)
      await page.evaluate(() => { document.cookie = 'a=b' })
      await page.seeAnywhere(OPEN)
      for (let time = 0; time < 5; time++) await page.evaluate(() => { document.dispatchEvent(new Event('visibilitychange')) })
      await page.evaluate(() => fetch('/before').then((answer) => answer.text()))
      assert.equal(asked.length, 1)
      const headers = asked[0].headers()
      assert.ok(!headers.cookie && !headers.referer, JSON.stringify(headers))
      assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0)
      const names = await page.evaluate(() => {
        const frame = document.createElement('iframe')
        document.body.append(frame)
        const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow))
        return Object.getOwnPropertyNames(window).filter((name) => !usual.has(name) && !/^\d+$/.test(name))
      })
      assert.deepEqual(names.filter((name) => !/playwright|puppeteer|^__/i.test(name)), [], 'no global names')
      await page.close()
    })

    test('opens the chat in place of the website, which Back then does not show, and says nothing of it', async () => {
      const page = await browser.newPage()
      await page.goto(`${site.origin}/before`)
      await page.click('link', 'Rivertown Advocates')
      await page.seeAnywhere(OPEN)
      const entries = await page.evaluate(() => history.length)
      await page.click('link', 'Chat with an advocate')
      await page.see('button', 'Leave this page')
      assert.equal(new URL(page.url()).origin, new URL(program.visitor).origin)
      assert.equal(await page.evaluate(() => document.referrer), '')
      assert.equal(await page.evaluate(() => history.length), entries, 'no entry more')
      await page.back()
      await page.until(() => document.title === 'Before')
      await page.close()
    })

    test('without its script is a plain link that says nothing of the website either', async () => {
      const page = await browser.newPage()
      const plain = program.snippet(new URL(program.visitor).origin).replace(/<script>[^]*<\/script>/, '')
      site.pages['/plain'] = website(plain)['/']
      await page.goto(`${site.origin}/plain`)
      const shown = await shows(page)
      for (const word of ['Every day', '+1 555 010 0100', 'America/Chicago']) assert.ok(shown.includes(word), word)
      assert.ok(!shown.includes(OPEN) && !shown.includes(CLOSED), 'it does not pretend to know')
      await page.click('link', 'Chat with an advocate')
      await page.see('button', 'Leave this page')
      assert.equal(await page.evaluate(() => document.referrer), '')
      await page.close()
    })

    test('with its script beside it runs under strict rules, and not at all once it was altered', async () => {
      const into = join(program.folder, `snippet-${name}`)
      const chat = new URL(program.visitor).origin
      program.snippet(chat, '--into', into)
      site.pages['/strict'] = website(readFileSync(join(into, 'snippet.html'), 'utf8'))['/']
      site.pages['/snippet.js'] = readFileSync(join(into, 'snippet.js'), 'utf8')
      site.pages.headers = { 'content-security-policy': `default-src 'none'; script-src 'self'; connect-src ${chat}` }
      const page = await browser.newPage()
      await page.goto(`${site.origin}/strict`)
      await page.seeAnywhere(OPEN)
      assert.deepEqual(page.errors.filter((error) => !error.includes('favicon')), [])
      await page.close()
      site.pages['/snippet.js'] += 'document.title = "altered"'
      const other = await browser.newPage()
      await other.goto(`${site.origin}/strict`)
      await other.until(() => document.readyState === 'complete')
      assert.equal(await other.title(), 'Rivertown')
      await other.close()
      site.pages.headers = {}
    })

    test('while the relay is down says nothing of open or closed; link and hours stand', async () => {
      await program.kill()
      try {
        const page = await browser.newPage()
        await page.goto(`${site.origin}/`)
        // Asked after the snippet has, this fails after it.
        const { status } = await page.evaluate(() => ({ ...document.querySelector('[data-status]').dataset }))
        await page.until((status) => fetch(status).then(() => false, () => true), status)
        const shown = await shows(page)
        assert.ok(!shown.includes(OPEN) && !shown.includes(CLOSED), shown)
        assert.ok(shown.includes('Every day') && shown.includes('Chat with an advocate'))
        await page.close()
      } finally {
        await program.serve()
      }
    })
  })
}

describe('what differs on a date, where pages stay as they are for months', () => {
  const DAY = 86_400_000
  const inDays = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)
  /** In which order they come, so that the first is past when the second is still to come. */
  const dates = { 'Founding Day': inDays(100), 'Harvest Day': inDays(300) }
  let program, chat, site
  before(async () => {
    chat = await startExport()
    program = await startProgram({ survivor: `origins = ["${chat.origin}"]\nserve_pages = false` })
    const exception = ([text, date]) => `[[hours.exceptions]]\ndate = ${date}\ntext = "${text}"\n\n`
    program.publish((policy) => policy.replace('[timers]', `${Object.entries(dates).map(exception).join('')}[timers]`))
    program.addLanguages('en-XA')
    chat.give(program.exported('survivor', chat.origin))
    site = await startWebsite(website(program.snippet(chat.origin)))
  })
  after(async () => {
    chat?.stop()
    site?.stop()
    await program?.stop()
  })

  test('each date is there until it is past, and without scripts beyond', async () => {
    const browser = await launchChromium()
    const listed = (page) => page.evaluate(() => [...document.querySelectorAll('[data-date]')]
      .filter((each) => each.getClientRects().length).map((each) => each.dataset.date))
    try {
      for (const address of [`${chat.origin}/`, `${site.origin}/`]) {
        for (const [days, shown] of [[0, Object.values(dates)], [99, Object.values(dates)], [102, [dates['Harvest Day']]], [302, []]]) {
          const page = await browser.newPage()
          await page.raw.clock.setFixedTime(Date.now() + days * DAY)
          await page.goto(address)
          await page.until((count) => [...document.querySelectorAll('[data-date]')].filter((each) => !each.hidden).length === count, shown.length)
          assert.deepEqual(await listed(page), shown, `${address} in ${days} days`)
          if (address.startsWith(chat.origin)) {
            await page.evaluate(() => {
              const choice = document.getElementById('language')
              ;[...choice.options].find(({ lang }) => lang === 'en-XA').selected = true
              choice.dispatchEvent(new Event('change', { bubbles: true }))
            })
            await page.until(() => document.documentElement.lang === 'en-XA')
            assert.deepEqual(await listed(page), shown, `in other words in ${days} days`)
          }
          await page.close()
        }
        const page = await browser.newPage({ scripts: false })
        await page.goto(address)
        const text = await page.raw.content()
        for (const [why, date] of Object.entries(dates)) {
          assert.ok(text.includes(why) && text.includes(`data-date="${date}"`), why)
          const year = date.slice(0, 4)
          assert.match(text, new RegExp(`data-date="${date}">[^/]*, ${year}`), 'with its year')
        }
        await page.close()
      }
    } finally {
      await browser.close()
    }
  })
})

describe('pages that the program gives out itself', () => {
  let program, chat, desks, chromium, firefox, desk
  /** How `site verify` ends, and what it says. The server is in this process, which must not wait for it. */
  const verify = (origin, ...more) => new Promise((resolve) => {
    execFile(BINARY, ['site', 'verify', origin, '--root', program.root, ...more], (error, out, remarks) => {
      resolve({ status: error?.code ?? 0, said: out + remarks })
    })
  })
  before(async () => {
    [chat, desks] = [await startExport(), await startExport()]
    program = await startProgram({
      survivor: `origins = ["${chat.origin}"]\nserve_pages = false`,
      desk: `origins = ["${desks.origin}"]\nserve_pages = false`,
    })
    chat.give(program.exported('survivor', chat.origin))
    desks.give(program.exported('desk', desks.origin))
    chromium = await launchChromium()
    firefox = await launchFirefox()
  })
  after(async () => {
    await desk?.close()
    await chromium?.close()
    await firefox?.close()
    for (const server of [chat, desks]) server?.stop()
    await program?.stop()
  })

  test('are what was released and what the program signed', async () => {
    for (const [page, server] of [['survivor', chat], ['desk', desks]]) {
      for (const more of [[], ['--manifest', join(program.folder, `export-${page}`, 'manifest.stillroom')]]) {
        const { status, said } = await verify(server.origin, ...more)
        assert.equal(status, 0, said)
      }
    }
  })

  test('say beforehand when chat is open, and that nobody is there once the relay has answered', async () => {
    for (const scripts of [true, false]) {
      const page = await chromium.newPage({ scripts, viewport: PHONE })
      await page.goto(`${chat.origin}/`)
      await page.seeAnywhere(scripts ? NOBODY : 'Whether somebody is here')
      const shown = await shows(page).catch(() => '')
      if (scripts) assert.ok(shown.includes('Every day') && !shown.includes('Whether somebody is here'), shown)
      await page.close()
    }
  })

  test('carry a whole chat through a relay that gives out no code', async () => {
    const relays = [program.visitor, program.desk]
    for (const relay of relays) assert.equal((await fetch(relay)).status, 404)
    let link
    ({ desk, link } = await welcome(chromium, program, '--desk', desks.origin))
    assert.ok(link.startsWith(`${desks.origin}/#join=`), link)
    await startDuty(desk)
    for (const browser of [chromium, firefox]) {
      const survivor = await browser.newPage({ viewport: PHONE })
      const asked = []
      survivor.raw.on('request', (request) => asked.push(new URL(request.url())))
      await survivor.goto(`${chat.origin}/`)
      await survivor.seeAnywhere(OPEN)
      await survivor.close()
      const talking = await startChat(browser, `${chat.origin}/`, { viewport: PHONE })
      await meet(talking, desk)
      await talking.until((answers) => performance.getEntriesByType('resource')
        .some(({ name, responseStatus }) => name === answers && responseStatus === 204), `${program.visitor}a`, 'answers to be taken')
      await survivorSays(talking, 'from a page of the program')
      await desk.seeText('log', 'Conversation', 'from a page of the program')
      await advocateSays(desk, 'to a page of the program')
      await talking.seeText('log', 'Conversation', 'to a page of the program')
      await desk.click('button', 'End chat')
      await desk.click('button', 'End and erase')
      await talking.seeNone('log', 'Conversation')
      assert.deepEqual(talking.errors, [])
      assert.deepEqual([...new Set(asked.filter(({ protocol }) => protocol !== 'data:').map(({ origin }) => origin))].sort(), [chat.origin, new URL(program.visitor).origin].sort())
      await talking.close()
      await desk.click('button', 'Put away')
    }
    assert.deepEqual(desk.errors, [])
  })

  test('bring the administrator’s console along, which opens with the device of that desk', async () => {
    for (const [browser, who] of [[chromium, 'Robin'], [firefox, 'Alex']]) {
      const page = await browser.newPage()
      await page.goto(program.console(who).replace(new URL(program.desk).origin, desks.origin))
      await openAdministratorsDesk(page)
      await page.click('link', 'Administration')
      await typePassphrase(page, PASSPHRASE)
      await page.click('button', 'Open the console')
      await page.seeAnywhere('By your hours, chat is')
      assert.equal(page.url(), `${desks.origin}/console`)
      assert.deepEqual(page.errors, [])
      await page.close()
    }
  })

  test('load nothing twice', async () => {
    for (const browser of [chromium, firefox]) {
      const page = await browser.newPage()
      chat.served.asked.length = 0
      await page.goto(`${chat.origin}/`)
      await toWaiting(page)
      const files = chat.served.asked.filter((path) => path.startsWith('/s/'))
      assert.ok(files.some((path) => path.endsWith('.wasm')))
      assert.deepEqual(files, [...new Set(files)], browser.name)
      await page.close()
    }
  })

  test('do not start with a module that was altered, and are found out', async () => {
    const manifest = readFileSync(join(program.folder, 'export-survivor/www/index.html'), 'utf8')
    const [path] = /\/s\/p-[0-9a-f]+\.wasm/.exec(manifest)
    // A section that means nothing: the module is as good as before, and not the one that was released.
    const more = Buffer.from([0, 2, 1, 120])
    chat.served.altered[path] = Buffer.concat([readFileSync(join(program.folder, 'export-survivor/www', path)), more])
    try {
      for (const browser of [chromium, firefox]) {
        const page = await browser.newPage()
        await page.goto(`${chat.origin}/`)
        await page.seeAnywhere(OPEN)
        await askForAdvocate(page)
        await page.seeAnywhere('Chat could not load')
        await page.close()
      }
      const { status, said } = await verify(chat.origin)
      assert.equal(status, 1)
      assert.ok(said.includes(path.slice(1)), said)
    } finally {
      delete chat.served.altered[path]
    }
  })

  test('name what is lost when a server leaves the headers out, and keep their own rules', async () => {
    const { headers } = chat.served
    chat.served.headers = {}
    try {
      const { status, said } = await verify(chat.origin)
      assert.equal(status, 1)
      for (const word of ['content-security-policy: frame-ancestors', 'referrer-policy', 'cross-origin-opener-policy', 'read the chat']) {
        assert.ok(said.includes(word), `${word}\n${said}`)
      }
      const page = await chromium.newPage()
      await page.goto(`${chat.origin}/`)
      await page.seeAnywhere(OPEN)
      const ran = await page.evaluate(() => {
        const script = document.createElement('script')
        try { script.textContent = 'window.ran = true' } catch { /* a text is no script here */ }
        document.head.append(script)
        return window.ran === true
      })
      assert.equal(ran, false, 'the rules in the document hold')
      await page.close()
    } finally {
      chat.served.headers = headers
    }
  })

  test('are the only ones that the relay lets in', async () => {
    const stranger = await startExport()
    try {
      stranger.give(join(program.folder, 'export-survivor'))
      const page = await chromium.newPage()
      await page.goto(`${stranger.origin}/`)
      const answer = await page.evaluate((relay) => new Promise((resolve) => {
        const socket = new WebSocket(`${relay}line`)
        socket.onopen = () => resolve('let in')
        socket.onclose = () => resolve('refused')
      }), program.visitor.replace('http', 'ws'))
      assert.equal(answer, 'refused')
      await page.close()
    } finally {
      stranger.stop()
    }
  })
})
