import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../src/call-map-command.ts', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-call-map-'))

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function command(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(
    process.execPath,
    ['--conditions=@holdfast/source', '--disable-warning=ExperimentalWarning', entry, ...args],
    { encoding: 'utf8' },
  )
}

it('writes the map, and says of wrong use what is wrong and what to do', () => {
  writeFileSync(path.join(folder, 'shop.ts'), "export const load = () => fetch('https://api.shop.example')\n")
  const written = command(folder)
  expect(written).toMatchObject({ status: 0, stderr: '' })
  expect(written.stdout).toContain('1 files, 1 outgoing calls, 0 instances: ')
  const map = JSON.parse(readFileSync(path.join(folder, '.holdfast/call-map.json'), 'utf8')) as { files: object }
  expect(Object.keys(map.files)).toEqual(['shop.ts'])

  const missing = command(path.join(folder, 'nowhere'))
  expect(missing).toMatchObject({ status: 2, stdout: '' })
  expect(missing.stderr).toMatch(/^holdfast-call-map: .*nowhere is not a folder\. Give the folder of the project/)
  expect(missing.stderr.split('\n')).toHaveLength(2)

  const unknown = command('--format', 'json')
  expect(unknown).toMatchObject({ status: 2, stdout: '' })
  expect(unknown.stderr).toMatch(/^holdfast-call-map: Unknown option '--format'.*\nUsage: holdfast-call-map \[folder\]/)
  expect(command('--help')).toMatchObject({ status: 0, stderr: '' })
}, 30_000)
