import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseSync, visitorKeys } from 'oxc-parser'
import { ResolverFactory } from 'oxc-resolver'
import type { CodeContext } from '../clients/client-value.ts'
import { TEST_PATH } from '../model/environment.ts'
import { lazy } from '../model/lazy.ts'
import { noFacts, type ExportFact } from '../model/project-facts.ts'
import { buildSourceFile, type SourceFile } from '../model/source-file.ts'
import { ExportFacts } from './export-facts.ts'
import { moduleExportsOf, type ModuleExports } from './exports.ts'
import { textHash } from './format.ts'
import { summariseValue } from './summarise.ts'

const EXTENSION = /\.(?:[cm]?[jt]s|[jt]sx)$/
/** Larger files are bundles; they are listed as unparsed. */
const MAX_FILE_BYTES = 1_000_000

export interface ProjectFile {
  readonly path: string
  readonly hash: string
  /** Its path says that it is a test: it is read only when a product file imports it. */
  readonly isTestByPath: boolean
  readonly file: SourceFile
  readonly context: CodeContext
  readonly exports: ModuleExports
  readonly imports: Map<string, string>
}

export interface Project {
  readonly files: ReadonlyMap<string, ProjectFile>
  readonly unparsed: readonly string[]
  resolve(from: string, specifier: string): string | undefined
  exportFact(file: string, name: string): ExportFact | undefined
  /** The file and name behind an export, through re-exports. */
  definitionOf(file: string, name: string): { readonly file: string; readonly name: string } | undefined
}

interface Listing {
  readonly sources: readonly string[]
  readonly manifests: readonly string[]
}

function listFiles(root: string): Listing {
  const sources: string[] = []
  const manifests: string[] = []
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      const absolute = path.join(directory, entry.name)
      if (entry.isDirectory()) visit(absolute)
      else if (entry.name === 'package.json') manifests.push(absolute)
      else if (entry.isFile() && EXTENSION.test(entry.name) && !entry.name.endsWith('.d.ts')) sources.push(absolute)
    }
  }
  visit(root)
  return { sources: sources.sort(), manifests: manifests.sort() }
}

/** Parses every source file below a folder and links their imports. */
export function loadProject(root: string): Project {
  const resolver = new ResolverFactory({
    tsconfig: 'auto',
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
    extensionAlias: { '.js': ['.ts', '.tsx', '.js', '.jsx'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
    conditionNames: ['source', '@holdfast/source', 'development', 'import', 'require', 'node', 'default'],
    mainFields: ['source', 'module', 'main'],
  })
  const listing = listFiles(root)
  const workspaces = workspaceFolders(listing.manifests)
  const files = new Map<string, ProjectFile>()
  const unparsed: string[] = []

  const resolve = (from: string, specifier: string): string | undefined => {
    const owner = files.get(from)
    const known = owner?.imports.get(specifier)
    if (known !== undefined) return known === '' ? undefined : known
    const absolute =
      resolver.resolveFileSync(path.join(root, from), specifier).path ??
      resolveWorkspace(resolver, workspaces, specifier)
    const relative = absolute === undefined ? '' : path.relative(root, absolute).split(path.sep).join('/')
    const target = relative !== '' && !relative.startsWith('..') && files.has(relative) ? relative : ''
    owner?.imports.set(specifier, target)
    return target === '' ? undefined : target
  }

  const computeFact = (file: string, name: string): ExportFact | undefined => {
    const owner = files.get(file)
    if (!owner) return undefined
    const target = owner.exports.named.get(name)
    if (target && 'node' in target) return summariseValue(owner.context, file, target.node)
    if (target) {
      const next = resolve(file, target.module)
      if (next !== undefined) return exportFact(next, target.name)
      return undefined
    }
    if (name === '*') return namespaceFact(owner)
    for (const star of owner.exports.stars) {
      const next = resolve(file, star)
      const fact = next === undefined ? undefined : exportFact(next, name)
      if (fact) return fact
    }
    return undefined
  }

  const facts = new ExportFacts(computeFact)
  const exportFact = (file: string, name: string): ExportFact | undefined => facts.of(file, name)

  const definitionOf = (
    file: string,
    name: string,
    seen = new Set<string>(),
  ): { file: string; name: string } | undefined => {
    const owner = files.get(file)
    if (!owner || seen.has(`${file}#${name}`)) return undefined
    seen.add(`${file}#${name}`)
    const target = owner.exports.named.get(name)
    if (target && 'node' in target) return { file, name }
    const modules = target ? [target.module] : owner.exports.stars
    for (const module of modules) {
      const next = resolve(file, module)
      const found = next === undefined ? undefined : definitionOf(next, target ? target.name : name, seen)
      if (found) return found
    }
    return undefined
  }

  const namespaceFact = (owner: ProjectFile): ExportFact => {
    const fields: Record<string, ExportFact> = {}
    for (const name of owner.exports.named.keys()) {
      const fact = exportFact(owner.path, name)
      if (fact && Object.keys(fact).length > 0) fields[name] = fact
    }
    return { fields }
  }

  for (const absolute of listing.sources) {
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    const text = statSync(absolute).size > MAX_FILE_BYTES ? undefined : readFileSync(absolute, 'utf8')
    const parse = text === undefined ? undefined : startParsing(absolute, text)
    if (text === undefined || !parse) {
      unparsed.push(relative)
      continue
    }
    const isTestByPath = TEST_PATH.test(relative)
    const file = lazy(parse)
    const context = lazy(() => ({
      file: file(),
      facts: {
        ...noFacts,
        hasCallMap: true,
        imported(specifier: string, exportName: string) {
          const target = resolve(relative, specifier)
          return target === undefined ? undefined : exportFact(target, exportName)
        },
        unsettledReads: () => facts.unsettledReads,
      },
    }))
    const exports = lazy(() => moduleExportsOf(file()))
    if (!isTestByPath) file()
    files.set(relative, {
      path: relative,
      hash: textHash(text),
      isTestByPath,
      imports: new Map(),
      get file() {
        return file()
      },
      get context() {
        return context()
      },
      get exports() {
        return exports()
      },
    })
  }
  return { files, unparsed, resolve, exportFact, definitionOf }
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

/** Reads the syntax; the returned function makes the tree, which is the dear part. Undefined where nothing can be read. */
function startParsing(absolute: string, text: string): (() => SourceFile) | undefined {
  const result = parseSync(absolute, text, { preserveParens: false, astType: 'ts' })
  if (result.errors.length > 0 && result.program.body.length === 0) return undefined
  return () => buildSourceFile(result.program, [], text, visitorKeys)
}
