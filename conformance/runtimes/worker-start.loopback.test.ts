import path from 'node:path'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { bundle } from './host/bundle.ts'
import { runProgram } from './host/child-process.ts'

const cases = path.join(import.meta.dirname, 'cases')

describe('100 what Workers forbid outside of a request', () => {
  let program: string
  let packages: string

  beforeAll(async () => {
    program = await bundle(path.join(cases, 'worker-start.ts'), 'process', 'worker-start')
    packages = await bundle(path.join(cases, 'packages.ts'), 'process', 'packages')
  })

  const start = async (...control: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await runProgram('Node 24', program, [packages, ...control])
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }

  test('is not needed to import the packages, make policies of every preset and put them under clients', async () => {
    expect(await start()).toEqual({ called: [] })
  })

  test.each(['setTimeout', 'AbortController', 'randomUUID', 'any', 'timeout', 'random'])(
    'would be noticed: %s',
    async (control) => {
      expect(await start(control)).toMatchObject({ called: [control] })
    },
  )

  test('the packages import nothing of Node', async () => {
    const { metafile } = await build({
      entryPoints: [path.join(cases, 'packages.ts')],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'neutral',
      conditions: ['@holdfast/source'],
      external: ['axios', 'ky'],
      logLevel: 'silent',
    })
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path: name }) => name))
    expect(new Set(outside)).toEqual(new Set(['axios', 'ky']))
  })
})
