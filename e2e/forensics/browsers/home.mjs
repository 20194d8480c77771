// A home for a browser: whatever it writes anywhere lands below one folder, which is searched afterwards.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { PATIENCE } from '../../lib/browsers.mjs'
import { within } from '../../lib/wait.mjs'

/** Makes an empty home. */
export function makeHome(folder) {
  for (const name of ['profile', 'tmp', '.cache', '.config', '.local/share', '.pki/nssdb', 'run']) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  }
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    LANG: 'C.UTF-8',
  }
  return { folder, profile: join(folder, 'profile'), env }
}

/** A browser's processes: all of them end together, by themselves or by force. */
export class Processes {
  constructor(program, args, env) {
    // A group of their own, so that a killed browser leaves none of its helpers behind.
    this.child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
    this.said = ''
    this.child.stderr.on('data', (bytes) => { this.said += bytes })
    this.gone = once(this.child, 'exit')
  }
  /** Waits until it has ended by itself. One that was told to and does not is a failure. */
  async ended(patience = PATIENCE) {
    await within(this.gone, `the browser to end; it said ${this.said.slice(-1_000)}`, patience)
  }
  /** As a crash, a power cut or a phone that needs the memory ends it: with no moment to tidy up. */
  async kill() {
    try { process.kill(-this.child.pid, 'SIGKILL') } catch { /* it has gone */ }
    await this.ended()
  }
}
