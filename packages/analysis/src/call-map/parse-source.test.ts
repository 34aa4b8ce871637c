import { describe, expect, it } from 'vitest'
import { isParsable, isUnparsed, parseSource } from './parse-source.ts'

const element = "export const Badge = () => <b onClick={() => fetch('/seen')}>new</b>"

describe('parseSource', () => {
  it('takes JSX in a file that ends with `.js`', () => {
    for (const name of ['badge.js', 'badge.mjs', 'badge.jsx', 'badge.tsx']) {
      const parsed = parseSource(name, element)
      expect(parsed.errors, name).toEqual([])
      expect(parsed.program.body[0]?.type).toBe('ExportNamedDeclaration')
      expect(isParsable(name, element)).toBe(true)
    }
    expect(isUnparsed(parseSource('badge.ts', element))).toBe(true)
    expect(isUnparsed(parseSource('badge.js', 'const badge ='))).toBe(true)
  })

  it('takes types in a file that ends with `.js` where they read as those of TypeScript', () => {
    const typed = '/** @flow */\nimport type { Row } from "./row"\nexport const load = (row: Row): string => row.name\n'
    expect(parseSource('load.js', typed).errors).toEqual([])
    expect(isParsable('load.js', typed)).toBe(true)
    expect(isParsable('load.js', 'export const load = (row: ?{| id: string |}) => row\n')).toBe(false)
  })

  it('leaves the kind of a module to the ending of its name', () => {
    expect(parseSource('main.cjs', 'return').errors).toEqual([])
    expect(parseSource('main.mjs', 'return').errors).toHaveLength(1)
  })
})
