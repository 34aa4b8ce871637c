import { describe, expect, it } from 'vitest'
import { createEngine } from '../test/engine.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'

describe('limitsOf', () => {
  it('gives what the policy says, and what the call says over it', () => {
    const { policy } = createEngine([deadline({ afterMs: 5_000 }), attemptTimeout({ afterMs: 1_000 })], [200])
    expect(policy.limitsOf()).toEqual({ deadlineMs: 5_000, attemptTimeoutMs: 1_000, hasUnboundedBody: false })
    expect(policy.limitsOf({ deadline: { afterMs: 9 }, attemptTimeout: { bodyIdleMs: 5 }, body: 'unbounded' })).toEqual(
      {
        deadlineMs: 9,
        attemptTimeoutMs: 1_000,
        hasUnboundedBody: true,
      },
    )
    expect(policy.with({ deadline: { afterMs: 7 } }).limitsOf({ attemptTimeout: false })).toMatchObject({
      deadlineMs: 7,
      attemptTimeoutMs: false,
    })
  })

  it('knows of no limit where the policy has no such strategy', () => {
    const { policy } = createEngine([retry()], [200])
    expect(policy.limitsOf()).toEqual({ deadlineMs: undefined, attemptTimeoutMs: undefined, hasUnboundedBody: false })
    expect(() => policy.limitsOf({ deadlines: 5 })).toThrow('unknown option "deadlines"')
  })
})

describe('limits of the client itself', () => {
  it('bound each attempt and the whole call of a policy that sets none', async () => {
    const engine = createEngine([retry({ maxRetries: 9, backoff: () => 0 })], ['hang'])
    const error = await engine.outcome({ attemptTimeoutMs: 100, deadlineMs: 250 })
    expect(error).toMatchObject({ code: 'deadline-exceeded' })
    expect(engine.sentAtMs).toEqual([0, 100, 200])
    expect(engine.clock.now()).toBe(250)
  })

  it('the shorter deadline holds, and the attempt timeout of the policy', async () => {
    const strategies = [deadline({ afterMs: 1_000 }), attemptTimeout({ afterMs: 400 })]
    const short = createEngine(strategies, ['hang'])
    expect(await short.outcome({ deadlineMs: 50, attemptTimeoutMs: 10 })).toMatchObject({ code: 'deadline-exceeded' })
    expect(short.clock.now()).toBe(50)
    const long = createEngine(strategies, ['hang'])
    expect(await long.outcome({ deadlineMs: 5_000, attemptTimeoutMs: 10 })).toMatchObject({ code: 'attempt-timeout' })
    expect(long.clock.now()).toBe(400)
  })
})
