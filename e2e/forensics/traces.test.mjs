// The forensic test (`features.md` 7.3): a whole chat in stock browsers with a profile on disk, from the
// program's website, by its snippet, to each of its ends; then every file that the browser and the relay wrote is
// read. The same where the program gives out the page itself and the relay no code.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import * as chromium from './browsers/chromium.mjs'
import * as firefox from './browsers/firefox.mjs'
import { differences } from './listed.mjs'
import { memoryFiles } from './memory.mjs'
import { isWebsite, remains } from './remains.mjs'
import { Needles } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { GIVERS, startStage } from './stage.mjs'
import { table } from './table.mjs'
import { CHAT, CONTROL, LINKS, WEBSITE } from './town/town.mjs'
import {
  ENDINGS, address, arrive, assertBlankBothWays, assertReopenedIsBlank, assertRestoredIsBlank, assertWhereBackLeads, chat, endLeft,
} from './visit.mjs'
import { NOTED, SAID, neutralTitles, telling } from './words.mjs'

/** By what the line goes: the second way, where something before the relay breaks WebSocket. */
const BY_REQUESTS = 'by requests'

/** The runs of `cargo xtask test`, by who gives out the page; `cargo xtask forensics` makes all of them. */
const SHORT = [
  [['ended by the advocate', 'a plain link'], ['the way out', 'a link that replaces the page']],
  [['the way out', 'a link that replaces the page', BY_REQUESTS]],
]
const ALL = [
  ...Object.keys(ENDINGS).flatMap((ending) => Object.keys(LINKS).map((link) => [ending, link])),
  ['ended by the advocate', 'a plain link', BY_REQUESTS],
  ['the way out', 'a link that replaces the page', BY_REQUESTS],
]
const runs = (giver) => process.env.STILLROOM_FORENSICS === 'all' ? ALL : SHORT[GIVERS.indexOf(giver)]

const said = new Needles(SAID)
/** What a browser could have kept of this visit: words, and which of the page's fields were chosen. */
const ofVisit = ({ fields }) => new Needles([...SAID, ...new Set(fields)])
const noted = new Needles(NOTED)
const control = new Needles([CONTROL])

/** What a search must have opened, or it has not looked where a browser keeps things. */
const KINDS = {
  Chromium: ['SQLite', 'LevelDB log', 'Chromium cache', 'gzip'],
  Firefox: ['SQLite', 'mozLz4', 'Firefox cache', 'gzip'],
}

const lines = (hits) => hits.map(({ word, file, kind, how }) => `“${word}” in ${file} (${kind}, ${how})`)

const visits = [chromium, firefox].flatMap((kind) => GIVERS.map((giver) => [kind, giver]))
for (const [kind, giver] of visits) {
  describe(`a visit in ${kind.name}, the page given out by ${giver}`, () => {
    let stage, tells
    const rows = []
    let homes = 0
    before(async () => {
      stage = await startStage({ giver })
      tells = new Needles(await beyondTheBrowsersOwn(kind, stage))
    })
    after(async () => {
      await stage?.stop()
      console.log(table(`${kind.name}, ${giver}: what was read, and what it holds`, rows))
    })

    for (const [ending, link, way = 'by WebSocket'] of runs(giver)) {
      test(`${ending}, come by ${link}, ${way}: no word of it remains`, async () => {
        const { web } = stage.town
        Object.assign(web, { breaksWebSocket: way === BY_REQUESTS, posted: 0 })
        const home = join(stage.folder, `home-${homes++}`)
        const before = new Set(readdirSync('/dev/shm'))
        const visit = await arrive(kind, stage, link, home)
        try {
          await chat(visit)
          assert.equal(web.posted > 0, way === BY_REQUESTS, way)
          const relay = memoryFiles(stage.program.pid)
          await ENDINGS[ending](visit)
          if (ending !== 'the browser killed') {
            const here = await address(visit.page)
            await assertBlankBothWays(visit.page, 'the page')
            await assertWhereBackLeads(visit, here)
            await assertReopenedIsBlank(visit)
            await visit.browser.quit()
          }
          const found = read(kind, stage, home, { visit, relay, before, tells })
          rows.push({ 'the chat': `${ending}, ${link}, ${way}`, ...found })
          assertHistory(kind, stage, visit, ending)
          await assertRestoredIsBlank(visit)
          read(kind, stage, home, { visit, relay, before, tells })
        } finally {
          await visit.browser.kill()
          await endLeft(stage.desk)
        }
      })
    }
  })
}

/** The words that would tell what the page was, less those that this browser brings along itself. */
async function beyondTheBrowsersOwn(kind, stage) {
  const home = join(stage.folder, 'home-without')
  const { browser } = await arrive(kind, stage, Object.keys(LINKS)[0], home)
  await browser.quit()
  const words = telling(stage.policy)
  const own = new Set(beside(home, new Needles(words)).map(({ word }) => word))
  assert.ok(own.size < 6, `words that ${kind.name} brings along: ${[...own]}`)
  return words.filter((word) => !own.has(word))
}

/** What of it is in a home, but for the program's website, which says what the chat is. */
const beside = (home, needles) => search(home, needles).hits.filter(({ file }) => !isWebsite(home, file))

/** Reads everything, and fails where it should not be as it is. */
function read(kind, stage, home, { visit, relay, before, tells }) {
  const chatWords = search(home, ofVisit(visit))
  assert.deepEqual(lines(chatWords.hits), [], 'no word of the chat in any file of the browser')
  for (const opened of KINDS[kind.name]) assert.ok(chatWords.kinds.get(opened), `${opened} was looked into`)
  assert.ok(search(home, control).hits.length > 1, 'what a browser keeps of another site is found')

  assert.deepEqual(lines(beside(home, tells)), [], 'nothing tells what the page was')
  assert.deepEqual(lines(search(home, noted).hits), [], 'nothing tells what was chosen before the chat')
  assert.deepEqual(stage.town.described, [], 'no field of the page is described to the browser’s maker')

  const left = remains(home)
  assert.deepEqual(differences(kind.name, left), [], 'what remains is what docs/traces.md says')

  const kept = search(stage.program.folder, said)
  assert.deepEqual(lines(kept.hits), [], 'no word in the relay’s folder, log and database')
  assert.ok(readFileSync(join(stage.program.folder, 'relay.log'), 'utf8').length > 0, 'the relay has a log')
  for (const { name, bytes } of relay) assert.equal(said.in(bytes).size, 0, `no word in ${name}`)
  for (const name of readdirSync('/dev/shm').filter((name) => !before.has(name))) {
    const path = join('/dev/shm', name)
    if (existsSync(path)) assert.deepEqual(lines(search(path, said).hits), [], 'no word in shared memory')
  }
  return {
    files: chatWords.files,
    megabytes: Math.round(chatWords.bytes / 1e6),
    'opened': [...chatWords.kinds].filter(([name]) => name !== 'raw').map(([name, count]) => `${count} ${name}`).join(', '),
    'words found': chatWords.hits.length,
    'the host’s name in': left.length,
  }
}

/** One entry of the chat's, neutral, beside the program's page and the exit site. */
function assertHistory(kind, stage, visit, ending) {
  const { town } = stage
  const entries = kind.history(visit.home).filter(([address]) => address.startsWith('http'))
  const chat = entries.filter(([address]) => new URL(address).hostname === CHAT)
  assert.equal(chat.length, 1, `one entry: ${JSON.stringify(chat)}`)
  assert.equal(chat[0][0], town.chat, 'of the plain address')
  assert.ok(neutralTitles(stage.policy).includes(chat[0][1]), `with a neutral title: ${chat[0][1]}`)
  const hosts = new Set(entries.map(([address]) => new URL(address).hostname))
  const expected = [WEBSITE, CHAT, ...(ending === 'the way out' ? [new URL(town.exit).hostname] : [])]
  assert.deepEqual([...hosts].sort(), expected.sort())
}
