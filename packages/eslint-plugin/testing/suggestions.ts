import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { expect, it } from 'vitest'
import type { HoldfastRule } from '../src/rule-definition.ts'

function applied(code: string, fix: { readonly range: readonly [number, number]; readonly text: string }): string {
  return code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1])
}

/** Asserts what the suggestions of a rule make of code: each entry is the code and what each suggestion turns it into. */
export function expectSuggestions(rule: HoldfastRule, entries: readonly (readonly [string, ...string[]])[]): void {
  it.each(entries.map(([code, ...outputs]) => ({ code, outputs })))(
    `${rule.name} suggests for: $code`,
    ({ code, outputs }) => {
      const messages = new Linter().verify(code, [
        {
          languageOptions: { parser },
          plugins: { holdfast: { rules: { [rule.name]: rule } } },
          rules: { [`holdfast/${rule.name}`]: 'error' },
        },
      ] as Linter.Config[])
      const suggestions = messages.flatMap((message) => message.suggestions ?? [])
      expect(suggestions.map(({ fix }) => applied(code, fix))).toEqual(outputs)
    },
  )
}
