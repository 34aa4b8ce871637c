import { createPolicy, deadline, fallback, retry, standardPolicy, wrapFetch } from '@holdfast/core'
import { createTestClock, scriptedFetch } from '@holdfast/core/testing'
import { deadLetters, type NewDeadLetter } from '@holdfast/dead-letter'
import { expect, it } from 'vitest'

it('stands in a standard policy inside of fallback, so that a call is kept and answered', async () => {
  const clock = createTestClock()
  const letters: NewDeadLetter[] = []
  const policy = standardPolicy({
    name: 'standard',
    clock,
    idempotencyKey: 'auto',
    deadLetters: deadLetters({ queue: { add: async (letter) => void letters.push(letter) } }),
    fallback: { answer: () => new Response('later', { status: 202 }) },
  })
  expect(policy.describe().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['fallback', 'deadLetters', 'deadline']),
  )
  const send = wrapFetch(policy, scriptedFetch(clock, [503]))
  const call = send('https://api.example/orders', {
    method: 'POST',
    body: 'x',
    resilience: { deadLetters: { orderKey: 'customer-1', principal: 'user-7' } },
  })
  expect((await clock.run(call)).status).toBe(202)
  expect(letters).toMatchObject([{ upstream: 'standard', attempts: 3, orderKey: 'customer-1', principal: 'user-7' }])
  await clock.run(send('https://api.example/orders', { method: 'POST', resilience: { deadLetters: false } }))
  expect(letters).toHaveLength(1)
  policy.close()
})

it('is refused where it could keep nothing', () => {
  const queue = { add: async () => undefined }
  const wrong = (strategies: Parameters<typeof createPolicy>[0]['strategies']) => () =>
    createPolicy({ name: 'wrong', strategies })
  expect(wrong([retry(), deadLetters({ queue })])).toThrow('it keeps what failed for good')
  expect(wrong([deadline(), deadLetters({ queue })])).toThrow('it keeps what failed for good')
  expect(wrong([deadLetters({ queue }), fallback({ answer: () => 1 })])).toThrow('would not be kept')
})
