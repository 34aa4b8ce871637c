import type { CallLog } from './call-log.ts'
import type { AlertView, Frame, KeyView, MonitorView, ServiceView } from './frame.ts'
import type { KeyViews } from './key-views.ts'
import { policyView } from './key-views.ts'
import type { Settings } from './options.ts'
import { monitorView, serviceViews } from './service-views.ts'
import type { Timeline } from './timeline.ts'
import type { Traffic } from './traffic.ts'

/** Reading what a thousand keys have to say takes a while; it gets a twentieth of the time at most. */
const SHARE_OF_TIME = 20
const SLOWEST_READ_MS = 1_000
const MONITOR_EVERY_MS = 500

/** Where the facts come from. */
export interface Sources {
  readonly settings: Settings
  /** Wall-clock ms that never jump. */
  readonly now: () => number
  readonly timeline: Timeline
  readonly traffic: Traffic
  readonly calls: CallLog
  readonly keys: KeyViews
}

/** Keeps what the pages were told, and says what changed since. */
export class Recorder {
  readonly #sources: Sources
  #keys = new Map<string, { readonly view: KeyView; readonly json: string }>()
  #keysReadMs = -Infinity
  #nextKeysMs = -Infinity
  #monitor: MonitorView | undefined
  #monitorJson = ''
  #monitorReadMs = -Infinity
  #services: readonly ServiceView[] = []
  #servicesJson = ''
  #inFlightJson = ''
  #alerts = new Map<string, AlertView>()

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** Forgets what was firing while nobody looked: when that began and ended is not known. */
  restart(): void {
    this.#monitor = undefined
    this.#monitorJson = ''
    this.#alerts = new Map()
  }

  /** Everything, for a page that knows nothing; to be asked right after {@link Recorder.changes}. */
  all(): Frame {
    const { settings, now, timeline, traffic, calls, keys } = this.#sources
    const { killSwitches } = settings
    return {
      isFull: true,
      atMs: now(),
      policies: settings.policies.map(policyView),
      keys: [...this.#keys.values()].map(({ view }) => view),
      hiddenKeys: keys.hidden,
      traffic: traffic.all,
      timeline: timeline.entries,
      inFlight: calls.inFlight,
      calls: calls.recent,
      ...(this.#monitor === undefined ? {} : { monitor: this.#monitor }),
      services: this.#services,
      actions: { isAllowed: settings.allowActions, hasSwitches: killSwitches?.kill !== undefined },
    }
  }

  /** What changed since the last time; undefined for nothing. */
  changes(mayBeStale = true): Frame | undefined {
    const { now, timeline, traffic, calls } = this.#sources
    const monitor = this.#readMonitor(mayBeStale)
    const frame: { -readonly [Name in keyof Frame]: Frame[Name] } = { isFull: false, atMs: now() }
    Object.assign(frame, this.#readKeys(mayBeStale), monitor, this.#readServices())
    const inFlight = calls.inFlight
    const inFlightJson = JSON.stringify(inFlight)
    if (inFlightJson !== this.#inFlightJson) frame.inFlight = inFlight
    this.#inFlightJson = inFlightJson
    const lists = { traffic: traffic.takeNew(), timeline: timeline.takeNew(), calls: calls.takeNew() }
    for (const [name, list] of Object.entries(lists)) if (list.length > 0) Object.assign(frame, { [name]: list })
    return Object.keys(frame).length > 2 ? frame : undefined
  }

  #readKeys(mayBeStale: boolean): Partial<Frame> {
    const { settings, keys } = this.#sources
    const startedMs = settings.clock.now()
    if (mayBeStale && startedMs < this.#nextKeysMs && startedMs - this.#keysReadMs < SLOWEST_READ_MS) return {}
    const hidden = keys.hidden
    const views = keys.read()
    const endedMs = settings.clock.now()
    this.#keysReadMs = startedMs
    this.#nextKeysMs = endedMs + SHARE_OF_TIME * (endedMs - startedMs)
    const known = this.#keys
    this.#keys = new Map(views.map((view) => [view.id, { view, json: JSON.stringify(view) }]))
    const changed = [...this.#keys.values()].filter(({ view, json }) => known.get(view.id)?.json !== json)
    const gone = [...known.keys()].filter((id) => !this.#keys.has(id))
    return {
      ...(changed.length === 0 ? {} : { keys: changed.map(({ view }) => view) }),
      ...(gone.length === 0 ? {} : { gone }),
      ...(hidden === keys.hidden ? {} : { hiddenKeys: keys.hidden }),
    }
  }

  #readMonitor(mayBeStale: boolean): Partial<Frame> {
    const { monitor, clock } = this.#sources.settings
    const nowMs = clock.now()
    if (monitor === undefined || (mayBeStale && nowMs - this.#monitorReadMs < MONITOR_EVERY_MS)) return {}
    const isFirst = this.#monitor === undefined
    this.#monitorReadMs = nowMs
    this.#monitor = monitorView(monitor, clock)
    this.#noteAlerts(this.#monitor.alerts, isFirst)
    const json = JSON.stringify(this.#monitor)
    if (json === this.#monitorJson) return {}
    this.#monitorJson = json
    return { monitor: this.#monitor }
  }

  // The monitor says what is firing; that something began or ended shows in the difference.
  #noteAlerts(alerts: readonly AlertView[], isFirst: boolean): void {
    const { timeline } = this.#sources
    const firing = new Map(alerts.map((alert) => [`${alert.kind} ${alert.subject}`, alert]))
    for (const [name, { kind, message }] of firing) {
      if (!isFirst && !this.#alerts.has(name))
        timeline.add({ kind: 'alert', level: 'error', text: `${kind}: ${message}` })
    }
    for (const [name, { kind, subject }] of this.#alerts) {
      if (!firing.has(name)) timeline.add({ kind: 'alert', level: 'info', text: `${kind}: ${subject} is over` })
    }
    this.#alerts = firing
  }

  #readServices(): Partial<Frame> {
    const services = serviceViews(this.#sources.settings.killSwitches)
    const json = JSON.stringify(services)
    if (json === this.#servicesJson) return {}
    this.#servicesJson = json
    this.#services = services
    return { services }
  }
}
