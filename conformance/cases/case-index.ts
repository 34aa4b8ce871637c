import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

// Test files name cases as "case 7: ..." or "cases 3 and 4: ...". The cases that run in every runtime are data, and their
// names begin with the bare number; so do the titles of the type matrix.
const IN_A_TITLE = /(['"`])cases? (\d+(?:(?:, | and | to )\d+)*): /g
const AS_A_NAME = /(['"`])(\d+(?:(?:, | and | to )\d+)*) \w/g

const BARE = [path.join('conformance', 'runtimes'), path.join('conformance', 'type-matrix')]
/** A case that is a whole suite: all others, run in another runtime. */
const SUITES: Readonly<Record<number, readonly string[]>> = { 92: ["processTests('Bun'", "processTests('Deno'"] }

// The samples of its own test are no cases.
const OWN_TEST = 'case-index.test.ts'
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'fixtures', 'corpus', '.turbo'])

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const full = path.join(directory, entry.name)
    return entry.isDirectory() ? filesIn(full) : [full]
  })

const numbersIn = (list: string): number[] => {
  const [first = 0, last = 0] = list.split(' to ').map(Number)
  if (list.includes(' to ')) return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return list.split(/, | and /).map(Number)
}

/** The numbers of the cases that a text names as titles of tests. */
export const casesNamedIn = (text: string, hasBareNumbers: boolean): number[] => {
  const patterns = hasBareNumbers ? [IN_A_TITLE, AS_A_NAME] : [IN_A_TITLE]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, , list = '']) => numbersIn(list)))
}

/** The test files of the repository by the number of the case they name. */
export const caseIndex = (root: string): ReadonlyMap<number, readonly string[]> => {
  const index = new Map<number, Set<string>>()
  const suites = new Map<string, string>()
  for (const file of ['packages', 'conformance'].flatMap((directory) => filesIn(path.join(root, directory)))) {
    const name = path.relative(root, file)
    const hasBareNumbers = BARE.some((directory) => name.startsWith(directory))
    const isTest = name.endsWith('.test.ts') && !name.endsWith(OWN_TEST)
    if (!isTest && !(hasBareNumbers && name.endsWith('-cases.ts'))) continue
    const text = readFileSync(file, 'utf8')
    for (const number of casesNamedIn(text, hasBareNumbers)) {
      index.set(number, (index.get(number) ?? new Set()).add(name))
    }
    for (const start of Object.values(SUITES).flat()) if (text.includes(start)) suites.set(start, name)
  }
  for (const [number, starts] of Object.entries(SUITES)) {
    if (starts.every((start) => suites.has(start))) index.set(Number(number), new Set(suites.values()))
  }
  return new Map([...index].map(([number, files]) => [number, [...files]]))
}
