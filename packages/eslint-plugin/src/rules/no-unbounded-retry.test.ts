import { runRuleCases } from '../../testing/rule-cases.ts'
import { noUnboundedRetryCases } from './no-unbounded-retry.cases.ts'
import { noUnboundedRetry } from './no-unbounded-retry.ts'

runRuleCases(noUnboundedRetry, noUnboundedRetryCases)
