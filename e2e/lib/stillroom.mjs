// The built program as scenarios start it: `stillroom demo --json`, stopped again as a person would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { assertUnsaid } from './unsaid.mjs'

/** The binary: that of `cargo xtask build --release`, unless the environment names another. */
export const BINARY = process.env.STILLROOM ?? fileURLToPath(new URL('../../target/release/stillroom', import.meta.url))

/**
 * A throw-away program with its relay, which says all that it ever says: what that is, is looked through at its end.
 * @returns {Promise<{visitor: string, desk: string, pid: number, log: () => string, stop: () => Promise<number | null>}>}
 */
export async function startDemo(...options) {
  if (!existsSync(BINARY)) throw new Error('there is no stillroom: cargo xtask build --release makes it')
  const child = spawn(BINARY, ['demo', '--json', '--trace', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (bytes) => { log += bytes })
  const ended = once(child, 'exit')
  const ready = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line)),
    ended.then(([code]) => { throw new Error(`stillroom demo ended with ${code}: ${log}`) }),
  ])
  return {
    ...ready,
    log: () => log,
    async stop() {
      child.kill('SIGINT')
      const [code] = await ended
      assertUnsaid(log)
      return code
    },
  }
}
