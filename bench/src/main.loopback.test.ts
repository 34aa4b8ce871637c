import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=@holdfast/source', MAIN, ...args], { encoding: 'utf8', timeout: 25_000 })

describe('the command line', () => {
  it('explains itself', () => {
    const { status, stdout } = bench('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('Usage: pnpm bench <command> [options]')
  })

  it.each([
    [['overhead', '--only', 'nothing'], 'Its parts: ours, core, fetch, axios.'],
    [['storm', '--json', join(tmpdir(), 'no', 'such', 'folder.json')], 'cannot write to the folder'],
  ])('refuses %j before it measures anything', (args, message) => {
    const { status, stdout, stderr } = bench(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
  })

  it('prints tables and writes the same figures as JSON', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
    try {
      const file = join(folder, 'burst.json')
      const { status, stdout } = bench('storm', '--only', 'burst', '--json', file)
      expect(status).toBe(0)
      const written = JSON.parse(readFileSync(file, 'utf8')) as {
        environment: { versions: Record<string, string> }
        targets: { measured: number; isMet: boolean }[]
        result: { bursts: { kind: string; calls: number; rejectedWhenNew: number }[] }
      }
      expect(written.environment.versions['cockatiel']).toMatch(/^\d+\.\d+\.\d+$/)
      const ours = written.result.bursts.find(({ kind }) => kind === 'holdfast')
      expect(ours?.calls).toBe(400)
      expect(stdout).toContain(`of 400; ${ours?.rejectedWhenNew} when new`)
      expect(written.targets).toHaveLength(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
