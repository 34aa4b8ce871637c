import { AxiosError } from 'axios'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EtsyApi } from '../src/shop/etsy-api.ts'
import type { Job } from '../src/shop/job.ts'
import { createJobQueue, type JobQueue } from '../src/shop/job-queue.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function queueOf(): JobQueue {
  return createJobQueue(
    () => ({}) as EtsyApi,
    () => performance.now(),
    1,
  )
}

function failing(id: string, errors: readonly (Error | undefined)[], runsAt: number[] = []): Job {
  let run = 0
  return {
    id,
    kind: 'test',
    priority: 'default',
    async run() {
      runsAt.push(performance.now())
      run += 1
      const error = errors[Math.min(run, errors.length) - 1]
      if (error !== undefined) throw error
    },
  }
}

function status(code: number, data: unknown = '', headers: Record<string, string> = {}): AxiosError {
  return new AxiosError('failed', 'ERR', undefined, {}, { status: code, data, headers } as never)
}

test('a job that fails runs again later and then completes', async () => {
  const queue = queueOf()
  const runsAt: number[] = []
  queue.add(failing('a', [new AxiosError('reset', 'ECONNRESET'), status(503), undefined], runsAt), 100)
  expect(queue.has('test')).toBe(true)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(queue.records).toMatchObject([{ id: 'a', runs: 3, end: 'completed', reason: null }])
  const [first = 0, second = 0, third = 0] = runsAt
  expect(second - first).toBeGreaterThanOrEqual(1_500)
  expect(second - first).toBeLessThanOrEqual(2_500)
  expect(third - second).toBeGreaterThanOrEqual(3_000)
  expect(queue.has('test')).toBe(false)
})

test('a job gives up after a bounded number of runs, with the last reason', async () => {
  const queue = queueOf()
  queue.add(failing('a', [new AxiosError('reset', 'ECONNRESET')]))
  await vi.advanceTimersByTimeAsync(120_000)
  expect(queue.records).toMatchObject([{ runs: 8, end: 'parked', reason: 'gave up after 8 runs: ECONNRESET' }])
})

test('what the server will never accept is parked at once', async () => {
  const queue = queueOf()
  queue.add(failing('a', [status(400, [{ path: '/title', message: 'is required' }])]))
  await vi.advanceTimersByTimeAsync(1)
  expect(queue.records).toMatchObject([
    { runs: 1, end: 'parked', reason: 'refused by the server: HTTP 400 /title is required' },
  ])
})

test('an item that gets a 500 in three runs is parked, other failures in between notwithstanding', async () => {
  const queue = queueOf()
  queue.add(failing('a', [status(500), status(503), status(500), status(500, { error: 'Server Error' })]))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(queue.records).toMatchObject([{ runs: 4, reason: 'this item fails every time: HTTP 500 Server Error' }])
})

test('a named wait is kept; one that is too long parks the job with the time', async () => {
  const queue = queueOf()
  const runsAt: number[] = []
  queue.add(failing('short', [status(429, '', { 'retry-after': '9' }), undefined], runsAt))
  queue.add(failing('long', [status(429, '', { 'retry-after': '60' })]))
  await vi.advanceTimersByTimeAsync(20_000)
  expect((runsAt[1] ?? 0) - (runsAt[0] ?? 0)).toBe(9_000)
  expect(queue.records.find(({ id }) => id === 'long')).toMatchObject({
    runs: 1,
    reason: 'not before 60 s from now: HTTP 429',
  })
})

test('closing parks what waits, lets a run under way finish, and takes nothing new', async () => {
  const queue = queueOf()
  let finish = (): void => undefined
  const busy = new Promise<void>((resolve) => (finish = resolve))
  queue.add({ id: 'busy', kind: 'test', priority: 'default', run: () => busy })
  queue.add(failing('later', [undefined]), 5_000)
  await vi.advanceTimersByTimeAsync(10)
  const closed = queue.close('the day ended')
  finish()
  await closed
  queue.add(failing('late', [undefined]))
  expect(queue.records.map(({ id, end, reason }) => [id, end, reason])).toEqual([
    ['later', 'parked', 'the day ended'],
    ['busy', 'completed', null],
    ['late', 'parked', 'the day ended'],
  ])
  expect([queue.waiting, vi.getTimerCount()]).toEqual([0, 0])
})
