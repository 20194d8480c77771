// What every run needs: a real program with a relay that logs all it can, an advocate who joined by
// invitation and is on duty, the survivor's town, and a screen.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startScreen } from './browsers/screen.mjs'
import { CHAT, RELAY, startTown } from './town/town.mjs'
import { launchChromium } from '../lib/browsers.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'
import { giveOut } from '../lib/website.mjs'

/** Who gives out the survivor's page. */
export const GIVERS = ['the relay', 'the program’s own server']

/**
 * @param {object} [options]
 * @param {string} [options.giver] one of the two; the relay then gives out no code where it is not its part
 * @param {(headers: object) => void} [options.change] what a careless server before the relay does to its answers
 */
export async function startStage({ giver = GIVERS[0], change } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'forensics-'))
  const undo = [() => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => { for (const one of undo.reverse()) await one() }
  const origin = `https://${CHAT}`
  const relay = `https://${RELAY}`
  const exported = giver !== GIVERS[0]
  try {
    const program = await startProgram({
      survivor: exported ? `origin = "${relay}"\norigins = ["${origin}"]\nserve_pages = false` : `origin = "${origin}"`,
    })
    undo.push(() => program.stop())
    const policy = readFileSync(join(program.folder, 'program/policy.toml'), 'utf8')
    const own = exported ? giveOut() : undefined
    own?.give(program.exported('survivor', origin, relay))
    const town = await startTown(folder, {
      relay: Number(new URL(program.visitor).port),
      snippet: program.snippet(origin, ...exported ? ['--relay', relay] : []),
      exit: new URL(/^exits = \["([^"]+)"/m.exec(policy)[1]),
      own: own?.answer,
      change,
    })
    undo.push(() => town.stop())
    const screen = await startScreen()
    undo.push(() => screen.stop())
    const staff = await launchChromium()
    undo.push(() => staff.close())
    const desk = await onDutyByInvitation(program, staff, 'Sam')
    return { folder, program, town, screen, desk, policy, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
