interface WarningRuntime {
  readonly process?: { emitWarning?: (message: string, options: { type: string; code: string }) => void }
}

/** Tells the developer once about a set-up that works against itself. */
export const warn = (code: string, message: string): void => {
  const { process } = globalThis as WarningRuntime
  if (typeof process?.emitWarning === 'function') process.emitWarning(message, { type: 'HoldfastWarning', code })
  // eslint-disable-next-line no-console -- browsers have no other place for it
  else console.warn(`HoldfastWarning [${code}]: ${message}`)
}
