// What a relay says of itself is read at the end of every scenario (`lib/unsaid.mjs`). Here it is shown that the
// reading finds what a relay could give away, and finds nothing where a relay says what it does say.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startProgram } from '../lib/program.mjs'
import { scriptedSurvivor } from '../lib/scripted.mjs'
import { startDemo } from '../lib/stillroom.mjs'
import { know, saidInFigures, saidInLog } from '../lib/unsaid.mjs'

const AT = '2026-11-28T03:28:34.512345Z'
const line = (said, by = 'stillroom_relay::line') => `${AT} TRACE ${by}: ${said}\n`

const GIVEN_AWAY = {
  'an address': 'a connection from 203.0.113.7',
  'an address and its port': 'a connection from 203.0.113.7:51234',
  'an address of IPv6': 'a connection from 2001:db8::7',
  'an address of IPv6 and its port': 'a connection from [::1]:443',
  'a port': 'a connection from port 51234',
  'a browser': 'asked by Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101',
  'a room': 'opened 9f86d081884c7d659a2feaa0c55ad015',
  'a key': 'admitted 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08',
  'a ticket in base64': 'asked with n4bQgYhMfWWaL-qgxVrQFaO_Txsr',
  'a ticket as a list': 'asked with Ticket([12, 0, 255, 7, 9, 113, 44, 1, 8])',
  'a number of a connection': 'frame connection=17',
  'a page': 'not let in: https://chat.example.org',
  'a name': 'Quillhilda is on duty',
  'a text': 'message: we talk under the blue flowerpot today',
}

test('whatever a relay could give away of anybody is found', () => {
  know('Quillhilda', 'we talk under the blue flowerpot')
  for (const [what, said] of Object.entries(GIVEN_AWAY)) {
    assert.notDeepEqual(saidInLog(line(said)), [], what)
  }
  assert.notDeepEqual(saidInLog(line('frame read', 'tungstenite::protocol')), [])
  assert.notDeepEqual(saidInLog("thread 'main' panicked at crates/relay/src/line.rs:12:5:\n"), [])
  for (const figure of ['stillroom_rooms{room="9f86d081884c7d659a2feaa0c55ad015"} 1', 'stillroom_rooms_total{limit="Quillhilda"} 1', 'rooms 1']) {
    assert.notDeepEqual(saidInFigures(`${figure}\n`), [], figure)
  }
})

test('what relays do say of themselves is not taken for anything else', () => {
  know('Sam', 'no', 'one', 'I am not sure where to start.')
  const said = [
    'the relay runs pages=true', 'the relay stops', 'the relay has stopped',
    'a connection could not be let in kind=ConnectionReset',
    'commands on this computer cannot reach the relay error=path must be shorter than SUN_LEN',
    'the lasting records do not answer error=the records cannot be used: database or disk is full',
    'no more sealed answers are kept: an administrator should take them',
    'a file of texts is of no use language="fr" error=line 12: an unknown text',
  ]
  for (const one of said) assert.deepEqual(saidInLog(line(one, 'stillroom_relay::relay')), [])
})

test('a relay that gives something away fails the scenario that started it', async () => {
  const program = await startProgram()
  const figures = await program.figures()
  assert.match(figures, /stillroom_in_use_ratio/)
  const log = join(program.folder, 'relay.log')
  assert.deepEqual(saidInLog(readFileSync(log, 'utf8')), [])
  appendFileSync(log, line('a connection from 203.0.113.7'))
  await assert.rejects(program.stop(), /203\.0\.113\.7/)
})

test('the relay of a throw-away program is read too', async () => {
  const program = await startDemo()
  const survivor = await scriptedSurvivor(program.visitor)
  await survivor.event((event) => event.event !== undefined || event.phase !== undefined)
  await survivor.stop()
  assert.match(program.log(), /the relay runs/)
  assert.deepEqual(saidInLog(program.log()), [])
  assert.equal(await program.stop(), 0)
})
