import { PassThrough } from 'node:stream'
import type { Attempt } from '@holdfast/core'
import { createTestClock } from '@holdfast/core/testing'
import type { AxiosResponse } from 'axios'
import { describe, expect, it } from 'vitest'
import { guardStream, type GuardTerms } from '../src/stream-guard.ts'

const start = (limits: { bodyIdleMs?: number; deadlineAtMs?: number; hasUnboundedBody?: boolean }) => {
  const clock = createTestClock()
  const { bodyIdleMs = Infinity, deadlineAtMs = Infinity, hasUnboundedBody = false } = limits
  const cuts: string[] = []
  let ends = 0
  const stream = new PassThrough()
  const socket = { bytesRead: 0 }
  const call = {
    clock,
    bodyIdleMs,
    deadlineAtMs,
    hasUnboundedBody,
    remainingMs: (now: number) => deadlineAtMs - now,
  }
  const terms: GuardTerms = {
    attempt: { call, cutBody: (code: string) => void cuts.push(code) } as unknown as Attempt,
    ended: () => {
      ends += 1
    },
    errorOf: (code) => new Error(code),
  }
  const guard = guardStream({ data: stream, request: { socket } } as AxiosResponse, terms)
  return { clock, stream, socket, cuts, guard, ends: () => ends }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('guardStream on a Node stream', () => {
  it('closes a stream nobody reads quietly, because an error without a listener would end the process', async () => {
    const { stream, clock, cuts, ends } = start({ deadlineAtMs: 100 })
    await clock.advance(100)
    await settled()
    expect([stream.destroyed, stream.errored, cuts, ends()]).toEqual([true, null, ['deadline-exceeded'], 1])
  })

  it('tells a reader why the stream ended', async () => {
    const { stream, clock } = start({ bodyIdleMs: 100 })
    const errors: unknown[] = []
    stream.on('error', (error) => errors.push(error))
    await clock.advance(100)
    await settled()
    expect(errors).toEqual([new Error('attempt-timeout')])
  })

  it('counts idle time from the last byte of the socket, and waits for a reader that has data in front of it', async () => {
    const { stream, socket, clock, cuts } = start({ bodyIdleMs: 100 })
    await clock.advance(80)
    socket.bytesRead = 10
    await clock.advance(80)
    expect(cuts).toEqual([])
    stream.write('unread')
    await clock.advance(1_000)
    expect(cuts).toEqual([])
    stream.read()
    await clock.advance(125)
    expect(cuts).toEqual(['attempt-timeout'])
  })

  it('does not touch the mode of the stream, and reports its end once and clears its timer', async () => {
    const { stream, clock, ends } = start({ bodyIdleMs: 100, deadlineAtMs: 1_000 })
    expect([stream.readableFlowing, stream.listenerCount('data'), clock.pendingTimers]).toEqual([null, 0, 1])
    stream.end('x')
    stream.resume()
    await settled()
    await settled()
    expect([ends(), clock.pendingTimers]).toEqual([1, 0])
  })

  it('sets no timer for a body without limits', () => {
    expect(start({}).clock.pendingTimers).toBe(0)
    expect(start({ bodyIdleMs: 10, deadlineAtMs: 10, hasUnboundedBody: true }).clock.pendingTimers).toBe(0)
  })

  it('has nothing to do for a body that is whole or over', () => {
    const stream = new PassThrough().destroy()
    const terms = {} as GuardTerms
    expect(guardStream({ data: 'text' } as AxiosResponse, terms)).toBeUndefined()
    expect(guardStream({ data: stream } as unknown as AxiosResponse, terms)).toBeUndefined()
  })
})
