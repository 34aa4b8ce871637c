import type { ExportFact, ProjectFacts } from '../model/project-facts.ts'
import { answerMark } from './answer-mark.ts'
import type { CallMapRecords, FileLinks, FileRecord } from './file-record.ts'
import { earlyFacts, type LinkedFile } from './early-facts.ts'
import { linksOf } from './file-links.ts'
import { importOrder } from './import-order.ts'
import { EVERYTHING } from './outline.ts'
import type { Project, ProjectFile } from './project.ts'

/**
 * Finds out what each product file sends. Files are taken after what they import, so that each is parsed once and let go.
 * What the last run found in a file is kept when its text, its imports and the answers that it got are the same; of files
 * that import each other in a circle all are kept or none.
 */
export function linkProject(project: Project, onLinked?: (file: LinkedFile) => void): Map<string, FileLinks> {
  const product = [...project.files.values()].filter((file) => !file.isTestByPath)
  const links = new Map<string, FileLinks>()
  const importsOf = (path: string): readonly string[] => {
    const file = project.files.get(path)
    if (!file) return []
    if (file.record && !leadsAsBefore(project, file, file.record)) forget(file)
    const specifiers = (project.outline(file)?.asks ?? []).map(([specifier]) => specifier)
    // The map does not name the imports of tests.
    const targets = specifiers.flatMap(
      (specifier) => (file.isTestByPath ? project.lookUp(path, specifier) : project.resolve(path, specifier)) ?? [],
    )
    return [...new Set(targets)]
  }
  const order = importOrder(
    product.map((file) => file.path),
    importsOf,
  )
  for (const paths of order) {
    const inside = new Set(paths)
    // In an order of their own: through which file a circle is entered depends on files outside of it.
    const members = [...paths].sort().flatMap((path) => project.files.get(path) ?? [])
    const isCircle = members.length > 1 || members.some((file) => importsOf(file.path).includes(file.path))
    const circle = isCircle ? answerMark(members.map((file) => file.path)) : undefined
    const isKept = members.every(
      (file) => file.record && file.record.circle === circle && isAnsweredAsBefore(project, file, file.record, inside),
    )
    const group = members.filter((file) => !file.isTestByPath)
    for (const file of group) {
      file.isKept = isKept
      file.circle = circle
      if (!isKept) forget(file)
    }
    // A value that needs itself depends on what was asked before it: in a circle all is asked now, in a fixed order.
    for (const file of isCircle ? members : group)
      for (const name of isCircle ? project.namesOf(file.path) : ownExports(project, file))
        project.exportFact(file.path, name)
    for (const file of group) {
      if (file.isKept && file.record) links.set(file.path, file.record.links)
      else {
        const loaded = project.load(file)
        if (!loaded) continue
        const found = linksOf(loaded)
        links.set(file.path, found)
        const imported: ProjectFacts['imported'] = (specifier, name) => project.mapped(file.path, specifier, name)
        onLinked?.({ path: file.path, model: loaded.file, links: found, early: earlyFacts(imported, found) })
      }
    }
    for (const file of members) project.release(file)
  }
  return new Map([...links].sort(([first], [second]) => (first < second ? -1 : 1)))
}

function forget(file: ProjectFile): void {
  if (!file.record) return
  file.outline = file.targets = undefined
  file.imports.clear()
  file.record = undefined
}

function leadsAsBefore(project: Project, file: ProjectFile, record: FileRecord): boolean {
  return Object.entries(record.imports).every(
    ([specifier, target]) => (project.resolve(file.path, specifier) ?? '') === target,
  )
}

function isAnsweredAsBefore(
  project: Project,
  file: ProjectFile,
  record: FileRecord,
  inside: ReadonlySet<string>,
): boolean {
  return record.answers.every(([specifier, name, answer]) => {
    const target = project.resolve(file.path, specifier)
    return (target !== undefined && inside.has(target)) || project.answer(file.path, specifier, name) === answer
  })
}

/** The names that stand for a value of the file itself. */
function ownExports(project: Project, file: ProjectFile): string[] {
  return (project.outline(file)?.exports ?? []).flatMap(([name, target]) => (target === null ? [name] : []))
}

/** What this run found out, for the next one. */
export function recordsOf(project: Project, links: ReadonlyMap<string, FileLinks>): CallMapRecords {
  const files: Record<string, FileRecord> = {}
  const parsed: Record<string, string> = {}
  const unparsed: Record<string, string> = {}
  for (const file of project.files.values()) {
    const found = links.get(file.path)
    if (file.isKept && file.record) files[file.path] = file.record
    else if (found && file.outline)
      files[file.path] = {
        hash: file.hash,
        outline: file.outline,
        links: found,
        imports: Object.fromEntries(file.imports),
        ...(file.circle === undefined ? {} : { circle: file.circle }),
        facts: factsOf(project, file),
        answers: [...file.asked.values(), ...passedOn(file)].map(([specifier, name]) => [
          specifier,
          name,
          project.answer(file.path, specifier, name),
        ]),
      }
    else if (file.isUnparsed) unparsed[file.path] = file.hash
    else parsed[file.path] = file.hash
  }
  return { files, parsed, unparsed }
}

/** What a file passes on to files that are kept or dropped together with it: their own answers do not tell. */
function passedOn({ circle, outline }: ProjectFile): [specifier: string, name: string][] {
  if (circle === undefined || !outline) return []
  return [
    ...outline.exports.flatMap(([, target]): [string, string][] => (target ? [[...target]] : [])),
    ...outline.stars.map((star): [string, string] => [star, EVERYTHING]),
  ]
}

function factsOf(project: Project, file: ProjectFile): FileRecord['facts'] {
  const facts: Record<string, ExportFact | null> = {}
  for (const name of file.circle === undefined ? ownExports(project, file) : file.computed) {
    const fact = project.exportFact(file.path, name)
    if (fact || file.circle !== undefined) facts[name] = fact ?? null
  }
  return facts
}
