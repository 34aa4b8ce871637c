/** What is wrong, in the words of a pager. */
export interface Alert {
  /** `burn-fast` and `burn-slow`: the error budget goes too quickly; `storm`: too many alerts to tell apart. */
  readonly kind: 'burn-fast' | 'burn-slow' | 'threshold' | 'new-error' | 'storm'
  readonly state: 'firing' | 'recovered'
  /** What the alert is about: an upstream, a threshold's name, a fingerprint. */
  readonly subject: string
  /** One line for people. */
  readonly message: string
  readonly atMs: number
}

export interface AlertDeskOptions {
  readonly cooldownMs: number
  readonly stormAlerts: number
  readonly stormMs: number
  readonly onAlert: (alert: Alert) => void
}

type News = Pick<Alert, 'kind' | 'subject' | 'message'>

const MOST_REMEMBERED = 2_000

/**
 * Decides which alerts go out: one when an incident begins, one when it is over, none again within the cooldown, and a
 * single one for a storm of them.
 */
export class AlertDesk {
  readonly #options: AlertDeskOptions
  /** Incidents that were announced, with their last words. */
  readonly #firing = new Map<string, News>()
  readonly #quietUntilMs = new Map<string, number>()
  #recent: number[] = []
  #isStorm = false

  constructor(options: AlertDeskOptions) {
    this.#options = options
  }

  get firing(): readonly News[] {
    return [...this.#firing.values()]
  }

  get isStorm(): boolean {
    return this.#isStorm
  }

  /** An incident that lasts until {@link AlertDesk.recover}. */
  fire(news: News, nowMs: number): void {
    const name = `${news.kind} ${news.subject}`
    if (this.#firing.has(name) || nowMs < (this.#quietUntilMs.get(name) ?? -Infinity)) return
    this.#firing.set(name, news)
    this.#announce({ ...news, state: 'firing', atMs: nowMs })
  }

  recover(kind: Alert['kind'], subject: string, message: string, nowMs: number): void {
    const name = `${kind} ${subject}`
    if (!this.#firing.delete(name)) return
    this.#quiet(name, nowMs)
    this.#announce({ kind, subject, message, state: 'recovered', atMs: nowMs })
  }

  /** Something that happened once and does not last. */
  tell(news: News, nowMs: number): void {
    const name = `${news.kind} ${news.subject}`
    if (nowMs < (this.#quietUntilMs.get(name) ?? -Infinity)) return
    this.#quiet(name, nowMs)
    this.#announce({ ...news, state: 'firing', atMs: nowMs })
  }

  /** Ends a storm that has passed; to be called now and then. */
  settle(nowMs: number): void {
    if (!this.#isStorm) return
    this.#recent = this.#recent.filter((atMs) => nowMs - atMs < this.#options.stormMs)
    if (this.#recent.length > 0) return
    this.#isStorm = false
    this.#deliver({
      kind: 'storm',
      subject: 'alerts',
      message: 'the alert storm is over',
      state: 'recovered',
      atMs: nowMs,
    })
  }

  #announce(alert: Alert): void {
    const { stormAlerts, stormMs } = this.#options
    if (alert.state === 'firing') {
      this.#recent = this.#recent.filter((atMs) => alert.atMs - atMs < stormMs)
      if (this.#recent.length <= stormAlerts) this.#recent.push(alert.atMs)
      if (this.#recent.length > stormAlerts && !this.#isStorm) {
        this.#isStorm = true
        const message = `more than ${stormAlerts} alerts in ${Math.round(stormMs / 60_000)} minutes; single ones are held back`
        this.#deliver({ kind: 'storm', subject: 'alerts', message, state: 'firing', atMs: alert.atMs })
      }
    }
    if (!this.#isStorm) this.#deliver(alert)
  }

  #deliver(alert: Alert): void {
    try {
      this.#options.onAlert(Object.freeze(alert))
    } catch {
      // A pager that fails must not fail the work it watches.
    }
  }

  #quiet(name: string, nowMs: number): void {
    const [oldest] = this.#quietUntilMs.keys()
    if (this.#quietUntilMs.size >= MOST_REMEMBERED && oldest !== undefined) this.#quietUntilMs.delete(oldest)
    this.#quietUntilMs.set(name, nowMs + this.#options.cooldownMs)
  }
}
