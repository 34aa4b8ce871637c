import type {
  EndedCall,
  Frame,
  InFlightCall,
  KeyView,
  MonitorView,
  PolicyView,
  ServiceView,
  TimelineEntry,
  TrafficSecond,
} from '../frame.ts'
import { latestOfBoth } from '../troubled.ts'

const MOST_ENTRIES = 500
const MOST_CALLS = 100
const TRAFFIC_SECONDS = 60

/** What the page knows. */
export class State {
  policies: readonly PolicyView[] = []
  readonly keys = new Map<string, KeyView>()
  hiddenKeys = 0
  readonly traffic = new Map<string, TrafficSecond>()
  timeline: TimelineEntry[] = []
  inFlight: { readonly count: number; readonly calls: readonly InFlightCall[] } = { count: 0, calls: [] }
  calls: EndedCall[] = []
  monitor: MonitorView | undefined
  services: readonly ServiceView[] = []
  actions = { isAllowed: false, hasSwitches: false }
  /** What the filter says, in lower case. */
  filter = ''
  #aheadMs = 0

  /** The server's wall clock. */
  get nowMs(): number {
    return Date.now() + this.#aheadMs
  }

  matches(...texts: readonly (string | undefined)[]): boolean {
    return this.filter === '' || texts.join(' ').toLowerCase().includes(this.filter)
  }

  apply(frame: Frame): void {
    this.#aheadMs = frame.atMs - Date.now()
    if (frame.isFull) this.#forget()
    this.policies = frame.policies ?? this.policies
    for (const key of frame.keys ?? []) this.keys.set(key.id, key)
    for (const id of frame.gone ?? []) this.keys.delete(id)
    this.hiddenKeys = frame.hiddenKeys ?? this.hiddenKeys
    for (const second of frame.traffic ?? []) this.traffic.set(`${second.policy} ${second.second}`, second)
    const oldest = frame.atMs / 1_000 - TRAFFIC_SECONDS - 1
    for (const [name, { second }] of this.traffic) if (second < oldest) this.traffic.delete(name)
    if (frame.timeline !== undefined) this.#addEntries(frame.timeline)
    this.inFlight = frame.inFlight ?? this.inFlight
    if (frame.calls !== undefined) this.calls = latestOfBoth([...this.calls, ...frame.calls], MOST_CALLS)
    this.monitor = frame.monitor ?? this.monitor
    this.services = frame.services ?? this.services
    this.actions = frame.actions ?? this.actions
  }

  #addEntries(entries: readonly TimelineEntry[]): void {
    const again = new Set(entries.map(({ id }) => id))
    this.timeline = [...this.timeline.filter(({ id }) => !again.has(id)), ...entries]
      .toSorted((left, right) => left.id - right.id)
      .slice(-MOST_ENTRIES)
  }

  #forget(): void {
    this.keys.clear()
    this.traffic.clear()
    this.timeline = []
    this.calls = []
    this.monitor = undefined
  }
}
