import { describe, expect, it } from 'vitest'
import { CallLog } from './call-log.ts'

// Ten calls a second; a call succeeds when `isGoodAt` says so for the second it starts in.
const logOf = (seconds: number, isGoodAt: (second: number) => boolean): CallLog => {
  let nowMs = 0
  const log = new CallLog(() => nowMs)
  for (; nowMs < seconds * 1_000; nowMs += 100) {
    const call = log.begin()
    if (nowMs % 200 === 0) call.sent()
    if (isGoodAt(Math.floor(nowMs / 1_000))) call.succeeded()
  }
  return log
}

describe('CallLog', () => {
  it('counts calls by their start, admitted and rejected apart', () => {
    const log = logOf(20, (second) => second < 15)
    expect(log.summary(10_000, 20_000)).toEqual({ calls: 100, admitted: 50, rejected: 50, successes: 50, requests: 50 })
  })

  it('finds the start of the first good window after the repair', () => {
    expect(logOf(60, (second) => second >= 33).recoveryMs(30_000, 60_000)).toBe(3_000)
    expect(logOf(60, () => true).recoveryMs(30_000, 60_000)).toBe(0)
  })

  it('forgives one bad call in twenty, but no more', () => {
    expect(logOf(60, (second) => second !== 35).recoveryMs(30_000, 60_000)).toBe(6_000)
  })

  it('never recovers when no whole window is good', () => {
    expect(logOf(60, (second) => second >= 51).recoveryMs(30_000, 60_000)).toBe(Infinity)
  })

  it('counts later windows that are bad again', () => {
    expect(logOf(60, (second) => second !== 45 && second !== 58).relapses(30_000, 60_000)).toBe(2)
  })
})
