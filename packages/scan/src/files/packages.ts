import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ListedFile } from './source-listing.ts'

/** Which package a file belongs to: the name in the nearest package.json above it, else the name of the folder. */
export function packageFinder(root: string, settings: readonly Pick<ListedFile, 'path'>[]): (file: string) => string {
  const names = new Map<string, string>()
  for (const { path: file } of settings) {
    if (path.posix.basename(file) !== 'package.json') continue
    const name = nameIn(path.join(root, file))
    if (name !== undefined) names.set(path.posix.dirname(file), name)
  }
  return (file) => {
    for (let folder = path.posix.dirname(file === '' ? 'x' : file); ; folder = path.posix.dirname(folder)) {
      const name = names.get(folder)
      if (name !== undefined) return name
      if (folder === '.') return path.basename(root)
    }
  }
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    // A manifest that cannot be read names no package; the one above it does.
    return undefined
  }
}
