const ONCE = { once: true }

/**
 * Runs `listener` when `signal` aborts and returns the function that takes the listener away.
 *
 * By hand and not with `AbortSignal.any`: that retains about 1.2 kB a call on a long-lived signal, and refuses the
 * polyfilled signals some axios users pass.
 */
export const onAbort = (signal: AbortSignal, listener: () => void): (() => void) => {
  signal.addEventListener('abort', listener, ONCE)
  return () => {
    signal.removeEventListener('abort', listener)
  }
}
