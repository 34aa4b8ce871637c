import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headOfHeaders } from '../response-head.ts'
import { parseCacheControl, type CacheControl } from './cache-control.ts'
import { ageMs, freshnessOf, mayServe } from './freshness.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = 86_400_000
const control = (field: string): CacheControl => parseCacheControl(field)!
const http = (ms: number): string => new Date(ms).toUTCString()

const freshness = (
  headers: Record<string, string>,
  {
    isShared = true,
    maxStaleMs = DAY,
    delayMs = 0,
  }: { isShared?: boolean; maxStaleMs?: number; delayMs?: number } = {},
) =>
  freshnessOf(
    headOfHeaders(200, headers),
    control(headers['cache-control'] ?? ''),
    { askedAtMs: NOW - delayMs, answeredAtMs: NOW },
    isShared,
    maxStaleMs,
  )

describe('freshnessOf', () => {
  it.each<[string, Record<string, string>, number]>([
    ['max-age', { 'cache-control': 'max-age=60', expires: http(NOW + DAY) }, 60_000],
    ['s-maxage before max-age', { 'cache-control': 'max-age=60, s-maxage=10' }, 10_000],
    ['Expires less Date', { date: http(NOW - 5_000), expires: http(NOW + 25_000) }, 30_000],
    ['Expires in the past', { date: http(NOW), expires: http(NOW - 1_000) }, 0],
    ['an invalid Expires', { expires: '0', 'last-modified': http(NOW - DAY) }, 0],
    ['a tenth of the time since the last change', { date: http(NOW), 'last-modified': http(NOW - DAY) }, DAY / 10],
    ['nothing at all', {}, 0],
  ])('lifetime from %s', (_, headers, lifetimeMs) => {
    expect(freshness(headers).lifetimeMs).toBe(lifetimeMs)
  })

  it('leaves s-maxage and proxy-revalidate to what several users share', () => {
    const headers = { 'cache-control': 'max-age=60, s-maxage=10, proxy-revalidate' }
    expect(freshness(headers)).toMatchObject({ lifetimeMs: 10_000, staleMs: 0 })
    expect(freshness(headers, { isShared: false })).toMatchObject({ lifetimeMs: 60_000, staleMs: DAY })
  })

  it.each<[string, number]>([
    ['', DAY],
    ['stale-if-error=60', 60_000],
    ['stale-if-error=0', 0],
    ['stale-if-error=999999', DAY],
    ['must-revalidate, stale-if-error=60', 0],
  ])('may be stale with %j', (field, staleMs) => {
    expect(freshness({ 'cache-control': field }).staleMs).toBe(staleMs)
  })

  it.each<[string, Record<string, string>, number, number]>([
    ['Age and the time on the way', { age: '10' }, 2_000, 12_000],
    ['the Date where that is older', { date: http(NOW - 60_000), age: '10' }, 2_000, 60_000],
    ['no Date ahead of us', { date: http(NOW + 60_000) }, 0, 0],
    ['no Age that is no number', { age: '-5' }, 0, 0],
  ])('counts as its age %s', (_, headers, delayMs, initialAgeMs) => {
    expect(freshness(headers, { delayMs }).initialAgeMs).toBe(initialAgeMs)
  })
})

describe('mayServe', () => {
  const kept = { initialAgeMs: 0, lifetimeMs: 60_000, staleMs: 120_000 }
  it.each<[number, string, boolean]>([
    [60_000, '', true],
    [180_000, '', true],
    [180_001, '', false],
    [90_000, 'stale-if-error=30', true],
    [90_001, 'stale-if-error=30', false],
    [90_001, 'max-stale=30', false],
    [30_000, 'stale-if-error=0', true],
    [60_001, 'stale-if-error=0', false],
    [10_000, 'max-age=5', false],
    [90_000, 'max-age=5, max-stale', true],
    [30_000, 'min-fresh=30', true],
    [30_001, 'min-fresh=30', false],
  ])('at %i ms, asked for with %j: %j', (age, wanted, expected) => {
    expect(mayServe(kept, age, control(wanted))).toBe(expected)
  })
})

it('property: served exactly while age <= lifetime + allowed staleness, whatever the headers and clocks', () => {
  const seconds = fc.integer({ min: 0, max: 100_000 })
  const optional = fc.option(seconds, { nil: undefined })
  const plan = fc.record({
    maxAge: optional,
    staleIfError: optional,
    expiresIn: optional,
    age: optional,
    dateAgo: fc.option(fc.integer({ min: -1_000, max: 100_000 }), { nil: undefined }),
    delayMs: fc.integer({ min: 0, max: 60_000 }),
    mustRevalidate: fc.boolean(),
    maxStale: seconds,
    resident: seconds,
    setBack: fc.boolean(),
  })
  fc.assert(
    fc.property(plan, (given) => {
      const directives = [
        ...(given.maxAge === undefined ? [] : [`max-age=${given.maxAge}`]),
        ...(given.staleIfError === undefined ? [] : [`stale-if-error=${given.staleIfError}`]),
        ...(given.mustRevalidate ? ['must-revalidate'] : []),
      ]
      const sentAt = given.dateAgo === undefined ? NOW : NOW - given.dateAgo * 1_000
      const headers = {
        'cache-control': directives.join(', '),
        ...(given.age === undefined ? {} : { age: String(given.age) }),
        ...(given.dateAgo === undefined ? {} : { date: http(sentAt) }),
        ...(given.expiresIn === undefined ? {} : { expires: http(sentAt + given.expiresIn * 1_000) }),
      }
      const kept = freshness(headers, { delayMs: given.delayMs, maxStaleMs: given.maxStale * 1_000 })
      // RFC 9111 section 4.2.3, word for word.
      const apparent = Math.max(0, NOW - sentAt)
      const corrected = (given.age ?? 0) * 1_000 + given.delayMs
      const current = Math.max(apparent, corrected) + given.resident * 1_000
      const lifetime = (given.maxAge ?? given.expiresIn ?? 0) * 1_000
      const allowed = given.mustRevalidate ? 0 : Math.min(given.staleIfError ?? Infinity, given.maxStale) * 1_000
      const age = ageMs(kept, NOW, NOW + given.resident * 1_000)
      expect(age).toBe(current)
      expect(mayServe(kept, age, control(''))).toBe(current <= lifetime + allowed)
      // A wall clock that is set back makes nothing younger than it came.
      if (given.setBack) expect(ageMs(kept, NOW, NOW - DAY)).toBe(kept.initialAgeMs)
    }),
    { numRuns: 500 },
  )
})
