import { runRuleCases } from '../../testing/rule-cases.ts'
import { noTimerLeakCases } from './no-timer-leak.cases.ts'
import { noTimerLeak } from './no-timer-leak.ts'

runRuleCases(noTimerLeak, noTimerLeakCases)
