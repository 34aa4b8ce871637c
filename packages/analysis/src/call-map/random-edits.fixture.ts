import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { updateCallMap } from './build.ts'
import type { CallMapRecords } from './file-record.ts'

const NAMES = ['a.ts', 'b.ts', 'c.tsx', 'd.cjs', 'e.mts', 'f.ts', 'g.ts', 'h.test.ts']
/** The last one leads where `tsconfig.json` says. */
const TARGETS = [...NAMES.map((name) => `./${name}`), '@alias']

/** Contents that lean on other files in each way that the call map follows. */
const CONTENTS: readonly ((first: string, second: string) => string)[] = [
  () =>
    "import axios from 'axios'\nexport const value = axios.create({ timeout: 5 })\nexport const run = () => value.get('/x')",
  () =>
    "import axios from 'axios'\naxios.defaults.timeout = 9\nexport const value = axios.create()\nexport const run = axios",
  (first) =>
    `import { value as other, run as next } from '${first}'\nexport const value = other\nexport async function run(url) { return next(url) }`,
  (first) =>
    `import { value } from '${first}'\nvalue.defaults.timeout = 7\nexport const run = () => value.post('/y')\nexport { value }`,
  (first, second) => `export * from '${first}'\nexport { run, run as again } from '${second}'`,
  () => "export const value = 1\nexport function run() { return fetch('https://b.example') }",
  (first) =>
    `const { value, run } = require('${first}')\nmodule.exports = { value, run: () => value.put('/z', {}, { timeout: 5 }) }`,
  (first, second) =>
    `import * as all from '${first}'\nimport { run as next } from '${second}'\nexport class Base { value = all.value; go() { return this.value.get('/g') } }\nexport const value = new Base()\nexport const run = () => all.run(next, { signal: AbortSignal.timeout(5) })`,
  (first, second) =>
    `'use client'\nimport { run as next } from '${first}'\nimport { value } from '${second}'\nexport const run = async () => { for (;;) { try { return await next(() => value.get('/r')) } catch {} } }\nexport { value }`,
  (first) =>
    `import base from '${first}'\nimport axiosRetry from 'axios-retry'\naxiosRetry(base)\nexport default base\nexport class ShopError extends Error {}`,
  (first) =>
    `import { ShopError } from '${first}'\nexport class LateError extends ShopError {}\nexport const value = async () => (await import('${first}')).run()`,
  () =>
    "import { HttpModule, HttpService } from '@nestjs/axios'\nexport const value = [HttpModule.register({ timeout: 5 })]\nexport class Run { constructor(http: HttpService) { http.get('/n') } }",
  () => 'export const = broken',
]

const text = (kind: number, first = '', second = ''): string => CONTENTS[kind]?.(first, second) ?? ''

const content = fc
  .tuple(fc.nat(CONTENTS.length - 1), fc.constantFrom(...TARGETS), fc.constantFrom(...TARGETS))
  .map(([kind, first, second]) => text(kind, first, second))

type Edit = { readonly file: string; readonly text: string | undefined } | { readonly alias: string }

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ file: fc.constantFrom(...NAMES), text: content }) },
  { weight: 2, arbitrary: fc.record({ file: fc.constantFrom(...NAMES), text: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.record({ alias: fc.constantFrom(...NAMES) }) },
)

/** f.ts comes to import itself as a namespace, below files that are kept: a value without an end. */
const BECOMES_ITS_OWN_FIELD: [string[], Edit[][]] = [
  [text(0), text(8, './a.ts', './f.ts'), ...Array.from({ length: 6 }, () => text(0))],
  [
    [{ file: 'g.ts', text: text(2, './b.ts') }],
    [{ file: 'f.ts', text: text(7, '@alias', './a.ts') }, { alias: 'g.ts' }],
    [{ alias: 'f.ts' }],
  ],
]

/** Edits, additions, removals and moved aliases: after each one the map of what was kept is that of a build from nothing. */
export function checkRandomEdits(runs: number): void {
  fc.assert(
    fc.property(
      fc.array(content, { minLength: 8, maxLength: 8 }),
      fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
      (start, steps) => {
        const root = mkdtempSync(path.join(tmpdir(), 'holdfast-call-map-'))
        try {
          apply(root, { alias: 'a.ts' })
          for (const [index, text] of start.entries()) apply(root, { file: NAMES[index] ?? 'a.ts', text })
          let records: CallMapRecords | undefined
          for (const edits of [[], ...steps]) {
            for (const each of edits) apply(root, each)
            const kept = updateCallMap(root, records)
            const cold = updateCallMap(root, undefined)
            expect(JSON.stringify(kept.map, undefined, 1)).toBe(JSON.stringify(cold.map, undefined, 1))
            records = JSON.parse(JSON.stringify(kept.records())) as CallMapRecords
          }
        } finally {
          rmSync(root, { recursive: true })
        }
      },
    ),
    { numRuns: runs, examples: [BECOMES_ITS_OWN_FIELD] },
  )
}

function apply(root: string, change: Edit): void {
  if ('alias' in change)
    writeFileSync(
      path.join(root, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { paths: { '@alias': [`./${change.alias}`] } } }),
    )
  else if (change.text === undefined) rmSync(path.join(root, change.file), { force: true })
  else writeFileSync(path.join(root, change.file), change.text)
}
