import { describe, expect, it, vi } from 'vitest'
import { countingSignal } from '../test/counting-signal.ts'
import { createEngine } from '../test/engine.ts'
import { resetError } from '../test/scripted-transport.ts'
import type { Permit } from './call.ts'
import { defineStrategy } from './strategy.ts'
import { deadline } from './strategies/deadline.ts'
import { retry } from './strategies/retry.ts'

const quiet = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)
const permit = () => ({
  commit: vi.fn<NonNullable<Permit['commit']>>(),
  settle: vi.fn<Permit['settle']>(),
  cancel: vi.fn<Permit['cancel']>(),
})
const lending = (held: Permit): ReturnType<ReturnType<typeof defineStrategy<'lending', object>>> =>
  defineStrategy('lending', () => (next) => (call) => {
    call.hold(held)
    return next(call)
  })({})
const waiting = (ms: number): ReturnType<ReturnType<typeof defineStrategy<'waiting', object>>> =>
  defineStrategy('waiting', (env) => (next) => async (call) => {
    await new Promise<void>((resolve) => env.clock.setTimer(resolve, ms))
    return next(call)
  })({})

describe('the last check before sending', () => {
  it('sends nothing for a signal that aborted before the call', async () => {
    const caller = countingSignal()
    caller.abort('too late')
    const held = permit()
    const engine = createEngine([lending(held)], [200])
    expect(await engine.outcome({ signal: caller.signal })).toBe('too late')
    expect(engine.sentAtMs).toEqual([])
    expect(held.cancel).toHaveBeenCalledTimes(1)
    expect(held.commit).not.toHaveBeenCalled()
    expect(caller.listeners).toBe(0)
  })

  it('sends nothing for a signal that aborted while the call stood in a queue', async () => {
    const caller = countingSignal()
    const held = permit()
    const engine = createEngine([lending(held), waiting(100)], [200])
    const answer = quiet(engine.call({ signal: caller.signal }))
    await engine.clock.advance(50)
    caller.abort('gone')
    expect(await engine.clock.run(answer)).toBe('gone')
    expect(engine.sentAtMs).toEqual([])
    expect(held.cancel).toHaveBeenCalledTimes(1)
  })

  it('sends nothing after the deadline', async () => {
    const held = permit()
    const engine = createEngine([deadline({ afterMs: 100 }), lending(held), waiting(100)], [200])
    const error = await engine.outcome()
    expect(error).toMatchObject({
      code: 'deadline-exceeded',
      message: expect.stringContaining('0 ms were left') as string,
    })
    expect(engine.sentAtMs).toEqual([])
    expect(held.cancel).toHaveBeenCalledTimes(1)
  })

  it('gives the first attempt its chance with the little time that is left', async () => {
    const engine = createEngine([deadline({ afterMs: 100 }), waiting(99)], [200])
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })

  it('gives a later attempt none that is too short for it', async () => {
    const engine = createEngine(
      [deadline({ afterMs: 1_000 }), retry({ backoff: () => 985 })],
      [{ status: 503, afterMs: 4 }, 200],
    )
    const slow = createEngine(
      [deadline({ afterMs: 1_000 }), retry({ backoff: () => 985 }), waiting(3)],
      [{ status: 503, afterMs: 2 }, 200],
    )
    expect(await engine.outcome()).toMatchObject({ status: 200 })
    expect(await slow.outcome()).toMatchObject({ status: 503 })
    expect(slow.sentAtMs).toEqual([3])
  })

  it('asks every permit, and the first refusal cancels all', async () => {
    const [first, second, third] = [permit(), permit(), permit()]
    second.commit.mockReturnValue({ code: 'rate-limited', detail: 'none left', retryAfterMs: 40 })
    const holdAll = defineStrategy('holdAll', () => (next) => (call) => {
      for (const held of [first, second, third]) call.hold(held)
      return next(call)
    })
    const engine = createEngine([holdAll({})], [200])
    expect(await engine.outcome()).toMatchObject({ code: 'rate-limited', retryAfterMs: 40 })
    expect(engine.sentAtMs).toEqual([])
    for (const held of [first, second, third]) {
      expect(held.cancel).toHaveBeenCalledTimes(1)
      expect(held.settle).not.toHaveBeenCalled()
    }
    expect(third.commit).not.toHaveBeenCalled()
  })

  it('a refusal of the only permit is enough', async () => {
    const held = permit()
    held.commit.mockReturnValue({ code: 'throttled' })
    const engine = createEngine([lending(held)], [200])
    expect(await engine.outcome()).toMatchObject({ code: 'throttled' })
    expect(held.cancel).toHaveBeenCalledTimes(1)
  })
})

describe('an outcome that nobody receives', () => {
  it('is drained before the next attempt goes out', async () => {
    let free = (): void => undefined
    const discard = vi.fn(() => new Promise<void>((resolve) => (free = resolve)))
    const engine = createEngine([retry({ backoff: () => 10 })], [503, 200], { traits: { discard } })
    const answer = engine.call()
    await engine.clock.advance(1_000)
    expect(discard).toHaveBeenCalledExactlyOnceWith({ status: 503, headers: {} }, false)
    expect(engine.sentAtMs).toEqual([0])
    const released = vi.fn()
    engine.transport.sent[0]?.attempt.onRelease(released)
    free()
    expect(await engine.clock.run(answer)).toMatchObject({ status: 200 })
    expect(released).toHaveBeenCalledTimes(1)
  })

  it('does not fail the call when draining fails', async () => {
    const engine = createEngine([retry({ backoff: () => 10 })], [503, 200], {
      traits: { discard: () => Promise.reject(new Error('socket gone')) },
    })
    expect(await engine.outcome()).toMatchObject({ status: 200 })
  })

  it('is released at once when there is nothing to drain', async () => {
    const engine = createEngine([retry({ backoff: () => 10 })], [503, resetError(), 200], {
      traits: { discard: () => undefined, guardBody: () => false },
    })
    const answer = engine.call()
    const released = vi.fn()
    await engine.clock.settle()
    engine.transport.sent[0]?.attempt.onRelease(released)
    expect(released).toHaveBeenCalledTimes(1)
    await engine.clock.run(answer)
  })
})
