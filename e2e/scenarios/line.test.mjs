// What goes over the line: all that the survivor's page asks of anybody, and what the sizes of its messages
// tell. A recording server stands between the browser and the relay.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'

import { Needles } from '../forensics/search/needles.mjs'
import { launchChromium, launchFirefox, PATIENCE } from '../lib/browsers.mjs'
import { advocateSays, meet, startChat, survivorSays } from '../lib/people.mjs'
import { onDutyByInvitation } from '../lib/program.mjs'
import { startRecordedProgram } from '../lib/recording.mjs'
import { wait } from '../lib/wait.mjs'

/** The sizes that a padded record can have, from where they are defined. */
const BUCKETS = (() => {
  const source = readFileSync(new URL('../../crates/protocol/src/padding.rs', import.meta.url), 'utf8')
  const [, list] = /BUCKETS: \[usize; \d+\] = \[([^\]]+)\]/.exec(source)
  return list.split(',').map((size) => Number(size.replaceAll('_', '')))
})()

/** What encryption and the frame add to a record: more would be a second thing to tell messages apart by. */
const ADDED_MAX = 250

const MARK = 'quillamander'
/** Texts that should look alike on the line, and others that need a larger bucket. */
const SHORT = ['1', 'é', '👩🏽‍🦱', 'na', 'मुकुंदपरी', MARK, `${'a word, '.repeat(12)}end`]
const LONG = [`${MARK} ${'x'.repeat(380)}`, 'न'.repeat(600), `${'long '.repeat(400)}`, 'ن'.repeat(4_000), '👩'.repeat(4_000)]

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the line of a survivor in ${name}`, () => {
    let recording, program, staff, browser, survivor, desk
    const asked = []
    before(async () => {
      ;({ recording, program } = await startRecordedProgram())
      staff = await launchChromium()
      browser = await launch()
      desk = await onDutyByInvitation(program, staff, 'Sam the advocate')
      survivor = await startChat(watched(browser, asked), `${recording.origin}/`)
      await meet(survivor, desk)
    })
    after(async () => {
      await browser?.close()
      await staff?.close()
      await program?.stop()
      recording?.stop()
    })

    /** The sizes of the messages that pass in this direction while somebody says this. */
    async function sizes(from, say) {
      const start = recording.frames.length
      await say()
      const sent = () => recording.messages(from, start)
      await wait(() => sent().length > 0, 'a message on the line', PATIENCE)
      return sent()
    }

    /** Which bucket a size on the line is of, and how much was added. */
    function bucketOf(size) {
      const bucket = BUCKETS.findLast((bucket) => bucket < size)
      assert.ok(bucket && size - bucket <= ADDED_MAX, `${size} is no bucket's size`)
      return bucket
    }

    test('whatever is typed, a message has one of a few sizes, and short ones have one', async () => {
      const added = new Map()
      const note = (all) => all.map((size) => {
        const bucket = bucketOf(size)
        added.set(bucket, (added.get(bucket) ?? new Set()).add(size))
        return bucket
      })
      for (const text of SHORT) {
        const of = [
          ...await sizes('page', async () => { await survivorSays(survivor, text); await desk.seeText('log', 'Conversation', text) }),
          ...await sizes('relay', async () => { await advocateSays(desk, text); await survivor.seeText('log', 'Conversation', text) }),
        ]
        assert.deepEqual([...new Set(note(of))], [BUCKETS[0]], `“${text}” is as long as any other short text`)
      }
      const buckets = []
      for (const text of LONG) {
        const all = await sizes('page', async () => { await survivorSays(survivor, text); await desk.seeText('log', 'Conversation', text.trim()) })
        buckets.push(Math.max(...note(all)))
      }
      assert.ok(buckets.every((bucket, at) => at === 0 || bucket >= buckets[at - 1]), `longer texts, larger buckets: ${buckets}`)
      assert.equal(buckets.at(-1), BUCKETS.at(-1), 'the longest text fills the largest')
      for (const [bucket, all] of added) assert.ok(all.size <= 2, `bucket ${bucket} shows as ${[...all]}: one size for each direction`)
    })

    test('the page asks its own origin alone, for each thing once, and says nothing of itself', () => {
      const { host } = new URL(recording.origin)
      assert.ok(asked.length > 3, `the browser’s own list: ${asked}`)
      // What a browser brings along itself goes over no line.
      assert.deepEqual(asked.filter((url) => !url.startsWith('data:') && new URL(url).host !== host), [])
      const paths = recording.requests.map((head) => head.split(' ')[1])
      for (const path of paths) assert.match(path, /^\/$|^\/s\/p-[0-9a-f]{16}\.(js|css|wasm|svg)$|^\/line$|^\/now$|^\/a$/)
      const files = paths.filter((path) => path.startsWith('/s/'))
      assert.equal(new Set(files).size, files.length, `each file once: ${files}`)
      assert.equal(paths.filter((path) => path === '/a').length, 1, 'what was answered to questions, or was not')
      for (const head of recording.requests) {
        assert.match(head, /^(GET|POST \/a) /)
        assert.doesNotMatch(head, /^(cookie|referer|authorization|if-none-match|if-modified-since):/im, head)
      }
    })

    test('of all that passed, nothing can be read', () => {
      const bytes = recording.bytes()
      assert.deepEqual([...new Needles([MARK, 'Sam the advocate', 'मुकुंदपरी']).in(bytes).keys()], [])
      assert.ok(new Needles(['https://weather.gov/']).in(bytes).size === 1, 'what is public is found')
    })
  })
}

/** A browser that notes every address that its pages ask for, in its own words. */
function watched(browser, asked) {
  return {
    async newPage(options) {
      const page = await browser.newPage(options)
      page.raw.on('request', (request) => asked.push(request.url()))
      page.raw.on('websocket', (socket) => asked.push(socket.url()))
      return page
    },
  }
}
