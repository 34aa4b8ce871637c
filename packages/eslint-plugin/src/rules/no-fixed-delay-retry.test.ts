import { runRuleCases } from '../../testing/rule-cases.ts'
import { noFixedDelayRetryCases } from './no-fixed-delay-retry.cases.ts'
import { noFixedDelayRetry } from './no-fixed-delay-retry.ts'

runRuleCases(noFixedDelayRetry, noFixedDelayRetryCases)
