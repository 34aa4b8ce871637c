import type { Attempt, Transport } from '../src/call.ts'
import { classify } from '../src/classify.ts'
import type { Clock } from '../src/clock.ts'
import { headOfHeaders, type ResponseHead } from '../src/response-head.ts'

/** One answer: a status, an error to reject with, `'hang'` to wait for the abort, or any of these later. */
export type Answer =
  | number
  | Error
  | 'hang'
  | {
      readonly status?: number
      readonly error?: Error
      readonly headers?: Readonly<Record<string, string>>
      readonly afterMs?: number
    }

/** What the transport hands over for a status. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

export interface Sent {
  readonly atMs: number
  readonly attempt: Attempt
  readonly isAborted: boolean
}

export interface TransportTraits {
  /** The client rejects by itself when its signal aborts, with an error of its own. */
  readonly settlesOnAbort?: boolean
  /** The client never looks at its signal. */
  readonly isDeaf?: boolean
  readonly discard?: NonNullable<Transport['discard']>
  readonly guardBody?: NonNullable<Transport['guardBody']>
}

export interface ScriptedTransport extends Transport {
  readonly sent: readonly Sent[]
}

const abortError = (): Error => Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' })

/** A client that answers from a script on the clock of the test; the last answer repeats. */
export const scriptedTransport = (
  clock: Clock,
  script: readonly Answer[] | ((index: number) => Answer),
  traits: TransportTraits = {},
): ScriptedTransport => {
  const sent: Sent[] = []
  const answerAt = (index: number): Answer =>
    typeof script === 'function' ? script(index) : (script[Math.min(index, script.length - 1)] as Answer)
  return {
    ...traits,
    sent,
    async send(attempt) {
      const answer = answerAt(sent.length)
      const { signal } = attempt.call
      sent.push({ atMs: clock.now(), attempt, isAborted: signal?.aborted === true })
      const {
        status,
        error,
        headers = {},
        afterMs = 0,
      } = typeof answer === 'object' && !(answer instanceof Error)
        ? answer
        : {
            status: typeof answer === 'number' ? answer : undefined,
            error: answer instanceof Error ? answer : undefined,
            afterMs: answer === 'hang' ? 2 ** 40 : 0,
          }
      if (afterMs > 0) {
        await new Promise<void>((resolve, reject) => {
          const timer = clock.setTimer(resolve, afterMs)
          if (traits.isDeaf === true) return
          attempt.signal.addEventListener('abort', () => {
            clock.clearTimer(timer)
            reject(abortError())
          })
        })
      }
      if (error !== undefined) throw error
      return { status, headers } satisfies { status: number | undefined; headers: object }
    },
    classify: (value, isError, head, call) =>
      !isError && head !== undefined && head.status < 300 ? undefined : classify(value, { signal: call.signal, head }),
    head: (value, isError): ResponseHead | undefined =>
      isError ? undefined : headOfHeaders((value as Reply).status, (value as Reply).headers),
  }
}

/** An error as Node makes them when a connection breaks. */
export const resetError = (): Error =>
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })

/** An error that proves that nothing was sent. */
export const refusedError = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })
