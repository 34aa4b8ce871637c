import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nodeProblem } from '../src/node-version.ts'

it('tells what to do where Node.js is too old, as the manifest says', () => {
  expect(nodeProblem('v20.20.2')).toContain('needs Node.js 22.13 or newer, and this is v20.20.2. Install a newer one')
  expect(nodeProblem('v22.12.9')).toContain('22.13')
  expect(nodeProblem('v22.13.0')).toBeUndefined()
  expect(nodeProblem('v24.0.0')).toBeUndefined()
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  expect((JSON.parse(manifest) as { engines: { node: string } }).engines.node).toBe('>=22.13')
})
