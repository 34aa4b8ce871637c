import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { noStackInResponseCases, noStackInResponseSuggestions } from './no-stack-in-response.cases.ts'
import { noStackInResponse } from './no-stack-in-response.ts'

runRuleCases(noStackInResponse, noStackInResponseCases)
expectSuggestions(noStackInResponse, noStackInResponseSuggestions)
