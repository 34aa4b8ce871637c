import { AsyncLocalStorage } from 'node:async_hooks'
import { isHoldfastError, standardPolicy, wrapFetch, type Clock, type StandardPolicyOptions } from '@holdfast/core'
import { createTestClock, type TestClock } from '@holdfast/core/testing'
import { describe, expect, test } from 'vitest'

const ANSWER_MS = 20

/**
 * Requests of one Worker as workerd sees them: an event belongs to the request that asked for it, and a cancelled
 * request gets no more events and never runs its `finally`.
 */
class Worker {
  readonly #requests = new AsyncLocalStorage<string>()
  readonly #cancelled = new Set<string>()
  readonly #clock: TestClock = createTestClock()
  readonly #wrapped: ReturnType<typeof wrapFetch>
  #current: string | undefined
  sent = 0
  /** What went on in an event of another request; workerd cancels it. */
  readonly crossings: string[] = []

  constructor(options: Partial<StandardPolicyOptions>, answers: readonly (() => Response)[]) {
    const clock: Clock = {
      now: () => this.#clock.now(),
      wall: () => this.#clock.wall(),
      setTimer: (callback, delayMs) => this.#clock.setTimer(this.#eventOf(callback), delayMs),
      clearTimer: (handle) => {
        this.#clock.clearTimer(handle)
      },
    }
    const policy = standardPolicy({ name: 'worker', random: () => 0.5, ...options, clock })
    this.#wrapped = wrapFetch(
      policy,
      () =>
        new Promise((resolve) => {
          this.#note('sends')
          const answer = answers[Math.min(this.sent, answers.length - 1)]
          this.sent += 1
          clock.setTimer(() => {
            resolve((answer as () => Response)())
          }, ANSWER_MS)
        }),
    )
  }

  /** Runs one request, which arrives in an event of its own: its status, or the code of the refusal. */
  request(name: string): Promise<number | string> {
    return this.#requests.run(name, async () => {
      await new Promise<void>((resolve) => {
        this.#clock.setTimer(this.#eventOf(resolve), 1)
      })
      try {
        const response = await this.#wrapped('https://api.example/')
        this.#note('has its answer')
        await response.text()
        return response.status
      } catch (error) {
        if (!isHoldfastError(error)) throw error
        this.#note('is refused')
        return error.code
      }
    })
  }

  cancel(name: string): void {
    this.#cancelled.add(name)
  }

  run<Value>(promise: Promise<Value>): Promise<Value> {
    return this.#clock.run(promise)
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms)
  }

  #note(what: string): void {
    const name = this.#requests.getStore()
    if (name !== this.#current) this.crossings.push(`${name} ${what} in an event of ${this.#current}`)
  }

  #eventOf(callback: () => void): () => void {
    const owner = this.#requests.getStore()
    return () => {
      if (owner !== undefined && this.#cancelled.has(owner)) return
      this.#current = owner
      callback()
    }
  }
}

const ok = (): Response => new Response('ok')
const busy = (): Response => new Response('busy', { status: 503 })
const pause = (): Response => new Response('busy', { status: 429, headers: { 'retry-after': '1' } })

const all = (worker: Worker): Promise<readonly (number | string)[]> =>
  worker.run(Promise.all(['a', 'b', 'c'].map((name) => worker.request(name))))

describe('101 requests of a Worker under the standard and the payments preset', () => {
  test.each(['standard', 'payments'] as const)('%s: retries and answers are their own', async (preset) => {
    const worker = new Worker({ preset }, [busy, busy, busy, ok])
    expect(await all(worker)).toEqual([200, 200, 200])
    expect(worker.sent).toBe(6)
    expect(worker.crossings).toEqual([])
  })

  test('a pause the server asked for is waited out by each request for itself', async () => {
    const worker = new Worker({}, [pause, ok])
    const first = worker.request('a')
    await worker.advance(ANSWER_MS + 5)
    const others = Promise.all([worker.request('b'), worker.request('c')])
    expect(await worker.run(Promise.all([first, others]))).toEqual([200, [200, 200]])
    expect(worker.sent).toBe(4)
    expect(worker.crossings).toEqual([])
  })

  test('a cancelled request holds nobody up', async () => {
    const worker = new Worker({}, [ok])
    void worker.request('a')
    await worker.advance(5)
    worker.cancel('a')
    expect(await worker.run(worker.request('b'))).toBe(200)
    expect(worker.sent).toBe(2)
  })
})

describe('a limit with a queue', () => {
  test('lets one request wait for another, which Workers cancel', async () => {
    const worker = new Worker({ concurrency: { limit: 1, maxQueued: 2 } }, [ok])
    expect(await all(worker)).toEqual([200, 200, 200])
    expect(worker.crossings).toEqual(['b sends in an event of a', 'c sends in an event of b'])
  })

  test('of no length refuses at once', async () => {
    const worker = new Worker({ concurrency: { limit: 1, maxQueued: 0 } }, [ok])
    expect(await all(worker)).toEqual([200, 'queue-full', 'queue-full'])
    expect(worker.crossings).toEqual([])
  })

  test('93 gives the place of a cancelled request away when its lease is over', async () => {
    const worker = new Worker({ concurrency: { limit: 1, maxQueued: 0, leaseMs: 40_000 } }, [ok])
    void worker.request('a')
    await worker.advance(5)
    worker.cancel('a')
    expect(await worker.run(worker.request('b'))).toBe('queue-full')
    await worker.advance(40_000)
    expect(await worker.run(worker.request('c'))).toBe(200)
  })
})
