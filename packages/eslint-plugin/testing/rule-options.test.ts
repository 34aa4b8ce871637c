import { Linter } from 'eslint'
import { Linter as Linter9 } from 'eslint9'
import { describe, expect, it } from 'vitest'
import plugin from '../src/index.ts'
import { allRules } from '../src/rules/index.ts'

const engines = [Linter, Linter9 as unknown as typeof Linter]

function verify(LinterClass: typeof Linter, rule: string, options: object): void {
  new LinterClass().verify('x', [
    { plugins: { holdfast: plugin }, rules: { [`holdfast/${rule}`]: ['error', options] } },
  ])
}

describe.each(allRules)('$name', (rule) => {
  const [schema] = rule.meta?.schema as [{ properties: Record<string, { type?: string; enum?: unknown[] }> }]

  it('refuses an option that it does not have, and names it', () => {
    for (const engine of engines)
      expect(() => {
        verify(engine, rule.name, { tiemout: 1 })
      }).toThrow(/tiemout/)
  })

  it('refuses a wrong value of each of its options', () => {
    for (const option of Object.keys(schema.properties))
      for (const engine of engines)
        expect(() => {
          verify(engine, rule.name, { [option]: { wrong: 1 } })
        }, option).toThrow(new RegExp(`holdfast/${rule.name}[\\s\\S]*(${option}|wrong)`))
  })

  it('describes every option', () => {
    for (const [option, { description }] of Object.entries(
      schema.properties as unknown as Record<string, { description?: string }>,
    ))
      expect(description, option).toMatch(/^[A-Z].*\.$/)
  })
})
