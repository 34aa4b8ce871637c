import type { Clock } from '../clock.ts'
import type { BreakerLink, FollowingBreaker } from '../breaker-share.ts'
import type { Board, Notice } from './board.ts'

/** How many breakers must have opened before the others follow. */
export interface Quorum {
  readonly atLeast: number
  /** Share of the processes alive. */
  readonly ratio: number
}

const VOTE = 'vote/'
const CALM = 'calm/'
const PROBE = 'probe/'
const PROBE_LEASE_MS = 5_000
const ASK_AGAIN_MS = 250
// Polls of everybody fall into this time.
const CALM_MS = 15_000
const MOST_VOTES = 10_000

/** One breaker of this process, and what it knows of its like. */
class Link implements BreakerLink {
  readonly #board: Board
  readonly #quorum: Quorum
  readonly #topic: string
  readonly #clock: Clock
  readonly #breaker: FollowingBreaker
  readonly #votes = new Map<string, { readonly id: string; readonly untilMs: number }>()
  /** Votes that somebody who found the server alive has overtaken. */
  readonly #void = new Set<string>()
  #calm: string | undefined
  #count = 0
  #probe: 'none' | 'asking' | 'held' = 'none'
  #probeUntilMs = -Infinity

  constructor(board: Board, quorum: Quorum, topic: string, clock: Clock, breaker: FollowingBreaker) {
    this.#board = board
    this.#quorum = quorum
    this.#topic = topic
    this.#clock = clock
    this.#breaker = breaker
  }

  changed({ to, reason, openMs }: Parameters<BreakerLink['changed']>[0]): void {
    if (to === 'half-open' || reason === 'peers' || reason === 'manual') return
    const own = `${VOTE}${this.#topic}/${this.#board.id}`
    this.#count += 1
    const word = `${this.#board.id}.${this.#count}`
    if (to === 'open') {
      this.#calm = undefined
      this.#void.clear()
      void this.#board.put(CALM + this.#topic, '', 0)
      void this.#board.put(own, word, openMs ?? PROBE_LEASE_MS)
    } else if (to === 'closed') {
      this.#calm = word
      void this.#board.put(own, '', 0)
      void this.#board.put(CALM + this.#topic, word, CALM_MS)
    }
    this.#letGo()
  }

  mayProbe(): boolean {
    const nowMs = this.#clock.now()
    if (this.#probe === 'held' && nowMs < this.#probeUntilMs) return true
    if (this.#probe !== 'asking' && nowMs >= this.#probeUntilMs) {
      this.#probe = 'asking'
      void this.#board.put(PROBE + this.#topic, this.#board.id, PROBE_LEASE_MS, true).then((isMine) => {
        // Without a store every process finds out for itself.
        this.#probe = isMine === false ? 'none' : 'held'
        this.#probeUntilMs = this.#clock.now() + (isMine === false ? ASK_AGAIN_MS : PROBE_LEASE_MS)
      })
    }
    return false
  }

  hearVote(instance: string, notice: Notice | undefined): void {
    const nowMs = this.#clock.now()
    if (notice === undefined) {
      this.#votes.delete(instance)
      return
    }
    const isNews = this.#votes.get(instance)?.id !== notice.value
    this.#votes.set(instance, { id: notice.value, untilMs: nowMs + notice.ttlMs })
    if (!isNews || this.#void.has(notice.value) || instance === this.#board.id) return
    const valid = [...this.#votes.values()].filter(({ id, untilMs }) => untilMs > nowMs && !this.#void.has(id))
    if (valid.length < Math.max(this.#quorum.atLeast, Math.ceil(this.#quorum.ratio * this.#board.live))) return
    this.#breaker.follow(Math.max(...valid.map(({ untilMs }) => untilMs)) - nowMs, nowMs)
  }

  hearCalm(notice: Notice | undefined): void {
    if (notice === undefined || notice.value === this.#calm) return
    this.#calm = notice.value
    this.#void.clear()
    for (const { id } of this.#votes.values()) this.#void.add(id)
    this.#breaker.follow(0, this.#clock.now())
  }

  #letGo(): void {
    if (this.#probe !== 'held') return
    this.#probe = 'none'
    this.#probeUntilMs = -Infinity
    void this.#board.put(PROBE + this.#topic, '', 0)
  }
}

/**
 * Where breakers of the same policy and key in several processes tell each other that they opened or closed.
 *
 * A breaker that opened votes; the others open when enough processes alive have voted, so that one with a broken network
 * of its own takes nobody along. One process at a time sends probes, and when it finds the server alive the others
 * close, but that who opened on its own evidence probes itself.
 */
export class BreakerMeeting {
  readonly #board: Board
  readonly #quorum: Quorum
  readonly #links = new Map<string, Link>()
  #isFollowing = false

  constructor(board: Board, quorum: Quorum) {
    this.#board = board
    this.#quorum = quorum
  }

  join(topic: string, clock: Clock, breaker: FollowingBreaker): BreakerLink {
    const link = new Link(this.#board, this.#quorum, topic, clock, breaker)
    const [oldest] = this.#links.keys()
    if (this.#links.size >= MOST_VOTES && oldest !== undefined) this.#links.delete(oldest)
    this.#links.set(topic, link)
    if (!this.#isFollowing) {
      this.#isFollowing = true
      this.#board.follow(CALM, (key, notice) => this.#links.get(key.slice(CALM.length))?.hearCalm(notice))
      this.#board.follow(VOTE, (key, notice) => {
        const end = key.lastIndexOf('/')
        this.#links.get(key.slice(VOTE.length, end))?.hearVote(key.slice(end + 1), notice)
      })
    }
    return link
  }
}
