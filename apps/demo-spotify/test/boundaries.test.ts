import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Folders that are made to be copied, each with the folders that go with it. */
const ADVERTISED = {
  client: [],
  oauth: [],
  store: [],
  snapshot: ['client', 'store'],
} as const

const importsOf = (folder: string): { readonly file: string; readonly from: string }[] => {
  const path = new URL(`../src/${folder}/`, import.meta.url)
  return readdirSync(path).flatMap((file) => {
    const code = readFileSync(new URL(file, path), 'utf8')
    return [...code.matchAll(/from '([^']+)'/g)].map((match) => ({ file, from: match[1] ?? '' }))
  })
}

test.each(Object.entries(ADVERTISED))(
  '%s can be copied: it reaches others through their index alone',
  (folder, others) => {
    const imports = importsOf(folder)
    expect(imports.length).toBeGreaterThan(3)
    const outside = imports.filter(({ from }) => from.startsWith('../'))
    const allowed = others.map((other) => `../${other}/index.ts`)
    expect(outside.filter(({ from }) => !allowed.includes(from))).toEqual([])
  },
)
