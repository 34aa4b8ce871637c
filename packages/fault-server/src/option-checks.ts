/** Refuses a number that is not an integer from `low` to `high`. */
export function integerInRange(name: string, value: unknown, low: number, high: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return
  const range = high === Number.MAX_SAFE_INTEGER ? `at least ${low}` : `from ${low} to ${high}`
  throw new TypeError(`${name} must be an integer ${range}, got ${show(value)}`)
}

/** Refuses a number that is not finite or below zero. */
export function nonNegative(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return
  throw new TypeError(`${name} must be a number of at least 0, got ${show(value)}`)
}

/** Refuses a value outside a list. */
export function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return
  throw new TypeError(`${name} must be one of ${allowed.join(', ')}, got ${show(value)}`)
}

/** Refuses names that are not in the list, so that a typing error does not pass as a default. */
export function knownNames(where: string, value: object, allowed: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!allowed.includes(name)) throw new TypeError(`${where}: unknown option "${name}"; known: ${allowed.join(', ')}`)
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
