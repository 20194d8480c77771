// What every run needs: a real program with a relay that logs all it can, an advocate who joined by
// invitation and is on duty, the survivor's town, and a screen.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startScreen } from './browsers/screen.mjs'
import { CHAT, startTown } from './town/town.mjs'
import { launchChromium } from '../lib/browsers.mjs'
import { onDutyByInvitation, startProgram } from '../lib/program.mjs'

/** @param {(headers: object) => void} change what a careless server before the relay does to its answers */
export async function startStage(change) {
  const folder = mkdtempSync(join(tmpdir(), 'forensics-'))
  const undo = [() => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => { for (const one of undo.reverse()) await one() }
  try {
    const program = await startProgram({ survivor: `origin = "https://${CHAT}"` })
    undo.push(() => program.stop())
    const town = await startTown(folder, Number(new URL(program.visitor).port), change)
    undo.push(() => town.stop())
    const screen = await startScreen()
    undo.push(() => screen.stop())
    const staff = await launchChromium()
    undo.push(() => staff.close())
    const desk = await onDutyByInvitation(program, staff, 'Sam')
    const policy = readFileSync(join(program.folder, 'program/policy.toml'), 'utf8')
    return { folder, program, town, screen, desk, policy, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
