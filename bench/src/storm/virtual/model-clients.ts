import type { Client, ClientKind, ClientPorts, Send } from '../client.ts'

/*
 * Models: the published rule of a policy in a few lines, to place our figures. None of this is the code of the
 * system it is named after.
 */

/** Whether a retry may be sent; it hears of every call and every end. */
interface Budget {
  callStarted(): void
  takeRetry(): boolean
  requestEnded(isSuccess: boolean, wasRetry: boolean): void
}

interface Gate {
  admit(): boolean
  ended(isSuccess: boolean): void
}

interface ModelOptions {
  readonly maxRetries: number
  readonly delayMs: (retry: number, random: () => number) => number
  readonly budget?: (ports: ClientPorts) => Budget
  readonly breaker?: (ports: ClientPorts) => Gate
}

const withTimeout = (send: Send, { clock, attemptTimeoutMs }: ClientPorts): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      reject(new Error('attempt timeout'))
    }, attemptTimeoutMs)
    send().then(
      () => {
        clock.clearTimer(timer)
        resolve()
      },
      (error: unknown) => {
        clock.clearTimer(timer)
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })

const createModel = (options: ModelOptions, ports: ClientPorts): Client => {
  const { clock, random } = ports
  const budget = options.budget?.(ports)
  const breaker = options.breaker?.(ports)
  return {
    async call(send) {
      budget?.callStarted()
      for (let retry = 0; ; retry += 1) {
        if (breaker?.admit() === false) throw new Error('circuit open')
        try {
          await withTimeout(send, ports)
          breaker?.ended(true)
          budget?.requestEnded(true, retry > 0)
          return
        } catch (error) {
          breaker?.ended(false)
          budget?.requestEnded(false, retry > 0)
          if (retry >= options.maxRetries || budget?.takeRetry() === false) throw error
        }
        const delayMs = options.delayMs(retry + 1, random)
        await new Promise<void>((resolve) => {
          clock.setTimer(resolve, delayMs)
        })
      }
    },
  }
}

const fullJitter =
  (baseMs: number, capMs: number) =>
  (retry: number, random: () => number): number =>
    random() * Math.min(capMs, baseMs * 2 ** (retry - 1))

/** Finagle's RetryBudget: every call pays 0.2 in, valid for 10 s, and 10 a second come on top for each client. */
const finagleBudget = ({ clock }: ClientPorts): Budget => {
  const ttlMs = 10_000
  const calls: number[] = []
  const retries: number[] = []
  const inWindow = (times: number[]): number => {
    const fromMs = clock.now() - ttlMs
    while (times[0] !== undefined && times[0] < fromMs) times.shift()
    return times.length
  }
  return {
    callStarted: () => void calls.push(clock.now()),
    takeRetry() {
      const isEnough = inWindow(calls) * 0.2 + 10 * (ttlMs / 1_000) >= inWindow(retries) + 1
      if (isEnough) retries.push(clock.now())
      return isEnough
    },
    requestEnded: () => undefined,
  }
}

/** Envoy's retry budget: retries in flight may be 20 % of the requests in flight, 3 at least. */
const envoyBudget = (): Budget => {
  let calls = 0
  let retries = 0
  return {
    callStarted() {
      calls += 1
    },
    takeRetry() {
      const isEnough = retries < Math.max(3, 0.2 * (calls + retries))
      if (isEnough) retries += 1
      return isEnough
    },
    requestEnded(_isSuccess, wasRetry) {
      if (wasRetry) retries -= 1
      else calls -= 1
    },
  }
}

/** The AWS SDKs' bucket: 500 tokens, 14 for a transient retry, given back when it succeeds, 1 for a clean success. */
const awsBudget = (): Budget => {
  let tokens = 500
  return {
    callStarted: () => undefined,
    takeRetry() {
      if (tokens < 14) return false
      tokens -= 14
      return true
    },
    requestEnded(isSuccess, wasRetry) {
      if (isSuccess) tokens = Math.min(500, tokens + (wasRetry ? 14 : 1))
    },
  }
}

/** The breaker of Microsoft.Extensions.Http.Resilience: 10 % of at least 100 in 30 s opens for 5 s, one probe. */
const microsoftBreaker = ({ clock }: ClientPorts): Gate => {
  const windowMs = 30_000
  const seen: { readonly atMs: number; readonly isSuccess: boolean }[] = []
  let failures = 0
  let openUntilMs = -Infinity
  let state: 'closed' | 'open' | 'probing' = 'closed'
  const open = (): void => {
    state = 'open'
    openUntilMs = clock.now() + 5_000
    seen.length = failures = 0
  }
  return {
    admit() {
      if (state === 'closed') return true
      if (state === 'probing' || clock.now() < openUntilMs) return false
      state = 'probing'
      return true
    },
    ended(isSuccess) {
      if (state === 'open') return
      if (state === 'probing') {
        if (!isSuccess) open()
        else state = 'closed'
        return
      }
      seen.push({ atMs: clock.now(), isSuccess })
      if (!isSuccess) failures += 1
      while (seen[0] !== undefined && seen[0].atMs < clock.now() - windowMs)
        if (seen.shift()?.isSuccess === false) failures -= 1
      if (seen.length >= 100 && failures / seen.length >= 0.1) open()
    },
  }
}

const model = (name: string, label: string, options: ModelOptions): ClientKind => ({
  name,
  label: `model: ${label}`,
  origin: 'model',
  create: (ports) => createModel(options, ports),
})

const exponential = fullJitter(100, 20_000)

export const NO_RETRY = model('no-retry', 'no retry', { maxRetries: 0, delayMs: () => 0 })
export const NAIVE = model('naive', '3 retries, full jitter from 100 ms', { maxRetries: 3, delayMs: exponential })
export const FINAGLE = model('finagle', '3 retries, budget 20 % of calls + 10/s', {
  maxRetries: 3,
  delayMs: () => 0,
  budget: finagleBudget,
})
export const ENVOY = model('envoy', '3 retries, budget 20 % in flight', {
  maxRetries: 3,
  delayMs: fullJitter(25, 250),
  budget: envoyBudget,
})
export const AWS = model('aws', '2 retries, 500 tokens, 14 a retry', {
  maxRetries: 2,
  delayMs: fullJitter(50, 20_000),
  budget: awsBudget,
})
export const MICROSOFT = model('microsoft', '3 retries + breaker at 10 %', {
  maxRetries: 3,
  delayMs: fullJitter(2_000, 30_000),
  breaker: microsoftBreaker,
})
