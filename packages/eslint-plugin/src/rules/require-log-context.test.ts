import { runRuleCases } from '../../testing/rule-cases.ts'
import { requireLogContextCases } from './require-log-context.cases.ts'
import { requireLogContext } from './require-log-context.ts'

runRuleCases(requireLogContext, requireLogContextCases)
