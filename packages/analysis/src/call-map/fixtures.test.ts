import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildCallMap } from './build.ts'
import type { CallMap } from './format.ts'

const fixture = (name: string): CallMap => buildCallMap(path.resolve(import.meta.dirname, '../../fixtures', name))

/** Every outgoing call as one line: file, line, client, methods and the instance it goes through. */
const callLines = (map: CallMap): string[] =>
  Object.entries(map.files).flatMap(([file, entry]) =>
    entry.calls.map((call) =>
      [`${file}:${call.line}`, call.client, call.methods.join('|') || '?', call.instance ?? '-'].join(' '),
    ),
  )

/** Every instance as one line: id, client, number of calls, methods, what it got elsewhere. */
const instanceLines = (map: CallMap): string[] =>
  Object.entries(map.instances).map(([id, { client, callCount, methods, timeout = '-', retry = '-' }]) =>
    [id, client, callCount, methods.join('|') || '?', timeout, retry].join(' '),
  )

const environments = (map: CallMap): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(map.files).map(([file, entry]) => [file, entry.environment]))

describe('Next.js with an alias for its root', () => {
  const map = fixture('nextjs')

  it('follows the alias from pages and routes', () => {
    expect(callLines(map)).toEqual([
      'app/api/rates/route.ts:4 fetch GET -',
      'app/api/rates/route.ts:5 axios POST lib/shop-client.ts#shop',
      'app/orders/page.tsx:5 axios GET lib/shop-client.ts#shop',
      'components/refresh-button.tsx:5 fetch POST -',
      'lib/format.ts:3 fetch GET -',
      'lib/shop-client.ts:7 fetch GET -',
    ])
    expect(instanceLines(map)).toEqual(['lib/shop-client.ts#shop axios 2 GET|POST - -'])
  })

  it('tells what runs on the server from what runs in the browser, also through imports', () => {
    expect(environments(map)).toEqual({
      'app/api/rates/route.ts': undefined,
      'app/orders/page.tsx': 'server',
      'components/refresh-button.tsx': 'browser',
      'lib/format.ts': 'browser',
      'lib/shop-client.ts': 'server',
    })
  })
})

it('keeps where exported constants point, and of other text nothing', () => {
  expect(fixture('addresses').files['src/addresses.ts']?.exports).toEqual({
    LOCAL: { url: 'loopback' },
    OWN: { url: 'same-origin' },
    RATES: { url: 'external' },
    services: { fields: { stock: { fields: { url: { url: 'external' } } } } },
  })
})

describe('wrappers, circles and CommonJS', () => {
  const map = fixture('wrappers')

  it('follows instances that functions return, and `require(x).default`', () => {
    expect(callLines(map)).toEqual([
      'lib/second.mjs:4 axios GET lib/http.js#instance',
      'main.mjs:6 axios GET lib/http.js#instance',
    ])
  })

  it('knows what other files attach to an instance', () => {
    expect(instanceLines(map)).toEqual([
      'lib/http.js#instance axios 2 GET - axios-retry',
      'lib/plain.js#exports.plain axios 0 ? defaults.timeout -',
    ])
  })

  it('summarises wrappers through three calls and through a circle of imports, whoever is asked first', () => {
    const wrappers = ['lib/first.mjs', 'lib/second.mjs'].flatMap((file) =>
      Object.entries(map.files[file]?.exports ?? {}).map(([name, fact]) => `${name} ${fact.wrapper?.client}`),
    )
    expect(wrappers).toEqual(['first axios', 'onlyRound axios', 'second axios'])
  })
})

it('finds injected clients by the type of the constructor parameter, and no look-alikes', () => {
  expect(callLines(fixture('injection'))).toEqual(['src/catalogue.ts:15 axios GET -', 'src/catalogue.ts:19 got GET -'])
})

describe('a monorepo without node_modules', () => {
  const map = fixture('uninstalled')

  it('resolves a workspace package by its own `exports`', () => {
    expect(map.files['apps/shop/src/notices.ts']?.imports).toEqual({ '@shop/mail': 'packages/mail/src/index.ts' })
    expect(callLines(map)).toEqual([
      'apps/shop/src/notices.ts:3 ky POST packages/mail/src/index.ts#mail',
      'apps/shop/src/notices.ts:4 ky GET packages/mail/src/index.ts#mail',
    ])
  })

  it('lists files that it cannot read', () => {
    expect(map.unparsed).toEqual(['apps/shop/src/broken.ts'])
  })
})

describe('configurations of TypeScript that lead to files which are not there', () => {
  const map = fixture('missing-configs')

  it('follows relative imports and the paths that can be read', () => {
    expect(callLines(map)).toEqual([
      'apps/panel/src/sales.ts:3 ky GET apps/panel/src/clients/api.ts#api',
      'apps/shop/src/levels.ts:4 axios GET apps/shop/src/clients/stock.ts#stock',
      'apps/shop/src/levels.ts:5 axios POST apps/shop/src/clients/stock.ts#stock',
      'packages/desk/src/parcels.ts:3 axios GET packages/desk/src/lib/post.ts#post',
      'packages/rates/src/rates.ts:3 axios GET packages/rates/src/lib/bank.ts#bank',
    ])
  })
})
