import { expect, it } from 'vitest'
import { operatorNote } from './operator-note.ts'

it.each([
  ['maintenance until noon', 'maintenance until noon'],
  ['ask with token=hunter2, then wait', 'ask with token=[redacted], then wait'],
  ['X-Api-Key: hunter2', 'X-Api-Key: [redacted]'],
  ['Authorization: Bearer hunter2', 'Authorization: Bearer [redacted]'],
  ['use Bearer hunter2', 'use Bearer [redacted]'],
  ['see https://u:hunter2@h/p', 'see https://[redacted]h/p'],
  ['{"password":"hunter2"}', '{"password":"[redacted]"}'],
])('%s', (note, shown) => {
  expect(operatorNote(note)).toBe(shown)
})

it('takes no longer for hostile words', () => {
  const startedMs = performance.now()
  for (const unit of ['token', 'a', '-', 'auth=', 'bearer ', '://']) operatorNote(unit.repeat(10_000))
  expect(performance.now() - startedMs).toBeLessThan(200)
})
