import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const PACKAGE = path.resolve(import.meta.dirname, '..')
const bin = path.resolve(PACKAGE, '../../node_modules/.bin')
const readme = readFileSync(path.join(PACKAGE, 'README.md'), 'utf8')
const configs = [...readme.matchAll(/```js\n(\/\/ eslint\.config\.js\n[\s\S]*?)```/g)].map(([, text]) => text ?? '')
const work = mkdtempSync(path.join(tmpdir(), 'holdfast-fresh-'))
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, NODE_OPTIONS: '' }
let tarball = ''

/** What is published: the build, and a manifest as pnpm writes it, without the workspace's own protocols. */
function pack(): string {
  const staged = path.join(work, 'staged')
  mkdirSync(staged)
  execFileSync('tsdown', ['--out-dir', path.join(staged, 'dist')], { cwd: PACKAGE, env, stdio: 'pipe' })
  const manifest = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as Record<string, unknown> & {
    publishConfig: { exports: unknown }
    dependencies: Record<string, string>
  }
  const installed = (name: string): string =>
    (JSON.parse(readFileSync(path.join(PACKAGE, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
      .version
  const published = {
    ...manifest,
    exports: manifest.publishConfig.exports,
    dependencies: Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, installed(name)])),
    devDependencies: undefined,
    publishConfig: undefined,
  }
  writeFileSync(path.join(staged, 'package.json'), JSON.stringify(published))
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', work], {
    cwd: staged,
    env,
    encoding: 'utf8',
  })
  const packed = JSON.parse(output.slice(output.search(/^[[{]/m))) as
    { filename: string }[] | Record<string, { filename: string }>
  return path.join(work, Object.values(packed)[0]?.filename ?? '')
}

function project(name: string, ...dependencies: string[]): string {
  const folder = path.join(work, name)
  mkdirSync(path.join(folder, 'src'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "fresh", "version": "1.0.0", "type": "module" }\n')
  execFileSync('npm', ['install', '--save-dev', '--no-audit', '--no-fund', ...dependencies, tarball], {
    cwd: folder,
    env,
    stdio: 'pipe',
  })
  return folder
}

function lint(folder: string): { status: number | null; reports: string[] } {
  const map = spawnSync(path.join(folder, 'node_modules/.bin/holdfast-call-map'), {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  expect(map.stderr).toBe('')
  const { status, stdout, stderr } = spawnSync(
    path.join(folder, 'node_modules/.bin/eslint'),
    ['.', '--format', 'json'],
    {
      cwd: folder,
      env,
      encoding: 'utf8',
    },
  )
  expect(stderr).toBe('')
  const results = JSON.parse(stdout) as { filePath: string; messages: { line: number; ruleId: string }[] }[]
  return {
    status,
    reports: results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, ruleId }) => `${path.basename(filePath)}:${line} ${ruleId}`),
    ),
  }
}

beforeAll(() => {
  tarball = pack()
}, 120_000)

afterAll(() => {
  rmSync(work, { recursive: true })
})

it('lints JavaScript in a project that has TypeScript 7 and nothing of typescript-eslint', { timeout: 300_000 }, () => {
  const folder = project('javascript', 'typescript@7', 'eslint@10')
  writeFileSync(path.join(folder, 'eslint.config.js'), configs[0] ?? '')
  writeFileSync(
    path.join(folder, 'src/user.js'),
    "import axios from 'axios'\n\nexport const user = () => axios.get('https://api.example.com/users')\nexport const save = (body) => fetch('https://api.example.com/users', { method: 'POST', body })\n",
  )
  expect(lint(folder)).toEqual({
    status: 1,
    reports: [
      'user.js:3 holdfast/require-retry',
      'user.js:3 holdfast/require-timeout',
      'user.js:4 holdfast/require-timeout',
    ],
  })
})

it('lints TypeScript with typescript-eslint on TypeScript 6', { timeout: 300_000 }, () => {
  const folder = project('typescript', 'typescript@6', 'typescript-eslint@8', 'eslint@10')
  writeFileSync(path.join(folder, 'eslint.config.js'), configs[1] ?? '')
  writeFileSync(
    path.join(folder, 'src/api.ts'),
    "import axios, { type AxiosInstance } from 'axios'\n\nexport const api: AxiosInstance = axios.create({ baseURL: process.env['API'] })\n",
  )
  writeFileSync(
    path.join(folder, 'src/users.ts'),
    "import { api } from './api.ts'\n\nexport const save = (name: string) => api.post('/users', { name })\n",
  )
  expect(lint(folder)).toEqual({ status: 1, reports: ['api.ts:3 holdfast/require-timeout'] })
})
