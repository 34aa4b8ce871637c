// One of several processes whose breakers and switches are shared: tells its parent what changed and when.
import process from 'node:process'
import { circuitBreaker, createPolicy } from '@holdfast/core'
import { killSwitches } from '@holdfast/core/degradation'
import { sharedState } from '@holdfast/core/shared'
import { openStore, type Engine } from './open-store.ts'

/** What a process tells of itself. */
export interface Told {
  readonly what: 'open' | 'closed' | 'killed'
  readonly atMs: number
}

const [engine = '', target = '', instances = '', pollMs = ''] = process.argv.slice(2)
const { store } = await openStore(engine as Engine, target)
const shared = sharedState(store, { instances: Number(instances), deadlineMs: 500, pollMs: Number(pollMs) })
await shared.check()
const policy = createPolicy({
  name: 'shop',
  strategies: [circuitBreaker({ openMs: 20_000, maxOpenMs: 20_000, share: shared })],
})
const switches = killSwitches({ store: shared })
const tell = (what: Told['what']): void => {
  process.send?.({ what, atMs: performance.timeOrigin + performance.now() } satisfies Told)
}
policy.on('breaker-changed', ({ to }) => {
  if (to === 'open' || to === 'closed') tell(to)
})
let wasKilled = false
setInterval(() => {
  if (switches.isKilled('tips') !== wasKilled) tell('killed')
  wasKilled = switches.isKilled('tips')
}, 1)
process.on('disconnect', () => process.exit())
await policy.execute(() => 1)
process.send?.('ready')
