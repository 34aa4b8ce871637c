import { runRuleCases } from '../../testing/rule-cases.ts'
import { noUnboundedFanOutCases } from './no-unbounded-fan-out.cases.ts'
import { noUnboundedFanOut } from './no-unbounded-fan-out.ts'

runRuleCases(noUnboundedFanOut, noUnboundedFanOutCases)
