import { test } from 'vitest'
import { killAtRandom } from './kill-run.ts'

test('a worker killed with SIGKILL 5 times: nothing twice, nothing missing', { timeout: 180_000 }, () =>
  killAtRandom(5, 40, 40, 7),
)
