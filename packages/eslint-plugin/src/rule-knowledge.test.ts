import { describe, expect, it } from 'vitest'
import { knowledgeIn, knowledgeKeys } from './rule-knowledge.ts'
import { allRules } from './rules/index.ts'

describe('knowledge in the options of a rule', () => {
  it.each(allRules.map((rule) => [rule.name, rule] as const))(
    'is absent from the defaults of %s, which ESLint fills in for every file',
    (_name, { meta }) => {
      const [schema] = meta?.schema as readonly [{ properties: Record<string, unknown> }]
      expect(knowledgeIn(meta?.defaultOptions?.[0] as object, knowledgeKeys(schema.properties))).toBeUndefined()
    },
  )

  it('is what the user gave, without what says nothing', () => {
    const keys = knowledgeKeys({ wrappers: {}, loggers: {}, dialect: {}, callMap: {}, errorKey: {} })
    const options = {
      wrappers: ['withTimeout'],
      loggers: [],
      dialect: 'auto',
      callMap: false,
      errorKey: 'err',
    } as const
    expect(knowledgeIn(options, keys)).toEqual({ wrappers: ['withTimeout'], callMap: false })
  })

  it('takes no key that the rule does not have', () => {
    expect(knowledgeIn({ wrappers: ['withTimeout'] }, knowledgeKeys({ clients: {} }))).toBeUndefined()
  })
})
