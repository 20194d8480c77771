// A program made the real way, and its relay, which scenarios may kill: `program new`, `serve`,
// `staff invite`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { BINARY } from './stillroom.mjs'

export const PASSPHRASE = 'four words or rather more'

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const firstLine = async (child) => JSON.parse((await once(createInterface(child.stdout), 'line'))[0])

/** A program in a temporary folder, with a relay that runs. */
export async function startProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'p-'))
  const passphrase = join(folder, 'passphrase')
  writeFileSync(passphrase, PASSPHRASE)
  const keys = join(folder, 'program')
  const made = spawnSync(BINARY, ['program', 'new', keys, '--passphrase-file', passphrase])
  if (made.status !== 0) throw new Error(`program new: ${made.stderr}`)
  const [visitorPort, deskPort] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'relay.toml'), `[survivor]
listen = "127.0.0.1:${visitorPort}"
[desk]
listen = "127.0.0.1:${deskPort}"
[program]
file = "program/public.stillroom"
[state]
folder = "relay.state"
[log]
level = "trace"
`)
  let relay
  const program = {
    folder,
    visitor: `http://localhost:${visitorPort}/`,
    desk: `http://localhost:${deskPort}/`,
    /** Starts the relay, and waits until it serves. */
    async serve() {
      const log = openSync(join(folder, 'relay.log'), 'a')
      relay = spawn(BINARY, ['serve', '--json', '--config', join(folder, 'relay.toml')], { stdio: ['ignore', 'pipe', log] })
      await firstLine(relay)
    },
    /** Kills the relay with everything in its memory. */
    async kill() {
      const ended = once(relay, 'exit')
      relay.kill('SIGKILL')
      await ended
    },
    /** Invites a member of staff: the link for their browser, and a promise that they were certified. */
    async invite(name) {
      const child = spawn(BINARY, ['staff', 'invite', keys, '--name', name, '--role', 'advocate',
        '--relay', `ws://localhost:${deskPort}`, '--passphrase-file', passphrase, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
      const certified = once(child, 'exit').then(([code]) => { if (code !== 0) throw new Error(`staff invite ended with ${code}`) })
      return { link: (await firstLine(child)).link, certified }
    },
    async stop() {
      await program.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await program.serve()
  return program
}
