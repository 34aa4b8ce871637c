import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { ResolverFactory } from 'oxc-resolver'

/** Finds the file behind an import: its path below the root, or undefined for everything outside. */
export function importResolver(
  root: string,
  manifests: readonly string[],
): (from: string, specifier: string) => string | undefined {
  const resolver = new ResolverFactory({
    tsconfig: 'auto',
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
    extensionAlias: { '.js': ['.ts', '.tsx', '.js', '.jsx'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
    conditionNames: ['source', '@holdfast/source', 'development', 'import', 'require', 'node', 'default'],
    mainFields: ['source', 'module', 'main'],
  })
  const workspaces = workspaceFolders(manifests)
  return (from, specifier) => {
    if (specifier.startsWith('node:') && isBuiltin(specifier)) return undefined
    const absolute =
      resolver.resolveFileSync(path.join(root, from), specifier).path ??
      resolveWorkspace(resolver, workspaces, specifier)
    if (absolute === undefined) return undefined
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    return relative.startsWith('..') ? undefined : relative
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
  resolver: ResolverFactory,
  folders: ReadonlyMap<string, string>,
  specifier: string,
): string | undefined {
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier) ?? []
  const folder = folders.get(name)
  if (folder === undefined) return undefined
  // A package may import itself by name, through its own `exports`.
  return (
    resolver.resolveFileSync(path.join(folder, 'package.json'), specifier).path ??
    resolver.resolveFileSync(path.join(folder, 'package.json'), `.${rest === '' ? '/' : rest}`).path
  )
}
