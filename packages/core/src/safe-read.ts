/**
 * Reads a property of anything at all; `undefined` where there is none or where reading it throws.
 *
 * Errors come from foreign code: proxies and throwing getters among them must not break the call that failed.
 */
export const safeRead = (target: unknown, key: PropertyKey): unknown => {
  try {
    return (target as Record<PropertyKey, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

/** Like {@link safeRead}, for strings alone; the empty string stands for everything else. */
export const safeText = (target: unknown, key: PropertyKey): string => {
  const value = safeRead(target, key)
  return typeof value === 'string' ? value : ''
}
