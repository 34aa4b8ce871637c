import type { ClientRequest, Policy } from '@holdfast/core'

/** Told of every call of a policy, whichever client or view of the policy makes it. */
export interface CallTap {
  /** Returns what is called with the call's result. */
  begin(request: ClientRequest): (result: unknown, isThrown: boolean) => void
}

type Send = (this: Policy, request: ClientRequest) => Promise<unknown>

interface Patch {
  readonly original: Send
  readonly own: Send
  taps: number
}

// All views of one policy (`policy.with()`) share the emitter, so that it names the policy.
const tapsByEmitter = new WeakMap<object, Set<CallTap>>()
const patches = new WeakMap<object, Patch>()

const told = (ends: readonly ReturnType<CallTap['begin']>[], result: unknown, isThrown: boolean): void => {
  for (const end of ends) {
    try {
      end(result, isThrown)
    } catch {
      // Who watches must not fail the call.
    }
  }
}

const began = (taps: ReadonlySet<CallTap>, request: ClientRequest): readonly ReturnType<CallTap['begin']>[] => {
  try {
    return Array.from(taps, (tap) => tap.begin(request))
  } catch {
    return []
  }
}

// A promise of its own, so that a rejection nobody handles stays one.
const watched = async (sending: Promise<unknown>, ends: readonly ReturnType<CallTap['begin']>[]): Promise<unknown> => {
  let value: unknown
  try {
    value = await sending
  } catch (error) {
    told(ends, error, true)
    throw error
  }
  told(ends, value, false)
  return value
}

const patch = (prototype: { send: Send }): Patch => {
  const known = patches.get(prototype)
  if (known !== undefined) return known
  const original = prototype.send
  const own: Send = function (request) {
    const taps = tapsByEmitter.get(this.events)
    if (taps === undefined || taps.size === 0) return original.call(this, request)
    const ends = began(taps, request)
    return watched(original.call(this, request), ends)
  }
  const made = { original, own, taps: 0 }
  prototype.send = own
  patches.set(prototype, made)
  return made
}

/**
 * Watches the calls of a policy from outside until the returned function is called.
 *
 * A policy announces how a call ended, but neither that it began nor its report; both are seen where clients hand their
 * calls over. While nobody watches, `Policy.prototype.send` is the original function.
 */
export const tapCalls = (policy: Policy, tap: CallTap): (() => void) => {
  const prototype = Object.getPrototypeOf(policy) as { send: Send }
  const made = patch(prototype)
  made.taps += 1
  const taps = tapsByEmitter.get(policy.events) ?? new Set()
  tapsByEmitter.set(policy.events, taps.add(tap))
  return () => {
    if (!taps.delete(tap)) return
    made.taps -= 1
    // Somebody else may have put a function of theirs around ours; then ours stays and passes on.
    if (made.taps > 0 || prototype.send !== made.own) return
    prototype.send = made.original
    patches.delete(prototype)
  }
}
