import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { analyseFile } from './analysis.ts'
import { isExempt } from './environment.ts'
import { everyFinding } from './every-finding.fixture.ts'
import { noFacts } from './project-facts.ts'

const bad = 'export async function load(u) { try { return await fetch(u) } catch (error) { console.log("x" + error) } }'

const bundled = 'function a(b, c) {\n  var d = b(c);\n  return function (a) {\n    return a(d);\n  };\n}\n'

interface Sample {
  readonly code: string
  readonly path?: string
  readonly facts?: Partial<typeof noFacts>
}

function exemptAndKind({ code, path = 'src/a.ts', facts }: Sample): readonly [boolean, boolean] {
  const { program } = parseSync(path, code, { preserveParens: false })
  const known = { ...noFacts, ...facts }
  const { kind } = analyseFile(program, [], code, path, known)
  return [isExempt(program, code, path, known), kind.isTest || kind.isPacked]
}

describe('isExempt', () => {
  it.each<[string, Sample]>([
    ['a test by its path', { code: bad, path: 'src/a.test.ts' }],
    ['a test by its suite', { code: `describe("a", () => {}); ${bad}` }],
    ['a test by its import', { code: `import { it } from "vitest"; ${bad}` }],
    ['a test by the call map', { code: bad, facts: { isTest: true } }],
    ['packed code', { code: `${bad};`.repeat(40) }],
    ['the release of a library', { code: `/*! Slides v3.7.1, MIT */\n${bad}` }],
    ['a bundle that was laid out again', { code: `${bundled.repeat(400)}${bad}` }],
  ])('sees %s without reading the tree', (_what, sample) => {
    expect(exemptAndKind(sample)).toEqual([true, true])
  })

  it.each<[string, Sample]>([
    ['plain code', { code: bad }],
    ['what has a banner of its own', { code: `/*! Copyright 2026 the authors */\n${bad}` }],
    ['long code with names', { code: `${bundled.replaceAll(/\b([a-d])\b/g, 'n$1').repeat(400)}${bad}` }],
    ['a type of a library that drives browsers', { code: `import type { Page } from "@playwright/test"; ${bad}` }],
    ['what the call map says is no test', { code: bad, path: 'src/a.test.ts', facts: { isTest: false } }],
  ])('does not leave out %s', (_what, sample) => {
    expect(exemptAndKind(sample)).toEqual([false, false])
  })

  it('leaves a test that only a nested require shows to the analysis', () => {
    expect(exemptAndKind({ code: `function run() { require("mocha") } ${bad}` })).toEqual([false, true])
  })

  it('agrees with the detectors, which report nothing in a test', () => {
    expect(everyFinding(bad, 'src/a.ts').length).toBeGreaterThan(0)
    expect(everyFinding(bad, 'src/a.test.ts')).toEqual([])
  })
})
