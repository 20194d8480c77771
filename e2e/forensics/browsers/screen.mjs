// A screen that nobody sees, with a keyboard: browsers run on it as they run on a desk, with windows, and
// take the keys that are theirs and not a page's.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

import { PATIENCE } from '../../lib/browsers.mjs'
import { within } from '../../lib/wait.mjs'

export async function startScreen() {
  // Without `-noreset` it starts anew when its last window closes, and refuses whoever comes just then.
  const server = spawn('Xvfb', ['-noreset', '-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const failed = once(server, 'error').then(() => { throw new Error('Xvfb is not installed: cargo xtask setup installs it') })
  const ended = once(server, 'exit').then(([code]) => { throw new Error(`Xvfb ended with ${code}`) })
  ended.catch(() => {})
  const [number] = await within(Promise.race([once(server.stdio[3], 'data'), failed, ended]), 'Xvfb', PATIENCE)
  const display = `:${String(number).trim()}`
  // While it runs nothing else does, no timer either: so it has an end of its own.
  const run = (args) => spawnSync('xdotool', args, {
    env: { ...process.env, DISPLAY: display }, encoding: 'utf8', timeout: PATIENCE, killSignal: 'SIGKILL',
  })
  const inFront = (...args) => {
    const windows = run(['search', '--onlyvisible', '--name', '.']).stdout.trim().split('\n')
    run(['windowfocus', '--sync', windows.at(-1), ...args])
  }
  return {
    display,
    /** Presses these keys, one after the other, in the window that is in front: as `ctrl+shift+t`. */
    press(...keys) { inFront('key', '--clearmodifiers', '--delay', '400', ...keys) },
    /** Types this where the keyboard is. */
    type(text) { inFront('type', '--delay', '40', text) },
    stop() { server.kill() },
  }
}
