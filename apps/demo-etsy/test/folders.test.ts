import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const source = new URL('../src/', import.meta.url)
/** The folders that people copy, and which of the others they need. */
const needs: Readonly<Record<string, readonly string[]>> = {
  client: [],
  oauth: [],
  webhooks: [],
  jobs: [],
  inventory: ['client', 'jobs'],
  publish: ['client', 'inventory', 'jobs'],
  shipping: ['client', 'jobs'],
  orders: ['client', 'jobs'],
  seo: ['client', 'jobs'],
}

test.each(Object.keys(needs))('%s imports its siblings only through their index, and only those it names', (folder) => {
  const files = readdirSync(new URL(`${folder}/`, source)).filter((name) => name.endsWith('.ts'))
  expect(files).toContain('index.ts')
  const imports = files.flatMap((name) => {
    const text = readFileSync(new URL(`${folder}/${name}`, source), 'utf8')
    return [...text.matchAll(/from '(\.[^']*)'/g)].map(([, path = '']) => path)
  })
  const outside = imports.filter((path) => !path.startsWith('./'))
  expect(outside.filter((path) => !/^\.\.\/[a-z]+\/index\.ts$/.test(path))).toEqual([])
  const siblings = [...new Set(outside.map((path) => path.split('/')[1]))].sort()
  expect(siblings).toEqual([...(needs[folder] ?? [])])
})
