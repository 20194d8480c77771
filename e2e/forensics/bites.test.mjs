// That the forensic test bites: stock browsers are given words to keep, each in a store of its own, by a page
// that is careless; and a chat behind a careless server, whose words get into a title. All of it is found.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import * as chromium from './browsers/chromium.mjs'
import * as firefox from './browsers/firefox.mjs'
import { Needles } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { startStage } from './stage.mjs'
import { ENDINGS, arrive, chat, endLeft, settled } from './visit.mjs'
import { PATIENCE } from '../lib/browsers.mjs'
import { wait } from '../lib/wait.mjs'
import { SURVIVOR, telling } from './words.mjs'

const PLAIN = 'a plain link'

/** A word for each store, and as what it is found in each browser: one of these kinds is enough. */
const STORES = {
  localStorage: { word: 'inlocalstorage', Chromium: ['LevelDB log', 'LevelDB table', 'SQLite'], Firefox: ['SQLite'] },
  indexedDB: { word: 'inindexeddb', Chromium: ['LevelDB log', 'LevelDB table', 'SQLite'], Firefox: ['SQLite', 'raw'] },
  cookie: { word: 'inthecookiename', Chromium: ['SQLite'], Firefox: ['SQLite'] },
  title: { word: 'inthetitle', Chromium: ['SQLite'], Firefox: ['SQLite'] },
  session: { word: 'inhistorystate', Chromium: ['raw'], Firefox: ['mozLz4'] },
  // What is typed and not sent, in a box that does not forbid it.
  form: { word: 'inatextarea', Chromium: ['raw'], Firefox: ['mozLz4'] },
  // What is chosen among radio buttons that do not forbid it.
  choice: { word: 'inaradiobutton', Chromium: ['raw'], Firefox: ['mozLz4'] },
  cache: { word: 'inthecache', Chromium: ['Chromium cache', 'raw'], Firefox: ['Firefox cache', 'raw'] },
}

/** What a careless page would do with them. */
const plant = (page) => page.evaluate(async (words) => {
  localStorage.setItem('words', words.localStorage)
  document.cookie = `${words.cookie}=1; max-age=86400; secure`
  document.title = words.title
  history.pushState({ words: words.session }, '', `?${words.session}`)
  const opened = indexedDB.open('words')
  opened.onupgradeneeded = () => opened.result.createObjectStore('words')
  const database = await new Promise((resolve) => { opened.onsuccess = () => resolve(opened.result) })
  const change = database.transaction('words', 'readwrite')
  change.objectStore('words').put(words.indexedDB, 1)
  await new Promise((resolve) => { change.oncomplete = resolve })
  database.close()
  document.body.append(document.createElement('textarea'))
  const choice = document.createElement('input')
  Object.assign(choice, { type: 'radio', id: words.choice, name: words.choice, value: words.choice })
  document.body.append(choice)
  choice.click()
  document.querySelector('textarea').focus()
  const kept = await caches.open('words')
  await kept.put('/words', new Response(words.cache))
}, Object.fromEntries(Object.entries(STORES).map(([store, { word }]) => [store, word])))

/** What a server does that lets browsers keep everything. */
const careless = (headers) => {
  if ((headers['content-type'] ?? '').startsWith('text/html')) headers['cache-control'] = 'public, max-age=3600'
}

for (const kind of [chromium, firefox]) {
  describe(`in ${kind.name}`, () => {
    let stage
    before(async () => { stage = await startStage({ change: careless }) })
    after(() => stage?.stop())

    test('a word in each store of a careless page is found there', async () => {
      const home = join(stage.folder, 'home-planted')
      const visit = await arrive(kind, stage, PLAIN, home)
      const { browser, page } = visit
      try {
        await plant(page)
        await page.raw.keyboard.type(STORES.form.word)
        if (kind === chromium) await wait(() => stage.town.described.length > 0, 'the field to be described to others', PATIENCE)
        await settled(visit)
        await browser.quit()
      } finally {
        await browser.kill()
      }
      const { hits } = search(home, new Needles(Object.values(STORES).map(({ word }) => word)))
      for (const [store, { word, [kind.name]: kinds }] of Object.entries(STORES)) {
        const found = hits.filter((hit) => hit.word === word).map((hit) => hit.kind)
        assert.ok(found.some((one) => kinds.includes(one)), `${store}: ${found}`)
      }
    })

    test('a chat whose page may be cached, and whose words are in its title, does not pass', async () => {
      const home = join(stage.folder, 'home-careless')
      const visit = await arrive(kind, stage, PLAIN, home)
      const [, said] = SURVIVOR[0]
      try {
        await chat(visit)
        await visit.page.evaluate((word) => { document.title = word }, said)
        await visit.page.until((word) => document.title === word, said)
        await ENDINGS['ended by the advocate'](visit)
        await visit.browser.quit()
      } finally {
        await visit.browser.kill()
        await endLeft(stage.desk)
      }
      const { hits } = search(home, new Needles([said, ...telling(stage.policy)]))
      assert.ok(hits.some(({ word, kind }) => word === said && kind === 'SQLite'), 'the title is in the history')
      const sentence = (word) => word !== said && word.split(' ').length > 3
      assert.ok(hits.some(({ word, kind }) => sentence(word) && kind.endsWith(' cache')), 'the page is in the cache')
    })
  })
}
