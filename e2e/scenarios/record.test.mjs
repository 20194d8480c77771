// The record of administrative acts (features.md 5.9): what an administrator does in a browser is in it, and a relay that
// shows an older record than a device has seen is found out there, in plain words, with the proof.
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox } from '../lib/browsers.mjs'
import { openConsole } from '../lib/console.mjs'
import { picture } from '../lib/people.mjs'
import { onDutyByInvitation, openAdministratorsDesk, startProgram } from '../lib/program.mjs'

/** The text of what is wrong with the record, on this desk. */
const wrong = (page) => page.evaluate(() => document.querySelector('.record-notice')?.textContent ?? '')

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`the record of administrative acts, with an administrator in ${name}`, () => {
    let program, browser, staff, administrator, advocate, database
    before(async () => {
      program = await startProgram()
      database = join(program.folder, 'relay.state', 'relay.sqlite')
      browser = await launch()
      staff = await launchChromium()
      advocate = await onDutyByInvitation(program, staff, 'Sam')
      administrator = await browser.newPage()
      await administrator.goto(program.console('Robin'))
      await openAdministratorsDesk(administrator)
    })
    after(async () => {
      await staff?.close()
      await browser?.close()
      await program?.stop()
    })

    test('a notice that was read is entered, by whoever read it', async () => {
      // As a host keeps a backup, while nobody writes.
      copyFileSync(database, join(program.folder, 'backup'))
      program.host('notice', '--kind', 'maintenance', '--text', 'We start anew at noon.')
      await administrator.seeAnywhere('We start anew at noon.')
      await administrator.evaluate(() => document.querySelector('.host-notices button').focus())
      await administrator.press('Enter')
      await administrator.until(() => document.querySelector('.host-notices .notice') === null)
      const { entries, not_in_it: outside } = program.record()
      assert.deepEqual(entries.map(({ act }) => act), ['invited', 'certified', 'certified', 'notice-read'])
      assert.equal(entries[3].by, entries[2].device, 'Robin’s device')
      assert.deepEqual(outside.devices, [])
      assert.equal(await wrong(administrator), '')
    })

    test('a relay that shows an older record is found out when the desk is opened again', async () => {
      await administrator.goto('about:blank')
      await program.kill()
      copyFileSync(join(program.folder, 'backup'), database)
      await program.serve()
      await administrator.goto(program.desk)
      await openAdministratorsDesk(administrator)
      await administrator.seeAnywhere('Something is wrong with the record of what administrators did.')
      assert.match(await wrong(administrator), /shows an older record/)
      await picture(administrator, `record-older-${name}`)
      await assertAccessible(administrator, 'a console that found something wrong with the record')
    })

    test('the proof has both signed entries with their numbers', async () => {
      await administrator.evaluate(() => document.querySelector('.record-notice summary').focus())
      await administrator.press('Enter')
      await administrator.until(() => document.querySelectorAll('.record-notice details[open] code').length === 2)
      const marks = await administrator.evaluate(() => [...document.querySelectorAll('.record-notice code')].map((mark) => mark.textContent))
      assert.deepEqual(marks.map((mark) => mark.split(' ')[0]), ['4', '3'])
    })

    test('the console finds it out as well, from what the desk of the same browser has seen', async () => {
      await openConsole(administrator, program)
      await administrator.seeAnywhere('The server shows an older record of what administrators did than this device has seen.')
      await assertAccessible(administrator, 'the administrator’s console that found something wrong with the record')
      await picture(administrator, `record-older-console-${name}`)
      const marks = await administrator.evaluate(() => [...document.querySelectorAll('.record-notice code')].map((mark) => mark.textContent))
      assert.deepEqual(marks.map((mark) => mark.split(' ')[0]), ['4', '3'])
    })

    test('an advocate who has seen no more than the relay shows is not alarmed', async () => {
      await advocate.seeAnywhere('On duty')
      assert.equal(await wrong(advocate), '')
      assert.deepEqual(administrator.errors, [])
      assert.deepEqual(advocate.errors, [])
    })
  })
}
