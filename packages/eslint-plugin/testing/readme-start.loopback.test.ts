import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'

const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, name, text]) => (name === language ? [text ?? ''] : []))

// Inside the package, so that its own name resolves; the sources are linted with, through their condition.
const folder = mkdtempSync(path.join(import.meta.dirname, '.readme-'))
const eslint = path.join(path.dirname(createRequire(import.meta.url).resolve('eslint/package.json')), 'bin/eslint.js')

afterAll(() => {
  rmSync(folder, { recursive: true })
})

it('the start of the README prints what it says and stops the build', () => {
  const [config = '', user = ''] = blocks('js')
  const [printed = ''] = blocks('text')
  mkdirSync(path.join(folder, 'src'))
  writeFileSync(path.join(folder, 'eslint.config.js'), config)
  writeFileSync(path.join(folder, 'src/user.js'), user)
  const { status, stdout } = spawnSync(process.execPath, ['--conditions=@holdfast/source', eslint, '.', '--no-color'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stdout.trim().replace(`${folder}${path.sep}`, '')).toBe(printed.trim())
  expect(status).toBe(1)
})
