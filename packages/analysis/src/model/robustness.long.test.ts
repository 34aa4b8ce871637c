import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, it } from 'vitest'
import { everyFinding } from './every-finding.fixture.ts'
import { minified } from './minified.fixture.ts'

const PACKAGES = path.resolve(import.meta.dirname, '../../../../node_modules/.pnpm')
const TIMEBOX_MS = 480_000
/** Files of this size take seconds each; the minified ones of 1 MB have a test of their own. */
const MAX_BYTES = 3_000_000

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const target = path.join(folder, entry.name)
    // The store links packages to each other; each is visited where it lies.
    if (entry.isDirectory()) yield* sourceFiles(target)
    else if (entry.isFile() && /\.(?:[cm]?[jt]s|[jt]sx)$/.test(entry.name)) yield target
  }
}

it('survives every file below node_modules that can be parsed', { timeout: TIMEBOX_MS + 60_000 }, () => {
  const endsAt = performance.now() + TIMEBOX_MS
  const crashes: string[] = []
  let read = 0
  let left = 0
  let slowest = { file: '', ms: 0 }
  for (const file of sourceFiles(PACKAGES)) {
    if (performance.now() > endsAt) {
      left += 1
      continue
    }
    if (statSync(file).size > MAX_BYTES) continue
    const text = readFileSync(file, 'utf8')
    const name = path.basename(file)
    if (parseSync(name, text).errors.length > 0) continue
    const startedAt = performance.now()
    try {
      everyFinding(text, name)
    } catch (error) {
      crashes.push(`${path.relative(PACKAGES, file)}: ${String(error)}`)
    }
    read += 1
    const ms = performance.now() - startedAt
    if (ms > slowest.ms) slowest = { file: path.relative(PACKAGES, file), ms }
  }
  console.log(`${read} files, ${left} left when the time was up; slowest ${slowest.file} ${slowest.ms.toFixed(0)} ms`)
  expect(crashes).toEqual([])
  expect(read).toBeGreaterThan(1_000)
})

it('reads a minified file of 1 MB in bounded time', { timeout: 120_000 }, () => {
  const text = minified(1_000_000)
  const before = process.cpuUsage()
  expect(everyFinding(text, 'a.js').length).toBeGreaterThan(0)
  // About 2 s of a busy machine; quadratic code would take minutes.
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20)
})
