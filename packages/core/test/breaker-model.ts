// A second, simple account of what the circuit breaker promises; it keeps no window and knows the dead rule alone.

export const TERMS = {
  deadFailures: 3,
  deadForMs: 200,
  sickRule: false,
  windowMs: 10_000,
  openMs: 1_000,
  maxOpenMs: 4_000,
  probes: 2,
} as const
// Without attempt timeout and deadline: the longest lease and its margin.
const LEASE_MS = 61_000

export interface Flight {
  readonly epoch: number
  readonly isProbe: boolean
  readonly leaseUntilMs: number
}

export type ModelState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled'

export class BreakerModel {
  nowMs = 0
  state: ModelState = 'closed'
  openUntilMs = 0
  flights: Flight[] = []
  #epoch = 0
  #probes: Flight[] = []
  #streak = 0
  #streakFromMs = 0
  #successes = 0
  #reopenings = 0
  #closedAtMs = -Infinity

  get probesInFlight(): number {
    return this.#probes.length
  }

  /** Whether a call may go out now; it is in flight then. */
  start(): boolean {
    if (this.state === 'forced-open') return false
    if (this.state === 'open') {
      if (this.nowMs < this.openUntilMs) return false
      this.#move('half-open')
    }
    const isProbe = this.state === 'half-open'
    if (isProbe) {
      this.#probes = this.#probes.filter(({ leaseUntilMs }) => this.nowMs < leaseUntilMs)
      if (this.#probes.length >= TERMS.probes) return false
    }
    const flight = { epoch: this.#epoch, isProbe, leaseUntilMs: this.nowMs + LEASE_MS }
    this.flights = [...this.flights, flight]
    if (isProbe) this.#probes.push(flight)
    return true
  }

  end(flight: Flight, result: 'success' | 'failure' | 'ignored'): void {
    this.flights = this.flights.filter((other) => other !== flight)
    const hasPlace = this.#probes.includes(flight)
    this.#probes = this.#probes.filter((other) => other !== flight)
    const isStale = flight.epoch !== this.#epoch || (flight.isProbe && !hasPlace)
    if (isStale || result === 'ignored' || this.state === 'disabled') return
    if (this.state === 'half-open') this.#endProbe(result)
    else this.#count(result)
  }

  order(state: 'forced-open' | 'disabled'): void {
    if (this.state !== state) this.#move(state)
  }

  reset(): void {
    this.#reopenings = 0
    this.#closedAtMs = -Infinity
    this.#move('closed')
  }

  #count(result: 'success' | 'failure'): void {
    if (this.nowMs - this.#closedAtMs > TERMS.windowMs) this.#reopenings = 0
    if (result === 'success') {
      this.#streak = 0
      return
    }
    if (this.#streak === 0) this.#streakFromMs = this.nowMs
    this.#streak += 1
    if (this.#streak >= TERMS.deadFailures && this.nowMs - this.#streakFromMs >= TERMS.deadForMs) this.#open()
  }

  #endProbe(result: 'success' | 'failure'): void {
    if (result === 'failure') {
      this.#reopenings += 1
      this.#open()
    } else if ((this.#successes += 1) >= TERMS.probes) {
      this.#closedAtMs = this.nowMs
      this.#move('closed')
    }
  }

  #open(): void {
    this.openUntilMs = this.nowMs + Math.min(TERMS.maxOpenMs, TERMS.openMs * 2 ** this.#reopenings)
    this.#move('open')
  }

  #move(state: ModelState): void {
    this.state = state
    this.#epoch += 1
    this.#probes = []
    this.#streak = 0
    this.#successes = 0
  }
}
