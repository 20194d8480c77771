// A survivor without a page, for scenarios about the desk: `stillroom client survivor`, told what to do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { PATIENCE } from './browsers.mjs'
import { BINARY } from './stillroom.mjs'
import { know } from './unsaid.mjs'
import { wait } from './wait.mjs'

/** A survivor of the program at `visitor`, who asks for an advocate and says this beforehand. */
export async function scriptedSurvivor(visitor, said = {}) {
  const root = (await (await fetch(visitor)).text()).match(/data-root="([0-9a-f]+)"/)[1]
  const child = spawn(BINARY, ['client', 'survivor', '--link', visitor, '--root', root], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const events = []
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)))
  const survivor = {
    /** All that happened so far. */
    events,
    tell(command) {
      know(command.text)
      child.stdin.write(`${JSON.stringify(command)}\n`)
    },
    /** The first event from now on, or so far, that is as wished. */
    async event(wished, what = String(wished)) {
      let found
      await wait(() => (found = events.find(wished)) !== undefined, what, PATIENCE)
      return found
    },
    /** Also where it has gone already. */
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
  survivor.tell({ do: 'start', ...said })
  return survivor
}
