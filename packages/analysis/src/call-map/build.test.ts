import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildCallMap } from './build.ts'
import { parseCallMap, type CallMap } from './format.ts'
import { factsFromCallMap } from './read.ts'

const fixture = (name: string): CallMap => buildCallMap(path.resolve(import.meta.dirname, '../../fixtures', name))

/** Every outgoing call as one line: file, line, client, methods and the instance it goes through. */
function callLines(map: CallMap): string[] {
  return Object.entries(map.files).flatMap(([file, entry]) =>
    entry.calls.map((call) =>
      [`${file}:${call.line}`, call.client, call.methods.join('|') || '?', call.instance ?? '-'].join(' '),
    ),
  )
}

describe('a monorepo with tsconfig paths, workspaces and re-exports', () => {
  const map = fixture('workspaces')

  it('finds every call and the instance it goes through', () => {
    expect(callLines(map)).toEqual([
      'apps/shop/src/orders.ts:3 axios GET packages/http/src/client.ts#api',
      'apps/shop/src/orders.ts:4 axios GET packages/http/src/client.ts#slow',
      'apps/shop/src/orders.ts:5 fetch GET -',
      'packages/http/src/client.ts:17 fetch ? -',
    ])
  })

  it('counts the calls of each instance', () => {
    expect(map.instances).toEqual({
      'packages/http/src/client.ts#api': { client: 'axios', callCount: 1, methods: ['GET'] },
      'packages/http/src/client.ts#slow': { client: 'axios', callCount: 1, methods: ['GET'] },
    })
  })

  it('summarises wrappers and how they are used', () => {
    const entry = map.files['packages/http/src/client.ts']
    expect(entry?.exports['withRetry']).toEqual({ wrapper: { retriesCallback: true } })
    expect(entry?.exports['request']).toEqual({ wrapper: { client: 'fetch', rejects: true } })
    expect(entry?.usage['request']).toEqual({
      calls: 1,
      // `{ method: 'GET' }`
      given: { 1: { method: 1 } },
      insideRetryOwner: false,
      escapes: false,
    })
  })

  it('holds no absolute path and no source text', () => {
    const text = JSON.stringify(map)
    expect(text).not.toContain(import.meta.dirname.slice(0, 5))
    expect(text).not.toContain('stock.example')
  })

  it('is the same when built again', () => {
    expect(JSON.stringify(fixture('workspaces'))).toBe(JSON.stringify(map))
  })
})

it('knows a global default that another CommonJS file sets', () => {
  const map = fixture('commonjs')
  expect(callLines(map)).toEqual(['lib/rates.js:3 axios GET -'])
  expect(map.globals).toEqual({ axios: { at: 'server.js:3', timeout: 'defaults.timeout' } })
})

it("reads Nest's HttpService and what each module gives it", () => {
  const map = fixture('nest')
  expect(callLines(map)).toEqual(['src/mail.service.ts:9 HttpService GET -', 'src/map.service.ts:9 HttpService GET -'])
  expect(map.files['src/mail.service.ts']?.httpModule).toBe('timeout')
  expect(map.files['src/map.service.ts']?.httpModule).toBe('none')
})

it('follows class fields through superclasses of other files and constructor injection', () => {
  const map = fixture('hierarchy')
  expect(callLines(map)).toEqual([
    'injected.ts:7 ky GET -',
    'movies.ts:5 axios GET base.ts#this.axios',
    'movies.ts:9 axios POST base.ts#this.axios',
  ])
  expect(map.instances['base.ts#this.axios']?.callCount).toBe(2)
})

describe('reading the map', () => {
  const map = fixture('commonjs')

  it('says nothing about a file that changed since', () => {
    expect(factsFromCallMap(map, 'lib/rates.js', 'changed')).toBeUndefined()
    expect(factsFromCallMap(map, 'lib/new.js', '')).toBeUndefined()
    expect(factsFromCallMap(map, 'constructor', '')).toBeUndefined()
  })

  it('refuses text that is no call map', () => {
    expect(() => parseCallMap('nonsense')).toThrow(/no JSON/)
    expect(() => parseCallMap('{"version":7,"files":{}}')).toThrow(/version 7, this release reads version 1/)
    expect(parseCallMap(JSON.stringify(map))).toEqual(map)
  })
})
