// The advice that survivors get, and whether it is true: when they remove the one line of the chat from the
// browser's history, what `docs/traces.md` says is gone is gone, and what remains is what it says remains.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import * as chromium from './browsers/chromium.mjs'
import * as firefox from './browsers/firefox.mjs'
import { listed } from './listed.mjs'
import { remains } from './remains.mjs'
import { startStage } from './stage.mjs'
import { CHAT } from './town/town.mjs'
import { ENDINGS, arrive, chat, endLeft } from './visit.mjs'

for (const kind of [chromium, firefox]) {
  describe(`in ${kind.name}`, () => {
    let stage
    before(async () => { stage = await startStage() })
    after(() => stage?.stop())

    for (const ending of ['ended by the advocate', 'the way out']) {
      test(`${ending}, and the line removed`, async () => {
        const home = join(stage.folder, `home of ${ending}`)
        const visit = await arrive(kind, stage, 'a plain link', home)
        try {
          await chat(visit)
          await ENDINGS[ending](visit)
          await visit.browser.quit()
          visit.browser = await kind.open(visit.home, stage.town, stage.screen)
          await kind.removeLine(visit.browser, shownAs(kind, stage, ending), visit.home, stage.screen)
          await visit.browser.quit()
        } finally {
          await visit.browser.kill()
          await endLeft(stage.desk)
        }
        assert.deepEqual(kind.history(visit.home).filter(([address]) => address.includes(CHAT)), [])
        const rows = listed(kind.name).filter(({ how }) => how !== 'gone with the line')
        assert.deepEqual(remains(home).filter((file) => !rows.some((row) => row.matches(file))), [])
      })
    }
  })
}

/**
 * Which line it is. Chromium takes a page that left by itself, as the way out does, for a step on the way to
 * where it went: its list shows the other site alone, and both go with that line.
 */
function shownAs(kind, stage, ending) {
  return kind === chromium && ending === 'the way out' ? new URL(stage.town.exit).hostname : CHAT
}
