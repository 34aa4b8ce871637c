import { test } from 'vitest'
import { killAtRandom } from './kill-run.ts'

test('the publish job killed with SIGKILL 50 times: nothing twice, nothing missing', () => killAtRandom(50, 500, 0, 11))

test('the shipping job killed with SIGKILL 50 times: one e-mail for each buyer', () => killAtRandom(50, 0, 1_500, 12))
