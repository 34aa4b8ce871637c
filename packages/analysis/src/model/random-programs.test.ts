import fc from 'fast-check'
import { expect, it } from 'vitest'
import { everyFinding } from './every-finding.fixture.ts'
import { statement } from './random-program.fixture.ts'

it('never throws on random programs', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), (statements) => {
      for (const finding of everyFinding(statements.join('\n'), 'a.js')) expect(finding.node.type).toBeTypeOf('string')
    }),
    { numRuns: 60 },
  )
})
