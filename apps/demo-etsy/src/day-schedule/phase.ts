/** What goes wrong while a phase lasts; everything left out is healthy. Shares are chances from 0 to 1 per request. */
export interface Conditions {
  /** Time the server takes, milliseconds, from and to. */
  readonly latencyMs?: readonly [from: number, to: number]
  /** Requests per second left for us, because another tool of the shop uses the same key. */
  readonly perSecondLimit?: number
  /** Everything fails fast: this share by a connection reset, the rest by 503. */
  readonly outage?: { readonly resetShare: number }
  /** Answers 500 or 503 in equal parts. */
  readonly errorShare?: number
  /** A first POST is carried out and its answer lost: by a reset, or by a 502 page of the edge. */
  readonly lostAnswers?: { readonly resetShare: number; readonly badGatewayShare: number }
  /** No answer at all; a write is carried out. */
  readonly stallShare?: number
  /** A body of a GET that takes 5 s to arrive. */
  readonly dripShare?: number
  /** A body of a GET that stops in the middle: half with an intact `content-length`, half with a shortened one. */
  readonly truncatedShare?: number
}

/** One stretch of the shop day. */
export interface Phase {
  readonly name: string
  readonly forMs: number
  readonly conditions: Conditions
}

/** A phase with its place in the day. */
export interface TimedPhase extends Phase {
  readonly fromMs: number
  readonly toMs: number
}

/** The phases with their start and end, milliseconds from the start of the day. */
export function placePhases(phases: readonly Phase[]): TimedPhase[] {
  let fromMs = 0
  return phases.map((phase) => {
    const placed = { ...phase, fromMs, toMs: fromMs + phase.forMs }
    fromMs = placed.toMs
    return placed
  })
}

const afterTheDay: TimedPhase = { name: 'closing', forMs: Infinity, fromMs: 0, toMs: Infinity, conditions: {} }

/** The phase at a time of the day; healthy before its start and after its end. */
export function phaseAt(phases: readonly TimedPhase[], dayMs: number): TimedPhase {
  return phases.find((phase) => dayMs >= phase.fromMs && dayMs < phase.toMs) ?? afterTheDay
}
