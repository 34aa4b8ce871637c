import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { TEST_PATH } from '../model/environment.ts'
import { noFacts, type ExportFact } from '../model/project-facts.ts'
import { answerMark } from './answer-mark.ts'
import { ExportFacts } from './export-facts.ts'
import type { CallMapRecords, FileOutline, FileRecord } from './file-record.ts'
import { textHash } from './format.ts'
import { LoadedFiles, readIfThere, type LoadedFile } from './loaded-files.ts'
import { EVERYTHING, outlineOf } from './outline.ts'
import { ownValue } from '../model/own-value.ts'
import { isParsable, MAX_FILE_BYTES } from './parse-source.ts'
import { importResolver } from './resolve-imports.ts'
import { listFiles } from './source-listing.ts'
import { summariseValue } from './summarise.ts'

type ExportTargets = ReadonlyMap<string, FileOutline['exports'][number][1]>

export interface ProjectFile {
  readonly path: string
  hash: string
  /** Its path says that it is a test: it is read only when a product file imports it. */
  readonly isTestByPath: boolean
  /** Undefined until it is known. */
  isUnparsed: boolean | undefined
  /** Where its imports lead, as far as they were asked for; an empty path is outside of the project. */
  readonly imports: Map<string, string>
  outline: FileOutline | undefined
  targets: ExportTargets | undefined
  /** What the last run found out; dropped when it does not hold any more. */
  record: FileRecord | undefined
  /** The record holds, so that the file need not be read. */
  isKept: boolean
  /** A mark of the files that it imports in a circle, itself among them; undefined outside of circles. */
  circle: string | undefined
  /** Names that it was asked for. */
  readonly computed: Set<string>
  /** What it asked of others. */
  readonly asked: Map<string, readonly [specifier: string, name: string]>
}

export interface Project {
  readonly files: ReadonlyMap<string, ProjectFile>
  /** The syntax of a file; undefined when it cannot be parsed. */
  load(file: ProjectFile): LoadedFile | undefined
  /** Lets go of the syntax of a file of which no more is asked for now. */
  release(file: ProjectFile): void
  outline(file: ProjectFile): FileOutline | undefined
  /** Where an import leads; it is noted among the imports of the file. */
  resolve(from: string, specifier: string): string | undefined
  /** The same without a note. */
  lookUp(from: string, specifier: string): string | undefined
  exportFact(file: string, name: string): ExportFact | undefined
  /** What the finished map will say of an import; it is not noted as asked. */
  mapped(from: string, specifier: string, name: string): ExportFact | undefined
  /** All names that a file exports, those of its `export *` and its namespace too. */
  namesOf(file: string): readonly string[]
  /** A mark of what a file says of an export, or of all for `**`; equal for equal answers. */
  answer(from: string, specifier: string, name: string): string
  /** The file and name behind an export, through re-exports. */
  definitionOf(file: string, name: string): { readonly file: string; readonly name: string } | undefined
}

/** Lists the files below a folder and answers what they export; files are parsed when that is asked for. */
export function openProject(root: string, previous: CallMapRecords | undefined): Project {
  const listing = listFiles(root)
  const resolveFile = importResolver(root, listing.manifests)
  const files = new Map<string, ProjectFile>()

  const lookUp = (from: string, specifier: string): string | undefined => {
    const noted = files.get(from)?.imports.get(specifier)
    if (noted !== undefined) return noted === '' ? undefined : noted
    const found = resolveFile(from, specifier)
    return found !== undefined && files.has(found) ? found : undefined
  }
  const resolve = (from: string, specifier: string): string | undefined => {
    const found = lookUp(from, specifier)
    files.get(from)?.imports.set(specifier, found ?? '')
    return found
  }

  const loaded = new LoadedFiles(root, (file) => ({
    ...noFacts,
    hasCallMap: true,
    imported(specifier, name) {
      const target = resolve(file, specifier)
      if (target === undefined) return undefined
      files.get(file)?.asked.set(`${specifier}#${name}`, [specifier, name])
      return exportFact(target, name)
    },
    unsettledReads: () => facts.unsettledReads,
  }))

  const load = (file: ProjectFile): LoadedFile | undefined => {
    const found = file.isUnparsed ? undefined : loaded.get(file.path)
    if (!found && !file.isUnparsed) file.hash = textHash(readIfThere(path.join(root, file.path)) ?? '')
    file.isUnparsed = found === undefined
    if (found) file.hash = found.hash
    return found
  }

  const outline = (file: ProjectFile): FileOutline | undefined => {
    if (!file.outline) {
      const found = load(file)
      file.outline = found ? outlineOf(found) : undefined
    }
    return file.outline
  }

  const computeFact = (path_: string, name: string): ExportFact | undefined => {
    const file = files.get(path_)
    const shape = file ? outline(file) : undefined
    if (!file || !shape) return undefined
    file.computed.add(name)
    if (file.isKept && file.record && Object.hasOwn(file.record.facts, name))
      return file.record.facts[name] ?? undefined
    const entry = targetsOf(file, shape).get(name)
    if (entry === null) {
      if (file.isKept) return undefined
      const found = load(file)
      const target = found?.exports.named.get(name)
      return found && target && 'node' in target ? summariseValue(found, path_, target.node) : undefined
    }
    if (entry) {
      const next = resolve(path_, entry[0])
      return next === undefined ? undefined : exportFact(next, entry[1])
    }
    if (name === '*') return namespaceFact(path_, shape)
    for (const star of shape.stars) {
      const next = resolve(path_, star)
      const fact = next === undefined ? undefined : exportFact(next, name)
      if (fact) return fact
    }
    return undefined
  }

  const facts = new ExportFacts(computeFact)
  const exportFact = (file: string, name: string): ExportFact | undefined => facts.of(file, name)

  const namespaceFact = (file: string, { exports }: FileOutline): ExportFact => {
    const fields: Record<string, ExportFact> = {}
    for (const [name] of exports) {
      const fact = exportFact(file, name)
      if (fact && Object.keys(fact).length > 0) fields[name] = fact
    }
    return { fields }
  }

  const definitionOf = (
    file: string,
    name: string,
    seen: Set<string>,
  ): { readonly file: string; readonly name: string } | undefined => {
    const owner = files.get(file)
    const shape = owner ? outline(owner) : undefined
    if (!owner || !shape || seen.has(`${file}#${name}`)) return undefined
    seen.add(`${file}#${name}`)
    const target = targetsOf(owner, shape).get(name)
    if (target === null) return { file, name }
    for (const module of target ? [target[0]] : shape.stars) {
      const next = resolve(file, module)
      const found = next === undefined ? undefined : definitionOf(next, target ? target[1] : name, seen)
      if (found) return found
    }
    return undefined
  }

  /** All names that a file exports, those of its `export *` too. */
  const namesOf = (path_: string, seen = new Set<string>()): string[] => {
    const file = files.get(path_)
    const shape = file && !seen.has(path_) ? outline(file) : undefined
    seen.add(path_)
    if (!shape) return []
    const further = shape.stars.flatMap((star) => {
      const next = resolve(path_, star)
      return next === undefined ? [] : namesOf(next, seen)
    })
    return [...shape.exports.map(([name]) => name), ...further]
  }

  for (const absolute of listing.sources) {
    const relative = path.relative(root, absolute).split(path.sep).join('/')
    const file = listedFile(relative, absolute, previous)
    files.set(relative, file)
  }
  const marks = new Map<string, string>()
  return {
    files,
    load,
    release: (file) => loaded.release(file.path),
    outline,
    resolve,
    lookUp,
    exportFact,
    mapped(from, specifier, name) {
      const target = lookUp(from, specifier)
      const fact = target === undefined ? undefined : exportFact(target, name)
      return fact && Object.keys(fact).length > 0 ? fact : undefined
    },
    namesOf: (file) => [...new Set([...namesOf(file), '*'])],
    definitionOf: (file, name) => definitionOf(file, name, new Set()),
    answer(from, specifier, name) {
      const target = resolve(from, specifier)
      if (target === undefined) return ''
      if (name === EVERYTHING)
        return answerMark(namesOf(target).map((each) => [each, exportFact(target, each) ?? null]))
      const key = `${target}#${name}`
      const known = marks.get(key) ?? answerMark(exportFact(target, name))
      marks.set(key, known)
      return known
    },
  }
}

function targetsOf(file: ProjectFile, { exports }: FileOutline): ExportTargets {
  return (file.targets ??= new Map(exports))
}

/** What is known of a file before it is parsed. */
function listedFile(relative: string, absolute: string, previous: CallMapRecords | undefined): ProjectFile {
  const isBundle = statSync(absolute).size > MAX_FILE_BYTES
  const isTestByPath = TEST_PATH.test(relative)
  const record = ownValue(previous?.files, relative)
  const unparsedHash = ownValue(previous?.unparsed, relative)
  // Of a file that nobody knows the hash comes with its tree.
  const isRead = !isBundle && (isTestByPath || record !== undefined || unparsedHash !== undefined)
  const text = isRead ? readFileSync(absolute, 'utf8') : ''
  const hash = textHash(text)
  const isUnchanged = record?.hash === hash && !isTestByPath && !isBundle
  let unparsed: boolean | undefined = isBundle || unparsedHash === hash ? true : undefined
  // Nobody may ever ask for it, and yet it is known whether it can be parsed.
  if (isTestByPath && unparsed === undefined && ownValue(previous?.parsed, relative) !== hash)
    unparsed = !isParsable(absolute, text)
  return {
    path: relative,
    hash,
    isTestByPath,
    isUnparsed: unparsed,
    imports: new Map(),
    outline: isUnchanged ? record.outline : undefined,
    targets: undefined,
    record: isUnchanged ? record : undefined,
    isKept: false,
    circle: undefined,
    computed: new Set(),
    asked: new Map(),
  }
}
