import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConflictError } from '@holdfast/core/service-errors'
import { SCOPES } from '../oauth/index.ts'
import { syncPlaylist } from '../playlist/index.ts'
import { noteMissedMonths } from '../schedule/index.ts'
import { SIMULATED_CLIENT_ID, startSimulator, type ScenarioName } from '../simulator/index.ts'
import { takeSnapshot } from '../snapshot/index.ts'
import type { Settings } from './settings.ts'
import { openTimeMachine, type TimeMachine } from './time-machine.ts'

const MARK = 'SIMULATED.txt'

/** What went wrong in some of the months, by their place; the pictures shall show holes as well. */
const TROUBLE: Readonly<Record<number, ScenarioName | 'missed'>> = {
  5: 'S18',
  9: 'S14',
  14: 'missed',
  20: 'S8',
  27: 'S17',
}

const giveConsent = ({ tokenStore, now }: TimeMachine, grant: { access_token: string; refresh_token: string }): void =>
  tokenStore.write({
    accessToken: grant.access_token,
    refreshToken: grant.refresh_token,
    expiresAtMs: now() + 3_600_000,
    scopes: SCOPES,
    consentAtMs: now(),
  })

const guard = (settings: Settings, months: number): void => {
  const mark = join(settings.folder, MARK)
  if (months > 0 && !existsSync(mark)) {
    throw new ConflictError({ upstream: 'time machine', operation: 'simulate', details: { problem: 'real-data' } })
  }
  mkdirSync(settings.folder, { recursive: true })
  writeFileSync(mark, 'The data in this folder was made by the simulator.\n')
}

/**
 * Lives through years of months with a simulator of its own: real requests on a real socket, one snapshot and one
 * playlist a month, some of them with trouble.
 *
 * @throws {ConflictError} When the folder holds data that is not simulated.
 */
export const simulateYears = async (
  given: Settings,
  years: number,
  onMonth: (month: string) => void = () => undefined,
): Promise<number> => {
  const endMs = Date.now()
  let nowMs = endMs
  const now = (): number => nowMs
  const simulator = await startSimulator({ now, windowPermits: 10_000 })
  const settings: Settings = {
    ...given,
    clientId: SIMULATED_CLIENT_ID,
    apiBase: simulator.apiBase,
    accountsBase: simulator.accountsBase,
  }
  const machine = openTimeMachine(settings, { now, windowPermits: false })
  try {
    guard(settings, machine.store.snapshots.months().length)
    const count = Math.round(years * 12)
    const end = new Date(endMs)
    for (let index = 0; index < count; index += 1) {
      const back = count - 1 - index
      nowMs = back === 0 ? endMs : Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - back, 28, 9, 30)
      const trouble = TROUBLE[index]
      if (trouble === 'missed') continue
      if (trouble !== undefined) simulator.arm(trouble)
      giveConsent(machine, simulator.accounts.grant(SCOPES))
      const { month, parts } = await takeSnapshot(machine)
      simulator.faults.clear()
      // The pause of a month with a ban is long over in the next one; a gate of this process still remembers it.
      machine.policies.api.reset()
      machine.store.limits.clear()
      if (parts.some(({ part, status }) => part === 'tracks-short_term' && status === 'complete')) {
        await syncPlaylist(machine, month)
      }
      onMonth(month)
    }
    noteMissedMonths({ store: machine.store, schedule: settings.schedule, nowMs })
    machine.tokenStore.discard(machine.tokenStore.read()?.refreshToken ?? '')
    // Playlists of a simulator that is gone mean nothing to the next one.
    machine.store.database.exec('DELETE FROM playlist')
    return count
  } finally {
    await machine.close()
    await simulator.stop()
  }
}
