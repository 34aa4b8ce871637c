import { describe, expect, it } from 'vitest'
import {
  anObject,
  callable,
  checkOptions,
  either,
  flag,
  integer,
  nonNegativeNumber,
  oneOf,
  optionError,
  positiveMs,
  positiveNumber,
  ratio,
  text,
  waitMs,
  withDefaults,
  type OptionRule,
} from './option-checks.ts'

describe('rules', () => {
  const cases: readonly (readonly [
    name: string,
    rule: OptionRule,
    good: readonly unknown[],
    bad: readonly unknown[],
  ])[] = [
    ['positiveMs', positiveMs, [0.1, 30_000], [0, -1, NaN, Infinity, '5', null, {}]],
    ['waitMs', waitMs, [0, 5, Infinity], [-1, NaN, -Infinity, '5', null]],
    ['positiveNumber', positiveNumber, [1, 0.5], [0, -1, NaN, Infinity, '1', true]],
    ['nonNegativeNumber', nonNegativeNumber, [0, 0.5], [-1, NaN, Infinity, '1']],
    ['ratio', ratio, [0, 0.5, 1], [-0.1, 1.1, NaN, '0.5']],
    ['flag', flag, [true, false], [0, 1, 'true', null]],
    ['callable', callable, [() => 1], [{}, 'fn', null]],
    ['text', text, ['a'], ['', 1, null, {}]],
    ['anObject', anObject, [{}, []], [null, 'x', 1, undefined]],
    ['integer', integer(1, 5), [1, 5], [0, 6, 1.5, NaN, '3', Infinity]],
    ['oneOf', oneOf('raw', 'quoted'), ['raw', 'quoted'], ['RAW', '', 1, null]],
    ['either', either(flag, positiveMs), [true, 5], [0, 'x', NaN]],
  ]

  it.each(cases)('%s', (_name, rule, good, bad) => {
    for (const value of good) expect(rule.check(value), String(value)).toBe(true)
    for (const value of bad) expect(rule.check(value), String(value)).toBe(false)
  })

  it('say in words what is allowed', () => {
    expect(oneOf('raw', 'quoted').allowed).toBe("'raw' or 'quoted'")
    expect(integer(1, 5).allowed).toBe('an integer from 1 to 5')
    expect(either(flag, positiveMs).allowed).toBe('true or false, or a number of milliseconds above 0')
  })
})

describe('checkOptions', () => {
  const rules = { afterMs: positiveMs, wait: flag }
  const check = (options: unknown): void => {
    checkOptions('deadline', options, rules)
  }

  it('lets good options and undefined pass', () => {
    check({})
    check({ afterMs: 5, wait: undefined })
  })

  it.each([
    [{ afterMs: -5 }, 'deadline: option "afterMs" must be a number of milliseconds above 0, but is -5.'],
    [{ afterMs: NaN }, 'deadline: option "afterMs" must be a number of milliseconds above 0, but is NaN.'],
    [{ afterMs: '30s' }, 'deadline: option "afterMs" must be a number of milliseconds above 0, but is "30s".'],
    [{ afterMs: null }, 'but is null.'],
    [{ afterMs: [1] }, 'but is an array.'],
    [{ afterMs: { ms: 5 } }, 'but is an object.'],
    [{ afterMs: () => 5 }, 'but is a function.'],
    [{ afterMs: 5n }, 'but is 5.'],
    [{ after: 5 }, 'deadline: unknown option "after". Known options: afterMs, wait.'],
    [{ toString: 5 }, 'deadline: unknown option "toString".'],
    [JSON.parse('{"__proto__": {"afterMs": 1}}'), 'deadline: unknown option "__proto__".'],
    [JSON.parse('{"constructor": 1}'), 'deadline: unknown option "constructor".'],
    [undefined, 'deadline: options must be an object, but are undefined.'],
    [null, 'options must be an object, but are null.'],
    [[], 'options must be an object, but are an array.'],
    [5, 'options must be an object, but are 5.'],
  ])('refuses %o', (options, message) => {
    expect(() => {
      check(options)
    }).toThrow(TypeError)
    expect(() => {
      check(options)
    }).toThrow(message)
  })

  it('cuts a long string off, because it may be a secret or a body', () => {
    const { message } = optionError('deadline', 'afterMs', 'x'.repeat(500), 'a number')
    expect(message).toContain(`"${'x'.repeat(40)}..."`)
    expect(message.length).toBeLessThan(120)
  })
})

describe('withDefaults', () => {
  it('overlays what is given and keeps the default for undefined', () => {
    const defaults: { afterMs: number; wait: boolean } = { afterMs: 1, wait: false }
    const given = { afterMs: 5, wait: undefined } as unknown as Partial<typeof defaults>
    expect(withDefaults(defaults, given)).toEqual({ afterMs: 5, wait: false })
    expect(defaults).toEqual({ afterMs: 1, wait: false })
  })
})
