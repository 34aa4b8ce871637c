import {
  createContextKey,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api'
import type { Call } from '../call.ts'
import type { Clock } from '../clock.ts'
import type { CallResult } from './call-result.ts'
import { SCOPE } from './instruments.ts'

const CALL_CONTEXT = createContextKey('holdfast call context')

export type SpanMode = 'retried' | 'always' | 'never'

/**
 * The context in which a call runs: the caller's own until there is a span for the call, from then on with that span.
 *
 * Whether a call needs a span is known when its second attempt begins, and a span cannot be taken back. So the context
 * answers anew each time it is asked: spans that HTTP instrumentations start for attempts become children of the call's
 * span as soon as there is one.
 */
export class CallContext implements Context {
  readonly #call: Call
  readonly #clock: Clock
  readonly #base: Context
  readonly #mode: SpanMode
  readonly #attributes: Attributes
  #withSpan: Context | undefined
  #span: Span | undefined
  #isStarting = false
  #hasEnded = false
  /** The span of the first attempt, where the hook of the instrumentation told it. */
  firstAttempt: SpanContext | undefined

  constructor(call: Call, clock: Clock, base: Context, mode: SpanMode, attributes: Attributes) {
    this.#call = call
    this.#clock = clock
    this.#mode = mode
    this.#attributes = attributes
    this.#base = base.setValue(CALL_CONTEXT, this)
    if (mode === 'always') this.#start()
  }

  /** The context of the call that is under way here; undefined outside of any. */
  static in(active: Context): CallContext | undefined {
    const found = active.getValue(CALL_CONTEXT)
    return found instanceof CallContext ? found : undefined
  }

  /** The attempt under way, numbered from 1. */
  get attempt(): number {
    return this.#call.attempt
  }

  getValue(key: symbol): unknown {
    return this.#now().getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#now().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#now().deleteValue(key)
  }

  end(result: CallResult): void {
    if (this.#mode === 'retried' && this.#call.sent > 1) this.#start()
    this.#hasEnded = true
    const span = this.#span
    if (span === undefined) return
    const { sent, trace: steps } = this.#call
    const stop = steps?.findLast((step) => step.step === 'stop')
    span.setAttributes({ 'holdfast.attempts': sent, 'holdfast.outcome': result.name })
    if (stop !== undefined) span.setAttribute('holdfast.stop_reason', stop.reason.replace('-', '_'))
    if (result.errorType !== undefined) {
      span.setAttribute('error.type', result.errorType)
      // An exception is not recorded: its message may hold what nobody may see.
      if (result.name !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR, message: result.errorType })
    }
    span.end(this.#clock.wall())
  }

  #now(): Context {
    if (this.#withSpan === undefined && this.#mode === 'retried' && this.#call.attempt > 1) this.#start()
    return this.#withSpan ?? this.#base
  }

  #start(): void {
    if (this.#span !== undefined || this.#isStarting || this.#hasEnded) return
    // Samplers and processors may look at this very context.
    this.#isStarting = true
    const links: Link[] = this.firstAttempt === undefined ? [] : [{ context: this.firstAttempt }]
    const elapsedMs = this.#clock.now() - this.#call.startedMs
    const { method } = this.#call
    this.#span = trace.getTracer(SCOPE).startSpan(
      method === 'CALL' ? `call ${this.#call.policy}` : `${method} ${this.#call.policy}`,
      {
        kind: SpanKind.INTERNAL,
        attributes: this.#attributes,
        links,
        startTime: this.#clock.wall() - elapsedMs,
      },
      this.#base,
    )
    this.#withSpan = trace.setSpan(this.#base, this.#span)
    this.#isStarting = false
  }
}
