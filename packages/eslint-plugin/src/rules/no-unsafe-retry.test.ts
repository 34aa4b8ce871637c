import { runRuleCases } from '../../testing/rule-cases.ts'
import { noUnsafeRetryCases } from './no-unsafe-retry.cases.ts'
import { noUnsafeRetry } from './no-unsafe-retry.ts'

runRuleCases(noUnsafeRetry, noUnsafeRetryCases)
