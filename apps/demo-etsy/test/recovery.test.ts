import { expect, test } from 'vitest'
import { recoveryTime } from '../src/comparison/recovery.ts'
import type { CallRecord } from '../src/shop/call-journal.ts'

function call(offeredAtMs: number, outcome: CallRecord['outcome'] = 'answered'): CallRecord {
  return {
    callId: '',
    jobId: '',
    offeredAtMs,
    settledAtMs: offeredAtMs + 10,
    outcome,
    reason: null,
    isLocalRefusal: false,
  }
}

const steady = (fromMs: number, toMs: number, outcome?: CallRecord['outcome']): CallRecord[] =>
  Array.from({ length: (toMs - fromMs) / 100 }, (_, index) => call(fromMs + index * 100, outcome))

test('calls that work at once give 0', () => {
  expect(recoveryTime([...steady(0, 10_000, 'failed'), ...steady(10_000, 20_000)], 10_000, 20_000)).toBe(0)
})

test('the time is that of the first good window, with the failures before it over', () => {
  const calls = [...steady(10_000, 13_100, 'failed'), ...steady(13_100, 20_000)]
  expect(recoveryTime(calls, 10_000, 20_000)).toBe(3_250)
})

test('a relapse puts the recovery after it', () => {
  const calls = [...steady(10_000, 14_000), ...steady(14_000, 14_500, 'failed'), ...steady(14_500, 20_000)]
  expect(recoveryTime(calls, 10_000, 20_000)).toBe(4_500)
})

test('trouble up to the end is never, and so is a stretch without calls', () => {
  expect(recoveryTime(steady(10_000, 20_000, 'failed'), 10_000, 20_000)).toBe('never')
  expect(recoveryTime([], 10_000, 20_000)).toBe('never')
})

test('one failure among twenty is still normal, one among ten is not; a refusal for good is an answer', () => {
  const dense = Array.from({ length: 200 }, (_, index) =>
    call(10_000 + index * 50, index === 10 ? 'failed' : 'answered'),
  )
  expect(recoveryTime(dense, 10_000, 20_000)).toBe(0)
  const sparse = steady(10_000, 20_000).map((record, index) =>
    index === 5 ? { ...record, outcome: 'failed' as const } : record,
  )
  expect(recoveryTime(sparse, 10_000, 20_000)).toBe(750)
  expect(recoveryTime(steady(10_000, 20_000, 'rejected'), 10_000, 20_000)).toBe(0)
})

test('trouble of the next phase does not count', () => {
  const calls = [...steady(10_000, 20_000), ...steady(20_000, 25_000, 'failed')]
  expect(recoveryTime(calls, 10_000, 20_000)).toBe(0)
})
