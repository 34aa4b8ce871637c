/** What an option may be: `check` decides, `allowed` says it in words. */
export interface OptionRule {
  readonly allowed: string
  check(value: unknown): boolean
}

export type OptionRules = Readonly<Record<string, OptionRule>>

const rule = (allowed: string, check: (value: unknown) => boolean): OptionRule => ({ allowed, check })
const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export const positiveMs = rule('a number of milliseconds above 0', (value) => isFiniteNumber(value) && value > 0)
export const waitMs = rule(
  'a number of milliseconds, 0 or more, or Infinity',
  (value) => typeof value === 'number' && value >= 0,
)
export const positiveNumber = rule('a number above 0', (value) => isFiniteNumber(value) && value > 0)
export const nonNegativeNumber = rule('a number, 0 or more', (value) => isFiniteNumber(value) && value >= 0)
export const ratio = rule('a number from 0 to 1', (value) => isFiniteNumber(value) && value >= 0 && value <= 1)
export const flag = rule('true or false', (value) => typeof value === 'boolean')
export const callable = rule('a function', (value) => typeof value === 'function')
export const text = rule('a string of at least one character', (value) => typeof value === 'string' && value !== '')
export const anObject = rule('an object', (value) => typeof value === 'object' && value !== null)
export const method = (name: string, allowed: string): OptionRule =>
  rule(allowed, (value) => anObject.check(value) && callable.check((value as Record<string, unknown>)[name]))
export const integer = (from: number, to: number): OptionRule =>
  rule(
    `an integer from ${from} to ${to}`,
    (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
  )
export const oneOf = (...allowed: readonly string[]): OptionRule =>
  rule(
    allowed.map((value) => `'${value}'`).join(' or '),
    (value) => typeof value === 'string' && allowed.includes(value),
  )
export const either = (first: OptionRule, second: OptionRule): OptionRule =>
  rule(`${first.allowed}, or ${second.allowed}`, (value) => first.check(value) || second.check(value))

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** A `TypeError` that names the option, what it was and what is allowed. */
export const optionError = (owner: string, option: string, value: unknown, allowed: string): TypeError =>
  new TypeError(`${owner}: option "${option}" must be ${allowed}, but is ${shown(value)}.`)

/** @throws {TypeError} For anything but an object with named options. */
export function requireObject(owner: string, options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${owner}: options must be an object, but are ${shown(options)}.`)
  }
}

/**
 * Checks plain options against their rules; `undefined` stands for "not given".
 *
 * Own keys alone are read, so `__proto__` out of parsed JSON is refused as an unknown name.
 *
 * @throws {TypeError} For a value that is not an object, an unknown name or a value outside its rule.
 */
export const checkOptions = (owner: string, options: unknown, rules: OptionRules): void => {
  requireObject(owner, options)
  for (const [name, value] of Object.entries(options)) {
    const found = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (found === undefined) {
      throw new TypeError(`${owner}: unknown option "${name}". Known options: ${Object.keys(rules).join(', ')}.`)
    }
    if (value !== undefined && !found.check(value)) throw optionError(owner, name, value, found.allowed)
  }
}

/** Defaults overlaid with the given options; a given `undefined` keeps the default. */
export const withDefaults = <Defaults extends object>(defaults: Defaults, options: Partial<Defaults>): Defaults => {
  const merged = { ...defaults }
  for (const name of Object.keys(options) as (keyof Defaults)[]) {
    const value = options[name]
    if (value !== undefined) merged[name] = value
  }
  return merged
}
