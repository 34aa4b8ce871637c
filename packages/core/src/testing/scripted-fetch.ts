import type { Clock } from '../clock.ts'

/** One answer of a script: a status, a full answer, an error to reject with, or `'hang'` to wait for the abort. */
export type ScriptedAnswer =
  | number
  | Error
  | 'hang'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** Time before the headers, ms on the clock. Default 0. */
      readonly delayMs?: number
    }

/** What reached the scripted transport. */
export interface ScriptedAttempt {
  readonly atMs: number
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export interface ScriptedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  readonly attempts: readonly ScriptedAttempt[]
}

const wait = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      clock.clearTimer(timer)
      // A client rejects with the reason it was given, whatever that is.
      reject(signal.reason as Error)
    }
    const timer = clock.setTimer(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', abort, { once: true })
  })

/**
 * A `fetch` that answers from a script, on a test clock; the last answer repeats.
 *
 * @throws {TypeError} For an empty script.
 */
export const scriptedFetch = (clock: Clock, script: readonly ScriptedAnswer[]): ScriptedFetch => {
  if (script.length === 0) throw new TypeError('scriptedFetch: the script needs at least one answer.')
  const attempts: ScriptedAttempt[] = []
  const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    const step = script[Math.min(attempts.length, script.length - 1)] as ScriptedAnswer
    const attempt = { atMs: clock.now(), method: request.method, url: request.url, headers: request.headers, body: '' }
    attempts.push(attempt)
    attempt.body = await request.text()
    if (step === 'hang') await wait(clock, 2 ** 40, signal)
    if (step instanceof Error) throw step
    const {
      status,
      headers = {},
      body = '',
      delayMs = 0,
    } = typeof step === 'object' ? step : { status: step as number }
    if (delayMs > 0) await wait(clock, delayMs, signal)
    return new Response([204, 205, 304].includes(status) ? null : body, { status, headers })
  }
  return Object.assign(answer, { attempts })
}
