import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'oxc-parser'
import { ResolverFactory } from 'oxc-resolver'
import type { CodeContext } from '../clients/client-values.ts'
import { noFacts, type ExportFact, type ProjectFacts } from '../model/project-facts.ts'
import { buildSourceFile, type SourceFile } from '../model/source-file.ts'
import { moduleExportsOf, type ModuleExports } from './exports.ts'
import { textHash } from './format.ts'
import { summariseValue } from './summarise.ts'

const EXTENSION = /\.(?:[cm]?[jt]s|[jt]sx)$/
/** Larger files are bundles; they are listed as unparsed. */
const MAX_FILE_BYTES = 1_000_000

export interface ProjectFile {
  readonly path: string
  readonly hash: string
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

function listFiles(root: string): string[] {
  const found: string[] = []
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      const absolute = path.join(directory, entry.name)
      if (entry.isDirectory()) visit(absolute)
      else if (entry.isFile() && EXTENSION.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(absolute)
    }
  }
  visit(root)
  return found.sort()
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
  const files = new Map<string, ProjectFile>()
  const unparsed: string[] = []
  const memo = new Map<string, ExportFact | null>()

  const resolve = (from: string, specifier: string): string | undefined => {
    const owner = files.get(from)
    const known = owner?.imports.get(specifier)
    if (known !== undefined) return known === '' ? undefined : known
    const result = resolver.resolveFileSync(path.join(root, from), specifier)
    const absolute = result.path
    const relative = absolute === undefined ? '' : path.relative(root, absolute).split(path.sep).join('/')
    const target = relative !== '' && !relative.startsWith('..') && files.has(relative) ? relative : ''
    owner?.imports.set(specifier, target)
    return target === '' ? undefined : target
  }

  const exportFact = (file: string, name: string): ExportFact | undefined => {
    const key = `${file}#${name}`
    const cached = memo.get(key)
    if (cached !== undefined) return cached ?? undefined
    // Marks the export as being worked on, so that cycles end.
    memo.set(key, null)
    const fact = computeFact(file, name)
    memo.set(key, fact ?? null)
    return fact
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

  for (const absolute of listFiles(root)) {
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    const parsed = statSync(absolute).size > MAX_FILE_BYTES ? undefined : parse(absolute)
    if (!parsed) {
      unparsed.push(relative)
      continue
    }
    const { file, text } = parsed
    const facts: ProjectFacts = {
      ...noFacts,
      hasCallMap: true,
      imported(specifier, exportName) {
        const target = resolve(relative, specifier)
        return target === undefined ? undefined : exportFact(target, exportName)
      },
    }
    files.set(relative, {
      path: relative,
      hash: textHash(text),
      file,
      context: { file, facts },
      exports: moduleExportsOf(file),
      imports: new Map(),
    })
  }
  return { files, unparsed, resolve, exportFact, definitionOf }
}

function parse(absolute: string): { file: SourceFile; text: string } | undefined {
  const text = readFileSync(absolute, 'utf8')
  const result = parseSync(absolute, text, { preserveParens: false, astType: 'ts' })
  if (result.program.body.length === 0 && result.errors.length > 0) return undefined
  const comments = result.comments.map(({ type, value, start, end }) => ({ type, value, range: [start, end] as const }))
  return { file: buildSourceFile(result.program, comments, text), text }
}
