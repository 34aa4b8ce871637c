import { it } from 'vitest'
import { checkBreakerAgainstModel } from '../../test/breaker-commands.ts'

it('agrees with the model in thousands of runs', () => checkBreakerAgainstModel(3_000))
