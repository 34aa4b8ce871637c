import { runRuleCases } from '../../testing/rule-cases.ts'
import { structuredErrorLogCases } from './structured-error-log.cases.ts'
import { structuredErrorLog } from './structured-error-log.ts'

runRuleCases(structuredErrorLog, structuredErrorLogCases)
