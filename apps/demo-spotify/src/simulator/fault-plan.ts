/** One thing that goes wrong, and for which requests. */
export interface Fault {
  /** Tested against `GET /v1/me/top/tracks?time_range=short_term`; no body, no header. */
  readonly match: RegExp
  /** How many matching requests it hits. Default: all. */
  readonly times?: number
  /** How many matching requests pass first. Default 0. */
  readonly after?: number
  /** Answer instead of the real one. */
  readonly answer?: FaultAnswer
  /** Does the work first and then gives `answer`, resets or cuts. Default false. */
  readonly isApplied?: boolean
  /** Closes the connection without an answer. */
  readonly isReset?: boolean
  /** Holds the answer back, ms. */
  readonly delayMs?: number
  /** Changes the text of the real answer. */
  readonly change?: (text: string) => string
}

export interface FaultAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export const jsonFault = (status: number, body: unknown, headers: Record<string, string> = {}): FaultAnswer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
})

export const textFault = (status: number, body: string, headers: Record<string, string> = {}): FaultAnswer => ({
  status,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
})

/** The error of the Web API. */
export const apiError = (status: number, message: string, headers: Record<string, string> = {}): FaultAnswer =>
  jsonFault(status, { error: { status, message } }, headers)

/** The faults that are armed; each counts its own requests. */
export class FaultPlan {
  #armed: { readonly fault: Fault; seen: number }[] = []

  arm(...faults: readonly Fault[]): void {
    this.#armed.push(...faults.map((fault) => ({ fault, seen: 0 })))
  }

  clear(): void {
    this.#armed = []
  }

  /** The fault that hits this request; the first that was armed wins. */
  next(request: string): Fault | undefined {
    for (const entry of this.#armed) {
      if (!entry.fault.match.test(request)) continue
      entry.seen += 1
      const turn = entry.seen - (entry.fault.after ?? 0)
      if (turn >= 1 && turn <= (entry.fault.times ?? Infinity)) return entry.fault
    }
    return undefined
  }
}
