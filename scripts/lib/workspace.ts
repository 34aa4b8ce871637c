import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

export interface Manifest {
  name: string
  version: string
  private?: boolean
  exports?: Record<string, string | Record<string, string>>
  publishConfig?: { exports?: Record<string, string | Record<string, string>> }
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

export interface PublicPackage {
  directory: string
  manifest: Manifest
}

/** The packages that go to npm: every folder of packages/ whose manifest is not private. */
export function publicPackages(): PublicPackage[] {
  return readdirSync(path.join(root, 'packages'))
    .map((name) => path.join(root, 'packages', name))
    .filter((directory) => existsSync(path.join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readJson<Manifest>(path.join(directory, 'package.json')) }))
    .filter(({ manifest }) => manifest.private !== true)
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the shape where the file is read
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
