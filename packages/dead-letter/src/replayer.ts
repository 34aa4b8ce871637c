import { fullJitterMs } from './backoff.ts'
import { Pause } from './pause.ts'
import type { DeadLetter } from './letter.ts'
import type { Claim } from './queue.ts'
import type { ReplayEvent, ReplaySummary } from './replay-event.ts'
import { settingsOf, type ReplayerOptions, type ReplayerSettings } from './replayer-options.ts'
import { sendLetter, type ReplayResult } from './send-letter.ts'

const SWEEP_EVERY_MS = 60_000
const SHORTEST_GIVE_BACK_MS = 1_000
const LONGEST_GIVE_BACK_MS = 300_000
const DEADLINE_SHARE = 0.8

const COUNTERS = {
  replayed: 'replayed',
  parked: 'parked',
  postponed: 'postponed',
  'given-back': 'givenBack',
  'claim-lost': 'claimsLost',
} as const

/**
 * Sends the letters of a queue again, each at least once and with the idempotency key of the failed call.
 *
 * Any number of replayers in any number of processes may share a queue. Each replay ends within 0.8 of the lease, so that
 * nobody else sends the letter at the same time; a killed replayer's letter is sent again when its lease ends.
 */
export class Replayer {
  readonly #settings: ReplayerSettings
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined = undefined
  #sweptMs = -Infinity
  #nextSendMs = 0

  /** @throws {TypeError} For a missing or bad option. */
  constructor(options: ReplayerOptions) {
    this.#settings = settingsOf(options)
  }

  /** Sends what is due until nothing is, or until `stop()`. */
  async runOnce(only: { readonly ids?: readonly string[]; readonly limit?: number } = {}): Promise<ReplaySummary> {
    const summary = { replayed: 0, parked: 0, postponed: 0, givenBack: 0, claimsLost: 0 }
    let left = only.limit ?? Infinity
    await this.#sweep()
    const work = async (): Promise<void> => {
      while (!this.#isStopped && left > 0) {
        left -= 1
        const done = await this.#replayNext(only.ids)
        if (done === undefined) return
        summary[COUNTERS[done]] += 1
      }
    }
    await Promise.all(Array.from({ length: this.#settings.concurrency }, work))
    return summary
  }

  /** Begins to send what falls due, until `stop()`. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Claims nothing more and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    const { concurrency } = this.#settings
    await Promise.all(Array.from({ length: concurrency }, () => this.#work()))
  }

  async #work(): Promise<void> {
    const { clock, pollMs, random } = this.#settings
    const pause = new Pause(clock, this.#stopping.signal)
    while (!this.#isStopped) {
      try {
        await this.#sweep()
        if ((await this.#replayNext(undefined)) !== undefined) continue
      } catch (error) {
        // A queue that cannot be read now may be readable later; who runs the replayer is told.
        this.#tell({ type: 'queue-failed', error })
      }
      // Replayers that started together must not ask together for ever.
      await pause.wait(pollMs * (0.75 + 0.5 * random()))
    }
  }

  async #sweep(): Promise<void> {
    const { clock, queue } = this.#settings
    if (clock.now() - this.#sweptMs < SWEEP_EVERY_MS) return
    this.#sweptMs = clock.now()
    const { removed, unreplayed } = await queue.removeExpired()
    if (removed > 0) this.#tell({ type: 'expired', removed, unreplayed })
  }

  async #replayNext(ids: readonly string[] | undefined): Promise<keyof typeof COUNTERS | undefined> {
    const { queue, upstreams, leaseMs, orderPolicy } = this.#settings
    await this.#waitForTurn()
    if (this.#isStopped) return undefined
    const claim = await queue.claim({ leaseMs, orderPolicy, upstreams: [...upstreams.keys()], ids })
    if (claim === undefined) return undefined
    return this.#replay(claim)
  }

  async #waitForTurn(): Promise<void> {
    const { clock, perSecond } = this.#settings
    if (perSecond === Infinity) return
    const nowMs = clock.now()
    const atMs = Math.max(nowMs, this.#nextSendMs)
    this.#nextSendMs = atMs + 1_000 / perSecond
    await new Pause(clock, this.#stopping.signal).wait(atMs - nowMs)
  }

  async #replay(claim: Claim): Promise<keyof typeof COUNTERS> {
    const { upstreams, maxReplays, leaseMs, cipher } = this.#settings
    const { letter } = claim
    const upstream = upstreams.get(letter.upstream)
    if (upstream === undefined)
      return this.#end(claim, { action: 'park', reason: 'unknown-upstream', failure: undefined })
    // One too many is counted by claims of processes that died while sending.
    if (letter.replays > maxReplays) return this.#end(claim, { action: 'park', reason: 'poison', failure: undefined })
    return this.#end(claim, await sendLetter(letter, upstream, { deadlineMs: DEADLINE_SHARE * leaseMs, cipher }))
  }

  async #end(claim: Claim, result: ReplayResult): Promise<keyof typeof COUNTERS> {
    const { queue, maxReplays } = this.#settings
    const { id, upstream, replays } = claim.letter
    const told = { id, upstream }
    if (result.action === 'complete') {
      if (!(await queue.complete(claim, result.status))) return this.#lost(claim.letter)
      this.#tell({ type: 'replayed', ...told, status: result.status })
      return 'replayed'
    }
    const isPoison = result.action === 'retry' && result.isCounted && replays >= maxReplays
    if (result.action === 'park' || isPoison) {
      const reason = result.action === 'park' ? result.reason : 'poison'
      if (!(await queue.park(claim, reason, result.failure))) return this.#lost(claim.letter)
      this.#tell({ type: 'parked', ...told, reason })
      return 'parked'
    }
    const delayMs = this.#delayOf(result, replays)
    if (!(await queue.release(claim, { ...result, delayMs }))) return this.#lost(claim.letter)
    const type = result.isCounted ? 'postponed' : 'given-back'
    this.#tell({ type, ...told, reason: result.failure.errorCode, delayMs })
    return type
  }

  #delayOf({ isCounted, retryAfterMs = 0 }: Extract<ReplayResult, { action: 'retry' }>, replays: number): number {
    const { random, backoff } = this.#settings
    if (isCounted) return Math.max(Math.min(retryAfterMs, backoff.maxMs), fullJitterMs(backoff, replays, random))
    const floorMs = Math.min(LONGEST_GIVE_BACK_MS, Math.max(SHORTEST_GIVE_BACK_MS, retryAfterMs))
    return floorMs * (1 + 0.5 * random())
  }

  #lost({ id, upstream }: DeadLetter): 'claim-lost' {
    this.#tell({ type: 'claim-lost', id, upstream })
    return 'claim-lost'
  }

  #tell(event: ReplayEvent): void {
    try {
      this.#settings.onEvent(event)
    } catch {
      // A listener must not stop the replay; what it throws is its own business.
    }
  }
}
