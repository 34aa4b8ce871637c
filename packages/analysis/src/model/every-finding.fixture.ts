import { parseSync } from 'oxc-parser'
import { findBareCatches } from '../detectors/bare-catch.ts'
import { findMissingRetries } from '../detectors/missing-retry.ts'
import { findMissingTimeouts } from '../detectors/missing-timeout.ts'
import { findUnstructuredErrorLogs } from '../detectors/unstructured-error-log.ts'
import { analyseFile, type Finding } from './analysis.ts'
import { noFacts } from './project-facts.ts'

const call = { ignoreUrls: [], sameOrigin: 'check', browserExternal: 'report', reportUnknown: true } as const

/** All findings of all detectors with their strictest options. */
export function everyFinding(code: string, name = 'a.tsx'): Finding[] {
  const parsed = parseSync(name, code, { preserveParens: false })
  const analysis = analyseFile(parsed.program, [], code, name, noFacts)
  return [
    ...findBareCatches(analysis, { comments: 'never', handlers: [], strictProbes: true }),
    ...findMissingTimeouts(analysis, { ...call, suggestedMs: 1 }),
    ...findMissingRetries(analysis, { ...call, methods: ['POST'], scripts: 'check', allowBestEffort: true }),
    ...findUnstructuredErrorLogs(analysis, {
      console: 'always',
      browser: 'check',
      requireWholeError: true,
      errorKey: 'err',
    }),
  ]
}
