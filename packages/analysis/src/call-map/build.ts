import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ExportFact, UsageFact } from '../model/project-facts.ts'
import type { LinkedFile } from './early-facts.ts'
import type { CallMapRecords, FileLinks } from './file-record.ts'
import { kindFields, type CallMap, type FileEntry, type GlobalEntry, type InstanceEntry } from './format.ts'
import { linkProject, recordsOf } from './link-project.ts'
import { EVERYTHING } from './outline.ts'
import { openProject, type Project, type ProjectFile } from './project.ts'
import { spreadHttpModules, spreadKinds } from './spread-kinds.ts'
import { joinedUsage } from './usage.ts'

interface MutableInstance {
  client: string
  callCount: number
  methods: Set<string>
  timeout?: string
  retry?: string
}

/** Builds the call map of the project below a folder. */
export function buildCallMap(root: string): CallMap {
  return updateCallMap(root, undefined).map
}

/**
 * Builds the call map of the project below a folder with what the last run kept: only files that changed, and files that
 * get other answers from what they import, are parsed. The result is that of a build from nothing. `onLinked` is told of
 * every file that was parsed for its own sake.
 */
export function updateCallMap(
  root: string,
  previous: CallMapRecords | undefined,
  onLinked?: (file: LinkedFile) => void,
): { readonly map: CallMap; readonly records: () => CallMapRecords } {
  const project = openProject(root, previous)
  const links = linkProject(project, onLinked)
  return { map: assembled(project, links), records: () => recordsOf(project, links) }
}

function assembled(project: Project, links: ReadonlyMap<string, FileLinks>): CallMap {
  const parsed = [...project.files.values()].filter((file) => !file.isUnparsed)
  const requested = requestedNames(project, links)
  const usage = usageOf(project, links)
  const { instances, globals } = effectsOf(links)
  const spread = spreadKinds(parsed, links)
  const httpModules = spreadHttpModules(project.files, links)
  const files: Record<string, FileEntry> = {}
  for (const file of parsed) {
    const exports = exportsOf(project, file, requested.get(file.path))
    const kind = file.isTestByPath ? { isTest: true, isCli: false } : spread.get(file.path)
    files[file.path] = {
      hash: file.hash,
      ...kindFields(kind),
      ...httpModuleField(httpModules.get(file.path)),
      imports: {},
      exports: sorted(exports),
      usage: sorted(Object.fromEntries(usage.get(file.path) ?? [])),
      calls: links.get(file.path)?.calls ?? [],
    }
  }
  // Only now is known which files cannot be parsed. Of a test nobody asks where its imports lead.
  for (const file of parsed) {
    const entry = files[file.path]
    const inside = [...file.imports].filter(([, target]) => Object.hasOwn(files, target))
    if (entry && !file.isTestByPath) files[file.path] = { ...entry, imports: sorted(Object.fromEntries(inside)) }
  }
  return {
    version: 1,
    tool: 'holdfast',
    root: '.',
    files: sorted(files),
    globals: sorted(Object.fromEntries(globals)),
    instances: sorted(Object.fromEntries([...instances].map(([id, entry]) => [id, finished(entry)]))),
    unparsed: [...project.files.values()].filter((file) => file.isUnparsed).map((file) => file.path),
  }
}

function httpModuleField(verdict: 'timeout' | 'none' | undefined): Pick<FileEntry, 'httpModule'> {
  return verdict === undefined ? {} : { httpModule: verdict }
}

function finished(entry: MutableInstance): InstanceEntry {
  return { ...entry, methods: [...entry.methods].sort() }
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([first], [second]) => (first < second ? -1 : 1)))
}

/** What all files together do to instances and to the libraries. */
function effectsOf(links: ReadonlyMap<string, FileLinks>): {
  readonly instances: ReadonlyMap<string, MutableInstance>
  readonly globals: ReadonlyMap<string, GlobalEntry>
} {
  const instances = new Map<string, MutableInstance>()
  const globals = new Map<string, GlobalEntry>()
  for (const [file, { effects }] of links) {
    for (const effect of effects) {
      if (effect.on === 'global') {
        const { client, protection, source, line } = effect
        globals.set(client, { at: `${file}:${line}`, ...globals.get(client), [protection]: source })
        continue
      }
      const entry = instances.get(effect.id) ?? { client: effect.client, callCount: 0, methods: new Set<string>() }
      instances.set(effect.id, entry)
      if (effect.on === 'call') {
        entry.callCount += 1
        for (const method of effect.methods) entry.methods.add(method)
      } else {
        if (effect.retry !== undefined) entry.retry = effect.retry
        if (effect.timeout !== undefined) entry.timeout = effect.timeout
      }
    }
  }
  return { instances, globals }
}

/** The names that product files ask of each file; what nobody asks for is left out of the map. */
function requestedNames(project: Project, links: ReadonlyMap<string, FileLinks>): Map<string, Set<string>> {
  const requested = new Map<string, Set<string>>()
  for (const path_ of links.keys()) {
    for (const [specifier, name] of project.files.get(path_)?.outline?.asks ?? []) {
      const target = project.resolve(path_, specifier)
      if (target === undefined) continue
      const names = requested.get(target)
      if (names) names.add(name)
      else requested.set(target, new Set([name]))
    }
  }
  return requested
}

function usageOf(project: Project, links: ReadonlyMap<string, FileLinks>): Map<string, Map<string, UsageFact>> {
  const usage = new Map<string, Map<string, UsageFact>>()
  for (const [path_, { usage: uses }] of links) {
    for (const [specifier, name, use] of uses) {
      const target = project.resolve(path_, specifier)
      if (target === undefined) continue
      const [owner = name, ...method] = name.split('.')
      const defined = project.definitionOf(target, owner) ?? { file: target, name: owner }
      const perName = usage.get(defined.file) ?? new Map<string, UsageFact>()
      usage.set(defined.file, perName)
      const used = [defined.name, ...method].join('.')
      perName.set(used, joinedUsage(perName.get(used), use))
    }
  }
  return usage
}

function exportsOf(
  project: Project,
  file: ProjectFile,
  requested: ReadonlySet<string> | undefined,
): Record<string, ExportFact> {
  const exports: Record<string, ExportFact> = {}
  if (!requested) return exports
  const named = (project.outline(file)?.exports ?? []).map(([name]) => name)
  const wanted = requested.has(EVERYTHING) ? [...named, ...requested] : requested
  for (const name of new Set(wanted)) {
    if (name === EVERYTHING || (name === '*' && !named.includes('*'))) continue
    const fact = project.exportFact(file.path, name)
    if (fact && Object.keys(fact).length > 0) exports[name] = fact
  }
  return exports
}

/** Writes a call map, making its folder. */
export function writeCallMap(map: CallMap, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, `${JSON.stringify(map, null, 1)}\n`)
}
