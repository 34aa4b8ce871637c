import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseForESLint } from '@typescript-eslint/parser'
import { expect, it } from 'vitest'
import { generateRepository } from './generate-repository.ts'

const generated = (fileCount: number): Map<string, string> => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-generated-'))
  try {
    generateRepository(root, fileCount)
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return new Map(
      files.map(({ parentPath, name }) => {
        const file = join(parentPath, name)
        return [file.slice(root.length + 1), readFileSync(file, 'utf8')]
      }),
    )
  } finally {
    rmSync(root, { recursive: true })
  }
}

it('gives the same valid files every time', () => {
  const files = generated(20)
  expect(generated(20)).toEqual(files)
  const sources = [...files].filter(([path]) => /\.(tsx?|cjs)$/.test(path))
  expect(sources).toHaveLength(20)
  for (const [path, text] of sources)
    expect(() => parseForESLint(text, { jsx: path.endsWith('x') }), path).not.toThrow()
})
