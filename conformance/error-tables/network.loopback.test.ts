import { classify } from '@holdfast/core'
import { afterAll, describe, expect, test } from 'vitest'
import { NODE_BINARIES, runFile } from '../src/node-binaries.ts'
import type { Met } from './network-failures.ts'
import { NETWORK_ROWS, NETWORK_TABLE } from './network-rows.ts'
import { gaps, tally, type Proof } from './proof.ts'

const proofs: Proof[] = []

afterAll(() => {
  process.stdout.write(`network errors by origin: ${JSON.stringify(tally(proofs))}\n`)
})

/** "syscall:CODE", "CODE", ":words" or "axios:words", as an error that carries just that. */
const shapeOf = (signal: string): Error => {
  const [, before = '', after = signal] = /^(\w*):(.+)$/s.exec(signal) ?? []
  if (signal === 'ERR_NETWORK of axios')
    return Object.assign(new Error('Network Error'), { isAxiosError: true, code: 'ERR_NETWORK' })
  if (before === 'axios') return Object.assign(new Error(after), { isAxiosError: true, code: 'ECONNABORTED' })
  if (signal.startsWith(':')) return after === 'what nobody knows' ? new Error(after) : new TypeError(after)
  return Object.assign(new Error('it failed'), { code: after, ...(before === '' ? {} : { syscall: before }) })
}

// The newest one meets the same in the fault matrix.
const VERSIONS = NODE_BINARIES.filter(({ version }) => version === '22' || version === '24')

describe.each(VERSIONS)('on Node $version', (node) => {
  test('what can be met here is judged as the table says', async () => {
    const met = JSON.parse(await runFile(node, new URL('run-network.ts', import.meta.url))) as Met[]
    const differences: unknown[] = []
    for (const { row, verdict, real } of NETWORK_ROWS) {
      for (const signal of real) {
        const found = met.find((each) => each.signal === signal)
        const given = (found?.verdict ?? {}) as Record<string, unknown>
        const wrong = Object.entries(verdict).filter(([name, value]) => given[name] !== value)
        if (wrong.length === 0) proofs.push({ row, signal, origin: 'real' })
        else differences.push({ signal, wanted: Object.fromEntries(wrong), given: found?.verdict, error: found?.error })
      }
    }
    expect(differences).toEqual([])
    const known = NETWORK_ROWS.flatMap(({ real }) => real)
    expect(met.map(({ signal }) => signal).filter((signal) => !known.includes(signal))).toEqual([])
  }, 30_000)
})

test.each(
  NETWORK_ROWS.flatMap(({ row, verdict, recorded }) => recorded.map((signal) => [row, signal, verdict] as const)),
)('%s: %s, of a recorded shape', (row, signal, verdict) => {
  const abort = AbortSignal.abort('left')
  const context = row === 'the caller left' ? { signal: abort } : {}
  expect(classify(shapeOf(signal), context)).toMatchObject(verdict)
  proofs.push({ row, signal, origin: 'recorded' })
})

test('has no row and no code without a proof', () => {
  expect(gaps(NETWORK_TABLE, proofs)).toEqual([])
})
