import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { noSecretInLogCases, noSecretInLogSuggestions } from './no-secret-in-log.cases.ts'
import { noSecretInLog } from './no-secret-in-log.ts'

runRuleCases(noSecretInLog, noSecretInLogCases)
expectSuggestions(noSecretInLog, noSecretInLogSuggestions)
