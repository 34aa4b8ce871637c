import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { noBareCatchCases } from '../src/rules/no-bare-catch.cases.ts'
import { requireRetryCases } from '../src/rules/require-retry.cases.ts'
import { requireTimeoutCases } from '../src/rules/require-timeout.cases.ts'
import { structuredErrorLogCases } from '../src/rules/structured-error-log.cases.ts'
import { expanded, type RuleCases } from './rule-cases.ts'

const CASES: Readonly<Record<string, RuleCases>> = {
  'no-bare-catch': noBareCatchCases,
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
