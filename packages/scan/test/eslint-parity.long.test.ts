import path from 'node:path'
import { expect, it } from 'vitest'
import { bothFind } from './eslint-findings.ts'

it('ESLint with the call map and the scanner report the same over this repository', async () => {
  const { eslint, scanner } = await bothFind(path.resolve(import.meta.dirname, '../../..'), 'strict')
  expect(scanner).toEqual(eslint)
  expect(scanner.length).toBeGreaterThan(50)
})
