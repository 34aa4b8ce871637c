import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folderNeeds } from './folder-needs.ts'

const source = new URL('../src/', import.meta.url)
test.each(Object.keys(folderNeeds))(
  '%s imports its siblings only through their index, and only those it names',
  (folder) => {
    const files = readdirSync(new URL(`${folder}/`, source)).filter((name) => name.endsWith('.ts'))
    expect(files).toContain('index.ts')
    const imports = files.flatMap((name) => {
      const text = readFileSync(new URL(`${folder}/${name}`, source), 'utf8')
      return [...text.matchAll(/from '(\.[^']*)'/g)].map(([, path = '']) => path)
    })
    const outside = imports.filter((path) => !path.startsWith('./'))
    expect(outside.filter((path) => !/^\.\.\/[a-z-]+\/index\.ts$/.test(path))).toEqual([])
    const siblings = [...new Set(outside.map((path) => path.split('/')[1]))].sort()
    expect(siblings).toEqual([...(folderNeeds[folder] ?? [])])
  },
)
