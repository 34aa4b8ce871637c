import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { requireErrorCauseCases, requireErrorCauseSuggestions } from './require-error-cause.cases.ts'
import { requireErrorCause } from './require-error-cause.ts'

runRuleCases(requireErrorCause, requireErrorCauseCases)
expectSuggestions(requireErrorCause, requireErrorCauseSuggestions)
