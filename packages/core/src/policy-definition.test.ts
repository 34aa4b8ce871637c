import { afterEach, describe, expect, it, vi } from 'vitest'
import { wrapFetch } from './adapters/fetch.ts'
import { createPolicy, type Policy } from './policy.ts'
import type { PolicyDefinition } from './policy-definition.ts'
import { attemptTimeout } from './strategies/attempt-timeout.ts'
import { circuitBreaker } from './strategies/circuit-breaker.ts'
import { deadline } from './strategies/deadline.ts'
import { retryBudget } from './strategies/retry-budget.ts'
import { retry } from './strategies/retry.ts'
import { defineStrategy } from './strategy.ts'

const made: Policy[] = []
const make = (definition: unknown): Policy => {
  const policy = createPolicy(definition as PolicyDefinition)
  made.push(policy)
  return policy
}

describe('createPolicy refuses', () => {
  it.each([
    [undefined, 'policy "": options must be an object, but are undefined.'],
    [null, 'policy "": options must be an object'],
    [{}, 'policy "": option "name" must be a string of at least one character, but is undefined.'],
    [{ strategies: [] }, 'option "name"'],
    [{ name: '', strategies: [] }, 'option "name"'],
    [{ name: 5, strategies: [] }, 'option "name"'],
    [{ name: 'a' }, 'policy "a": option "strategies" must be an array of strategies, but is undefined.'],
    [{ name: 'a', strategies: {} }, 'option "strategies" must be an array of strategies, but is an object.'],
    [
      { name: 'a', strategies: [retry] },
      'option "strategies[0]" must be a strategy, such as retry(), but is a function.',
    ],
    [{ name: 'a', strategies: [retry(), null] }, 'option "strategies[1]" must be a strategy'],
    [{ name: 'a', strategies: [{ name: 'x' }] }, 'option "strategies[0]"'],
    [{ name: 'a', strategies: [{ install: () => undefined }] }, 'option "strategies[0]"'],
    [{ name: 'a', strategies: [retry(), retry()] }, 'policy "a": strategy "retry" is listed twice.'],
    [
      { name: 'a', strategies: [retry(), retryBudget()] },
      '"retryBudget" must be listed before "retry": a retry asks the budget first.',
    ],
    [{ name: 'a', strategies: [circuitBreaker(), retry()] }, '"retry" must be listed before "circuitBreaker"'],
    [{ name: 'a', strategies: [retry(), deadline()] }, '"deadline" must be listed before "retry"'],
    [{ name: 'a', strategies: [attemptTimeout(), retry()] }, '"retry" must be listed before "attemptTimeout"'],
    [
      { name: 'a', strategies: [deadline({ afterMs: 5_000 }), attemptTimeout({ afterMs: 6_000 })] },
      'policy "a": option "attemptTimeout.afterMs" must be at most deadline.afterMs (5000), but is 6000.',
    ],
    [
      { name: 'a', strategies: [circuitBreaker({ windowMs: 10_000 }), attemptTimeout({ afterMs: 6_000 })] },
      'option "circuitBreaker.windowMs" must be at least twice attemptTimeout.afterMs (12000), but is 10000.',
    ],
    [{ name: 'a', strategies: [], key: 'origin' }, 'option "key" must be a function'],
    [{ name: 'a', strategies: [], clock: 5 }, 'option "clock" must be an object'],
    [{ name: 'a', strategies: [], random: 0.5 }, 'option "random" must be a function'],
    [{ name: 'a', strategies: [], keys: 5 }, 'option "keys" must be an object'],
    [
      { name: 'a', strategies: [], keys: { maxKeys: 0 } },
      'policy "a": keys: option "maxKeys" must be an integer from 1',
    ],
    [{ name: 'a', strategies: [], keys: { idleMs: -1 } }, 'option "idleMs"'],
    [{ name: 'a', strategies: [], keys: { max: 5 } }, 'unknown option "max"'],
    [
      { name: 'a', strategies: [], timeout: 5 },
      'policy "a": unknown option "timeout". Known options: name, strategies, key,',
    ],
    [JSON.parse('{"name": "a", "strategies": [], "__proto__": {"key": 1}}'), 'unknown option "__proto__"'],
  ])('%o', (definition, message) => {
    expect(() => make(definition)).toThrow(TypeError)
    expect(() => make(definition)).toThrow(message)
  })
})

describe('createPolicy takes', () => {
  it('no strategy, one of each, and those of a user anywhere', async () => {
    const mine = defineStrategy('mine', () => (next) => (call) => next(call))({})
    expect(await make({ name: 'none', strategies: [] }).execute(() => 1)).toBe(1)
    const all = make({
      name: 'all',
      strategies: [deadline(), mine, retryBudget(), retry(), circuitBreaker(), attemptTimeout()],
    })
    expect(await all.execute(() => 1)).toBe(1)
    expect(all.describe().map(({ name }) => name)).toEqual([
      'deadline',
      'mine',
      'retryBudget',
      'retry',
      'circuitBreaker',
      'attemptTimeout',
    ])
  })

  it('limits that are just right', () => {
    make({
      name: 'right',
      strategies: [
        deadline({ afterMs: 5_000 }),
        circuitBreaker({ windowMs: 10_000 }),
        attemptTimeout({ afterMs: 5_000 }),
      ],
    })
  })

  it('the clock and chance of the process by default', async () => {
    const policy = make({ name: 'system', strategies: [deadline(), retry({ baseMs: 0 })] })
    expect(
      await policy.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : attempt), {
        idempotent: true,
      }),
    ).toBe(2)
  })
})

describe('options of deadline and attemptTimeout', () => {
  it.each([
    [() => deadline({ afterMs: 0 }), 'deadline: option "afterMs"'],
    [
      () => deadline({ afterMs: '30s' as never }),
      'deadline: option "afterMs" must be a number of milliseconds above 0, but is "30s".',
    ],
    [() => deadline({ after: 5 } as never), 'deadline: unknown option "after"'],
    [() => deadline(5_000 as never), 'deadline: options must be an object, but are 5000.'],
    [() => deadline(JSON.parse('{"__proto__": {"afterMs": 1}}') as never), 'unknown option "__proto__"'],
    [() => attemptTimeout({ afterMs: NaN }), 'attemptTimeout: option "afterMs"'],
    [() => attemptTimeout({ bodyIdleMs: -1 }), 'attemptTimeout: option "bodyIdleMs"'],
    [() => attemptTimeout({ idleMs: 5 } as never), 'attemptTimeout: unknown option "idleMs"'],
  ])('%s is refused', (factory, message) => {
    expect(factory).toThrow(TypeError)
    expect(factory).toThrow(message)
  })
})

describe('the key of a call', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  const keyOf = async (url: string): Promise<string | undefined> => {
    const policy = make({ name: 'keyed', strategies: [retry()] })
    await wrapFetch(policy, () => Promise.resolve(new Response()))(url)
    return Object.keys(policy.health().keys)[0]
  }

  it('is the origin; for a relative URL that of the page, and without a page the name of the policy', async () => {
    expect(await keyOf('https://api.example/items')).toBe('https://api.example')
    expect(await keyOf('/items')).toBe('keyed')
    vi.stubGlobal('location', { href: 'https://shop.example/basket?id=1' })
    expect(await keyOf('/items')).toBe('https://shop.example')
    expect(await keyOf('//cdn.example/items')).toBe('https://cdn.example')
    expect(await keyOf('https://api.example/items')).toBe('https://api.example')
    expect(await keyOf('http://[')).toBe('keyed')
  })
})
