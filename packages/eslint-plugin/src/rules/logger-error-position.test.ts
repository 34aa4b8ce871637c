import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { loggerErrorPositionCases, loggerErrorPositionSuggestions } from './logger-error-position.cases.ts'
import { loggerErrorPosition } from './logger-error-position.ts'

runRuleCases(loggerErrorPosition, loggerErrorPositionCases)
expectSuggestions(loggerErrorPosition, loggerErrorPositionSuggestions)
