import { describe, expect, test, vi } from 'vitest'
import { createTestClock } from '../testing/test-clock.ts'
import { drainOrCancel } from './drain.ts'

const KILOBYTE = new Uint8Array(1_024)

const endless = (chunk: Uint8Array<ArrayBuffer> | undefined) => {
  const cancel = vi.fn()
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (chunk !== undefined) controller.enqueue(chunk)
    },
    cancel,
  })
  return { body, cancel }
}

describe('drainOrCancel', () => {
  test('reads a small body to its end and leaves no timer', async () => {
    const clock = createTestClock()
    const response = new Response('small')
    await drainOrCancel(response, clock)
    expect(response.bodyUsed).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  test('leaves a body alone that is absent or already being read', async () => {
    const clock = createTestClock()
    await drainOrCancel(new Response(null), clock)
    const response = new Response('mine')
    const reader = response.body?.getReader()
    await drainOrCancel(response, clock)
    expect((await reader?.read())?.done).toBe(false)
  })

  test('cancels what says that it is large', async () => {
    const { body, cancel } = endless(KILOBYTE)
    const response = new Response(body, { headers: { 'content-length': String(512 * 1_024 + 1) } })
    await drainOrCancel(response, createTestClock())
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  test('cancels what turns out to be large', async () => {
    const { body, cancel } = endless(KILOBYTE)
    const clock = createTestClock()
    await drainOrCancel(new Response(body), clock)
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(clock.pendingTimers).toBe(0)
  })

  test('cancels what is slow', async () => {
    const { body, cancel } = endless(undefined)
    const clock = createTestClock()
    const draining = drainOrCancel(new Response(body), clock)
    await clock.advance(249)
    expect(cancel).not.toHaveBeenCalled()
    await clock.advance(1)
    await draining
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(clock.pendingTimers).toBe(0)
  })

  test('never rejects, whatever happens to the body', async () => {
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.error(new Error('reset'))
      },
    })
    await expect(drainOrCancel(new Response(broken), createTestClock())).resolves.toBeUndefined()
    const stubborn = new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: () => Promise.reject(new Error('no')) })
    const clock = createTestClock()
    const draining = drainOrCancel(new Response(stubborn), clock)
    await clock.advance(250)
    await expect(draining).resolves.toBeUndefined()
  })
})
