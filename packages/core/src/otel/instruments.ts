import { metrics, type Attributes, type Meter, type MeterProvider } from '@opentelemetry/api'

/** Name and version under which meters and tracers are asked for. */
export const SCOPE = '@holdfast/core'

// Semantic conventions, http.client.request.duration.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
// gRFC A96.
const ATTEMPTS = [1, 2, 3, 4, 5]

const HISTOGRAMS = {
  'http.client.request.duration': ['s', 'Duration of HTTP client requests, one for each attempt.', SECONDS],
  'holdfast.call.duration': ['s', 'From the start of a call to its end, waits and retries included.', SECONDS],
  'holdfast.call.attempts': ['{attempt}', 'Attempts of a call that were sent.', ATTEMPTS],
  'holdfast.call.retries': ['{attempt}', 'Retries of a call; a call without is not reported.', ATTEMPTS],
  'holdfast.call.transparent_retries': ['{attempt}', 'Attempts sent again because they never left.', ATTEMPTS],
  'holdfast.call.retry_delay': ['s', 'Wait before a retry.', SECONDS],
  'holdfast.queue.duration': ['s', 'Wait in a stage of the policy.', SECONDS],
} as const

const COUNTERS = {
  'holdfast.retry.decisions': ['{decision}', 'Decisions for and against another attempt.'],
  'holdfast.circuit_breaker.transitions': ['{transition}', 'Changes of state of a circuit breaker.'],
  'holdfast.circuit_breaker.rejections': ['{call}', 'Calls refused by a circuit breaker.'],
  'holdfast.circuit_breaker.stale_results': ['{result}', 'Results that came too late to count for a breaker.'],
  'holdfast.stale.served': ['{call}', 'Calls answered with a stored copy in the place of an error.'],
  'holdfast.throttle.rejections': ['{call}', 'Calls shed by the adaptive throttle.'],
  'holdfast.call.rejections': ['{call}', 'Calls that ended with a refusal of the policy.'],
} as const

const GAUGES = {
  'holdfast.retry_budget.tokens': ['{token}', 'Tokens left in the retry budget.'],
  'holdfast.circuit_breaker.state': ['1', '1 for the present state of a circuit breaker.'],
  'holdfast.throttle.rejection_probability': ['1', 'Share of calls that the adaptive throttle sheds.'],
  'holdfast.concurrency.limit': ['{call}', 'Calls that may be in flight.'],
  'holdfast.concurrency.inflight': ['{call}', 'Calls in flight.'],
  'holdfast.concurrency.queued': ['{call}', 'Calls waiting for a permit.'],
  'holdfast.rate_limit.remaining': ['{request}', 'Requests left in a quota of the server.'],
  'holdfast.rate_limit.reset': ['s', 'Time until a quota of the server refills.'],
} as const

export type HistogramName = keyof typeof HISTOGRAMS
export type CounterName = keyof typeof COUNTERS
export type GaugeName = keyof typeof GAUGES

/** Reports present values to `observe`; called whenever metrics are collected. */
export type Observer = (observe: (name: GaugeName, value: number, attributes: Attributes) => void) => void

// Weak, so that a policy which nobody uses any more is not kept for its gauges.
const observers = new Set<WeakRef<{ readonly observe: Observer }>>()

class Instruments {
  readonly #meter: Meter
  readonly #histograms = new Map<string, { record(value: number, attributes: Attributes): void }>()
  readonly #counters = new Map<string, { add(value: number, attributes: Attributes): void }>()

  constructor(provider: MeterProvider) {
    this.#meter = provider.getMeter(SCOPE)
    this.#observeGauges()
  }

  record(name: HistogramName, value: number, attributes: Attributes): void {
    let histogram = this.#histograms.get(name)
    if (histogram === undefined) {
      const [unit, description, bounds] = HISTOGRAMS[name]
      histogram = this.#meter.createHistogram(name, {
        unit,
        description,
        advice: { explicitBucketBoundaries: [...bounds] },
      })
      this.#histograms.set(name, histogram)
    }
    histogram.record(value, attributes)
  }

  count(name: CounterName, attributes: Attributes): void {
    let counter = this.#counters.get(name)
    if (counter === undefined) {
      const [unit, description] = COUNTERS[name]
      counter = this.#meter.createCounter(name, { unit, description })
      this.#counters.set(name, counter)
    }
    counter.add(1, attributes)
  }

  #observeGauges(): void {
    const gauges = new Map(
      (Object.keys(GAUGES) as GaugeName[]).map((name) => {
        const [unit, description] = GAUGES[name]
        return [name, this.#meter.createObservableGauge(name, { unit, description })]
      }),
    )
    this.#meter.addBatchObservableCallback(
      (result) => {
        for (const reference of observers) {
          const source = reference.deref()
          if (source === undefined) observers.delete(reference)
          else {
            source.observe((name, value, attributes) => {
              const gauge = gauges.get(name)
              if (gauge !== undefined) result.observe(gauge, value, attributes)
            })
          }
        }
      },
      [...gauges.values()],
    )
  }
}

let provider: MeterProvider | undefined
let current: Instruments | undefined

/**
 * The instruments of the meter provider that is registered now.
 *
 * The API has no proxy for meters: an instrument made before the SDK starts stays silent for ever. So the provider is
 * asked for each time, which is a property read, and instruments are made anew when it is another one.
 */
export const instruments = (): Instruments => {
  const registered = metrics.getMeterProvider()
  if (current === undefined || registered !== provider) {
    provider = registered
    current = new Instruments(registered)
  }
  return current
}

/** Reports gauges for as long as `source` is held by somebody else. */
export const observeGauges = (source: { readonly observe: Observer }): void => {
  observers.add(new WeakRef(source))
}
