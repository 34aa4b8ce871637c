import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { bothFind } from './eslint-findings.ts'

const repository = path.resolve(import.meta.dirname, '../../..')
const fixtures = path.join(repository, 'packages/analysis/fixtures')

describe('ESLint with the call map and the scanner report the same', () => {
  it.each(readdirSync(fixtures))('fixture %s', async (name) => {
    const { eslint, scanner } = await bothFind(path.join(fixtures, name), 'strict')
    expect(scanner).toEqual(eslint)
  })

  // The whole repository is compared in `eslint-parity.long.test.ts`.
  it('the demo apps', { timeout: 120_000 }, async () => {
    const { eslint, scanner } = await bothFind(path.join(repository, 'apps'), 'strict')
    expect(scanner).toEqual(eslint)
    expect(scanner.length).toBeGreaterThan(0)
  })
})
