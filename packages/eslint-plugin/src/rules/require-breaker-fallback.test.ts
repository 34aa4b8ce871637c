import { runRuleCases } from '../../testing/rule-cases.ts'
import { requireBreakerFallbackCases } from './require-breaker-fallback.cases.ts'
import { requireBreakerFallback } from './require-breaker-fallback.ts'

runRuleCases(requireBreakerFallback, requireBreakerFallbackCases)
