import type { Case } from './case.ts'
import { createFloor, createTimedFloor } from './floor.ts'

const answer = { ok: true }
const work = async (): Promise<typeof answer> => answer
const workWithSignal = async (signal: AbortSignal): Promise<typeof answer> => {
  if (signal.aborted) throw signal.reason
  return answer
}

const RETRIES = 2
const ATTEMPT_TIMEOUT_MS = 10_000
const SAMPLING = { threshold: 0.5, duration: 30_000 }

const core = (name: string, label: string, create: Case['create'], isOurs = false): Case => ({
  name,
  label,
  group: 'core',
  isOurs,
  create,
})

const cockatiel = () => import('cockatiel')

/** A trivial async function under every library, one policy kept for all calls. */
export const CORE_CASES: readonly Case[] = [
  core('bare', 'bare async function', async () => work, true),
  core('floor', 'floor: hand-rolled retry + breaker', async () => createFloor(work)),
  core('floor-timed', 'floor + setTimeout + AbortController', async () =>
    createTimedFloor(workWithSignal, ATTEMPT_TIMEOUT_MS),
  ),
  core(
    'ours-retry',
    'holdfast retryBudget + retry + circuitBreaker',
    async () => {
      const { circuitBreaker, createPolicy, retry, retryBudget } = await import('@holdfast/core')
      const policy = createPolicy({ name: 'bench', strategies: [retryBudget(), retry(), circuitBreaker()] })
      return () => policy.execute(work)
    },
    true,
  ),
  core(
    'ours-full',
    'holdfast standard + rate limit, signal read',
    async () => {
      const { standardPolicy } = await import('@holdfast/core')
      const policy = standardPolicy({ name: 'bench', rateLimit: { permits: 1e9, perMs: 1_000 } })
      return () => policy.execute(({ signal }) => workWithSignal(signal))
    },
    true,
  ),
  core(
    'ours-full-unread',
    'holdfast standard + rate limit, signal not read',
    async () => {
      const { standardPolicy } = await import('@holdfast/core')
      const policy = standardPolicy({ name: 'bench', rateLimit: { permits: 1e9, perMs: 1_000 } })
      return () => policy.execute(work)
    },
    true,
  ),
  core('cockatiel-retry', 'cockatiel wrap(retry, breaker)', async () => {
    const { circuitBreaker, ExponentialBackoff, handleAll, retry, SamplingBreaker, wrap } = await cockatiel()
    const policy = wrap(
      retry(handleAll, { maxAttempts: RETRIES, backoff: new ExponentialBackoff() }),
      circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new SamplingBreaker(SAMPLING) }),
    )
    return () => policy.execute(work)
  }),
  core('cockatiel-full', 'cockatiel wrap(retry, breaker, timeout), signal read', async () => {
    const { circuitBreaker, ExponentialBackoff, handleAll, retry, SamplingBreaker, timeout, TimeoutStrategy, wrap } =
      await cockatiel()
    const policy = wrap(
      retry(handleAll, { maxAttempts: RETRIES, backoff: new ExponentialBackoff() }),
      circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new SamplingBreaker(SAMPLING) }),
      timeout(ATTEMPT_TIMEOUT_MS, TimeoutStrategy.Cooperative),
    )
    return () => policy.execute(({ signal }) => workWithSignal(signal))
  }),
  core('opossum', 'opossum defaults (10 s timeout)', async () => {
    const { default: CircuitBreaker } = await import('opossum')
    const breaker = new CircuitBreaker(work)
    return () => breaker.fire()
  }),
  core('opossum-lean', 'opossum, no timeout, percentiles or snapshots', async () => {
    const { default: CircuitBreaker } = await import('opossum')
    const breaker = new CircuitBreaker(work, {
      timeout: false,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    })
    return () => breaker.fire()
  }),
  core('p-retry', 'p-retry', async () => {
    const { default: pRetry } = await import('p-retry')
    return () => pRetry(work, { retries: RETRIES })
  }),
  core('effect-retry', 'effect retry', async () => {
    const { Effect } = await import('effect')
    const program = Effect.retry(Effect.tryPromise(work), { times: RETRIES })
    return () => Effect.runPromise(program)
  }),
  core('effect-full', 'effect retry + breaker + timeout, signal read', async () => {
    const { Context, Effect, Layer, Scope } = await import('effect')
    const { CircuitBreaker } = await import('effect/persistence')
    const context = await Effect.runPromise(Layer.buildWithScope(CircuitBreaker.layerStoreMemory(), Scope.makeUnsafe()))
    const store = Context.get(context, CircuitBreaker.CircuitBreakerStore)
    const breaker = await Effect.runPromise(
      CircuitBreaker.make({
        tripPolicy: CircuitBreaker.rate({ threshold: 0.5, minimumCalls: 50, size: 100 }),
        openDuration: '10 seconds',
      }).pipe(
        Effect.provideService(CircuitBreaker.CircuitBreakerStore, store),
        Effect.provideService(Scope.Scope, Scope.makeUnsafe()),
      ),
    )
    const attempt = Effect.tryPromise(workWithSignal).pipe(Effect.timeout('10 seconds'))
    const program = Effect.retry(breaker.execute(attempt, { key: 'bench' }), { times: RETRIES })
    return () => Effect.runPromise(program)
  }),
]
