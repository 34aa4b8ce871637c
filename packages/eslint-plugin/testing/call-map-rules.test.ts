import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildCallMap, writeCallMap } from '@holdfast/analysis/call-map'
import * as parser from '@typescript-eslint/parser'
import { Linter } from 'eslint'
import { afterAll, expect, it } from 'vitest'
import plugin from '../src/index.ts'

const fixtures = path.resolve(import.meta.dirname, '../../analysis/fixtures')
const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-map-'))

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Lints every file of a fixture, with its call map or without, as `file:line rule message`. */
function lint(fixture: string, withMap: boolean, changed = ''): string[] {
  const root = path.join(fixtures, fixture)
  const map = buildCallMap(root)
  const target = path.join(folder, `${fixture}.json`)
  writeCallMap(map, target)
  return Object.keys(map.files).flatMap((file) => {
    const messages = new Linter({ cwd: root }).verify(
      readFileSync(path.join(root, file), 'utf8') + changed,
      [
        {
          files: ['**/*.{js,ts}'],
          languageOptions: { parser },
          settings: { holdfast: { callMap: withMap ? target : false } },
        },
        { files: ['**/*.{js,ts}'], ...plugin.configs.recommended },
      ] as Linter.Config[],
      { filename: path.join(root, file) },
    )
    return messages.map(
      (message) =>
        `${file}:${message.line} ${message.ruleId?.replace('holdfast/', '')} ${message.messageId}${countsIn(message.message)}`,
    )
  })
}

/** ` 2 of 3`, where a message tells of how many calls it speaks. */
const countsIn = (message: string): string => / \d+ of \d+/.exec(message)?.[0] ?? ''

it('judges instances, wrappers and retry helpers of other files', () => {
  expect(lint('workspaces', true)).toEqual([
    // `api` has a timeout, `slow` has none; nothing retries either.
    'packages/http/src/client.ts:3 require-retry instance',
    'packages/http/src/client.ts:4 require-retry instance',
    'packages/http/src/client.ts:4 require-timeout instance',
    // No caller gives the wrapper a signal. `stock` is retried by a helper of another file.
    'packages/http/src/client.ts:17 require-timeout missing',
  ])
})

it('is silent about imported instances without the map, and where a file changed', () => {
  const alone = ['packages/http/src/client.ts:4 require-timeout unusedInstance']
  expect(lint('workspaces', false)).toEqual(alone)
  expect(lint('workspaces', true, '\n')).toEqual(lint('workspaces', false))
})

it('knows the global default of another file', () => {
  expect(lint('commonjs', true)).toEqual(['lib/rates.js:3 require-retry missing'])
  expect(lint('commonjs', false)).toEqual([
    'lib/rates.js:3 require-retry missing',
    'lib/rates.js:3 require-timeout missing',
  ])
})

it('reports a wrapper once when callers leave out the deadline that they may give', () => {
  // Neither the wrapper with a default of its own nor the one that every caller bounds.
  expect(lint('wished-deadlines', true).filter((report) => report.includes('require-timeout'))).toEqual([
    // Methods of a superclass, and of a class that is injected.
    'lib/provider.ts:3 require-timeout callers 1 of 2',
    'lib/provider.ts:9 require-timeout callers 1 of 2',
    // One of two callers of `get` names a timeout; `put` names one itself.
    'lib/request.js:4 require-timeout callers 1 of 3',
    'lib/safe-fetch.ts:7 require-timeout callers 2 of 3',
    'lib/safe-fetch.ts:10 require-timeout missing',
  ])
  expect(lint('wished-deadlines', false).filter((report) => report.includes('require-timeout'))).toEqual([])
})

it('knows where constants of another file point', () => {
  expect(lint('addresses', true).filter((report) => report.includes('require-timeout'))).toEqual([
    'src/server.ts:7 require-timeout missing',
    'src/widget.ts:5 require-timeout missing',
    'src/widget.ts:7 require-timeout missing',
  ])
  expect(lint('addresses', false).filter((report) => report.includes('require-timeout'))).toEqual([
    'src/server.ts:5 require-timeout missing',
    'src/server.ts:6 require-timeout missing',
    'src/server.ts:7 require-timeout missing',
  ])
})

it("judges Nest's HttpService by the module that provides it", () => {
  expect(lint('nest', true)).toEqual([
    'src/mail.service.ts:9 require-retry missing',
    'src/map.service.ts:9 require-retry missing',
    'src/map.service.ts:9 require-timeout missing',
  ])
  expect(lint('nest', false)).toEqual([])
})

it('reports a base class once and injected clients never', () => {
  expect(lint('hierarchy', true)).toEqual(['base.ts:7 require-retry instance', 'base.ts:7 require-timeout instance'])
})
