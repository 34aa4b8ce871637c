import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { noFloatingCallCases, noFloatingCallSuggestions } from './no-floating-call.cases.ts'
import { noFloatingCall } from './no-floating-call.ts'

runRuleCases(noFloatingCall, noFloatingCallCases)
expectSuggestions(noFloatingCall, noFloatingCallSuggestions)
