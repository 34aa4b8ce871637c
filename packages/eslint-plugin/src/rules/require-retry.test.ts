import { runRuleCases } from '../../testing/rule-cases.ts'
import { requireRetryCases } from './require-retry.cases.ts'
import { requireRetry } from './require-retry.ts'

runRuleCases(requireRetry, requireRetryCases)
