import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { holdfast } from './command.ts'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const bare = "export const load = () => fetch('https://a.example/x')\n"

function projectWith(source: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, 'a.js'), source)
  return folder
}

it('scan --watch reacts to an edit, and Ctrl-C ends it in order', { timeout: 60_000 }, async () => {
  const folder = projectWith('export const value = 1\n')
  const child = spawn(process.execPath, ['--conditions=@holdfast/source', '--no-warnings', bin, 'scan', '--watch'], {
    cwd: folder,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  await expect.poll(() => err, { timeout: 30_000 }).toContain('stop with Ctrl-C')
  expect(out).not.toContain('require-timeout')

  writeFileSync(path.join(folder, 'a.js'), bare)
  await expect.poll(() => out, { timeout: 15_000 }).toContain('require-timeout')
  writeFileSync(path.join(folder, 'holdfast.config.json'), '{')
  await expect.poll(() => err, { timeout: 15_000 }).toContain('holdfast.config.json is no JSON')
  writeFileSync(path.join(folder, 'holdfast.config.json'), '{"rules":{"require-timeout":"off"}}')
  const before = out.length
  await expect.poll(() => out.slice(before), { timeout: 15_000 }).toContain('error')
  expect(out.slice(before)).not.toContain('require-timeout')

  child.kill('SIGINT')
  expect(await ended).toEqual({ code: 1, signal: null })
  expect(readdirSync(folder).sort()).toEqual(['a.js', 'holdfast.config.json'])
})

it(
  'scan, coverage and fix work where nobody has heard of us, and write nothing there',
  { timeout: 60_000 },
  async () => {
    const folder = projectWith(bare)
    const scan = await holdfast(['scan'], { folder })
    expect(scan).toMatchObject({ code: 1, stderr: '', stdout: expect.stringContaining('require-timeout') })
    const coverage = await holdfast(['coverage', '--min', 'deadline=50'], { folder })
    expect(coverage.code).toBe(1)
    expect(coverage.stdout).toContain('a.example')
    expect(coverage.stderr).toContain('deadline: 0 % of the calls, 50 % asked for')
    const fix = await holdfast(['fix', 'wrap-fetch'], { folder })
    expect(fix.code).toBe(0)
    expect(fix.stdout).toContain('+export const load = () => aFetch(')
    expect(fix.stderr).toContain('npm install @holdfast/core')
    expect(readdirSync(folder)).toEqual(['a.js'])
  },
)

it.each(['scan', 'coverage', 'fix', 'call-map', 'init'])('%s --help shows examples', async (command) => {
  const { code, stdout, stderr } = await holdfast([command, '--help'], { folder: tmpdir() })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/Examples:\n {2}holdfast /)
})

const NOBODY = 65_534

it('a file that may not be read is named, and nothing is guessed', { timeout: 60_000 }, async () => {
  const folder = projectWith(bare)
  chmodSync(folder, 0o755)
  chmodSync(path.join(folder, 'a.js'), 0o000)
  // The superuser may read everything.
  const user = process.getuid?.() === 0 ? { uid: NOBODY } : {}
  for (const command of ['scan', 'call-map']) {
    const { code, stdout, stderr } = await holdfast([command], { folder, ...user })
    expect(stderr).toBe('holdfast: a.js cannot be read: permission denied.\n')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  }
})

it('an unknown option is wrong usage, and says where help is', async () => {
  const { code, stderr } = await holdfast(['scan', '--frob'], { folder: tmpdir() })
  expect(code).toBe(2)
  expect(stderr).toContain("unknown option '--frob'")
  expect(stderr).toContain('--help')
})
