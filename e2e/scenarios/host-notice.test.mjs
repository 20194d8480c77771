// What the host says reaches administrators (features.md 6.3): at once, on top, signed by a key that their device knows,
// until they have read it; and nobody else.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { assertAccessible } from '../lib/accessible.mjs'
import { launchChromium, launchFirefox } from '../lib/browsers.mjs'
import { openConsole } from '../lib/console.mjs'
import { picture } from '../lib/people.mjs'
import { onDutyByInvitation, openAdministratorsDesk, startProgram } from '../lib/program.mjs'

const BREACH = 'Somebody read last week’s backups of this server. Nothing in them can be read.'
const COURT = 'A court asked us on Monday what we have about you. We gave it the output of holdings.'

/** The text of everything that the host says on this desk. */
const said = (page) => page.evaluate(() => document.querySelector('.host-notices')?.textContent ?? '')

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  describe(`a notice of the host's, with an administrator in ${name}`, () => {
    let program, browser, staff, administrator, advocate
    before(async () => {
      program = await startProgram()
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

    test('it shows at once on the administrator’s console, and not on an advocate’s', async () => {
      program.host('notice', '--kind', 'breach', '--text', BREACH)
      await administrator.seeAnywhere(BREACH)
      await administrator.seeAnywhere('Your host tells you of a breach.')
      await picture(administrator, `host-notice-${name}`)
      await assertAccessible(administrator, 'a console with a notice of the host’s')
      // Whatever the relay said before is there by then.
      await advocate.seeAnywhere('On duty')
      assert.equal(await said(advocate), '')
    })

    test('its details have the fingerprint that the host can read out', async () => {
      const { host } = JSON.parse(program.host('notices', '--json'))
      assert.match(host, /^[0-9a-f]{64}$/)
      await administrator.evaluate(() => document.querySelector('.host-notices summary').focus())
      await administrator.press('Enter')
      await administrator.until((host) => document.querySelector('.host-notices details[open] code')?.textContent === host, host)
    })

    test('it goes when it was read, by the keyboard, and comes not again', async () => {
      await administrator.evaluate(() => document.querySelector('.host-notices button').focus())
      await administrator.press('Enter')
      await administrator.until(() => document.querySelector('.host-notices .notice') === null)
      assert.equal(JSON.parse(program.host('notices', '--json')).notices[0].read_by, 1)
      await administrator.goto(program.desk)
      await openAdministratorsDesk(administrator)
      // One more shows that the list came, and that the first is not in it.
      program.host('notice', '--kind', 'maintenance', '--text', 'We start anew at noon.')
      await administrator.seeAnywhere('We start anew at noon.')
      assert.ok(!(await said(administrator)).includes(BREACH))
    })

    test('what was given while nobody was there shows when they come, also after the relay was killed', async () => {
      await administrator.goto('about:blank')
      program.host('notice', '--kind', 'legal-demand', '--text', COURT)
      await program.kill()
      await program.serve()
      await administrator.goto(program.desk)
      await openAdministratorsDesk(administrator)
      await administrator.seeAnywhere(COURT)
      await administrator.seeAnywhere('Your host tells you of a legal demand.')
    })

    test('what is withdrawn is gone from where it stands', async () => {
      const { notices } = JSON.parse(program.host('notices', '--json'))
      for (const { notice } of notices) program.host('withdraw', notice)
      await administrator.until(() => document.querySelector('.host-notices .notice') === null)
    })

    test('it stands on top of the console as well, until it was read there, and then nowhere any more', async () => {
      await openConsole(administrator, program)
      await administrator.seeAnywhere('By your hours, chat is')
      program.host('notice', '--kind', 'breach', '--text', BREACH)
      await administrator.seeAnywhere(BREACH)
      await administrator.seeAnywhere('Your host tells you of a breach.')
      await picture(administrator, `host-notice-console-${name}`)
      await assertAccessible(administrator, 'the administrator’s console with a notice of the host’s')
      await administrator.evaluate(() => document.querySelector('.host-notices button').focus())
      await administrator.press('Enter')
      await administrator.until(() => document.querySelector('.host-notices .notice') === null)
      await administrator.until(() => document.activeElement?.id === 'console-heading')
      const { notices } = JSON.parse(program.host('notices', '--json'))
      assert.deepEqual(notices.map(({ read_by: by }) => by), [1])
      assert.equal(program.record().entries.at(-1).act, 'notice-read')
      await administrator.goto(program.desk)
      await openAdministratorsDesk(administrator)
      program.host('notice', '--kind', 'maintenance', '--text', 'We start anew at noon.')
      await administrator.seeAnywhere('We start anew at noon.')
      assert.ok(!(await said(administrator)).includes(BREACH))
      assert.deepEqual(administrator.errors, [])
      assert.deepEqual(advocate.errors, [])
    })
  })
}
