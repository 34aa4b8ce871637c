import { runRuleCases } from '../../testing/rule-cases.ts'
import { requireTimeoutCases } from './require-timeout.cases.ts'
import { requireTimeout } from './require-timeout.ts'

runRuleCases(requireTimeout, requireTimeoutCases)
