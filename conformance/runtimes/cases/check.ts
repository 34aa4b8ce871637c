/** Assertions that load in every runtime. */
const shown = (value: unknown): string => {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  // In a list, so that `undefined` has a form as well.
  return JSON.stringify([value]).slice(1, -1)
}

export function isTrue(condition: unknown, message: string): asserts condition {
  if (condition !== true) throw new Error(`${message} (got ${shown(condition)})`)
}

/** Equal primitives, or plain data with the same JSON. */
export const equal = (actual: unknown, expected: unknown, message = 'value'): void => {
  if (Object.is(actual, expected)) return
  const isData = typeof actual === 'object' && typeof expected === 'object' && actual !== null && expected !== null
  if (isData && JSON.stringify(actual) === JSON.stringify(expected)) return
  throw new Error(`${message}: expected ${shown(expected)}, got ${shown(actual)}`)
}

/** The same object, not an equal one. */
export const same = (actual: unknown, expected: unknown, message: string): void => {
  if (!Object.is(actual, expected)) throw new Error(`${message}: expected ${shown(expected)}, got ${shown(actual)}`)
}

/** What the promise rejected with; fails if it resolved. */
export const rejection = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`expected a rejection, got ${shown(value)}`)
}

/** The code of an error, or the name of one that is told by its name. */
export const codeOf = (error: unknown): unknown => {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  return typeof code === 'string' ? code : name
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Milliseconds a promise takes to settle, either way. */
export const timeOf = async (promise: PromiseLike<unknown>): Promise<number> => {
  const startedMs = performance.now()
  await Promise.resolve(promise).catch(() => undefined)
  return performance.now() - startedMs
}
