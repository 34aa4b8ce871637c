import type { RejectionCode } from './errors.ts'
import { channelOf, type EventChannel } from './event-channel.ts'
import type { QuotaView } from './rate-headers.ts'
import { safeText } from './safe-read.ts'
import type { StopReason } from './trace.ts'

export type BreakerState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled'

/** Why a breaker moved. */
export type BreakerReason =
  'dead' | 'sick' | 'open-elapsed' | 'probes-succeeded' | 'probe-failed' | 'manual' | 'restored' | 'peers'

interface Keyed {
  /** The key of the state that decided, by default the origin. */
  readonly key: string
}

/** Every event a policy emits, by name; names and reasons are stable, new ones may be added. */
export interface PolicyEvents {
  'call-ended': Keyed & {
    readonly method: string
    readonly outcome: 'success' | 'failure' | 'rejection' | 'aborted'
    readonly attempts: number
    readonly durationMs: number
    /** The code of the final failure or rejection. */
    readonly reason: string | undefined
  }
  'attempt-ended': Keyed & {
    readonly method: string
    readonly attempt: number
    readonly durationMs: number
    readonly status: number | undefined
    /** The classification's code, absent on success. */
    readonly reason: string | undefined
  }
  'retry-scheduled': Keyed & {
    /** The attempt that will be made, numbered from 1. */
    readonly attempt: number
    readonly delayMs: number
    readonly reason: string
    readonly isPushback: boolean
    /** Sent again at once because the request provably never left. */
    readonly isTransparent: boolean
  }
  'retry-stopped': Keyed & { readonly attempts: number; readonly reason: StopReason; readonly failure: string }
  'budget-exhausted': Keyed & { readonly tokens: number; readonly reason: 'spent' }
  'budget-restored': Keyed & { readonly tokens: number; readonly reason: 'refilled' }
  'breaker-changed': Keyed & {
    readonly from: BreakerState
    readonly to: BreakerState
    readonly reason: BreakerReason
    /** How long it stays open, when `to` is `open`. */
    readonly openMs: number | undefined
    /** The operator's words, when the reason is `manual`. */
    readonly note: string | undefined
  }
  'stale-result-ignored': Keyed & { readonly reason: 'epoch' | 'lease' }
  'gate-closed': Keyed & { readonly forMs: number; readonly reason: 'pushback' | 'quota' }
  'quota-observed': Keyed & { readonly quotas: readonly QuotaView[]; readonly reason: 'headers' }
  'throttle-engaged': Keyed & { readonly probability: number; readonly reason: 'overload' }
  'throttle-released': Keyed & { readonly probability: number; readonly reason: 'recovered' }
  'limit-changed': Keyed & { readonly factor: number; readonly reason: 'throttled-by-server' | 'eased' }
  'call-queued': Keyed & {
    readonly stage: string
    readonly queued: number
    readonly reason: 'rate' | 'concurrency' | 'gate' | 'breaker'
  }
  'call-rejected': Keyed & {
    readonly code: RejectionCode
    readonly retryAfterMs: number | undefined
    readonly reason: string | undefined
  }
  'fallback-used': Keyed & { readonly reason: string }
  /** Emitted by `@holdfast/core/stale`: a stored answer stood in; `staleMs` is negative while it was still fresh. */
  'stale-served': Keyed & { readonly reason: string; readonly ageMs: number; readonly staleMs: number }
  /** Emitted by `@holdfast/dead-letter`: a call that finally failed was kept. */
  'dead-letter-stored': Keyed & { readonly id: string; readonly upstream: string; readonly reason: string }
  /** A call that finally failed could not be kept; the reason is the code of the queue's error. */
  'dead-letter-lost': Keyed & { readonly upstream: string; readonly reason: string; readonly detail: string }
  'nested-retry': Keyed & { readonly client: string; readonly reason: string }
  'listener-failed': {
    readonly event: string
    /** Not enumerable, because it may hold anything: whoever logs the event does not log it. */
    readonly error: unknown
    readonly errorName?: string | undefined
    readonly reason: 'threw'
  }
}

export type PolicyEventName = keyof PolicyEvents

/** What a listener receives: the event's own fields, its name and the policy's. */
export type PolicyEvent<Name extends PolicyEventName = PolicyEventName> = Name extends PolicyEventName
  ? PolicyEvents[Name] & { readonly type: Name; readonly policy: string }
  : never

export type PolicyListener<Name extends PolicyEventName> = (event: PolicyEvent<Name>) => void

interface Slot {
  readonly listeners: Set<(event: never) => void>
  readonly channel: EventChannel
}

/** One event as every listener receives it: frozen, and with nothing in it that may not be logged. */
const eventOf = (name: string, policy: string, fields: object): object => {
  const event: Record<string, unknown> = { type: name, policy, ...fields }
  if (name === 'listener-failed') {
    const { error } = event
    event['errorName'] = safeText(error, 'name') || typeof error
    Object.defineProperty(event, 'error', { value: error, enumerable: false })
  }
  return Object.freeze(event)
}

const isHeard = (slot: Slot): boolean => slot.listeners.size > 0 || slot.channel.hasSubscribers

/**
 * Delivers a policy's events to its listeners and to the diagnostics channel `holdfast:<event>`.
 *
 * Callers ask {@link Emitter.hears} first, so no event object is built that nobody receives.
 */
export class Emitter {
  readonly #policy: string
  readonly #slots = new Map<string, Slot>()
  // Asked on every call, so looked up once.
  readonly #callEnded: Slot
  readonly #attemptEnded: Slot

  constructor(policy: string) {
    this.#policy = policy
    this.#callEnded = this.#slot('call-ended')
    this.#attemptEnded = this.#slot('attempt-ended')
  }

  get hearsCalls(): boolean {
    return isHeard(this.#callEnded)
  }

  get hearsAttempts(): boolean {
    return isHeard(this.#attemptEnded)
  }

  on<Name extends PolicyEventName>(name: Name, listener: PolicyListener<Name>): () => void {
    this.#slot(name).listeners.add(listener)
    return () => {
      this.off(name, listener)
    }
  }

  off<Name extends PolicyEventName>(name: Name, listener: PolicyListener<Name>): void {
    this.#slot(name).listeners.delete(listener)
  }

  hears(name: PolicyEventName): boolean {
    return isHeard(this.#slot(name))
  }

  emit<Name extends PolicyEventName>(name: Name, fields: PolicyEvents[Name]): void {
    const slot = this.#slot(name)
    const event = eventOf(name, this.#policy, fields)
    for (const listener of slot.listeners) {
      try {
        ;(listener as (event: unknown) => void)(event)
      } catch (error) {
        // A broken listener must not fail the call; it is reported once, by an event of its own.
        if (name !== 'listener-failed') this.emit('listener-failed', { event: name, error, reason: 'threw' })
      }
    }
    if (slot.channel.hasSubscribers) slot.channel.publish(event)
  }

  clear(): void {
    for (const slot of this.#slots.values()) slot.listeners.clear()
  }

  #slot(name: string): Slot {
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      slot = { listeners: new Set(), channel: channelOf(name) }
      this.#slots.set(name, slot)
    }
    return slot
  }
}

/**
 * Listens to one kind of event of all policies, also of those made later; in Node the same as subscribing to
 * `holdfast:<event>` of `node:diagnostics_channel`, but that a listener that throws is contained.
 *
 * @returns The function that stops it.
 * @example
 * onPolicyEvent('breaker-changed', ({ policy, key, to }) => log.warn({ policy, key, to }, 'circuit'))
 */
export const onPolicyEvent = <Name extends PolicyEventName>(
  name: Name,
  listener: PolicyListener<Name>,
): (() => void) => {
  const channel = channelOf(name)
  const subscriber = (message: unknown): void => {
    try {
      listener(message as PolicyEvent<Name>)
    } catch (error) {
      if (name === 'listener-failed') return
      const { policy } = message as { policy: string }
      channelOf('listener-failed').publish(eventOf('listener-failed', policy, { event: name, error, reason: 'threw' }))
    }
  }
  channel.subscribe(subscriber)
  return () => {
    channel.unsubscribe(subscriber)
  }
}
