// A screen that nobody sees, with a keyboard: browsers run on it as they run on a desk, with windows, and
// take the keys that are theirs and not a page's.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

export async function startScreen() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const failed = once(server, 'error').then(() => { throw new Error('Xvfb is not installed: cargo xtask setup installs it') })
  const [number] = await Promise.race([once(server.stdio[3], 'data'), failed])
  const display = `:${String(number).trim()}`
  return {
    display,
    /** Presses keys in the window that is in front, as `ctrl+shift+t`. */
    press(keys) {
      const env = { ...process.env, DISPLAY: display }
      const { stdout } = spawnSync('xdotool', ['search', '--onlyvisible', '--name', '.'], { env, encoding: 'utf8' })
      const windows = stdout.trim().split('\n')
      spawnSync('xdotool', ['windowfocus', '--sync', windows.at(-1), 'key', '--clearmodifiers', keys], { env })
    },
    stop() { server.kill() },
  }
}
