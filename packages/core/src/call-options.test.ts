import { describe, expect, it } from 'vitest'
import { mergeOverrides, parseCallOptions } from './call-options.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'
import { retryBudget } from './strategies/retry-budget.ts'
import type { Strategy } from './strategy.ts'

const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(
  [deadline(), retryBudget(), retry()].map((strategy) => [strategy.name, strategy as Strategy]),
)
const parse = (options: unknown): ReturnType<typeof parseCallOptions> =>
  parseCallOptions('resilience of policy "etsy"', options as object, STRATEGIES)

describe('parseCallOptions', () => {
  it('splits what belongs to the call from what belongs to a strategy', () => {
    const options = {
      priority: 'background',
      key: 'tenant-7',
      retry: false,
      deadline: { afterMs: 5 },
      idempotent: undefined,
    } as const
    expect(parse(options)).toEqual({
      base: { priority: 'background', key: 'tenant-7' },
      strategies: { retry: false, deadline: { afterMs: 5 } },
    })
  })

  it.each([
    [
      { retries: 3 },
      'resilience of policy "etsy": unknown option "retries". Known options: deadline, retryBudget, retry, key, priority',
    ],
    [{ circuitBreaker: false }, 'unknown option "circuitBreaker"'],
    [{ toString: 1 }, 'unknown option "toString"'],
    [JSON.parse('{"__proto__": {"retry": false}}'), 'unknown option "__proto__"'],
    [{ priority: 'high' }, `option "priority" must be 'critical' or 'default' or 'background', but is "high".`],
    [{ key: '' }, 'option "key" must be a string of at least one character'],
    [{ idempotent: 'yes' }, 'option "idempotent" must be true or false, but is "yes".'],
    [{ idempotencyKey: 5 }, `option "idempotencyKey" must be 'auto', a string, a function or false, but is 5.`],
    [{ idempotencyKey: true }, 'option "idempotencyKey"'],
    [{ body: 'endless' }, 'option "body"'],
    [{ retry: true }, 'option "retry" must be false or an object, but is true.'],
    [{ retry: null }, 'option "retry" must be false or an object, but is null.'],
    [{ retry: [] }, 'retry: options must be an object, but are an array.'],
    [{ deadline: { afterMs: -1 } }, 'deadline: option "afterMs" must be a number of milliseconds above 0, but is -1.'],
    [
      { retryBudget: { cost: 1 } },
      'option "retryBudget" must be false; this strategy has no per-call options, but is an object.',
    ],
    [null, 'resilience of policy "etsy": options must be an object, but are null.'],
    [true, 'options must be an object, but are true.'],
    ['fast', 'options must be an object, but are "fast".'],
    [[], 'options must be an object, but are an array.'],
  ])('refuses %o', (options, message) => {
    expect(() => parse(options)).toThrow(TypeError)
    expect(() => parse(options)).toThrow(message)
  })

  it.each([
    { idempotencyKey: 'order-1' },
    { idempotencyKey: () => 'x' },
    { idempotencyKey: false },
    { body: 'unbounded' },
  ])('takes %o', (options) => {
    expect(parse(options).base).toEqual(options)
  })
})

describe('mergeOverrides', () => {
  const under = parse({ priority: 'critical', key: 'a', retry: { maxRetries: 1, baseMs: 5 }, deadline: false })

  it('lays later options over earlier ones, strategy by strategy', () => {
    const over = parse({ key: 'b', retry: { maxRetries: 3 }, retryBudget: false })
    expect(mergeOverrides(under, over)).toEqual({
      base: { priority: 'critical', key: 'b' },
      strategies: { retry: { maxRetries: 3, baseMs: 5 }, deadline: false, retryBudget: false },
    })
  })

  it('switches a strategy off, or on again', () => {
    expect(mergeOverrides(under, parse({ retry: false }))?.strategies['retry']).toBe(false)
    expect(mergeOverrides(under, parse({ deadline: { afterMs: 9 } }))?.strategies['deadline']).toEqual({ afterMs: 9 })
  })

  it('takes the only one there is', () => {
    expect(mergeOverrides(under, undefined)).toBe(under)
    expect(mergeOverrides(undefined, under)).toBe(under)
    expect(mergeOverrides(undefined, undefined)).toBeUndefined()
  })
})
