import type { ClaimOptions, DeadLetterQueue } from '@holdfast/dead-letter'
import { expect, it } from 'vitest'
import { letter } from './letters.ts'

const claiming = (changes: Partial<ClaimOptions> = {}): ClaimOptions => ({
  leaseMs: 60_000,
  orderPolicy: 'block',
  upstreams: ['shop'],
  ...changes,
})

const failure = { errorCode: 'http-500', httpStatus: 500 }
const later = { delayMs: 60_000, isCounted: true, isProvenUnsent: false, failure }

/** What every queue must do, whatever it is built on. */
export const queueCases = (open: () => Promise<DeadLetterQueue>): void => {
  const withQueue = (use: (queue: DeadLetterQueue) => Promise<void>) => async () => {
    const queue = await open()
    try {
      await use(queue)
    } finally {
      await queue.close()
    }
  }

  it(
    'gives back what it was given',
    withQueue(async (queue) => {
      const given = letter({
        headers: { accept: 'a/b', prefer: 'x' },
        body: new Uint8Array([0, 255, 10]),
        orderKey: 'o',
        principal: 'p',
        traceId: 't',
        dropped: ['query a'],
        bodyKeyId: 'k',
      })
      await queue.add(given)
      await queue.add(given)
      const { failedAtMs, keepMs, isProvenUnsent: _proof, ...same } = given
      const found = await queue.get(given.id)
      expect(found).toMatchObject({
        ...same,
        headers: { ...same.headers },
        status: 'open',
        replays: 0,
        firstFailedAtMs: failedAtMs,
      })
      // PostgreSQL reads its clock for each of the two.
      const keptMs = found!.expiresAtMs - found!.visibleAtMs
      expect(keptMs).toBeGreaterThanOrEqual(keepMs)
      expect(keptMs).toBeLessThan(keepMs + 1_000)
      expect(await queue.list()).toHaveLength(1)
      expect(await queue.get('nobody')).toBeUndefined()
    }),
  )

  it(
    'lends a letter to one at a time and takes its word from the last one alone',
    withQueue(async (queue) => {
      await queue.add(letter())
      const first = await queue.claim(claiming({ leaseMs: 1 }))
      expect(first!.letter.replays).toBe(1)
      const second = await until(() => queue.claim(claiming()))
      expect(second.letter).toMatchObject({ id: first!.letter.id, replays: 2 })
      expect(await queue.claim(claiming())).toBeUndefined()
      expect(await queue.complete(first!, 200)).toBe(false)
      expect(await queue.release(first!, later)).toBe(false)
      expect(await queue.park(first!, 'late')).toBe(false)
      expect(await queue.complete(second, 201)).toBe(true)
      expect(await queue.complete(second, 201)).toBe(false)
      expect(await queue.get(first!.letter.id)).toMatchObject({ status: 'replayed', replayStatus: 201 })
    }),
  )

  it(
    'lends no letter twice to claims at the same time',
    withQueue(async (queue) => {
      for (let index = 0; index < 20; index += 1) await queue.add(letter())
      const claims = await Promise.all(Array.from({ length: 30 }, () => queue.claim(claiming())))
      const rest: (typeof claims)[number][] = []
      for (let claim = await queue.claim(claiming()); claim !== undefined; claim = await queue.claim(claiming()))
        rest.push(claim)
      const ids = [...claims, ...rest].flatMap((claim) => (claim === undefined ? [] : [claim.letter.id]))
      expect(ids).toHaveLength(20)
      expect(new Set(ids).size).toBe(20)
    }),
  )

  it(
    'keeps the order of a key, and lets others pass',
    withQueue(async (queue) => {
      const ids = ['a', 'a', 'b', undefined].map((orderKey) => letter({ orderKey }))
      for (const one of ids) await queue.add(one)
      await queue.add(letter({ orderKey: 'a', upstream: 'elsewhere' }))
      const claims = []
      for (let claim = await queue.claim(claiming()); claim !== undefined; claim = await queue.claim(claiming()))
        claims.push(claim)
      expect(claims.map(({ letter: { id } }) => id).toSorted()).toEqual(
        [ids[0], ids[2], ids[3]].map((one) => one!.id).toSorted(),
      )
      const first = claims.find(({ letter: { id } }) => id === ids[0]!.id)!
      // Neither a failure nor a parked letter lets the next one pass.
      await queue.release(first, later)
      expect(await queue.claim(claiming())).toBeUndefined()
      await queue.reopen({ ids: [ids[0]!.id] })
      const again = await queue.claim(claiming())
      expect(again!.letter.id).toBe(ids[0]!.id)
      await queue.park(again!, 'poison', failure)
      expect(await queue.claim(claiming())).toBeUndefined()
      expect((await queue.claim(claiming({ orderPolicy: 'skip' })))!.letter.id).toBe(ids[1]!.id)
    }),
  )

  it(
    'counts a replay, or not, and remembers a proof of the first send alone',
    withQueue(async (queue) => {
      await queue.add(letter({ isProvenUnsent: true }))
      const now = { ...later, delayMs: 0 }
      const first = await queue.claim(claiming())
      expect(first!.letter).toMatchObject({ replays: 1, unsentAtReplay: 0 })
      await queue.release(first!, { ...now, isCounted: false, isProvenUnsent: true })
      const second = await queue.claim(claiming())
      expect(second!.letter).toMatchObject({ replays: 1, unsentAtReplay: 0, errorCode: 'http-500', httpStatus: 500 })
      await queue.release(second!, { ...now, isProvenUnsent: true })
      const third = await queue.claim(claiming())
      expect(third!.letter).toMatchObject({ replays: 2, unsentAtReplay: 1 })
      await queue.release(third!, now)
      expect((await queue.claim(claiming()))!.letter).toMatchObject({ replays: 3, unsentAtReplay: undefined })
    }),
  )

  it(
    'obeys people, but not about what is under way',
    withQueue(async (queue) => {
      const letters = [letter(), letter({ errorCode: 'http-500' }), letter({ upstream: 'other' })]
      for (const one of letters) await queue.add(one)
      const claim = await queue.claim(claiming({ ids: [letters[0]!.id] }))
      expect(await queue.parkAll({ upstreams: ['shop'] }, 'wait')).toBe(1)
      expect(await queue.discard({ upstreams: ['shop'] })).toBe(1)
      expect(await queue.reopen({ ids: [letters[0]!.id] })).toBe(0)
      expect(await queue.complete(claim!, 200)).toBe(true)
      expect(await queue.reopen({})).toBe(2)
      expect(await queue.discard({ errorCode: 'http-500' })).toBe(1)
      const stats = await queue.stats()
      expect(stats).toMatchObject({
        byStatus: { open: 1, replayed: 1, parked: 0, discarded: 1 },
        byUpstream: { other: 1 },
        due: 1,
      })
      expect(stats.bytes).toBeGreaterThan(0)
      expect(await queue.list({ statuses: ['replayed'], limit: 1 })).toHaveLength(1)
      expect(await queue.vacuum()).toEqual({ removed: 2 })
      expect(await queue.check()).toBe('ok')
    }),
  )

  it(
    'takes values out of filters as values',
    withQueue(async (queue) => {
      await queue.add(letter())
      const nasty = `x' OR '1'='1"]`
      expect(await queue.list({ upstreams: [nasty], errorCode: nasty, orderKey: nasty, ids: [nasty] })).toEqual([])
      expect(await queue.discard({ upstreams: [nasty] })).toBe(0)
      expect(await queue.discard({ ids: [] })).toBe(0)
    }),
  )

  it(
    'sends nothing past its expiry and removes it',
    withQueue(async (queue) => {
      await queue.add(letter({ keepMs: 1 }))
      const kept = letter()
      await queue.add(kept)
      const removed = await until(async () => {
        const { removed: count, unreplayed } = await queue.removeExpired()
        return count === 0 ? undefined : { count, unreplayed }
      })
      expect(removed).toEqual({ count: 1, unreplayed: 1 })
      expect((await queue.list()).map(({ id }) => id)).toEqual([kept.id])
    }),
  )
}

const until = async <Value>(ask: () => Promise<Value | undefined>): Promise<Value> => {
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
  }
}
