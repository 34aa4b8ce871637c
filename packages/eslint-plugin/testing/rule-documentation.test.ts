import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import plugin from '../src/index.ts'
import { allRules } from '../src/rules/index.ts'

/** The formatter pads table cells. */
const unpadded = (text: string): string => text.replace(/ {2,}/g, ' ')

const folder = path.resolve(import.meta.dirname, '../docs/rules')

it('there is one page for each rule', () => {
  expect(readdirSync(folder).sort()).toEqual(allRules.map((rule) => `${rule.name}.md`).sort())
})

describe.each(allRules)('$name', (rule) => {
  const source = readFileSync(path.join(folder, `${rule.name}.md`), 'utf8')
  const text = unpadded(source)
  const examples = [...source.matchAll(/```js (incorrect|correct)\n([\s\S]*?)```/g)].map(([, kind, code]) => ({
    kind: kind ?? '',
    code: code ?? '',
  }))

  it('names every option with its default', () => {
    const [defaults] = rule.meta?.defaultOptions as [Record<string, unknown>]
    for (const [option, value] of Object.entries(defaults)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${option}\` |`))
      expect(row).toContain(`| \`${JSON.stringify(value)}\` |`)
    }
  })

  it.each(examples)('documents code that is $kind:\n$code', ({ kind, code }) => {
    const messages = new Linter().verify(code, [
      { languageOptions: { parser }, plugins: { holdfast: plugin }, rules: { [`holdfast/${rule.name}`]: 'error' } },
    ] as Linter.Config[])
    expect(messages.map((message) => message.ruleId)).toEqual(kind === 'incorrect' ? [`holdfast/${rule.name}`] : [])
  })
})
