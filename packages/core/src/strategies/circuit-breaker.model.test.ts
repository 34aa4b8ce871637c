import { it } from 'vitest'
import { checkBreakerAgainstModel } from '../../test/breaker-commands.ts'

it('agrees with the model over calls, aborts, clock jumps both ways and orders', () => checkBreakerAgainstModel(15))
