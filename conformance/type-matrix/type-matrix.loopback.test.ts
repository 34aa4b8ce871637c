import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { layOutProject, projectDirectory } from './published.ts'

const modules = path.resolve(import.meta.dirname, '../node_modules')
const COMPILERS = {
  '5.9': path.join(modules, 'typescript-5.9/bin/tsc'),
  '6': path.resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc'),
  '7': path.join(modules, 'typescript-7/bin/tsc'),
} as const

const RESOLUTIONS = {
  NodeNext: { module: 'nodenext', moduleResolution: 'nodenext' },
  Bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const

type Version = keyof typeof COMPILERS
type Resolution = keyof typeof RESOLUTIONS

// A module of each kind in one program, because most of the time goes into the types of the platform.
const CONSUMERS = ['consumer.ts', 'commonjs.cts']

/** Compiles files of the project as a user would and returns what the compiler complains about. */
const compile = (
  version: Version,
  resolution: Resolution,
  files = CONSUMERS,
  options: object = {},
): Promise<string> => {
  const config = path.join(projectDirectory, `tsconfig.${version}.${resolution}.json`)
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    ...options,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, files }))
  return new Promise((resolve) => {
    execFile(process.execPath, [COMPILERS[version], '-p', config, '--pretty', 'false'], (error, stdout, stderr) => {
      resolve(error === null ? '' : `${stdout}${stderr}`)
    })
  })
}

const versions = Object.keys(COMPILERS) as Version[]
const cells = versions.flatMap((version) =>
  (Object.keys(RESOLUTIONS) as Resolution[]).map((resolution) => [version, resolution] as const),
)

describe('49 the published types', () => {
  beforeAll(() => layOutProject(), 120_000)

  test.each(cells)('of an ES module and a CommonJS module on TypeScript %s, %s', async (version, resolution) => {
    expect(await compile(version, resolution)).toBe('')
  })

  test('with every strict flag, and when the declarations themselves are checked', async () => {
    const flags = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true }
    expect(await compile('7', 'NodeNext', CONSUMERS, { ...flags, skipLibCheck: false })).toBe('')
  })

  test('a wrong name would be noticed', async () => {
    writeFileSync(
      path.join(projectDirectory, 'wrong.ts'),
      `import { standardPolicy, wrapFetch } from '@holdfast/core'
       void wrapFetch(standardPolicy({ name: 'a' }))('https://api.example/', { resilience: { hedge: false } })`,
    )
    expect(await compile('7', 'Bundler', ['wrong.ts'])).toContain("'hedge'")
  })
})
