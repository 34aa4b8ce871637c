import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { summarise, type MeasureCount } from '../src/call-coverage/summary.ts'
import { packageFinder } from '../src/files/packages.ts'
import { scanProject } from '../src/scan-project.ts'

const fixtures = path.resolve(import.meta.dirname, '../../analysis/fixtures')
const count = (yes: number, no: number, unknown = 0): MeasureCount => ({ yes, no, unknown })

// Counted by reading the sources, not by running anything. A POST needs no retry; a call to the own origin is none.
const COUNTED = {
  commonjs: { calls: 1, deadline: count(1, 0), retry: count(0, 1), responseCheck: count(1, 0), breaker: count(0, 1) },
  hierarchy: { calls: 3, deadline: count(0, 2, 1), retry: count(1, 1), responseCheck: count(3, 0) },
  injection: {
    calls: 2,
    deadline: count(0, 0, 2),
    retry: count(1, 0, 1),
    responseCheck: count(2, 0),
    breaker: count(0, 0, 2),
  },
  nest: { calls: 2, deadline: count(1, 1), retry: count(0, 2), responseCheck: count(2, 0) },
  nextjs: { calls: 4, deadline: count(0, 4), retry: count(0, 3), responseCheck: count(3, 1), breaker: count(0, 4) },
  uninstalled: {
    calls: 2,
    deadline: count(2, 0),
    retry: count(1, 0),
    responseCheck: count(2, 0),
    breaker: count(0, 2),
  },
  workspaces: { calls: 4, deadline: count(2, 2), retry: count(1, 3), responseCheck: count(4, 0), breaker: count(0, 4) },
  wrappers: { calls: 2, deadline: count(0, 2), retry: count(2, 0), responseCheck: count(2, 0), breaker: count(0, 2) },
}

const coverageOf = (name: string) => {
  const result = scanProject({ root: path.join(fixtures, name), cache: false })
  return summarise(
    result,
    packageFinder(result.root, [{ path: 'packages/http/package.json' }, { path: 'apps/shop/package.json' }]),
  )
}

describe('the coverage of the fixture repositories is what a person counts', () => {
  it.each(Object.entries(COUNTED))('%s', (name, { calls, ...measures }) => {
    const { total } = coverageOf(name)
    expect({ calls: total.calls, ...total.measures }).toMatchObject({ calls, ...measures })
    // No call of the fixtures loses its error.
    expect(total.measures.handledError).toEqual(count(calls, 0))
  })

  it('groups the calls of a monorepo by host, client, package and operation', () => {
    const { by } = coverageOf('workspaces')
    const names = (grouping: keyof typeof by): string[] => by[grouping].map((row) => `${row.name} ${row.calls}`)
    expect(names('host')).toEqual(['$SHOP_API 2', '$REPORTS_API 1', 'stock.example 1'])
    expect(names('client')).toEqual(['axios 2', 'fetch 2'])
    expect(names('package')).toEqual(['shop 3', '@shop/http 1'])
    expect(names('operation')).toEqual([
      '? $SHOP_API:path 1',
      'GET $REPORTS_API/report 1',
      'GET $SHOP_API/orders 1',
      'GET stock.example/levels 1',
    ])
  })

  it('says where a protection of another file comes from', () => {
    const [call] = coverageOf('commonjs').calls
    expect(call?.protections.deadline).toMatchObject({ state: 'yes', source: 'defaults.timeout' })
  })
})
