import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  AuthenticationError,
  ConflictError,
  ServiceUnavailableError,
  ValidationError,
} from '../service-errors/kinds.ts'
import { settleEach } from './settle-each.ts'

interface Row {
  readonly id: string
  readonly price: number
}

// 3 % malformed, one lock contention, one revoked token.
const rows = (revokedAt: number): Row[] =>
  Array.from({ length: 1_000 }, (_, index) => ({
    id: `sku-${index}`,
    price: index === revokedAt ? Infinity : index % 33 === 5 ? -1 : index,
  }))
const save = async ({ id, price }: Row): Promise<string> => {
  await Promise.resolve()
  if (price === Infinity) throw new AuthenticationError({ upstream: 'etsy' })
  if (price < 0) throw new ValidationError([{ path: ['price'], message: 'below 0' }])
  if (price === 501) throw new ConflictError({ upstream: 'db' })
  return `saved ${id}`
}

describe('settleEach', () => {
  it('sorts 1,000 items out, and the same twice', async () => {
    const run = () => settleEach(rows(-1), save, { concurrency: 8, idOf: ({ id }) => id })
    const [first, second] = [await run(), await run()]
    expect(first.succeeded).toHaveLength(968)
    expect(first.failed).toHaveLength(32)
    expect(first.skipped).toEqual([])
    expect(first.stoppedBy).toBeUndefined()
    expect(first.summary()).toBe('968 of 1000 done, 32 failed: 31 validation, 1 conflict')
    expect(first.failed.map(({ id, error }) => [id, error.code])).toContainEqual(['sku-501', 'conflict'])
    expect(first.succeeded.map(({ index }) => index)).toEqual(
      first.succeeded.map(({ index }) => index).toSorted((a, b) => a - b),
    )
    expect(JSON.stringify(second)).toBe(JSON.stringify(first))
  })

  it('stops when the rest is pointless, and says what was not tried', async () => {
    const report = await settleEach(rows(600), save, { concurrency: 8 })
    expect(report.stoppedBy?.code).toBe('authentication')
    const seen = [...report.succeeded, ...report.failed, ...report.skipped].map(({ index }) => index)
    expect(seen.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
    expect(report.skipped.length).toBeGreaterThan(390)
    expect(report.summary()).toMatch(/^\d+ of 1000 done, \d+ failed: .*1 authentication.*, \d+ not tried$/)
  })

  it('works on as many at a time as it may', async () => {
    let open = 0
    let most = 0
    const run = async (): Promise<void> => {
      most = Math.max(most, (open += 1))
      await new Promise((resolve) => setImmediate(resolve))
      open -= 1
    }
    await settleEach(Array(20).keys(), run, { concurrency: 3 })
    expect(most).toBe(3)
    await settleEach(Array(20).keys(), run)
    expect(most).toBe(4)
  })

  it('ends with the signal; what was under way is not called a failure', async () => {
    const controller = new AbortController()
    const run = (index: number, _place: number, signal: AbortSignal | undefined): Promise<number> => {
      if (index < 2) return Promise.resolve(index)
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
        controller.abort()
      })
    }
    const report = await settleEach([0, 1, 2, 3, 4], run, { concurrency: 1, signal: controller.signal })
    expect(report.succeeded.map(({ value }) => value)).toEqual([0, 1])
    expect(report.failed).toEqual([])
    expect(report.skipped.map(({ item }) => item)).toEqual([2, 3, 4])
    expect(report.summary()).toBe('2 of 5 done, 3 not tried')
  })

  it('tells its progress, to a listener that may throw', async () => {
    const onProgress = vi.fn(() => {
      throw new Error('bug')
    })
    const run = (item: number): number => {
      if (item === 1) throw new ServiceUnavailableError()
      return item
    }
    await settleEach([0, 1, 2], run, { concurrency: 1, onProgress })
    expect(onProgress.mock.calls).toEqual([
      [{ done: 1, failed: 0, total: 3 }],
      [{ done: 1, failed: 1, total: 3 }],
      [{ done: 2, failed: 1, total: 3 }],
    ])
  })

  it('lets the caller decide what stops it', async () => {
    const run = (): never => {
      throw new ServiceUnavailableError()
    }
    const report = await settleEach([0, 1, 2], run, { concurrency: 1, stopOn: (_error, item) => item === 1 })
    expect(report.skipped.map(({ item }) => item)).toEqual([2])
  })

  it('loses no item, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ok', 'bad', 'stop', 'throw')),
        fc.integer({ min: 1, max: 6 }),
        async (items, concurrency) => {
          const report = await settleEach(
            items,
            async (item) => {
              await Promise.resolve()
              if (item === 'bad') throw new ValidationError([])
              if (item === 'stop') throw new AuthenticationError()
              if (item === 'throw') throw undefined // eslint-disable-line @typescript-eslint/only-throw-error
              return item
            },
            { concurrency },
          )
          const seen = [...report.succeeded, ...report.failed, ...report.skipped]
          expect(seen).toHaveLength(items.length)
          expect(report.succeeded.every(({ item }) => item === 'ok')).toBe(true)
          expect(report.stoppedBy !== undefined).toBe(
            report.failed.some(({ error }) => error.code === 'authentication'),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it('takes nothing for an empty list and refuses bad options', async () => {
    expect((await settleEach([], save)).summary()).toBe('0 of 0 done')
    await expect(settleEach([], save, { concurrency: 0 })).rejects.toThrow('option "concurrency"')
    await expect(settleEach([], save, { concurency: 1 } as never)).rejects.toThrow('unknown option "concurency"')
  })
})
