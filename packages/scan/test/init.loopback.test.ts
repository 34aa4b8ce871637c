import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { initCommand } from '../src/commands/init.ts'
import { scanCommand } from '../src/commands/scan.ts'
import { projectWith, recordedPort, writeFiles } from './project-folder.ts'

const modules = path.resolve(import.meta.dirname, '../node_modules')
const bare =
  "export const load = async () => {\n  const response = await fetch('https://a.example/x')\n  return response.json()\n}\n"

/** A project whose manifest names what is linked into it. */
function project(source: string, packages: readonly string[]): string {
  const devDependencies = Object.fromEntries(packages.map((name) => [name, '*']))
  const folder = projectWith({
    'package.json': JSON.stringify({ name: 'shop', type: 'module', devDependencies }),
    [source]: bare,
  })
  mkdirSync(path.join(folder, 'node_modules/@holdfast'), { recursive: true })
  for (const name of ['eslint', ...packages])
    symlinkSync(path.join(modules, name), path.join(folder, 'node_modules', name))
  return folder
}

async function init(folder: string, options: object = { yes: true }) {
  const port = recordedPort()
  return { exitCode: await initCommand({ folder, ...options }, port), out: port.out(), err: port.err() }
}

function eslint(folder: string): Promise<{ code: unknown; out: string }> {
  const bin = path.join(folder, 'node_modules/eslint/bin/eslint.js')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@holdfast/source', '--no-warnings', bin, '.'],
      { cwd: folder, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, out: stdout + stderr }),
    )
  })
}

it.each([
  ['JavaScript', 'src/a.js', ['@holdfast/eslint-plugin']],
  ['TypeScript', 'src/a.ts', ['@holdfast/eslint-plugin', 'typescript-eslint']],
])('what init writes makes eslint and scan run: %s', { timeout: 60_000 }, async (_name, source, packages) => {
  const folder = project(source, packages)
  expect(await init(folder)).toMatchObject({ exitCode: 0 })
  const linted = await eslint(folder)
  expect(linted.out).toContain('holdfast/require-timeout')
  expect(linted.code).toBe(1)

  const port = recordedPort()
  expect(await scanCommand({ folder, cache: false }, port)).toBe(0)
  expect(port.out()).toContain('known from the baseline')
  writeFiles(folder, { 'src/b.js': bare.replace('a.example', 'b.example') })
  expect(await scanCommand({ folder, cache: false }, port)).toBe(1)

  const configuration = readFileSync(path.join(folder, 'eslint.config.js'), 'utf8')
  const again = await init(folder)
  expect(again.out).toContain('kept     eslint.config.js')
  expect(again.out).not.toContain('Add to your ESLint configuration')
  expect(again.out).not.toContain('written  ')
  expect(readFileSync(path.join(folder, 'eslint.config.js'), 'utf8')).toBe(configuration)
})

it('asks two questions, writes what was answered, and says what is left to do', async () => {
  const folder = projectWith({ 'a.ts': bare, 'package.json': '{"name":"shop"}', 'tsconfig.json': '{}' })
  const asked: string[] = []
  const answers = ['strict', 'none']
  const ask = (question: string): Promise<string> => {
    asked.push(question)
    return Promise.resolve(answers[asked.length - 1] ?? '')
  }
  const { exitCode, out } = await init(folder, { ask })
  expect(exitCode).toBe(0)
  expect(asked).toHaveLength(2)
  expect(JSON.parse(readFileSync(path.join(folder, 'holdfast.config.json'), 'utf8'))).toMatchObject({
    ruleSet: 'strict',
  })
  expect(out).not.toContain('.github')
  expect(out).toContain('npm install --save-dev @holdfast/eslint-plugin, then run init again')
})

it('names an ESLint configuration of the project and what to add to it', async () => {
  const folder = project('src/a.ts', ['@holdfast/eslint-plugin'])
  writeFiles(folder, { 'eslint.config.mjs': 'export default []\n', 'tsconfig.json': '{}' })
  const { out } = await init(folder)
  expect(out).toContain('kept     eslint.config.mjs')
  expect(out).toContain('Add to your ESLint configuration')
  expect(out).toContain('npm install --save-dev typescript-eslint')
})

it('says that nobody can answer', async () => {
  expect(await init(projectWith({ 'a.ts': bare }), {})).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('add --yes'),
  })
})
