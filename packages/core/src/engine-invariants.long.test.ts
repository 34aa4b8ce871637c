import { it } from 'vitest'
import { checkInvariants } from '../test/engine-acts.ts'

it.each([false, true])('hold in thousands of runs; client deaf to aborts: %s', (isDeaf) =>
  checkInvariants(isDeaf, 2_000),
)
