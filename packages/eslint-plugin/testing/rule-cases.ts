import * as parser from '@typescript-eslint/parser'
import { Linter, RuleTester } from 'eslint'
import { Linter as Linter9, RuleTester as RuleTester9 } from 'eslint9'
import { describe, it } from 'vitest'
import type { HoldfastRule } from '../src/rule-definition.ts'

/** A piece of code with what it needs; a bare string is code alone. */
export type Code =
  | string
  | {
      readonly code: string
      readonly filename?: string
      readonly options?: object
      readonly settings?: object
      /** What the suggestions of the first report make of the code: message id and text. */
      readonly suggestions?: readonly (readonly [messageId: string, output: string])[]
    }

export interface RuleCases {
  readonly valid: readonly Code[]
  /** Code with the message ids of its reports, in order. A report on another line than the first is written `id@3`. */
  readonly invalid: readonly (readonly [Code, ...string[]])[]
}

const languageOptions = {
  parser,
  ecmaVersion: 'latest',
  sourceType: 'module',
  parserOptions: { ecmaFeatures: { jsx: true } },
} as const

export function expanded(code: Code): { code: string; filename: string; options: object[]; settings: object } {
  const full = typeof code === 'string' ? { code } : code
  return {
    code: full.code,
    filename: full.filename ?? 'src/example.ts',
    options: full.options ? [full.options] : [],
    settings: full.settings ? { holdfast: full.settings } : {},
  }
}

function suggestionCounts(LinterClass: typeof Linter, rule: HoldfastRule, code: Code): number[] {
  const full = expanded(code)
  const messages = new LinterClass().verify(
    full.code,
    [
      {
        files: ['**'],
        languageOptions,
        settings: full.settings,
        plugins: { holdfast: { rules: { [rule.name]: rule } } },
        rules: { [`holdfast/${rule.name}`]: ['error', ...full.options] },
      },
    ] as Linter.Config[],
    full.filename,
  )
  return messages.map((message) => message.suggestions?.length ?? 0)
}

/** Runs the cases of a rule through the rule testers of ESLint 9 and 10. */
export function runRuleCases(rule: HoldfastRule, cases: RuleCases): void {
  const engines = [
    ['ESLint 10', RuleTester, Linter],
    ['ESLint 9', RuleTester9 as unknown as typeof RuleTester, Linter9 as unknown as typeof Linter],
  ] as const
  for (const [name, Tester, LinterClass] of engines) {
    describe(`${rule.name} on ${name}`, () => {
      Tester.describe = (text: string, run: () => void) => describe(text, run)
      Tester.it = (text: string, run: () => void) => {
        it(text, run)
      }
      Tester.itOnly = it.only
      new Tester({ languageOptions }).run(rule.name, rule, {
        valid: cases.valid.map((code) => expanded(code)) as never,
        invalid: cases.invalid.map(([code, ...reports]) => {
          const suggestions = suggestionCounts(LinterClass, rule, code)
          return {
            ...expanded(code),
            errors: reports.map((report, index) => {
              const [messageId, line] = report.split('@')
              const count = suggestions[index] ?? 0
              const outputs = index === 0 && typeof code !== 'string' ? code.suggestions : undefined
              const expected = outputs?.map(([id, output]) => ({ messageId: id, output })) ?? count
              return {
                messageId: messageId ?? '',
                line: Number(line ?? 1),
                ...(count > 0 || outputs ? { suggestions: expected } : {}),
              }
            }),
          }
        }) as never,
      })
    })
  }
}
