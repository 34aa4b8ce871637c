import { expect, test } from 'vitest'
import { killAtRandomPoints } from './kill.ts'
import { stage } from './stage.ts'

test('kill -9 at 50 random points: a sound database each time, and the month is completed after them', async () => {
  const made = await stage({ simulator: { windowPermits: 100_000 } })
  const cut = await killAtRandomPoints(made, 50, 11)
  console.log(`${cut} of 50 kills hit the job at work`)
  expect(cut).toBeGreaterThan(20)
})
