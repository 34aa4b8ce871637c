import { readdirSync } from 'node:fs'
import path from 'node:path'

const EXTENSION = /\.(?:[cm]?[jt]s|[jt]sx)$/

export interface Listing {
  /** Absolute paths, sorted. */
  readonly sources: readonly string[]
  readonly manifests: readonly string[]
}

/** The source files and manifests below a folder. */
export function listFiles(root: string): Listing {
  const sources: string[] = []
  const manifests: string[] = []
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || (entry.name.startsWith('.') && entry.name !== '.well-known')) continue
      const absolute = path.join(directory, entry.name)
      if (entry.isDirectory()) visit(absolute)
      else if (entry.name === 'package.json') manifests.push(absolute)
      else if (entry.isFile() && EXTENSION.test(entry.name) && !entry.name.endsWith('.d.ts')) sources.push(absolute)
    }
  }
  visit(root)
  return { sources: sources.sort(), manifests: manifests.sort() }
}
