import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { holdfast } from './command.ts'

/** Names of all modules that one command line loads. */
async function importsOf(...args: string[]): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, 'a.js'), 'export const value = 1\n')
  writeFileSync(path.join(folder, 'letters.db'), '')
  const recorder = new URL('record-imports.ts', import.meta.url).href
  const { code, stderr } = await holdfast(args, { folder, environment: { NODE_OPTIONS: `--import=${recorder}` } })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return [...stderr.matchAll(/^imports (.*)$/gm)].map(([, name]) => name!)
}

const ofDeadLetters = /^(?:@holdfast\/(?:dead-letter|core)|uuid|pg)(?:\/|$)/

it.each(['--version', '--help', 'dlq --help', 'scan'])(
  'holdfast %s loads nothing of the dead letters',
  { timeout: 60_000 },
  async (commandLine) => {
    const imports = await importsOf(...commandLine.split(' '))
    expect(imports).toContain('commander')
    expect(imports.filter((name) => ofDeadLetters.test(name))).toEqual([])
  },
)

it('holdfast dlq loads them', { timeout: 60_000 }, async () => {
  expect(await importsOf('dlq', 'list', '--json', '--db', 'letters.db')).toContain('@holdfast/dead-letter/sqlite')
})
