import { channel } from 'node:diagnostics_channel'
import { createPolicy, onPolicyEvent } from '@holdfast/core'
import type { HubFigures } from './hub-figures.ts'

const rounds = Number(process.argv[2])
const SITES = 5_000_000

/** Nanoseconds of CPU per pass of a loop; `site` returns a number so that nothing is optimised away. */
const nsPerSite = (site: () => number): number => {
  let seen = 0
  const since = process.cpuUsage()
  for (let index = 0; index < SITES; index += 1) seen += site()
  const { user, system } = process.cpuUsage(since)
  if (Number.isNaN(seen)) throw new Error('unreachable')
  return ((user + system) * 1_000) / SITES
}

const policy = createPolicy({ name: 'bench', strategies: [] })
const { events } = policy
const raw = channel('holdfast:bench')

const EVENT = { key: 'https://api.example.com', method: 'GET', outcome: 'success', attempts: 1, durationMs: 5 } as const

const quiet: Readonly<Record<keyof HubFigures, () => number>> = {
  loopNs: () => 1,
  channelNs: () => (raw.hasSubscribers ? 1 : 0),
  callSiteNs: () => (events.hearsCalls ? 1 : 0),
  otherSiteNs: () => (events.hears('retry-stopped') ? 1 : 0),
  oneListenerNs: () => {
    if (events.hearsCalls) events.emit('call-ended', { ...EVENT, reason: undefined })
    return 1
  },
}

const figures: Record<keyof HubFigures, number[]> = {
  loopNs: [],
  channelNs: [],
  callSiteNs: [],
  otherSiteNs: [],
  oneListenerNs: [],
}

for (let round = -2; round < rounds; round += 1) {
  for (const [name, site] of Object.entries(quiet) as [keyof HubFigures, () => number][]) {
    const stop = name === 'oneListenerNs' ? onPolicyEvent('call-ended', () => undefined) : undefined
    const ns = nsPerSite(site)
    stop?.()
    // The first two rounds are for the compiler.
    if (round >= 0) figures[name].push(ns)
  }
}

process.stdout.write(JSON.stringify(figures satisfies HubFigures), () => process.exit(0))
