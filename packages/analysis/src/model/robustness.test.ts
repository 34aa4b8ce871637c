import { describe, expect, it } from 'vitest'
import { everyFinding } from './every-finding.fixture.ts'
import { minified } from './minified.fixture.ts'

describe('exotic syntax', () => {
  it.each([
    [
      'decorators',
      '@a() class A { @b accessor x = fetch("https://x.test"); static { fetch("https://x.test") } }',
      'a.ts',
      2,
    ],
    ['using', 'async function f() { await using h = open(); using k = x; await fetch("https://x.test") }', 'a.ts', 1],
    ['import attributes', 'import d from "./d.json" with { type: "json" }; fetch("https://x.test")', 'a.ts', 1],
    ['satisfies', 'fetch("https://x.test", { method: "GET" } satisfies RequestInit as RequestInit)!', 'a.ts', 1],
    ['JSX namespaces', 'const a = <svg:rect xlink:href={fetch("https://x.test")}>{...b}</svg:rect>', 'a.tsx', 1],
    ['top-level await', 'await fetch("https://x.test")', 'a.mts', 1],
    ['hashbang', '#!/usr/bin/env node\nfetch("https://x.test")', 'a.js', 1],
    ['self reference', 'const a = a; const b = c, c = b; a.get(u); b(); fetch(b, c)', 'a.js', 1],
    ['cyclic classes', 'class A extends B { f() { this.http.get(u) } } class B extends A {}', 'a.js', 0],
    ['namespace merging', 'namespace N { export const f = fetch } declare module "x" { const y: number }', 'a.ts', 0],
  ])('%s', (_, code, name, timeouts) => {
    expect(
      everyFinding(code, name).filter(
        ({ messageId, data }) => messageId === 'missing' && data?.['method'] === undefined,
      ),
    ).toHaveLength(timeouts)
  })

  it('survives deep nesting', () => {
    const chain = `x${'.then(a)'.repeat(3_000)}`
    const sum = Array.from({ length: 3_000 }, (_, index) => `a${index}`).join(' + ')
    expect(everyFinding(`${chain}; logger.error(${sum})`, 'a.js')).toEqual([])
  })

  it('reads minified code', () => {
    expect(everyFinding(minified(30_000), 'a.js').length).toBeGreaterThan(0)
  })
})
