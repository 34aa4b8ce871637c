import { describe, expect, it, vi } from 'vitest'
import { createEngine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import type { Attempt } from './call.ts'
import { createPolicy } from './policy.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'
import { createTestClock } from './testing/test-clock.ts'

const clock = createTestClock()

describe('execute', () => {
  const policy = createPolicy({
    name: 'db',
    strategies: [deadline(), retry({ backoff: () => 10 }), attemptTimeout()],
    clock,
  })

  it('returns what the function returns, promise or not', async () => {
    expect(await policy.execute(() => 7)).toBe(7)
    expect(await policy.execute(async () => 'row')).toBe('row')
    expect(await policy.execute(() => null)).toBeNull()
  })

  it('throws its error unchanged, also a synchronous one', async () => {
    const broken = new TypeError('x is not a function')
    await expect(policy.execute(() => Promise.reject(broken))).rejects.toBe(broken)
    await expect(
      policy.execute(() => {
        throw broken
      }),
    ).rejects.toBe(broken)
  })

  it('repeats nothing unless told that it is harmless, or that nothing was sent', async () => {
    const failing = vi.fn(() => Promise.reject(resetError()))
    await clock.run(policy.execute(failing).catch(() => undefined))
    expect(failing).toHaveBeenCalledTimes(1)
    await clock.run(policy.execute(failing, { idempotent: true }).catch(() => undefined))
    expect(failing).toHaveBeenCalledTimes(4)
    const refused = vi.fn(() =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })),
    )
    await clock.run(policy.execute(refused).catch(() => undefined))
    expect(refused.mock.calls.length).toBeGreaterThan(1)
  })

  it('hands over the attempt: number, time, signal, key', async () => {
    const attempts: Attempt[] = []
    const run = policy.execute(
      (attempt) => {
        attempts.push(attempt)
        return attempt.attempt === 2 ? attempt.idempotencyKey : Promise.reject(resetError())
      },
      { idempotencyKey: 'row-7', deadline: { afterMs: 1_000 } },
    )
    expect(await clock.run(run)).toBe('row-7')
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(attempts[1]?.remainingMs()).toBe(990)
    expect(attempts[0]?.key).toBe('db')
  })

  it('aborts its signal when the caller does', async () => {
    const controller = new AbortController()
    let seen: AbortSignal | undefined
    const run = policy.execute(
      ({ signal }) => {
        seen = signal
        return new Promise(() => undefined)
      },
      { signal: controller.signal },
    )
    controller.abort('stop')
    await expect(run).rejects.toBe('stop')
    expect(seen?.aborted).toBe(true)
  })

  it('refuses bad options of the call, with a rejection and not a throw', async () => {
    await expect(policy.execute(() => 1, { retries: 5 } as never)).rejects.toThrow(
      'resilience of policy "db": unknown option "retries"',
    )
  })
})

describe('wrap', () => {
  it('gives a function of the same arguments', async () => {
    const policy = createPolicy({ name: 'db', strategies: [retry({ backoff: () => 10 })], clock })
    const add = policy.wrap(
      async ({ attempt }, first: number, second: number) => {
        if (attempt === 1) throw resetError()
        return first + second
      },
      { idempotent: true },
    )
    expect(await clock.run(add(2, 3))).toBe(5)
  })

  it('uses the key it is given, else that of the policy', async () => {
    const policy = createPolicy({ name: 'db', strategies: [], clock })
    expect(await policy.wrap(({ key }) => key)()).toBe('db')
    expect(await policy.wrap(({ key }) => key, { key: 'replica' })()).toBe('replica')
    const tenant = policy.with({ key: 'tenant-7' })
    expect(await tenant.wrap(({ key }) => key)()).toBe('tenant-7')
    const keyed = policy.fork({ name: 'keyed', key: () => 'chosen' })
    expect(await keyed.wrap(({ key }) => key)()).toBe('chosen')
  })

  it('refuses bad options when it wraps', () => {
    const policy = createPolicy({ name: 'db', strategies: [], clock })
    expect(() => policy.wrap(() => 1, { idempotent: 'yes' as never })).toThrow('option "idempotent"')
    expect(() => policy.wrap(() => 1, { key: '' })).toThrow('option "key"')
    expect(() => policy.wrap(() => 1, { keys: 'x' } as never)).toThrow('unknown option "keys"')
  })
})

describe('keys', () => {
  it('are the origin of the final URL, or the name of the policy', async () => {
    const engine = createEngine([], [200])
    await engine.outcome({ url: 'HTTPS://API.example:443/a?b=c' })
    await engine.outcome({ url: 'http://api.example/a' })
    await engine.outcome({ url: undefined })
    expect(Object.keys(engine.policy.health().keys)).toEqual(['https://api.example', 'http://api.example', 'test'])
  })

  it('can be chosen by the policy and by the call', async () => {
    const engine = createEngine([], [200], { key: ({ method, url }) => `${method} ${url ?? ''}` })
    await engine.outcome({ method: 'get', url: 'https://api.example/a' })
    await engine.outcome({ resilience: { key: 'tenant-7' } })
    expect(Object.keys(engine.policy.health().keys)).toEqual(['get https://api.example/a', 'tenant-7'])
  })

  it('are bounded as the policy says', async () => {
    const engine = createEngine([], [200], { keys: { maxKeys: 3 } })
    for (let index = 0; index < 10; index += 1) await engine.outcome({ url: `https://shop-${index}.example/` })
    expect(Object.keys(engine.policy.health().keys)).toHaveLength(3)
  })

  it('named like a property of every object are keys like others', async () => {
    const engine = createEngine([circuitBreaker()], [200])
    await engine.outcome({ resilience: { key: '__proto__' } })
    await engine.outcome({ resilience: { key: 'constructor' } })
    expect(Object.keys(engine.policy.health().keys)).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(engine.policy.snapshot().keys)).toEqual(['__proto__', 'constructor'])
  })
})

describe('health', () => {
  it('shows each strategy and the latency of every key in use', async () => {
    const engine = createEngine([circuitBreaker()], [{ status: 200, afterMs: 64 }])
    expect(engine.policy.health()).toEqual({ policy: 'test', keys: {} })
    await engine.outcome()
    const { keys } = engine.policy.health()
    expect(keys['https://api.example']).toEqual({
      circuitBreaker: { state: 'closed', calls: 1, failureRatio: 0, failuresInARow: 0, openForMs: 0 },
      latency: { p50Ms: expect.closeTo(76.1, 1) as number, p99Ms: expect.closeTo(76.1, 1) as number },
    })
    expect(JSON.parse(JSON.stringify(engine.policy.health()))).toMatchObject({ policy: 'test' })
  })
})

describe('manual orders', () => {
  it('need a reason and a circuit breaker', () => {
    const { policy } = createEngine([circuitBreaker()], [200])
    expect(() => {
      policy.forceOpen('')
    }).toThrow('policy "test": a manual order needs a reason')
    expect(() => {
      policy.disable(undefined as never)
    }).toThrow(TypeError)
    const bare = createEngine([], [200]).policy
    expect(() => {
      bare.forceOpen('maintenance')
    }).toThrow('policy "test" has no circuitBreaker, so it cannot be forced open or disabled.')
  })

  it('may name a key that was never used', () => {
    const { policy } = createEngine([circuitBreaker()], [200])
    policy.reset({ key: 'never' })
    expect(policy.health().keys).toEqual({})
  })
})
