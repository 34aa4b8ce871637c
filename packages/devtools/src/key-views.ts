import type { BreakerState, Policy, StrategyDescription } from '@holdfast/core'
import { redactData } from '@holdfast/core/logging'
import type { BreakerView, KeyView, PolicyView, QuotaGauge, RateView } from './frame.ts'
import { shownLabel } from './shown-text.ts'
import type { Timeline } from './timeline.ts'

type Facts = Readonly<Record<string, unknown>>
type KeyFacts = Readonly<Record<string, Facts | undefined>>

/** Keys on the page, all policies together; those in trouble come first. */
const MOST_KEYS = 60
const MOST_QUOTAS = 6
const MOST_OTHERS = 6
const KNOWN = new Set([
  'circuitBreaker',
  'retryBudget',
  'rateLimit',
  'serverGate',
  'adaptiveThrottle',
  'concurrency',
  'latency',
])

const number = (facts: Facts | undefined, name: string): number | undefined => {
  const value = facts?.[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

const rounded = (value: number | undefined, unit: number): number | undefined =>
  value === undefined ? undefined : Math.round(value / unit) * unit

/** A policy with its strategies; options are redacted. */
export const policyView = (policy: Policy): PolicyView => {
  const strategies = policy.describe().map(({ name, options }) => ({ name, options: redactData(options) }))
  return { name: policy.name, hasBreaker: strategies.some(({ name }) => name === 'circuitBreaker'), strategies }
}

interface Source {
  readonly policy: Policy
  readonly options: ReadonlyMap<string, StrategyDescription['options']>
  /** Ids by key; a key may hold what the page should not see. */
  ids: Map<string, string>
}

/** Turns what policies say about their keys into what the page shows. */
export class KeyViews {
  readonly #sources: readonly Source[]
  readonly #timeline: Timeline
  readonly #now: () => number
  /** Limits the servers told, by policy, key and quota. */
  readonly #quotaLimits = new Map<string, number>()
  #nextId = 1
  /** Keys that were left out last time. */
  hidden = 0

  constructor(policies: readonly Policy[], timeline: Timeline, now: () => number) {
    this.#sources = policies.map((policy) => ({
      policy,
      options: new Map(policy.describe().map(({ name, options }) => [name, options])),
      ids: new Map(),
    }))
    this.#timeline = timeline
    this.#now = now
  }

  /** Learns what `health()` does not say; returns the function that stops it. */
  watch(policy: Policy): () => void {
    return policy.on('quota-observed', ({ key, quotas }) => {
      for (const { name, limit } of quotas) {
        if (limit === undefined) continue
        if (this.#quotaLimits.size >= 500) this.#quotaLimits.clear()
        this.#quotaLimits.set(`${policy.name}\n${key}\n${name}`, limit)
      }
    })
  }

  /** The key behind an id; undefined for one that is no more. */
  keyOf(policy: string, id: string): string | undefined {
    const ids = this.#sources.find((source) => source.policy.name === policy)?.ids ?? new Map<string, string>()
    for (const [key, known] of ids) if (known === id) return key
    return undefined
  }

  read(): readonly KeyView[] {
    const found = this.#sources.flatMap((source) => {
      const keys = Object.entries(source.policy.health().keys)
      source.ids = new Map(keys.map(([key]) => [key, source.ids.get(key) ?? `k${this.#nextId++}`]))
      return keys.map(([key, facts]) => ({ source, key, facts: facts }))
    })
    this.hidden = Math.max(0, found.length - MOST_KEYS)
    const shown = this.hidden === 0 ? found : found.toSorted((left, right) => weight(right.facts) - weight(left.facts))
    return shown.slice(0, MOST_KEYS).map(({ source, key, facts }) => this.#view(source, key, facts))
  }

  #view({ policy, options, ids }: Source, key: string, facts: KeyFacts): KeyView {
    const budget = facts['retryBudget']
    const throttle = facts['adaptiveThrottle']
    const concurrency = facts['concurrency']
    const gate = facts['serverGate']
    const closedForMs = number(gate, 'closedForMs') ?? 0
    const daily = number(facts['rateLimit'], 'remainingToday')
    const limits = options.get('rateLimit')
    return {
      id: ids.get(key) ?? '',
      policy: policy.name,
      label: shownLabel(key),
      breaker: this.#breaker(facts['circuitBreaker']),
      history: this.#timeline.historyOf(policy.name, key),
      budget: budget && {
        tokens: rounded(number(budget, 'tokens'), 0.1) ?? 0,
        capacity: number(budget, 'capacity') ?? 0,
      },
      rate: rateView(facts['rateLimit'], limits),
      daily: daily === undefined ? undefined : { remaining: daily, limit: number(limits, 'daily') },
      quotas: this.#quotas(policy.name, key, facts['rateLimit']),
      gate: gate && {
        closedUntilMs: closedForMs > 0 ? rounded(this.#now() + closedForMs, 100) : undefined,
        waiting: number(gate, 'waiting') ?? 0,
      },
      throttle: throttle && { probability: rounded(number(throttle, 'rejectionProbability'), 0.01) ?? 0 },
      concurrency: concurrency && {
        limit: number(concurrency, 'limit') ?? 0,
        inFlight: number(concurrency, 'inFlight') ?? 0,
        queued: number(concurrency, 'queued') ?? 0,
      },
      p50Ms: rounded(number(facts['latency'], 'p50Ms'), 0.1),
      p99Ms: rounded(number(facts['latency'], 'p99Ms'), 0.1),
      others: otherLines(facts),
    }
  }

  #breaker(facts: Facts | undefined): BreakerView | undefined {
    if (facts === undefined) return undefined
    const openForMs = number(facts, 'openForMs') ?? 0
    const note = facts['note']
    return {
      state: facts['state'] as BreakerState,
      failureRatio: rounded(number(facts, 'failureRatio'), 0.001) ?? 0,
      calls: number(facts, 'calls') ?? 0,
      openUntilMs: openForMs > 0 ? rounded(this.#now() + openForMs, 100) : undefined,
      note: typeof note === 'string' ? shownLabel(note) : undefined,
    }
  }

  #quotas(policy: string, key: string, rate: Facts | undefined): readonly QuotaGauge[] {
    const quotas = (rate?.['quotas'] ?? {}) as Readonly<Record<string, Facts>>
    return Object.entries(quotas)
      .slice(0, MOST_QUOTAS)
      .map(([name, facts]) => ({
        name: shownLabel(name),
        remaining: number(facts, 'remaining') ?? 0,
        limit: this.#quotaLimits.get(`${policy}\n${key}\n${name}`),
        resetAtMs: rounded(this.#now() + (number(facts, 'resetAfterMs') ?? 0), 1_000) ?? 0,
      }))
  }
}

const rateView = (facts: Facts | undefined, limits: Facts | undefined): RateView | undefined =>
  facts && {
    remaining: number(facts, 'remaining') ?? 0,
    permits: number(limits, 'burst') ?? number(limits, 'permits'),
    queued: number(facts, 'queued') ?? 0,
    inFlight: number(facts, 'inFlight') ?? 0,
    factor: rounded(number(facts, 'rateFactor'), 0.01) ?? 1,
  }

// Strategies of the application's own; their facts are anybody's guess, so they are redacted and cut.
const otherLines = (facts: KeyFacts): readonly string[] =>
  Object.entries(facts)
    .filter(([strategy, fact]) => !KNOWN.has(strategy) && fact !== undefined)
    .slice(0, MOST_OTHERS)
    .map(([strategy, fact]) => {
      const fields = Object.entries(redactData(fact ?? {})).filter(([, value]) => typeof value !== 'object')
      return `${strategy}: ${fields.map(([name, value]) => `${name} ${String(value)}`).join(', ')}`.slice(0, 200)
    })

// What an operator wants to see first when there is not room for all.
const weight = (facts: KeyFacts): number => {
  const breaker = facts['circuitBreaker']
  const isTroubled =
    (breaker !== undefined && breaker['state'] !== 'closed') || (number(facts['serverGate'], 'closedForMs') ?? 0) > 0
  return (isTroubled ? 1e9 : 0) + (number(breaker, 'failureRatio') ?? 0) * 1e6 + (number(breaker, 'calls') ?? 0)
}
