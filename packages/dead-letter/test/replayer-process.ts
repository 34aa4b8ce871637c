/** A replayer in a process of its own, to be killed: `node replayer-process.ts <JSON of ProcessOptions>`. */
import process from 'node:process'
import { createPolicy, deadline } from '@holdfast/core'
import { Replayer } from '@holdfast/dead-letter'
import { openPostgresQueue } from '@holdfast/dead-letter/postgres'
import { openSqliteQueue } from '@holdfast/dead-letter/sqlite'

export interface ProcessOptions {
  readonly engine: 'sqlite' | 'postgres'
  readonly place: string
  readonly origin: string
  readonly leaseMs: number
  /** Its sends go on when the time of the lease is over, as those of a replayer without a deadline would. */
  readonly outlastsLease?: boolean | undefined
}

const { engine, place, origin, leaseMs, outlastsLease = false } = JSON.parse(process.argv[2] ?? '{}') as ProcessOptions
const queue =
  engine === 'sqlite'
    ? await openSqliteQueue(place, { onWarning: () => undefined })
    : await openPostgresQueue({ connectionString: place })
const policy = createPolicy({ name: 'shop', strategies: [deadline()] })
// `null` takes the signal away, and with it the only end that a send has before its answer.
const endless: typeof fetch = (input, init) => fetch(input, { ...init, signal: null })
new Replayer({
  queue,
  upstreams: {
    shop: {
      origin,
      policy,
      authorize: () => ({ headers: { 'x-replayer': String(process.pid) } }),
      ...(outlastsLease ? { fetch: endless } : {}),
    },
  },
  leaseMs,
  pollMs: 20,
  backoff: { baseMs: 20, maxMs: 50 },
  maxReplays: 1_000,
  onEvent: (event) => {
    if (event.type === 'queue-failed') process.stderr.write(`${String(event.error)}\n`)
  },
}).start()
