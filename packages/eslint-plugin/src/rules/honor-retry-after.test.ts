import { runRuleCases } from '../../testing/rule-cases.ts'
import { honorRetryAfterCases } from './honor-retry-after.cases.ts'
import { honorRetryAfter } from './honor-retry-after.ts'

runRuleCases(honorRetryAfter, honorRetryAfterCases)
