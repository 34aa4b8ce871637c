import { callReport, originOf, type CallReport, type ClientRequest, type Policy } from '@holdfast/core'
import { tapCalls } from './call-tap.ts'
import type { CallOutcome, EndedCall, InFlightCall } from './frame.ts'
import { isTroubled, latestOfBoth } from './troubled.ts'
import { shownLabel, shownLines } from './shown-text.ts'

const MOST_IN_FLIGHT = 1_000
const SHOWN_IN_FLIGHT = 20
/** Of calls with trouble, and of calls without. */
const MOST_ENDED = 100
const MOST_LINES = 40
/** Of each batch; at four batches a second the page gets 100 calls a second at most. */
const MOST_NEW = 25
const MOST_NEW_TROUBLED = 20

type Ended = Omit<EndedCall, 'explain'> & { readonly report: CallReport | undefined }

const outcomeOf = (report: CallReport | undefined, result: unknown, isThrown: boolean): CallOutcome => {
  const last = report?.steps.at(-1)
  if (report?.stoppedBy === 'aborted') return 'aborted'
  if (last?.step === 'reject') return 'rejection'
  if (isThrown) return result instanceof Error && result.name === 'AbortError' ? 'aborted' : 'failure'
  return report?.attempts.at(-1)?.code === undefined ? 'success' : 'failure'
}

const codeOf = (report: CallReport | undefined, result: unknown, isThrown: boolean): string | undefined => {
  const last = report?.steps.at(-1)
  if (last?.step === 'reject') return last.code
  const code = report?.attempts.at(-1)?.code
  return code === undefined && isThrown && result instanceof Error ? shownLabel(result.name) : code
}

const explained = (call: Ended): string =>
  call.report === undefined
    ? `${call.method} by policy "${call.policy}", ${Math.round(call.durationMs)} ms\n${call.outcome}: a plain value carries no log of its attempts`
    : shownLines(call.report.explain(), MOST_LINES)

/** The calls under way and a selection of those that ended lately, while somebody looks. */
export class CallLog {
  readonly #now: () => number
  readonly #inFlight = new Map<number, InFlightCall>()
  #untracked = 0
  #ended: EndedCall[] = []
  #troubled: Ended[] = []
  #smooth: Ended[] = []
  #nextId = 1

  /** @param now - Wall-clock ms that never jump. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Begins to watch a policy; returns the function that stops it. */
  watch(policy: Policy): () => void {
    return tapCalls(policy, { begin: (request) => this.#begin(policy.name, request) })
  }

  get inFlight(): { readonly count: number; readonly calls: readonly InFlightCall[] } {
    const calls: InFlightCall[] = []
    // The oldest first: a map keeps the order in which calls began.
    for (const call of this.#inFlight.values()) {
      if (calls.push(call) >= SHOWN_IN_FLIGHT) break
    }
    return { count: this.#inFlight.size + this.#untracked, calls }
  }

  get recent(): readonly EndedCall[] {
    return this.#ended
  }

  /** The calls that ended since the last time, a few at most; those with trouble come first. */
  takeNew(): readonly EndedCall[] {
    const troubled = this.#troubled.slice(-MOST_NEW_TROUBLED)
    const smooth = this.#smooth.slice(-(MOST_NEW - troubled.length))
    this.#troubled = []
    this.#smooth = []
    const calls = [...troubled, ...smooth]
      .toSorted((left, right) => left.id - right.id)
      .map((call): EndedCall => {
        const { report: _report, ...shown } = call
        return { ...shown, explain: explained(call) }
      })
    this.#ended = latestOfBoth([...this.#ended, ...calls], MOST_ENDED)
    return calls
  }

  clear(): void {
    this.#inFlight.clear()
    this.#untracked = 0
    this.#ended = []
    this.#troubled = []
    this.#smooth = []
  }

  #begin(policy: string, { method, url }: ClientRequest): (result: unknown, isThrown: boolean) => void {
    const id = this.#nextId++
    const startedMs = this.#now()
    const origin = url === undefined ? undefined : originOf(url)
    const call = { id, policy, method: method.toUpperCase(), label: shownLabel(origin ?? policy), startedMs }
    if (this.#inFlight.size < MOST_IN_FLIGHT) this.#inFlight.set(id, call)
    else this.#untracked += 1
    return (result, isThrown) => {
      if (!this.#inFlight.delete(id) && this.#untracked > 0) this.#untracked -= 1
      const report = callReport(result)
      this.#end({
        ...call,
        // In the order in which they ended.
        id: this.#nextId++,
        label: report === undefined ? call.label : shownLabel(report.key),
        outcome: outcomeOf(report, result, isThrown),
        durationMs: this.#now() - startedMs,
        attempts: report?.attempts.length ?? 1,
        status: report?.attempts.at(-1)?.status,
        code: codeOf(report, result, isThrown),
        report,
      })
    }
  }

  #end(call: Ended): void {
    const kept = isTroubled(call) ? this.#troubled : this.#smooth
    // Twice what is sent, so that the list is cut now and then and not at each call.
    if (kept.push(call) >= 2 * MOST_NEW) kept.splice(0, MOST_NEW)
  }
}
