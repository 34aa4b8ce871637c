import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import type * as OxcResolver from 'oxc-resolver'
import { nearestTsconfig, NO_PATHS, pathTargets, readablePaths, type TsconfigPaths } from './tsconfig-paths.ts'

// It is CommonJS: an `import` reads it a second time to learn its names, 14 ms of every run.
const { ResolverFactory } = createRequire(import.meta.url)('oxc-resolver') as typeof OxcResolver

const OPTIONS = {
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
  extensionAlias: { '.js': ['.ts', '.tsx', '.js', '.jsx'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
  conditionNames: ['source', '@holdfast/source', 'development', 'import', 'require', 'node', 'default'],
  mainFields: ['source', 'module', 'main'],
}

type FindFile = (from: string, specifier: string) => string | undefined

/** Finds the file behind an import: its path below the root, or undefined for everything outside. */
export function importResolver(root: string, manifests: readonly string[]): FindFile {
  const resolver = new ResolverFactory({ ...OPTIONS, tsconfig: 'auto' })
  const workspaces = workspaceFolders(manifests)
  const findByReadablePaths = readablePathsResolver(workspaces)
  const findFile: FindFile = (from, specifier) => {
    const { path: found, error } = resolver.resolveFileSync(from, specifier)
    // With an unusable `tsconfig.json` it finds nothing at all, relative paths neither.
    return found ?? (isTsconfigProblem(error) ? findByReadablePaths(from, specifier) : undefined)
  }
  return (from, specifier) => {
    if (specifier.startsWith('node:') && isBuiltin(specifier)) return undefined
    const absolute = findFile(path.join(root, from), specifier) ?? resolveWorkspace(findFile, workspaces, specifier)
    if (absolute === undefined) return undefined
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    return relative.startsWith('..') ? undefined : relative
  }
}

function isTsconfigProblem(error: string | undefined): boolean {
  return error !== undefined && /^(?:Failed to load )?tsconfig/i.test(error)
}

/** Follows what can be read of a `tsconfig.json` that the resolver cannot use. */
function readablePathsResolver(workspaces: ReadonlyMap<string, string>): FindFile {
  // Not a clone of the other: in the cache they would share it leaves that a folder has no `tsconfig.json`.
  const plain = new ResolverFactory(OPTIONS)
  const findPlainly: FindFile = (from, specifier) => plain.resolveFileSync(from, specifier).path
  const findConfig: FindFile = (from, specifier) =>
    findPlainly(from, specifier) ?? resolveWorkspace(findPlainly, workspaces, specifier)
  const byFolder = new Map<string, TsconfigPaths>()
  const pathsOf = (folder: string): TsconfigPaths => {
    const known = byFolder.get(folder)
    if (known) return known
    const tsconfig = nearestTsconfig(folder)
    const home = tsconfig === undefined ? undefined : path.dirname(tsconfig)
    let found = NO_PATHS
    if (tsconfig !== undefined && home === folder) found = readablePaths(tsconfig, findConfig)
    else if (home !== undefined) found = pathsOf(home)
    byFolder.set(folder, found)
    return found
  }
  return (from, specifier) => {
    for (const target of pathTargets(pathsOf(path.dirname(from)), specifier)) {
      const found = findPlainly(from, target)
      if (found !== undefined) return found
    }
    return findPlainly(from, specifier)
  }
}

/** The folders of the packages of a monorepo by name. */
function workspaceFolders(manifests: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>()
  for (const manifest of manifests) {
    const name = nameIn(manifest)
    if (name !== undefined) folders.set(name, path.dirname(manifest))
  }
  return folders
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    // A manifest that cannot be read names no package; the files below it are mapped all the same.
    return undefined
  }
}

/** A package of the same monorepo that is not linked below `node_modules`, because nothing was installed yet. */
function resolveWorkspace(
  findFile: FindFile,
  folders: ReadonlyMap<string, string>,
  specifier: string,
): string | undefined {
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier) ?? []
  const folder = folders.get(name)
  if (folder === undefined) return undefined
  // A package may import itself by name, through its own `exports`.
  return (
    findFile(path.join(folder, 'package.json'), specifier) ??
    findFile(path.join(folder, 'package.json'), `.${rest === '' ? '/' : rest}`)
  )
}
