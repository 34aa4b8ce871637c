import { parseSync } from 'oxc-parser'
import { findBareCatches } from '../detectors/bare-catch.ts'
import { findBroadCatches } from '../detectors/broad-catch.ts'
import { findFloatingCalls, unknownLooseCalls } from '../detectors/floating-call.ts'
import { findGenericThrows } from '../detectors/generic-throw.ts'
import { findMisplacedErrors } from '../detectors/logger-error-position.ts'
import { findLostCauses } from '../detectors/lost-cause.ts'
import { findMissingLogContexts } from '../detectors/missing-log-context.ts'
import { findNullsOnError } from '../detectors/null-on-error.ts'
import { findSecretsInLogs } from '../detectors/secret-in-log.ts'
import { findStacksInResponses } from '../detectors/stack-in-response.ts'
import { findMissingRetries } from '../detectors/missing-retry.ts'
import { findMissingTimeouts } from '../detectors/missing-timeout.ts'
import { findBreakersWithoutFallback } from '../detectors/breaker-fallback.ts'
import { findClientErrorRetries } from '../detectors/client-error-retry.ts'
import { findFixedDelays } from '../detectors/fixed-delay-retry.ts'
import { findIgnoredRetryAfter } from '../detectors/ignored-retry-after.ts'
import { findNestedRetries } from '../detectors/nested-retry.ts'
import { findTimerLeaks } from '../detectors/timer-leak.ts'
import { findUnboundedFanOut } from '../detectors/unbounded-fan-out.ts'
import { findUnboundedRetries } from '../detectors/unbounded-retry.ts'
import { findUncheckedResponses } from '../detectors/unchecked-response.ts'
import { findUnsafeRetries } from '../detectors/unsafe-retry.ts'
import { findUnstructuredErrorLogs } from '../detectors/unstructured-error-log.ts'
import { analyseFile, type Finding } from './analysis.ts'
import { noFacts } from './project-facts.ts'

const call = { ignoreUrls: [], sameOrigin: 'check', browserExternal: 'report', reportUnknown: true } as const

/** All findings of all detectors with their strictest options. */
export function everyFinding(code: string, name = 'a.tsx'): Finding[] {
  const parsed = parseSync(name, code, { preserveParens: false })
  const analysis = analyseFile(parsed.program, [], code, name, noFacts)
  return [
    ...findBareCatches(analysis, {
      comments: 'never',
      handlers: [],
      strictProbes: true,
      allowNames: [],
      probes: [],
      returnNull: 'always',
    }),
    ...findMissingTimeouts(analysis, { ...call, maxMs: 1, streams: 'check', instances: 'create', suggestedMs: 1 }),
    ...findMissingRetries(analysis, {
      ...call,
      methods: ['POST'],
      scripts: 'check',
      sideEffectUrls: [],
      budgetMs: 0,
      allowBestEffort: true,
    }),
    ...findFixedDelays(analysis, { requireJitter: true, minAttempts: 1 }),
    ...findUnboundedRetries(analysis, { allowReconnect: false }),
    ...findClientErrorRetries(analysis, { allow: [], defaultConditions: 'check' }),
    ...findUnsafeRetries(analysis, { ...call, safePosts: [], sideEffectUrls: ['/'], keyHeaders: [] }),
    ...findIgnoredRetryAfter(analysis, { statuses: [429, 503] }),
    ...findUncheckedResponses(analysis, { ...call, checkers: [], checkFirst: true }),
    ...findUnboundedFanOut(analysis, { ...call, max: 1 }),
    ...findBreakersWithoutFallback(analysis, { boundaries: [] }),
    ...findNestedRetries(analysis),
    ...findTimerLeaks(analysis),
    ...findBroadCatches(analysis, { maxStatements: 1 }),
    ...findFloatingCalls(analysis, { ...call, allowVoid: false }),
    ...unknownLooseCalls(analysis).map(({ call: node }) => ({ node, messageId: 'floating' })),
    ...findGenericThrows(analysis, { domainErrors: ['AppError'] }),
    ...findMisplacedErrors(analysis),
    ...findLostCauses(analysis, { delegate: false }),
    ...findMissingLogContexts(analysis, { fields: ['requestId'], any: false }),
    ...findNullsOnError(analysis),
    ...findSecretsInLogs(analysis, { names: ['a'], allow: [], redactors: [] }),
    ...findStacksInResponses(analysis),
    ...findUnstructuredErrorLogs(analysis, {
      console: 'always',
      browser: 'check',
      requireWholeError: true,
      errorKey: 'err',
    }),
  ]
}
