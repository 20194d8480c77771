// A program made the real way, and its relay, which scenarios may kill: `program new`, `serve`,
// `staff invite`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { goOnDuty } from './people.mjs'
import { BINARY } from './stillroom.mjs'
import { assertUnsaid, know } from './unsaid.mjs'

export const PASSPHRASE = 'four words or rather more'

/** A port that nobody listens at. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** What a command answers, which must end well. */
function said(command) {
  const { status, stdout, stderr } = spawnSync(BINARY, command, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  return stdout
}

const firstLine = async (child) => JSON.parse((await once(createInterface(child.stdout), 'line'))[0])

/** The sample policy of a program that never closes: a scenario runs at any time of day. */
const alwaysOpen = (policy) => policy
  .replaceAll(/\[\[hours\.(open|exceptions)\]\]\n(?:\S.*\n)+/g, '')
  .replace('[hours]\n', '[hours]\nalways_open = true\n')

/** The sample policy of a program that is open on one day of the week, which is neither today nor tomorrow. */
export const closedNow = (policy) => {
  const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.now() + 3 * 86_400_000)
  const hours = `[[hours.open]]\ndays = ["${day.toLowerCase()}"]\nfrom = "09:00"\nuntil = "17:00"\n`
  return policy.replace('always_open = true\n', '').replace(/(\[hours\]\n(?:\S.*\n)+)/, `$1\n${hours}`)
}

/**
 * A program in a temporary folder that never closes, with a relay that runs. What the relay says in its log and of
 * its figures is looked through at its end.
 * @param {{survivor?: string, desk?: string, limits?: string, testing?: string}} more lines of the relay's
 *   configuration, for each of its doors, its limits, and for tests of the pages
 */
export async function startProgram(more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'p-'))
  const passphrase = join(folder, 'passphrase')
  writeFileSync(passphrase, PASSPHRASE)
  const keys = join(folder, 'program')
  const scratch = join(folder, 'tmp')
  mkdirSync(scratch)
  const [root] = /\b[0-9a-f]{64}\b/.exec(said(['program', 'new', keys, '--passphrase-file', passphrase]))
  /** Writes the policy anew, and signs it; with a relay named, it is published there too. */
  const publish = (change, ...relay) => {
    const file = join(keys, 'policy.toml')
    const policy = change(readFileSync(file, 'utf8'))
    writeFileSync(file, policy.replace(/^version = (\d+)/m, (_, version) => `version = ${Number(version) + 1}`))
    const command = relay.length > 0 ? 'publish' : 'sign'
    said(['policy', command, keys, '--passphrase-file', passphrase, ...relay])
  }
  publish(alwaysOpen)
  const [visitorPort, deskPort, figuresPort] = [await freePort(), await freePort(), await freePort()]
  know(PASSPHRASE)
  writeFileSync(join(folder, 'relay.toml'), `[survivor]
listen = "127.0.0.1:${visitorPort}"
${more.survivor ?? ''}
[desk]
listen = "127.0.0.1:${deskPort}"
${more.desk ?? ''}
[program]
file = "program/public.stillroom"
[state]
folder = "relay.state"
[log]
level = "trace"
[metrics]
listen = "127.0.0.1:${figuresPort}"
[limits]
${more.limits ?? ''}
[testing]
${more.testing ?? ''}
`)
  let relay, ended
  const inviting = new Set()
  const program = {
    folder,
    /** The fingerprint of its root key. */
    root,
    get pid() { return relay.pid },
    visitor: `http://localhost:${visitorPort}/`,
    desk: `http://localhost:${deskPort}/`,
    /** Starts the relay, and waits until it serves. */
    async serve() {
      const log = openSync(join(folder, 'relay.log'), 'a')
      relay = spawn(BINARY, ['serve', '--json', '--config', join(folder, 'relay.toml')], {
        env: { ...process.env, TMPDIR: scratch }, stdio: ['ignore', 'pipe', log],
      })
      ended = once(relay, 'exit')
      await firstLine(relay)
    },
    /** What it tells a monitoring system; nothing where it does not run. */
    figures: () => fetch(`http://127.0.0.1:${figuresPort}/metrics`).then((answer) => answer.text(), () => undefined),
    /** Kills the relay with everything in its memory. */
    async kill() {
      relay.kill('SIGKILL')
      await ended
    },
    /** Invites a member of staff: the link for their browser, and a promise that they were certified. */
    async invite(name, ...more) {
      know(name)
      const child = spawn(BINARY, ['staff', 'invite', keys, '--name', name, '--role', 'advocate',
        '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase, '--json', ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
      inviting.add(child)
      const certified = once(child, 'exit').then(([code]) => { if (code !== 0) throw new Error(`staff invite ended with ${code}`) })
      return { link: (await firstLine(child)).link, certified }
    },
    /**
     * Gives the page in these languages, which nobody speaks, as a program gives one: a file made for a translator,
     * filled, named by the policy, signed and published.
     */
    addLanguages(...tags) {
      mkdirSync(join(keys, 'locales'))
      for (const tag of tags) {
        said(['policy', 'texts', keys, '--language', tag, '--pseudo-locale', tag, '--into', join(keys, 'locales', `${tag}.ftl`)])
      }
      const locale = (tag) => `
[[locales]]
tag = "${tag}"
name = "${tag}"
direction = "${tag.startsWith('ar') ? 'rtl' : 'ltr'}"
file = "locales/${tag}.ftl"
`
      program.publish((policy) => policy + tags.map(locale).join(''))
    },
    /** What `site snippet` prints for a chat at this origin. */
    snippet(chat, ...more) {
      return said(['site', 'snippet', keys, '--chat', chat, ...more])
    },
    /** Exports a page to be given out at `origin`, for the relay at this address or where it listens; says where to. */
    exported(page, origin, relay = `http://localhost:${page === 'desk' ? deskPort : visitorPort}`) {
      const into = join(folder, `export-${page}`)
      said(['site', 'export', page, keys, '--origin', origin, '--relay', relay, '--into', into, '--passphrase-file', passphrase])
      return into
    },
    /** Revokes the device of a member of staff, who has one. */
    revoke(name) {
      const where = [keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase]
      const listed = said(['staff', 'list', ...where]).split('\n').find((line) => line.trim().endsWith(name))
      said(['staff', 'revoke', ...where, listed.split('  ')[0]])
    },
    /** A link with another administrator's device, for their browser. */
    console: (name, ...more) => know(name) ?? said(['staff', 'console', keys, '--name', name, '--relay', `ws://localhost:${deskPort}`,
      '--passphrase-file', passphrase, '--device-passphrase-file', passphrase, ...more]).trim(),
    /** What `stillroom record` says of the record at the relay. */
    record: () => JSON.parse(said(['record', keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase, '--json'])),
    /** What `stillroom host` says. */
    host: (command, ...more) => said(['host', command, '--config', join(folder, 'relay.toml'), ...more]),
    /** Signs and publishes the policy after `change` made another text of it. */
    publish: (change) => publish(change, '--relay', `ws://localhost:${deskPort}`),
    /** Takes what survivors answered so far; says what `answers take` says. */
    takeAnswers: () => said(['answers', 'take', keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase]),
    /** Closes the period that is open; says what its report says. */
    report(period) {
      said(['answers', 'close', keys, '--name', period])
      return said(['answers', 'report', keys, '--period', period])
    },
    /** Joins what was published elsewhere meanwhile with the policy's file. */
    merge: () => said(['policy', 'merge', keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase]),
    /** Closes chat from the command line, and opens it again. */
    close: (...more) => said(['policy', 'close', keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase, ...more]),
    open: () => said(['policy', 'open', keys, '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase]),
    async stop() {
      // An invitation that nobody took, since the scenario failed before.
      for (const child of inviting) child.kill('SIGKILL')
      const figures = await program.figures()
      await program.kill()
      const log = readFileSync(join(folder, 'relay.log'), 'utf8')
      rmSync(folder, { recursive: true, force: true })
      assertUnsaid(log, figures)
    },
  }
  await program.serve()
  return program
}

/** Opens the desk of an administrator, whose device this browser keeps. */
export async function openAdministratorsDesk(page) {
  await typePassphrase(page, PASSPHRASE)
  await page.click('button', 'Open the desk')
  await page.seeAnywhere('Off duty')
}

/** Types a passphrase: into a field that Firefox gives no role to, so that it is found by its id. */
export async function typePassphrase(page, passphrase, id = 'passphrase') {
  know(passphrase)
  await page.until((id) => document.getElementById(id) !== null, id, `the field ${id}`)
  await page.evaluate(([id, passphrase]) => {
    const field = document.getElementById(id)
    field.focus()
    field.value = passphrase
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }, [id, passphrase])
}

/** A new member of staff, at an opened invitation, chooses this passphrase and asks to be let in. */
export async function makeKeys(page, passphrase = PASSPHRASE) {
  await typePassphrase(page, passphrase)
  await typePassphrase(page, passphrase, 'passphrase-again')
  await page.click('button', 'Make my keys')
}

/** A new member of staff joins by invitation, in a page of `browser`, and goes on duty: an advocate, and `more`. */
export async function onDutyByInvitation(program, browser, name, ...more) {
  const invitation = await program.invite(name, ...more)
  const desk = await browser.newPage()
  await desk.goto(invitation.link)
  await makeKeys(desk)
  await invitation.certified
  await goOnDuty(desk)
  return desk
}
