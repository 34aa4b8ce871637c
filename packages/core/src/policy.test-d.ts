import { assertType, describe, expectTypeOf, it } from 'vitest'
import { wrapFetch } from './adapters/fetch.ts'
import type { Attempt } from './call.ts'
import { callReport } from './call-report.ts'
import { isHoldfastError, type HoldfastError, type RejectionCode } from './errors.ts'
import type { BreakerState, PolicyEvent } from './events.ts'
import { createPolicy, type Policy } from './policy.ts'
import { standardPolicy } from './presets/standard.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retryBudget } from './strategies/retry-budget.ts'
import { retry } from './strategies/retry.ts'
import { defineStrategy } from './strategy.ts'
import { recordEvents } from './testing/record-events.ts'
import type { CallReport, StopReason } from './trace.ts'

const policy = createPolicy({
  name: 'typed',
  strategies: [deadline(), retryBudget(), retry(), circuitBreaker(), attemptTimeout()],
})
const run = (): Promise<number> => Promise.resolve(1)

describe('execute', () => {
  it('returns what the function returns', () => {
    expectTypeOf(policy.execute(run)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(policy.execute(() => 'text')).toEqualTypeOf<Promise<string>>()
    void policy.execute((attempt) => {
      expectTypeOf(attempt).toEqualTypeOf<Attempt>()
    })
  })

  it('takes overrides of the strategies of the policy', () => {
    void policy.execute(run, {
      signal: new AbortController().signal,
      priority: 'background',
      idempotencyKey: 'order-7',
      retry: { maxRetries: 1 },
      deadline: { afterMs: 2_000 },
      circuitBreaker: { wait: true },
      attemptTimeout: { bodyIdleMs: 5 },
      retryBudget: false,
    })
  })

  it('refuses a wrong name, option or value', () => {
    // @ts-expect-error no such strategy or option
    void policy.execute(run, { retries: 3 })
    // @ts-expect-error not a strategy of this policy
    void policy.execute(run, { concurrency: false })
    // @ts-expect-error no such option of retry
    void policy.execute(run, { retry: { retries: 3 } })
    // @ts-expect-error maxRetries is a number
    void policy.execute(run, { retry: { maxRetries: '3' } })
    // @ts-expect-error a strategy takes false or an object
    void policy.execute(run, { retry: true })
    // @ts-expect-error the breaker lets a call change `wait` alone
    void policy.execute(run, { circuitBreaker: { openMs: 5 } })
    // @ts-expect-error the budget can only be switched off
    void policy.execute(run, { retryBudget: { cost: 1 } })
    // @ts-expect-error no such priority
    void policy.execute(run, { priority: 'high' })
  })
})

describe('a policy of strategies nobody names', () => {
  const any: Policy = policy

  it('takes the options that belong to no strategy, and checks them', () => {
    void any.execute(run, { idempotent: true })
    void any.execute(run, { idempotent: true, key: 'tenant', signal: new AbortController().signal })
    void any.execute(run, { retry: { maxRetries: 1 } })
    any.wrap(run, { idempotent: true })
    any.with({ idempotent: true })
    // @ts-expect-error idempotent is a boolean
    void any.execute(run, { idempotent: 'yes' })
    // @ts-expect-error signal is an AbortSignal
    void any.execute(run, { signal: 5 })
  })
})

describe('the other ways in', () => {
  it('with() takes the same overrides', () => {
    expectTypeOf(policy.with({ retry: false })).toEqualTypeOf<typeof policy>()
    // @ts-expect-error no such strategy
    policy.with({ hedge: false })
    // @ts-expect-error no such option of deadline
    policy.with({ deadline: { ms: 5 } })
  })

  it('wrap() keeps the arguments and the result', () => {
    const wrapped = policy.wrap(async (_attempt, id: number, name: string) => ({ id, name }))
    expectTypeOf(wrapped).toEqualTypeOf<(id: number, name: string) => Promise<{ id: number; name: string }>>()
    // @ts-expect-error no such option
    policy.wrap(run, { retries: 2 })
  })

  it('a wrapped fetch takes them under `resilience`', () => {
    const get = wrapFetch(policy)
    void get('https://api.example/', { method: 'POST', resilience: { retry: false, deadline: { afterMs: 5 } } })
    void get('https://api.example/', { resilience: false })
    // @ts-expect-error no such strategy
    void get('https://api.example/', { resilience: { hedge: false } })
    // @ts-expect-error no such option of retry
    void get('https://api.example/', { resilience: { retry: { retries: 3 } } })
    expectTypeOf(get('https://api.example/')).toEqualTypeOf<Promise<Response>>()
  })

  it('a standard policy knows every strategy of the pipeline', () => {
    const standard = standardPolicy({ name: 'typed', rateLimit: { permits: 10, perMs: 1_000 }, concurrency: false })
    void standard.execute(run, {
      retry: { maxRetries: 1 },
      serverGate: false,
      adaptiveThrottle: false,
      rateLimit: false,
    })
    // @ts-expect-error no such strategy
    void standard.execute(run, { hedge: false })
    // @ts-expect-error no such option of the preset
    standardPolicy({ name: 'typed', retries: 3 })
    // @ts-expect-error no such option of retry
    standardPolicy({ name: 'typed', retry: { retries: 3 } })
    // @ts-expect-error no such preset
    standardPolicy({ name: 'typed', preset: 'server' })
    // @ts-expect-error a policy has a name
    standardPolicy({})
  })

  it('a strategy of the user is a name like the others', () => {
    const audit = defineStrategy('audit', (_env, _options: { slowMs: number }) => (next) => (call) => next(call))
    const audited = createPolicy({ name: 'typed', strategies: [audit({ slowMs: 5 }), retry()] })
    void audited.execute(run, { audit: false, retry: false })
    // @ts-expect-error it has no options per call
    void audited.execute(run, { audit: { slowMs: 5 } })
    // @ts-expect-error its option is not given
    audit({})
    // @ts-expect-error its option is a number
    audit({ slowMs: 'fast' })
  })

  it('options of a strategy are checked when it is made', () => {
    // @ts-expect-error no such option
    retry({ retries: 3 })
    // @ts-expect-error milliseconds are a number
    deadline({ afterMs: '30s' })
  })

  it('a policy of any strategies can be passed on', () => {
    const names = (any: Policy): string[] => any.describe().map(({ name }) => name)
    assertType<string[]>(names(createPolicy({ name: 'typed', strategies: [] })))
  })
})

describe('fork', () => {
  it('changes parts and gives the same kind of policy', () => {
    expectTypeOf(
      policy.fork({ name: 'other', strategies: { retry: { maxRetries: 0 }, circuitBreaker: false } }),
    ).toEqualTypeOf<typeof policy>()
    // @ts-expect-error no such part
    policy.fork({ timeout: 5 })
    // @ts-expect-error false or an object
    policy.fork({ strategies: { retry: true } })
  })
})

describe('events', () => {
  it('carry their own payload', () => {
    policy.on('breaker-changed', (event) => {
      expectTypeOf(event.type).toEqualTypeOf<'breaker-changed'>()
      expectTypeOf(event.to).toEqualTypeOf<BreakerState>()
      expectTypeOf(event.policy).toEqualTypeOf<string>()
      // @ts-expect-error not a field of this event
      assertType(event.delayMs)
    })
    policy.on('retry-stopped', ({ reason }) => {
      expectTypeOf(reason).toEqualTypeOf<StopReason>()
    })
    // @ts-expect-error no such event
    policy.on('breaker-change', () => undefined)
    // @ts-expect-error the listener of another event
    policy.off('retry-stopped', (event: PolicyEvent<'breaker-changed'>) => event.to)
  })

  it('are a union told apart by type', () => {
    const [event] = recordEvents(policy, 'call-ended', 'retry-scheduled')
    if (event?.type === 'retry-scheduled') expectTypeOf(event.delayMs).toEqualTypeOf<number>()
    if (event?.type === 'call-ended')
      expectTypeOf(event.outcome).toEqualTypeOf<'success' | 'failure' | 'rejection' | 'aborted'>()
  })
})

describe('errors', () => {
  it('narrow by the guard', () => {
    const caught: unknown = undefined
    if (isHoldfastError(caught)) {
      expectTypeOf(caught).toEqualTypeOf<HoldfastError>()
      expectTypeOf(caught.code).toEqualTypeOf<RejectionCode>()
      expectTypeOf(caught.retryAfterMs).toEqualTypeOf<number | undefined>()
      expectTypeOf(caught.report).toEqualTypeOf<CallReport | undefined>()
      // @ts-expect-error no such code
      if (caught.code === 'circuit-opened') return
    }
    expectTypeOf(callReport(caught)).toEqualTypeOf<CallReport | undefined>()
  })
})
