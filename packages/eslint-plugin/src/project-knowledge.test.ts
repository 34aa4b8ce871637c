import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { factsFor } from './project-knowledge.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'holdfast-knowledge-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

function isCommand(name: string): boolean {
  const file = path.join(root, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, '')
  return factsFor(file, root, '', {}).facts.isCli === true
}

it('takes what the scripts of a package run once for a command', () => {
  const scripts = {
    'build:pages': 'vite build && node ./tools/replace.mjs --all',
    seed: 'tsx --no-cache prisma/seed.ts',
    start: 'node dist/main.js',
    'worker:mail': 'node mail.js',
    lint: 'eslint src/index.ts',
  }
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts }))
  expect(isCommand('tools/replace.mjs')).toBe(true)
  expect(isCommand('prisma/seed.ts')).toBe(true)
  expect(isCommand('dist/main.js')).toBe(false)
  expect(isCommand('mail.js')).toBe(false)
  expect(isCommand('src/index.ts')).toBe(false)
  expect(isCommand('src/replace.mjs')).toBe(false)
})

it('takes an embeddable component for browser code though its UI library is a peer', () => {
  const manifest = { peerDependencies: { 'react-dom': '^18.0.0' }, devDependencies: { vite: '1.0.0' } }
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest))
  const file = path.join(root, 'client.ts')
  writeFileSync(file, '')
  expect(factsFor(file, root, '', {}).facts.environment).toBe('browser')
})
