import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { honorRetryAfterCases } from '../src/rules/honor-retry-after.cases.ts'
import { noBareCatchCases } from '../src/rules/no-bare-catch.cases.ts'
import { noClientErrorRetryCases } from '../src/rules/no-client-error-retry.cases.ts'
import { noFixedDelayRetryCases } from '../src/rules/no-fixed-delay-retry.cases.ts'
import { noNestedRetryCases } from '../src/rules/no-nested-retry.cases.ts'
import { noTimerLeakCases } from '../src/rules/no-timer-leak.cases.ts'
import { noUnboundedFanOutCases } from '../src/rules/no-unbounded-fan-out.cases.ts'
import { noUnboundedRetryCases } from '../src/rules/no-unbounded-retry.cases.ts'
import { noUnsafeRetryCases } from '../src/rules/no-unsafe-retry.cases.ts'
import { requireBreakerFallbackCases } from '../src/rules/require-breaker-fallback.cases.ts'
import { requireResponseCheckCases } from '../src/rules/require-response-check.cases.ts'
import { requireRetryCases } from '../src/rules/require-retry.cases.ts'
import { requireTimeoutCases } from '../src/rules/require-timeout.cases.ts'
import { structuredErrorLogCases } from '../src/rules/structured-error-log.cases.ts'
import { noStackInResponseCases } from '../src/rules/no-stack-in-response.cases.ts'
import { requireErrorCauseCases } from '../src/rules/require-error-cause.cases.ts'
import { noSecretInLogCases } from '../src/rules/no-secret-in-log.cases.ts'
import { loggerErrorPositionCases } from '../src/rules/logger-error-position.cases.ts'
import { noNullOnErrorCases } from '../src/rules/no-null-on-error.cases.ts'
import { noBroadCatchCases } from '../src/rules/no-broad-catch.cases.ts'
import { noGenericThrowCases } from '../src/rules/no-generic-throw.cases.ts'
import { requireLogContextCases } from '../src/rules/require-log-context.cases.ts'
import { noFloatingCallCases } from '../src/rules/no-floating-call.cases.ts'
import { expanded, type RuleCases } from './rule-cases.ts'

const CASES: Readonly<Record<string, RuleCases>> = {
  'honor-retry-after': honorRetryAfterCases,
  'logger-error-position': loggerErrorPositionCases,
  'no-bare-catch': noBareCatchCases,
  'no-broad-catch': noBroadCatchCases,
  'no-client-error-retry': noClientErrorRetryCases,
  'no-fixed-delay-retry': noFixedDelayRetryCases,
  'no-floating-call': noFloatingCallCases,
  'no-generic-throw': noGenericThrowCases,
  'no-nested-retry': noNestedRetryCases,
  'no-null-on-error': noNullOnErrorCases,
  'no-secret-in-log': noSecretInLogCases,
  'no-stack-in-response': noStackInResponseCases,
  'no-timer-leak': noTimerLeakCases,
  'no-unbounded-fan-out': noUnboundedFanOutCases,
  'no-unbounded-retry': noUnboundedRetryCases,
  'no-unsafe-retry': noUnsafeRetryCases,
  'require-breaker-fallback': requireBreakerFallbackCases,
  'require-error-cause': requireErrorCauseCases,
  'require-log-context': requireLogContextCases,
  'require-response-check': requireResponseCheckCases,
  'require-retry': requireRetryCases,
  'require-timeout': requireTimeoutCases,
  'structured-error-log': structuredErrorLogCases,
}

const folder = mkdtempSync(path.join(import.meta.dirname, '.oxlint-'))
const binary = path.join(path.dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint')

afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface OxlintReport {
  readonly diagnostics: readonly {
    readonly code: string
    readonly filename: string
    readonly labels: readonly { readonly span: { readonly line: number } }[]
  }[]
}

function runOxlint(rule: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let output: string
  try {
    output = execFileSync(
      process.execPath,
      ['--conditions=@holdfast/source', binary, '-c', 'oxlintrc.json', '-f', 'json', rule],
      { cwd: folder, encoding: 'utf8' },
    )
  } catch (error) {
    // oxlint exits with 1 when it reports something.
    output = (error as { stdout: string }).stdout
  }
  for (const diagnostic of (JSON.parse(output) as OxlintReport).diagnostics) {
    const name = path.basename(diagnostic.filename).split('.')[0] ?? ''
    found.set(name, [...(found.get(name) ?? []), `${diagnostic.code}@${diagnostic.labels[0]?.span.line}`])
  }
  return found
}

// One process for each rule; starting one takes most of a second.
it.for(Object.entries(CASES))(
  'oxlint reports the same lines as ESLint for %s',
  { timeout: 30_000 },
  ([rule, cases]) => {
    mkdirSync(path.join(folder, rule))
    writeFileSync(
      path.join(folder, 'oxlintrc.json'),
      JSON.stringify({
        jsPlugins: [{ name: 'holdfast', specifier: path.resolve(import.meta.dirname, '../src/index.ts') }],
        categories: { correctness: 'off' },
        rules: { [`holdfast/${rule}`]: 'error' },
      }),
    )
    const expected = new Map<string, string[]>()
    const write = (name: string, code: RuleCases['valid'][number], reports: readonly string[]): void => {
      const full = expanded(code)
      if (full.options.length > 0 || Object.keys(full.settings).length > 0) return
      writeFileSync(path.join(folder, rule, `${name}${path.basename(full.filename).replace(/^[^.]+/, '')}`), full.code)
      expected.set(
        name,
        reports.map((report) => `holdfast(${rule})@${report.split('@')[1] ?? '1'}`),
      )
    }
    cases.valid.forEach((code, index) => {
      write(`valid-${index}`, code, [])
    })
    cases.invalid.forEach(([code, ...reports], index) => {
      write(`invalid-${index}`, code, reports)
    })
    const found = runOxlint(rule)
    for (const [name, reports] of expected) expect({ name, reports: found.get(name) ?? [] }).toEqual({ name, reports })
  },
)
