import { onAbort } from './abort.ts'
import { rejected, type Call, type Outcome, type Permit, type Rejection } from './call.ts'
import type { Cell } from './keyed-state.ts'
import { QuotaReader } from './quota-reader.ts'
import type { ProviderHeaders } from './rate-headers.ts'
import { abortedOutcome, shortestAttemptMs } from './send.ts'
import type { Environment, Next } from './strategy.ts'

export interface GateTerms {
  readonly maxWaitMs: number
  readonly maxCloseMs: number
  readonly maxQuotaCloseMs: number
  readonly headers: ProviderHeaders | undefined
}

/** What a single call may change. */
export interface GateCallTerms {
  readonly maxWaitMs?: number
}

const STAGE = 'server gate'
const SPREAD_SHARE = 0.1
const LONGEST_SPREAD_MS = 1_000
// Ten answers of one burst that name nearly the same time are one closing.
const NEWS_MS = 1_000

/** Until when one key is closed on the server's word; it lends nothing, so it is the permit of every attempt. */
export class GateCell implements Cell, Permit {
  readonly #env: Environment
  readonly #key: string
  readonly #terms: GateTerms
  readonly #reader: QuotaReader
  readonly #waiting = new Set<() => void>()
  #closedUntilMs = -Infinity

  constructor(env: Environment, key: string, terms: GateTerms) {
    this.#env = env
    this.#key = key
    this.#terms = terms
    this.#reader = new QuotaReader(env, key, terms.headers)
  }

  closedForMs(nowMs: number): number {
    return Math.max(0, this.#closedUntilMs - nowMs)
  }

  // A retry that waited as long as the server asked finds the gate open: it opens in that very millisecond.
  commit(_call: Call, nowMs: number): Rejection | undefined {
    const retryAfterMs = this.closedForMs(nowMs)
    if (retryAfterMs === 0) return undefined
    return { code: 'gate-closed', retryAfterMs, detail: 'it closed while this call waited for its turn' }
  }

  // As long as it would wait in front of the gate it waits in the queue behind it.
  readyInMs(call: Call, nowMs: number): number {
    const closedMs = this.closedForMs(nowMs)
    return closedMs > 0 && this.#spareMs(call, closedMs, 0, nowMs) >= 0 ? closedMs : 0
  }

  settle(outcome: Outcome, _call: Call, nowMs: number): void {
    const { head, pushbackMs, verdict } = outcome
    if (head === undefined) return
    const quotas = this.#reader.read(outcome)
    if (pushbackMs !== undefined && verdict?.overload === true) {
      // A 429 is a decision about this client; a 503 is a guess about an outage that may end sooner.
      const longestMs = head.status === 429 ? this.#terms.maxQuotaCloseMs : this.#terms.maxCloseMs
      this.#close(Math.min(pushbackMs, longestMs), nowMs, 'pushback')
      return
    }
    for (const { remaining, resetAfterMs, unit } of quotas) {
      if (remaining !== 0 || unit !== 'requests' || resetAfterMs === undefined) continue
      this.#close(Math.min(resetAfterMs, this.#terms.maxQuotaCloseMs), nowMs, 'quota')
    }
  }

  cancel(): void {
    return
  }

  /** Waits for the gate to open, or refuses at once if that takes too long. */
  async pass(call: Call, next: Next): Promise<Outcome> {
    const { clock } = this.#env
    const fromMs = call.isStarting ? call.startedMs : clock.now()
    let nowMs = fromMs
    for (let closedMs = this.closedForMs(nowMs); closedMs > 0; closedMs = this.closedForMs(nowMs)) {
      const spareMs = this.#spareMs(call, closedMs, nowMs - fromMs, nowMs)
      if (spareMs < 0) {
        call.cancel(nowMs)
        return rejected(call, { code: 'gate-closed', retryAfterMs: closedMs })
      }
      // Calls that waited together should not come back together.
      const spreadMs = this.#env.random() * Math.min(SPREAD_SHARE * closedMs, LONGEST_SPREAD_MS, spareMs)
      const isAlive = await this.#sleep(closedMs + spreadMs, call)
      nowMs = clock.now()
      if (!isAlive) {
        call.cancel(nowMs)
        return abortedOutcome(call)
      }
    }
    call.note({ step: 'wait', atMs: fromMs - call.startedMs, stage: STAGE, waitedMs: nowMs - fromMs })
    call.hold(this)
    return next(call)
  }

  busy(): boolean {
    return this.#waiting.size > 0
  }

  health(nowMs: number): Readonly<Record<string, unknown>> {
    return { closedForMs: this.closedForMs(nowMs), waiting: this.#waiting.size }
  }

  snapshot(nowMs: number): unknown {
    const closedForMs = this.closedForMs(nowMs)
    return closedForMs > 0 ? closedForMs : undefined
  }

  /** @param takenMs - When the snapshot was taken, on the present clock. */
  restore(data: unknown, takenMs: number): void {
    if (typeof data !== 'number' || !(data > 0)) return
    this.#closedUntilMs = Math.max(this.#closedUntilMs, takenMs + Math.min(data, this.#terms.maxQuotaCloseMs))
  }

  reset(): void {
    this.#closedUntilMs = -Infinity
    for (const wake of this.#waiting) wake()
  }

  /** Time left when the gate opens, beyond what an attempt needs; below 0 when the wait is too long. */
  #spareMs(call: Call, closedMs: number, waitedMs: number, nowMs: number): number {
    const maxWaitMs = call.options<GateCallTerms>('serverGate')?.maxWaitMs ?? this.#terms.maxWaitMs
    return waitedMs + closedMs > maxWaitMs ? -1 : call.remainingMs(nowMs) - shortestAttemptMs(call, nowMs) - closedMs
  }

  #close(forMs: number, nowMs: number, reason: 'pushback' | 'quota'): void {
    const untilMs = nowMs + forMs
    const wasUntilMs = this.#closedUntilMs
    if (forMs <= 0 || untilMs <= wasUntilMs) return
    this.#closedUntilMs = untilMs
    if (wasUntilMs > nowMs && untilMs - wasUntilMs < NEWS_MS) return
    this.#env.emit('gate-closed', { key: this.#key, forMs, reason })
  }

  /** False as soon as the caller aborts. */
  #sleep(delayMs: number, call: Call): Promise<boolean> {
    const { clock } = this.#env
    const { signal } = call
    if (signal?.aborted === true) return Promise.resolve(false)
    return new Promise((resolve) => {
      const end = (isAlive: boolean): void => {
        clock.clearTimer(timer)
        unlink?.()
        this.#waiting.delete(wake)
        resolve(isAlive)
      }
      const wake = (): void => {
        end(true)
      }
      const timer = clock.setTimer(wake, delayMs)
      const unlink =
        signal === undefined
          ? undefined
          : onAbort(signal, () => {
              end(false)
            })
      this.#waiting.add(wake)
      this.#env.emit('call-queued', { key: this.#key, stage: STAGE, queued: this.#waiting.size, reason: 'gate' })
    })
  }
}
