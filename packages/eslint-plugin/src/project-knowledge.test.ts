import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
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

function factsOf(name: string): ReturnType<typeof factsFor>['facts'] {
  const file = path.join(root, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, '')
  return factsFor(file, root, '', {}).facts
}

it('takes what the scripts of a package run once for a command', () => {
  const scripts = {
    'build:pages': 'vite build && node ./tools/replace.mjs --all',
    seed: 'tsx --no-cache prisma/seed.ts',
    'build:openapi': 'tsx --tsconfig ./tsconfig.base.json ./tools/openapi.ts && pnpm generate',
    'db:reset': 'tsx -r dotenv/config server/reset.ts',
    start: 'node dist/main.js',
    'worker:mail': 'node mail.js',
    lint: 'eslint src/index.ts',
  }
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts }))
  expect(factsOf('tools/replace.mjs').isOneOff === true).toBe(true)
  expect(factsOf('prisma/seed.ts').isOneOff === true).toBe(true)
  expect(factsOf('tools/openapi.ts').isOneOff === true).toBe(true)
  expect(factsOf('server/reset.ts').isOneOff === true).toBe(true)
  expect(factsOf('dist/main.js').isOneOff === true).toBe(false)
  expect(factsOf('mail.js').isOneOff === true).toBe(false)
  expect(factsOf('src/index.ts').isOneOff === true).toBe(false)
  expect(factsOf('src/replace.mjs').isOneOff === true).toBe(false)
})

it('takes an embeddable component for browser code though its UI library is a peer', () => {
  const manifest = { peerDependencies: { 'react-dom': '^18.0.0' }, devDependencies: { vite: '1.0.0' } }
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest))
  const file = path.join(root, 'client.ts')
  writeFileSync(file, '')
  expect(factsFor(file, root, '', {}).facts.environment).toBe('browser')
})

it('takes a library that Vite builds for browser code unless it needs a server', () => {
  const environment = (manifest: object): string | undefined => {
    const name = path.join(root, `${JSON.stringify(manifest).length}`)
    mkdirSync(name)
    writeFileSync(path.join(name, 'package.json'), JSON.stringify({ devDependencies: { vite: '8.0.0' }, ...manifest }))
    return factsFor(path.join(name, 'a.ts'), name, '', {}).facts.environment
  }
  const scripts = { build: 'vite build' }
  expect(environment({ scripts })).toBe('browser')
  expect(environment({ scripts, dependencies: { zod: '4.0.0' } })).toBe('browser')
  expect(environment({ scripts, dependencies: { pino: '10.0.0' } })).toBeUndefined()
  expect(environment({ scripts, bin: 'dist/run.js' })).toBeUndefined()
  expect(environment({ scripts: { build: 'vite build --ssr' } })).toBeUndefined()
  expect(environment({ scripts: { test: 'vitest' } })).toBeUndefined()
})

it('takes a Nuxt project for browser code only where it renders nothing on its server', () => {
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ dependencies: { nuxt: '2.18.1' } }))
  const environment = (): string | undefined => factsFor(path.join(root, 'api.js'), root, '', {}).facts.environment
  writeFileSync(path.join(root, 'nuxt.config.js'), 'module.exports = {\n  ssr: false,\n}\n')
  expect(environment()).toBe('browser')
  writeFileSync(path.join(root, 'nuxt.config.js'), 'module.exports = {\n  ssr: true,\n}\n')
  utimesSync(path.join(root, 'package.json'), 1, 1)
  expect(environment()).toBeUndefined()
})

it('knows the package of a file that is not saved yet, and of code inside another file', () => {
  writeFileSync(path.join(root, 'package.json'), '{ "dependencies": { "pino": "10.0.0" } }')
  writeFileSync(path.join(root, 'README.md'), '')
  for (const name of ['src/new.ts', 'README.md/0_0.js'])
    expect(factsFor(path.join(root, name), root, '', {}).facts.loggerDialect).toBe('pino')
})
