import { systemClock } from '@holdfast/core'
import { createMonitor, type Monitor } from '@holdfast/core/monitor'
import { toServiceError } from '@holdfast/core/service-errors'
import { settledHeapBytes } from '../retention/retained-bytes.ts'
import type { MonitorFigures } from './monitor-figures.ts'

const [, , variant, eventsText] = process.argv
const events = Number(eventsText)

const KINDS = 10_000
const BLOCK = 10_000
const ROUTES = ['getListing', 'createListing', 'getShop', 'getReceipts']

// Ten thousand kinds that differ in their words; the ids are what fingerprints leave out.
const WORDS = ['listing', 'shop', 'receipt', 'draft', 'image', 'token', 'user', 'price', 'stock', 'label']
const word = (kind: number, place: number): string => WORDS[Math.floor(kind / 10 ** place) % 10] as string
const messageOf = (kind: number, id: number): string =>
  `${word(kind, 0)} ${word(kind, 1)} ${word(kind, 2)} ${word(kind, 3)}: row ${id} of https://api.example.com/v3/${id}?x=${id} refused "${id}"`

// Without timers: one that waits for the end of an alert would hold the monitor after it was let go.
const clock = { ...systemClock, setTimer: () => undefined as never }
let monitor: Monitor | undefined = createMonitor({ clock })

const failureOf = (kind: number, id: number): Error =>
  Object.assign(new Error(messageOf(kind, id)), { code: 'ECONNRESET' })

interface Prepared {
  readonly error: unknown
  readonly upstream: string
  readonly route: string
  readonly fingerprint: string | undefined
}

const prepare = (from: number, count: number): readonly Prepared[] =>
  Array.from({ length: count }, (_, index) => {
    const id = from + index
    const kind = (id * 7_919) % KINDS
    const upstream = `upstream-${kind % 20}`
    const failure = failureOf(kind, id)
    // What was logged before has its stack read already.
    if (variant !== 'unread') String(failure.stack)
    return {
      error: variant === 'raw' ? failure : toServiceError(failure, { upstream }),
      upstream,
      route: ROUTES[kind % ROUTES.length] as string,
      fingerprint: variant === 'given' ? `kind-${kind}` : undefined,
    }
  })

const run = (block: readonly Prepared[]): void => {
  for (const { error, upstream, route, fingerprint } of block)
    monitor?.error(error, { upstream, route, durationMs: 12 }, fingerprint)
}

/** CPU microseconds an event; in a function, so that nothing of it is kept alive after it. */
const measure = (): number => {
  run(prepare(0, BLOCK))
  let cpuUs = 0
  let made = BLOCK
  for (; made < events; made += BLOCK) {
    const block = prepare(made, BLOCK)
    // Garbage of the preparation is not the monitor's.
    globalThis.gc?.({ type: 'minor' })
    const since = process.cpuUsage()
    run(block)
    const { user, system } = process.cpuUsage(since)
    cpuUs += user + system
  }
  return cpuUs / (made - BLOCK)
}

const usPerEvent = measure()
const { folded } = monitor.summary()
const withBytes = await settledHeapBytes()
monitor = undefined
const withoutBytes = await settledHeapBytes()
const figures: MonitorFigures = { events, usPerEvent, retainedBytes: withBytes - withoutBytes, folded }
process.stdout.write(JSON.stringify(figures), () => process.exit(0))
