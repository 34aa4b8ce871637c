import { test } from 'vitest'
import { killAtRandom } from './kill-run.ts'

test('a worker killed with SIGKILL 50 times: nothing twice, nothing missing', () => killAtRandom(50, 600, 500, 11))
