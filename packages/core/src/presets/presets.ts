/** Options by strategy; a strategy that is absent is not installed unless asked for. */
export interface Preset {
  readonly idempotencyKey: 'auto' | undefined
  readonly strategies: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
}

export type PresetName = 'standard' | 'browser' | 'batch' | 'payments'

/** The values of the four presets; `docs/guides/presets.md` shows them and a test compares. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  standard: {
    idempotencyKey: undefined,
    strategies: {
      deadline: { afterMs: 30_000 },
      retryBudget: {},
      retry: { maxRetries: 2, baseMs: 100, maxMs: 20_000 },
      circuitBreaker: {},
      serverGate: {},
      adaptiveThrottle: {},
      attemptTimeout: { afterMs: 10_000 },
    },
  },
  // Crowds of clients: they must not probe a server that just came back all at once.
  browser: {
    idempotencyKey: undefined,
    strategies: {
      deadline: { afterMs: 15_000 },
      retryBudget: {},
      retry: { maxRetries: 2, baseMs: 300, maxMs: 10_000 },
      circuitBreaker: { sickRule: false, openMs: 5_000, maxOpenMs: 60_000 },
      serverGate: {},
      concurrency: { limit: 6, maxQueued: 1_000 },
      attemptTimeout: { afterMs: 10_000 },
    },
  },
  batch: {
    idempotencyKey: undefined,
    strategies: {
      deadline: { afterMs: 600_000 },
      retryBudget: {},
      retry: { maxRetries: 5, baseMs: 200, maxMs: 60_000 },
      circuitBreaker: { wait: true },
      serverGate: { maxWaitMs: Infinity },
      adaptiveThrottle: {},
      concurrency: { limit: 8, maxQueued: 100_000 },
      attemptTimeout: { afterMs: 30_000 },
    },
  },
  payments: {
    idempotencyKey: 'auto',
    strategies: {
      deadline: { afterMs: 30_000 },
      retryBudget: {},
      retry: { maxRetries: 2, baseMs: 200, maxMs: 20_000 },
      circuitBreaker: {},
      serverGate: {},
      attemptTimeout: { afterMs: 20_000 },
    },
  },
}
