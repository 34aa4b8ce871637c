import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Clock } from '@holdfast/core'
import type { Settings } from '../src/app/settings.ts'
import { openTimeMachine, type TimeMachine, type TimeMachineOptions } from '../src/app/time-machine.ts'
import { SCOPES } from '../src/oauth/index.ts'
import { SIMULATED_CLIENT_ID, startSimulator, type Simulator, type SimulatorOptions } from '../src/simulator/index.ts'

/** How much faster the time of the policies runs than that of the wall. */
export const SPEED = 10

/** Time that runs faster, so that waits which a server asks for in seconds pass in milliseconds. */
export const fastClock = (speed: number): Clock => ({
  now: () => performance.now() * speed,
  wall: () => Date.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs / speed),
  clearTimer: (handle) => clearTimeout(handle as NodeJS.Timeout),
})

export interface Stage {
  readonly simulator: Simulator
  readonly settings: Settings
  readonly machine: TimeMachine
  /** A second process's view of the same files. */
  another(options?: TimeMachineOptions): TimeMachine
}

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A folder that is gone after the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'time-machine-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface StageOptions {
  readonly simulator?: SimulatorOptions
  readonly machine?: TimeMachineOptions
  /** Whether consent was given. Default true. */
  readonly hasConsent?: boolean
  readonly scopes?: readonly string[]
}

/** A simulator on a real socket, files in a real folder and the whole program between them. */
export const stage = async (options: StageOptions = {}): Promise<Stage> => {
  const folder = temporaryFolder()
  const simulator = await startSimulator(options.simulator)
  cleanUps.push(() => simulator.stop())
  const settings: Settings = {
    clientId: SIMULATED_CLIENT_ID,
    redirectUri: 'http://127.0.0.1:4699/callback',
    apiBase: simulator.apiBase,
    accountsBase: simulator.accountsBase,
    folder,
    schedule: '30 9 28 * *',
  }
  const another = (given: TimeMachineOptions = {}): TimeMachine => {
    const made = openTimeMachine(settings, { clock: fastClock(SPEED), ...options.machine, ...given })
    cleanUps.push(() => made.close())
    return made
  }
  const machine = another()
  if (options.hasConsent !== false) giveConsent(simulator, machine, options.scopes)
  return { simulator, settings, machine, another }
}

export const giveConsent = (simulator: Simulator, machine: TimeMachine, scopes: readonly string[] = SCOPES): void => {
  const answer = simulator.accounts.grant(scopes)
  machine.tokenStore.write({
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAtMs: machine.now() + 3_600_000,
    scopes,
    consentAtMs: machine.now(),
  })
}
