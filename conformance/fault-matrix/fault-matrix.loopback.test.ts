import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { NODE_BINARIES, runFile } from '../src/node-binaries.ts'
import type { CellResult } from './cell.ts'
import { CLIENTS } from './clients.ts'
import { type Expected, EXPECTED, LINES } from './expected.ts'
import { FAULTS, SHORT } from './faults.ts'
import { matrixPage, type MatrixRun } from './matrix-page.ts'

const page = fileURLToPath(new URL('../../docs/guides/fault-matrix.md', import.meta.url))
const runs: MatrixRun[] = []

// Without a resolver nobody can say that a name does not exist.
const hasResolver = (cells: readonly CellResult[]): boolean =>
  cells.every(({ verdict }) => verdict?.code !== 'dns-temporary')

const isAsExpected = (cell: CellResult): boolean => {
  const { code, isHandedOver, attempts } = expectedOf(cell)
  const isSame = cell.isHandedOver === isHandedOver && cell.attempts === attempts[cell.method === 'GET' ? 0 : 1]
  return isSame && (cell.verdict?.code ?? null) === code
}

const expectedOf = ({ fault, client }: CellResult): Expected => {
  const row = EXPECTED[fault]
  if (row === undefined) throw new RangeError(`no expectation for "${fault}"`)
  return row.others?.[client] ?? row.usual
}

beforeAll(async () => {
  const measured = NODE_BINARIES.map(async (binary): Promise<MatrixRun> => {
    const printed = await runFile(binary, new URL('run-matrix.ts', import.meta.url))
    return { node: binary.version, cells: JSON.parse(printed) as CellResult[] }
  })
  runs.push(...(await Promise.all(measured)))
}, 120_000)

test('the Node of the tests is the one the page names', () => {
  expect(process.versions.node.split('.')[0]).toBe('24')
})

describe.each(NODE_BINARIES)('Node $version', ({ version }) => {
  const cellsOf = (): readonly CellResult[] => runs.find(({ node }) => node === version)?.cells ?? []

  test('every fault was met by every client with both methods', () => {
    const met = cellsOf().map(({ fault, client, method }) => `${fault}, ${client}, ${method}`)
    expect(new Set(met).size).toBe(FAULTS.length * CLIENTS.length * 2)
    expect(Object.keys(EXPECTED)).toEqual(FAULTS.map(({ name }) => name))
  })

  test.each(FAULTS)('$name', ({ name: fault, limits }) => {
    for (const cell of cellsOf().filter((each) => each.fault === fault)) {
      const { client, method, verdict, isHandedOver, attempts, arrived } = cell
      const where = `${client}, ${method}`
      const expected = expectedOf(cell)
      const code = verdict?.code ?? null
      if (verdict !== null) {
        const { code: _code, ...line } = verdict
        expect(line, `${where}: the line of ${verdict.code}`).toEqual(LINES[verdict.code])
      }
      if (code === 'dns-temporary' && expected.code === 'dns-not-found') continue
      expect({ where, code, isHandedOver, attempts }).toEqual({
        where,
        code: expected.code,
        isHandedOver: expected.isHandedOver,
        attempts: expected.attempts[method === 'GET' ? 0 : 1],
      })
      // On a busy machine an attempt may end before its request has arrived.
      const least = limits === SHORT ? 1 : attempts
      if (arrived !== null && fault !== 'redirect loop') {
        expect(arrived, `${where}: requests on the wire`).toBeGreaterThanOrEqual(least)
        expect(arrived, `${where}: requests on the wire`).toBeLessThanOrEqual(attempts)
      }
    }
  })
})

test('docs/guides/fault-matrix.md shows what was measured; `vitest run -u` writes it anew', async ({ skip }) => {
  skip(!runs.every(({ cells }) => hasResolver(cells)), 'a machine without a resolver cannot fill the first row')
  // Otherwise `-u` would write down what the tests above refuse.
  expect(runs.every(({ cells }) => cells.every(isAsExpected))).toBe(true)
  await expect(await matrixPage(runs, page)).toMatchFileSnapshot(page)
})
