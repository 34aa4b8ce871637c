import type { BreakerState, Policy, PolicyEvent, PolicyEventName } from '@holdfast/core'
import type { TimelineEntry } from './frame.ts'
import { shownLabel, shownLines } from './shown-text.ts'

const MOST_ENTRIES = 500
const MOST_HISTORIES = 500
const MOST_CHANGES = 30
const FOLD_WITHIN_MS = 2_000
const FOLDED: ReadonlySet<string> = new Set(['gate-closed', 'limit-changed', 'listener-failed', 'nested-retry'])

const nameOf = (policy: string, key: string): string => `${policy}\n${key}`

type Line = readonly [level: TimelineEntry['level'], text: string]

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : ` for ${(ms / 1_000).toFixed(1)} s`)
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`

const LINES: { readonly [Name in PolicyEventName]?: (event: PolicyEvent<Name>) => Line } = {
  'breaker-changed': ({ from, to, reason, openMs, note }) => [
    to === 'open' || to === 'forced-open' ? 'error' : 'info',
    `${from} → ${to}${seconds(openMs)} (${reason}${note === undefined ? '' : `: ${note}`})`,
  ],
  'gate-closed': ({ forMs, reason }) => ['warn', `gate closed${seconds(forMs)} (${reason})`],
  'throttle-engaged': ({ probability }) => ['warn', `throttle sheds ${percent(probability)} of calls`],
  'throttle-released': () => ['info', 'throttle sheds nothing any more'],
  'budget-exhausted': ({ tokens }) => ['warn', `retry budget exhausted, ${tokens.toFixed(1)} tokens left`],
  'budget-restored': ({ tokens }) => ['info', `retry budget restored, ${tokens.toFixed(1)} tokens`],
  'limit-changed': ({ factor, reason }) => ['info', `rate limit at ${percent(factor)} (${reason})`],
  'nested-retry': ({ client, reason }) => ['warn', `${client} retries as well (${reason})`],
  'listener-failed': ({ event }) => ['error', `a listener of ${event} threw`],
}

interface Noted extends Omit<TimelineEntry, 'label'> {
  readonly key: string | undefined
}

// Texts are scrubbed when somebody looks and not when they are noted, which costs next to nothing.
const shown = ({ key, text, ...entry }: Noted): TimelineEntry => ({
  ...entry,
  label: key === undefined ? undefined : shownLabel(key),
  text: shownLines(text, 3),
})

/**
 * Changes of state, all policies together; the only thing that is recorded while nobody looks.
 *
 * Keeps 500 entries and the latest changes of 500 breakers.
 */
export class Timeline {
  readonly #now: () => number
  readonly #entries = new Map<number, Noted>()
  /** The latest entry of each kind, policy and key. */
  readonly #latest = new Map<string, number>()
  readonly #changed = new Set<number>()
  readonly #histories = new Map<string, (readonly [atMs: number, state: BreakerState])[]>()
  #nextId = 1

  constructor(now: () => number) {
    this.#now = now
  }

  get entries(): readonly TimelineEntry[] {
    return Array.from(this.#entries.values(), shown)
  }

  /** Entries that are new or happened again since the last time. */
  takeNew(): readonly TimelineEntry[] {
    const changed = [...this.#changed].flatMap((id) => this.#entries.get(id) ?? [])
    this.#changed.clear()
    return changed.map(shown)
  }

  historyOf(policy: string, key: string): readonly (readonly [atMs: number, state: BreakerState])[] {
    return this.#histories.get(nameOf(policy, key)) ?? []
  }

  /** Begins to record a policy; returns the function that stops it. */
  watch(policy: Policy): () => void {
    const stops = (Object.keys(LINES) as PolicyEventName[]).map((name) => {
      const line = LINES[name] as (event: PolicyEvent) => Line
      return policy.on(name, (event: PolicyEvent) => {
        const key = 'key' in event ? event.key : undefined
        if (event.type === 'breaker-changed') this.#remember(nameOf(event.policy, event.key), event.to)
        const [level, text] = line(event)
        this.add({ kind: name, level, policy: event.policy, key, text })
      })
    })
    return () => {
      for (const stop of stops) stop()
    }
  }

  add(entry: {
    readonly kind: string
    readonly level: TimelineEntry['level']
    readonly policy?: string | undefined
    readonly key?: string | undefined
    readonly text: string
  }): void {
    const atMs = this.#now()
    const { kind, level, policy, key, text } = entry
    const name = `${kind}\n${policy ?? ''}\n${key ?? ''}`
    const earlier = this.#entries.get(this.#latest.get(name) ?? 0)
    // A gate that closes with each of a thousand answers is one line; a breaker's changes are all worth one.
    if (earlier !== undefined && atMs - earlier.atMs < FOLD_WITHIN_MS && FOLDED.has(kind)) {
      this.#entries.set(earlier.id, { ...earlier, level, text, times: earlier.times + 1 })
      this.#changed.add(earlier.id)
      return
    }
    const id = this.#nextId++
    this.#entries.set(id, { id, atMs, kind, level, policy, key, text, times: 1 })
    this.#latest.set(name, id)
    this.#changed.add(id)
    if (this.#entries.size > MOST_ENTRIES) this.#forgetOldest()
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.values()
    if (oldest === undefined) return
    this.#entries.delete(oldest.id)
    this.#changed.delete(oldest.id)
    const name = `${oldest.kind}\n${oldest.policy ?? ''}\n${oldest.key ?? ''}`
    if (this.#latest.get(name) === oldest.id) this.#latest.delete(name)
  }

  #remember(name: string, state: BreakerState): void {
    const history = this.#histories.get(name) ?? []
    this.#histories.delete(name)
    const [oldest] = this.#histories.keys()
    if (this.#histories.size >= MOST_HISTORIES && oldest !== undefined) this.#histories.delete(oldest)
    history.push([Math.round(this.#now()), state])
    if (history.length > MOST_CHANGES) history.shift()
    this.#histories.set(name, history)
  }
}
