import { existsSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs'
import path from 'node:path'
import type { Log } from 'sarif'
import { describe, expect, it } from 'vitest'
import { scanCommand, type ScanCommandOptions } from '../src/commands/scan.ts'
import { projectWith, recordedPort, writeFiles } from './project-folder.ts'

const bare = (name: string, host: string): string =>
  `export async function ${name}() {\n  const response = await fetch('https://${host}/x')\n  if (!response.ok) throw new Error('failed')\n  return response.json()\n}\n`
const covered = 'export const value = 1\n'

async function scan(options: ScanCommandOptions) {
  const port = recordedPort()
  const exitCode = await scanCommand({ cache: false, ...options }, port)
  return { exitCode, out: port.out(), err: port.err() }
}

describe('findings', () => {
  it('reports an unprotected call with its place and fails', async () => {
    const folder = projectWith({ 'src/a.ts': bare('load', 'a.example') })
    const { exitCode, out } = await scan({ folder })
    expect(exitCode).toBe(1)
    expect(out).toContain('src/a.ts')
    expect(out).toMatch(/2:26 {2}error {4}This fetch call has no deadline .* require-timeout/)
    expect(out).toContain('2 errors, 0 warnings.')
  })

  it('honours the comments of ESLint', async () => {
    const excuse =
      '  // eslint-disable-next-line holdfast/require-timeout, holdfast/require-retry -- the caller ends it\n'
    const folder = projectWith({ 'a.ts': bare('load', 'a.example').replace('  const', `${excuse}  const`) })
    expect(await scan({ folder })).toMatchObject({ exitCode: 0 })
  })

  it('reads the scripts of Vue files at their own lines', async () => {
    const folder = projectWith({
      'App.vue': `<template>\n  <p>hi</p>\n</template>\n<script setup lang="ts">\nconst page: Response = await fetch('https://a.example/x')\n</script>\n`,
    })
    const { out } = await scan({ folder, format: 'json' })
    const { findings } = JSON.parse(out) as { findings: { line: number; rule: string }[] }
    expect(findings.map(({ line, rule }) => `${line} ${rule}`)).toContain('5 require-timeout')
  })
})

describe('baseline', () => {
  it('passes what is known, and catches one that is fixed while another is added', async () => {
    const folder = projectWith({ 'a.ts': bare('first', 'a.example') + bare('second', 'b.example') })
    expect(await scan({ folder, updateBaseline: true })).toMatchObject({ exitCode: 0 })
    writeFiles(folder, { 'a.ts': `\n\n// moved\n${bare('first', 'a.example')}${bare('second', 'b.example')}` })
    expect(await scan({ folder })).toMatchObject({ exitCode: 0 })
    writeFiles(folder, { 'a.ts': bare('first', 'a.example') + bare('third', 'c.example') })
    const swapped = await scan({ folder })
    expect(swapped.exitCode).toBe(1)
    expect(swapped.out).toContain('New: 2 errors, 0 warnings, 2 known from the baseline, 2 of the baseline fixed')
  })

  it('says that a baseline is broken, or not there', async () => {
    const folder = projectWith({ 'a.ts': covered, 'holdfast-baseline.json': '{"version":9}' })
    expect(await scan({ folder })).toMatchObject({ exitCode: 2, err: expect.stringContaining('none of version 1') })
    expect(await scan({ folder, baseline: 'gone.json' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('does not exist'),
    })
  })
})

describe('formats', () => {
  const twoPackages = {
    'package.json': '{"name":"shop"}',
    'packages/my mail/package.json': '{"name":"mail"}',
    'packages/my mail/a.ts': bare('send', 'a.example'),
    'b.ts': bare('load', 'b.example'),
  }

  it('sarif: a run for each package, relative URIs, fingerprints, baseline state, help', async () => {
    const folder = projectWith(twoPackages)
    await scan({ folder, updateBaseline: true })
    writeFiles(folder, { 'b.ts': bare('other', 'b.example') })
    const { out } = await scan({ folder, format: 'sarif' })
    const log = JSON.parse(out) as Log
    expect(log.version).toBe('2.1.0')
    expect(log.runs.map((run) => run.automationDetails?.id)).toEqual(['holdfast/mail/', 'holdfast/shop/'])
    const states = log.runs.map((run) => run.results?.map(({ baselineState, ruleId }) => `${baselineState} ${ruleId}`))
    expect(states).toEqual([
      ['unchanged require-retry', 'unchanged require-timeout'],
      ['new require-retry', 'new require-timeout', 'absent require-retry', 'absent require-timeout'],
    ])
    const [first] = log.runs[0]?.results ?? []
    expect(first?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'packages/my%20mail/a.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 2, startColumn: 26, endLine: 2, endColumn: 54 },
    })
    expect(first?.partialFingerprints?.['holdfast/v1']).toMatch(/^[0-9a-f]{20}$/)
    const rule = log.runs[0]?.tool.driver.rules?.[first?.ruleIndex ?? -1]
    expect(rule?.id).toBe('require-retry')
    expect(rule?.helpUri).toMatch(/docs\/rules\/require-retry\.md$/)
    expect(out).not.toContain(folder)
  })

  it('github: annotations, ten of a kind, special characters escaped', async () => {
    const many = Array.from({ length: 12 }, (_, index) => bare(`load${index}`, `h${index}.example`)).join('')
    const folder = projectWith({ 'a,b.ts': many })
    const { out } = await scan({ folder, format: 'github' })
    const lines = out.trim().split('\n')
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10)
    expect(lines[0]).toMatch(/^::error file=a%2Cb\.ts,line=2,endLine=2,col=26,title=holdfast\/require-\w+::/)
    expect(lines.at(-1)).toBe('::notice::14 more errors are in the log; GitHub shows 10 for a step.')
  })

  it('writes a report whole, and leaves nothing beside it', async () => {
    const folder = projectWith(twoPackages)
    const output = path.join(folder, 'out/report.json')
    await scan({ folder, format: 'json', output })
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ version: 1 })
    expect(readdirSync(path.join(folder, 'out'))).toEqual(['report.json'])
  })
})

describe('what cannot be scanned says so', () => {
  it.each([
    ['a folder that is not there', { folder: '/nowhere/at/all' }, 'does not exist; give the folder to scan'],
    ['an unknown format', { format: 'xml' }, '--format must be one of stylish, json, github, sarif, got "xml"'],
    ['an unknown rule set', { ruleSet: 'loose' }, '--rule-set must be one of recommended'],
    ['a configuration that is not there', { config: 'gone.json' }, 'gone.json does not exist'],
  ])('%s', async (_name, options, message) => {
    const folder = projectWith({ 'a.ts': covered })
    const { exitCode, err } = await scan({ folder, ...options })
    expect(exitCode).toBe(2)
    expect(err).toContain(message)
    expect(err).not.toContain('    at ')
  })

  it.each([
    ['no source files', { 'readme.md': '' }, 'has no JavaScript, TypeScript or Vue files'],
    [
      'a broken tsconfig',
      { 'a.ts': covered, 'tsconfig.json': '{\n  // fine\n  "paths": {,}\n}' },
      'tsconfig.json is broken at line 3',
    ],
    [
      'a wrong key',
      { 'a.ts': covered, 'holdfast.config.json': '{"rule":{}}' },
      'holdfast.config.json: rule must be absent: known are ruleSet',
    ],
    [
      'an unknown rule',
      { 'a.ts': covered, 'holdfast.config.json': '{"rules":{"no-such":"off"}}' },
      'there is no rule "no-such"',
    ],
    ['a broken configuration', { 'a.ts': covered, 'holdfast.config.json': '{' }, 'holdfast.config.json is no JSON'],
    [
      'wrong settings',
      { 'a.ts': covered, 'holdfast.config.json': '{"settings":{"wrappers":"x"}}' },
      'settings.wrappers must be an array of names',
    ],
  ])('%s', async (_name, files, message) => {
    const { exitCode, err } = await scan({ folder: projectWith(files) })
    expect(err).toContain(message)
    expect(exitCode).toBe(2)
  })

  it('lists a file that cannot be parsed and fails, and a bundle of one long line and passes', async () => {
    const folder = projectWith({ 'a.ts': 'export const = fetch(', 'b.ts': covered })
    expect(await scan({ folder })).toMatchObject({
      exitCode: 1,
      out: expect.stringMatching(/not read {2}a\.ts: .+ \(line 1\)/),
    })
    const bundle = projectWith({ 'b.ts': covered, 'dist.js': `x(${'1,'.repeat(600_000)}1)` })
    expect(await scan({ folder: bundle })).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('dist.js: larger than 1 MB'),
    })
  })

  it('passes over links that lead nowhere', async () => {
    const folder = projectWith({ 'a.ts': covered })
    symlinkSync(path.join(folder, 'gone.ts'), path.join(folder, 'link.ts'))
    expect(await scan({ folder })).toMatchObject({ exitCode: 0 })
    unlinkSync(path.join(folder, 'link.ts'))
    expect(existsSync(path.join(folder, 'a.ts'))).toBe(true)
  })
})
