import { onAbort } from './abort.ts'
import { Outcome, rejected, type Attempt, type Call, type Rejection } from './call.ts'
import { applyOverride } from './classify-override.ts'
import { attemptTimedOut, callerAborted, deadlineCut, hookFailed } from './classify-local.ts'
import type { TimerHandle } from './clock.ts'
import { HoldfastError, type RejectionCode } from './errors.ts'
import { pushbackMs } from './pushback.ts'

// A client that ignores its aborted signal is left behind after this long.
const ABORT_GRACE_MS = 1_000
// A timer later than this many times its length means that the machine slept.
const SUSPEND_FACTOR = 2

/**
 * One send of a call.
 *
 * It owns the only controller and the only timer of the attempt; the controller is made when `signal` is first read.
 */
export class LiveAttempt implements Attempt {
  readonly call: Call
  readonly attempt: number
  #controller: AbortController | undefined = undefined
  #timer: TimerHandle | undefined = undefined
  #unlink: (() => void) | undefined = undefined
  #endedBy: 'caller' | 'attempt-timeout' | 'deadline-exceeded' | undefined = undefined
  #resolve: ((outcome: Outcome) => void) | undefined = undefined
  #releases: (() => void)[] | undefined = undefined
  #isReleased = false

  constructor(call: Call) {
    this.call = call
    this.attempt = call.attempt
  }

  get key(): string {
    return this.call.key
  }

  get idempotencyKey(): string | undefined {
    return this.call.idempotencyKey?.token
  }

  get deadlineAtMs(): number {
    return this.call.deadlineAtMs
  }

  remainingMs(): number {
    return Math.max(0, this.call.deadlineAtMs - this.call.clock.now())
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#endedBy !== undefined) this.#controller.abort(this.#reason())
    }
    return this.#controller.signal
  }

  get canAbort(): boolean {
    return this.call.signal !== undefined || this.#limitMs() !== Infinity || this.call.bodyIdleMs !== Infinity
  }

  onRelease(listener: () => void): void {
    if (this.#isReleased) listener()
    else if (this.#releases === undefined) this.#releases = [listener]
    else this.#releases.push(listener)
  }

  run(): Promise<Outcome> {
    const { call } = this
    const limitMs = this.#limitMs()
    let sending: Promise<unknown>
    if (limitMs === Infinity && call.signal === undefined) {
      try {
        sending = call.transport.send(this)
      } catch (error) {
        return Promise.resolve(this.#finish(error, true))
      }
      return sending.then(
        (value) => this.#finish(value, false),
        (error: unknown) => this.#finish(error, true),
      )
    }
    return new Promise((resolve) => {
      this.#resolve = resolve
      if (call.signal !== undefined) {
        this.#unlink = onAbort(call.signal, () => {
          this.#end('caller')
        })
      }
      if (limitMs !== Infinity) this.#arm(limitMs, call.sentMs)
      try {
        sending = call.transport.send(this)
      } catch (error) {
        this.#arrive(error, true)
        return
      }
      sending.then(
        (value) => {
          this.#arrive(value, false)
        },
        (error: unknown) => {
          this.#arrive(error, true)
        },
      )
    })
  }

  cutBody(code: 'attempt-timeout' | 'deadline-exceeded'): void {
    this.#end(code)
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#disarm()
    this.#unlink?.()
    this.#unlink = undefined
    for (const listener of this.#releases ?? []) listener()
  }

  #limitMs(): number {
    return Math.min(this.call.attemptTimeoutMs, this.call.deadlineAtMs - this.call.sentMs)
  }

  #arm(delayMs: number, fromMs: number): void {
    const { clock, deadlineAtMs } = this.call
    const dueMs = fromMs + delayMs
    this.#timer = clock.setTimer(() => {
      const nowMs = clock.now()
      const lateMs = nowMs - dueMs
      // After a sleep of the machine the answer may be waiting in the socket: give the attempt its time again.
      if (lateMs > SUSPEND_FACTOR * delayMs && lateMs > ABORT_GRACE_MS && nowMs < deadlineAtMs) {
        this.#arm(Math.min(delayMs, deadlineAtMs - nowMs), nowMs)
      } else this.#end(deadlineAtMs <= dueMs ? 'deadline-exceeded' : 'attempt-timeout')
    }, delayMs)
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.call.clock.clearTimer(this.#timer)
    this.#timer = undefined
  }

  #reason(): unknown {
    const { call } = this
    if (this.#endedBy === 'caller') return call.signal?.reason
    return new HoldfastError(this.#endedBy as RejectionCode, { policy: call.policy, key: call.key })
  }

  #end(cause: 'caller' | 'attempt-timeout' | 'deadline-exceeded'): void {
    if (this.#endedBy !== undefined) return
    this.#endedBy = cause
    this.#disarm()
    this.#controller?.abort(this.#reason())
    if (this.#resolve === undefined) {
      // The body was on its way: the abort ends it, and nothing is left to hold.
      this.release()
      return
    }
    if (this.call.transport.settlesOnAbort === true && this.#controller !== undefined) {
      this.#timer = this.call.clock.setTimer(() => {
        this.#arrive(undefined, true)
      }, ABORT_GRACE_MS)
    } else this.#arrive(this.#endedBy === 'caller' ? this.call.signal?.reason : undefined, true)
  }

  #arrive(value: unknown, isError: boolean): void {
    const resolve = this.#resolve
    if (resolve === undefined) {
      // The attempt was left behind; what still comes must not hold a socket.
      if (!isError) void this.#throwAway(value)
      return
    }
    this.#resolve = undefined
    this.#disarm()
    resolve(this.#finish(value, isError))
  }

  #finish(value: unknown, isError: boolean): Outcome {
    try {
      return this.#conclude(value, isError)
    } catch (error) {
      // A hook of the client broke: the caller gets its error, and nothing waits for ever.
      this.release()
      return new Outcome(this.call, 'error', error, hookFailed)
    }
  }

  #conclude(value: unknown, isError: boolean): Outcome {
    const { call } = this
    const nowMs = call.clock.now()
    call.endedMs = nowMs
    const outcome =
      this.#endedBy === undefined ? this.#answered(value, isError, nowMs) : this.#cutShort(value, isError, nowMs)
    outcome.attempt = this
    if (outcome.verdict !== undefined || call.trace !== undefined) this.#note(outcome, nowMs)
    call.settle(outcome, nowMs)
    if (call.events.hearsAttempts) {
      call.events.emit('attempt-ended', {
        key: call.key,
        method: call.method,
        attempt: this.attempt,
        durationMs: nowMs - this.call.sentMs,
        status: outcome.head?.status,
        reason: outcome.verdict?.code,
      })
    }
    // A body may still be arriving: then whoever keeps or discards the outcome releases the attempt.
    if (outcome.kind !== 'value' || call.transport.guardBody === undefined) this.release()
    return outcome
  }

  #answered(value: unknown, isError: boolean, nowMs: number): Outcome {
    const { call } = this
    const { transport } = call
    const head = transport.head?.(value, isError)
    let verdict = transport.classify(value, isError, head, call)
    const { classifyOverride, events } = call.host
    if (classifyOverride !== undefined) {
      verdict = applyOverride(classifyOverride, value, verdict, (error) => {
        events.emit('listener-failed', { event: 'classify', error, reason: 'threw' })
      })
    }
    const outcome = new Outcome(call, isError ? 'error' : 'value', value, verdict, head)
    if (verdict === undefined) call.state.latency.record(nowMs - call.sentMs, nowMs)
    else if (head !== undefined) outcome.pushbackMs = pushbackMs(head, call.clock.wall())
    return outcome
  }

  #cutShort(value: unknown, isError: boolean, nowMs: number): Outcome {
    const { call } = this
    if (!isError) void this.#throwAway(value)
    const cause = isError ? value : undefined
    if (this.#endedBy === 'caller')
      return new Outcome(call, 'error', cause ?? call.signal?.reason, callerAborted(call.signal))
    const ranMs = nowMs - this.call.sentMs
    const code = this.#endedBy as 'attempt-timeout' | 'deadline-exceeded'
    const rejection: Rejection = { code, cause, detail: `attempt ${this.attempt} ran ${Math.round(ranMs)} ms` }
    if (code === 'attempt-timeout') return rejected(call, rejection, attemptTimedOut)
    // An attempt that got only a sliver of the deadline says nothing about the server.
    const usualMs = call.state.latency.quantile(0.99, nowMs) ?? 0
    return rejected(call, rejection, deadlineCut(ranMs >= usualMs))
  }

  async #throwAway(value: unknown): Promise<void> {
    try {
      await this.call.transport.discard?.(value, false)
    } catch {
      // Nobody waits for it, so nobody could be told.
    }
  }

  #note(outcome: Outcome, nowMs: number): void {
    const { call } = this
    call.note({
      step: 'attempt',
      atMs: this.call.sentMs - call.startedMs,
      attempt: this.attempt,
      durationMs: nowMs - this.call.sentMs,
      status: outcome.head?.status,
      code: outcome.verdict?.code,
    })
  }
}
