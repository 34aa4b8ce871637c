import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { PlannedFile } from './plan-fixes.ts'

const IMPORTED = /\bfrom '(@holdfast\/[\w-]+)/g
const FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const

type Manifest = { readonly name?: string } & Readonly<Partial<Record<(typeof FIELDS)[number], object>>>

/** Packages of ours that changed files import and that no manifest above them names: what is left to install. */
export function missingPackages(root: string, files: readonly PlannedFile[]): string[] {
  const missing = new Set<string>()
  for (const { path: file, after } of files)
    for (const [, name = ''] of after.matchAll(IMPORTED)) if (!isDeclared(root, file, name)) missing.add(name)
  return [...missing].sort()
}

function isDeclared(root: string, file: string, name: string): boolean {
  for (let folder = path.posix.dirname(file); ; folder = path.posix.dirname(folder)) {
    const manifest = manifestIn(path.join(root, folder))
    if (manifest.name === name || FIELDS.some((field) => Object.hasOwn(manifest[field] ?? {}, name))) return true
    if (folder === '.') return false
  }
}

function manifestIn(folder: string): Manifest {
  const file = path.join(folder, 'package.json')
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch {
    // A manifest that cannot be read declares nothing.
    return {}
  }
}
