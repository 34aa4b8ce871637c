import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { noClientErrorRetryCases } from './no-client-error-retry.cases.ts'
import { noClientErrorRetry } from './no-client-error-retry.ts'

runRuleCases(noClientErrorRetry, noClientErrorRetryCases)

expectSuggestions(noClientErrorRetry, [
  [
    'const config = { retry: { statusCodes: [400, 429, 404, 500] } }',
    'const config = { retry: { statusCodes: [429, 500] } }',
  ],
  ['const RETRY_STATUS_CODES = new Set([404])', 'const RETRY_STATUS_CODES = new Set([])'],
  ['const policy = { shouldRetry: (e) => e.status >= 400 }'],
])
