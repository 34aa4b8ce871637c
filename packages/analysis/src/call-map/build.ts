import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { clientValueOf, instanceName } from '../clients/client-values.ts'
import { readHttpCall, type HttpCall } from '../clients/http-calls.ts'
import { fileKindOf } from '../model/environment.ts'
import type { ExportFact, UsageFact } from '../model/project-facts.ts'
import { originOf } from '../model/values.ts'
import { INSTANCE_RETRY_MODULES } from '../protections/retries.ts'
import { dottedName, keyName, rangeOf, unwrap, type Node } from '../syntax/nodes.ts'
import type { CallEntry, CallMap, FileEntry, GlobalEntry, InstanceEntry } from './format.ts'
import { loadProject, type Project, type ProjectFile } from './project.ts'
import { httpModuleOf, spreadKinds, type SpreadKind } from './spread-kinds.ts'
import { recordUsage, type MutableUsage } from './usage.ts'

interface MutableInstance {
  client: string
  callCount: number
  methods: Set<string>
  timeout?: string
  retry?: string
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** Builds the call map of the project below a folder. */
export function buildCallMap(root: string): CallMap {
  const project = loadProject(root)
  const kinds = new Map(
    [...project.files.values()].map((file) => [file.path, fileKindOf(file.file, file.context.facts, file.path)]),
  )
  const requested = requestImports(project)
  const usage = new Map<string, Map<string, MutableUsage>>()
  const instances = new Map<string, MutableInstance>()
  const globals = new Map<string, GlobalEntry>()
  const callEntries = new Map<string, CallEntry[]>()

  for (const file of project.files.values()) {
    const starts = lineStarts(file.file.text)
    const calls: CallEntry[] = []
    const isTest = kinds.get(file.path)?.isTest ?? false
    for (const node of file.file.calls) {
      const call = readHttpCall(file.context, node)
      if (call) {
        const id = instanceIdOf(file, call)
        calls.push({
          line: lineOf(starts, rangeOf(node)[0]),
          client: call.value.client,
          methods: [...call.methods].sort(),
          ...(id === undefined ? {} : { instance: id }),
        })
        if (id !== undefined && !isTest) countCall(instances, id, call)
      }
      if (!isTest) recordAttachment(file, node, instances, globals, lineOf(starts, rangeOf(node)[0]))
    }
    if (!isTest) {
      recordDefaults(file, instances, globals, starts)
      recordUsage(project, file, usage)
    }
    callEntries.set(file.path, calls)
  }
  const spread = spreadKinds(project, kinds)
  const files: Record<string, FileEntry> = {}
  for (const file of project.files.values()) {
    files[file.path] = fileEntry(
      project,
      file,
      requested.get(file.path),
      usage.get(file.path),
      spread.get(file.path),
      callEntries.get(file.path) ?? [],
    )
  }
  return {
    version: 1,
    tool: 'holdfast',
    root: '.',
    files: sorted(files),
    globals: sorted(Object.fromEntries(globals)),
    instances: sorted(Object.fromEntries([...instances].map(([id, entry]) => [id, finished(entry)]))),
    unparsed: [...project.unparsed],
  }
}

function finished(entry: MutableInstance): InstanceEntry {
  return { ...entry, methods: [...entry.methods].sort() }
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([first], [second]) => (first < second ? -1 : 1)))
}

function instanceIdOf(file: ProjectFile, call: HttpCall): string | undefined {
  return call.value.creation ? idOfCreation(file, call.value.creation) : call.value.instanceId
}

function idOfCreation(file: ProjectFile, creation: Node): string {
  return `${file.path}#${instanceName(creation)}`
}

function countCall(instances: Map<string, MutableInstance>, id: string, call: HttpCall): void {
  const entry = instanceEntry(instances, id, call.value.client)
  entry.callCount += 1
  for (const method of call.methods) entry.methods.add(method)
}

function instanceEntry(instances: Map<string, MutableInstance>, id: string, client: string): MutableInstance {
  let entry = instances.get(id)
  if (!entry) {
    entry = { client, callCount: 0, methods: new Set() }
    instances.set(id, entry)
  }
  return entry
}

/** Plug-ins that some file attaches to an instance or to the library's own one. */
function recordAttachment(
  file: ProjectFile,
  node: Node & { type: 'CallExpression' },
  instances: Map<string, MutableInstance>,
  globals: Map<string, GlobalEntry>,
  line: number,
): void {
  const origin = originOf(file.file, node.callee)
  if (origin?.from !== 'module') return
  const subject = node.arguments[0]
  if (!INSTANCE_RETRY_MODULES.has(origin.module) || !subject || subject.type === 'SpreadElement') return
  const value = clientValueOf(file.context, subject)
  if (!value) return
  const isPolicy = origin.module.startsWith('@holdfast/')
  const id = value.creation ? idOfCreation(file, value.creation) : value.instanceId
  if (id !== undefined) {
    const entry = instanceEntry(instances, id, value.client)
    entry.retry = origin.module
    if (isPolicy) entry.timeout = origin.module
  } else if (value.via === 'module') {
    setGlobal(globals, value.client, 'retry', origin.module, `${file.path}:${line}`)
    if (isPolicy) setGlobal(globals, value.client, 'timeout', origin.module, `${file.path}:${line}`)
  }
}

function setGlobal(
  globals: Map<string, GlobalEntry>,
  client: string,
  protection: 'timeout' | 'retry',
  source: string,
  at: string,
): void {
  globals.set(client, { at, ...globals.get(client), [protection]: source })
}

/** `axios.defaults.timeout = n` and `instance.defaults.timeout = n`, wherever they stand. */
function recordDefaults(
  file: ProjectFile,
  instances: Map<string, MutableInstance>,
  globals: Map<string, GlobalEntry>,
  starts: readonly number[],
): void {
  for (const write of file.file.assignments) {
    const target = unwrap(write.left)
    if (!/\.defaults\.timeout$/.test(dottedName(target) ?? '') || target.type !== 'MemberExpression') continue
    const defaults = unwrap(target.object)
    const value = defaults.type === 'MemberExpression' ? clientValueOf(file.context, defaults.object) : undefined
    if (!value) continue
    const right = unwrap(write.right)
    const isZero = right.type === 'Literal' && (right.value === 0 || right.value === false)
    const source = isZero ? 'disabled 0' : 'defaults.timeout'
    const id = value.creation ? idOfCreation(file, value.creation) : value.instanceId
    if (id !== undefined) instanceEntry(instances, id, value.client).timeout = source
    else if (value.via === 'module')
      setGlobal(globals, value.client, 'timeout', source, `${file.path}:${lineOf(starts, rangeOf(write)[0])}`)
  }
}

/** The names that other files ask of each file. */
function requestImports(project: Project): Map<string, Set<string>> {
  const requested = new Map<string, Set<string>>()
  const ask = (from: ProjectFile, specifier: string, name: string): void => {
    const target = project.resolve(from.path, specifier)
    if (target !== undefined) requested.set(target, (requested.get(target) ?? new Set()).add(name))
  }
  for (const file of project.files.values()) {
    for (const statement of file.file.program.body) {
      const isReexport = statement.type === 'ExportAllDeclaration' || statement.type === 'ExportNamedDeclaration'
      if (isReexport && statement.source) ask(file, statement.source.value, '*')
    }
    for (const declaration of file.file.imports) {
      ask(file, declaration.source.value, '*')
      for (const specifier of declaration.specifiers) {
        if (specifier.type === 'ImportSpecifier')
          ask(file, declaration.source.value, keyName(specifier.imported, false) ?? '*')
        if (specifier.type === 'ImportDefaultSpecifier') ask(file, declaration.source.value, 'default')
      }
    }
    for (const call of file.file.calls) {
      const argument = call.arguments[0]
      const isRequire = call.callee.type === 'Identifier' && call.callee.name === 'require'
      if (isRequire && argument?.type === 'Literal' && typeof argument.value === 'string') {
        ask(file, argument.value, '*')
        ask(file, argument.value, 'default')
      }
    }
  }
  return requested
}

function fileEntry(
  project: Project,
  file: ProjectFile,
  requested: ReadonlySet<string> | undefined,
  usage: ReadonlyMap<string, MutableUsage> | undefined,
  kind: SpreadKind | undefined,
  calls: readonly CallEntry[],
): FileEntry {
  const exports: Record<string, ExportFact> = {}
  for (const name of new Set([...file.exports.named.keys(), ...(requested ?? [])])) {
    if (name === '*' && !file.exports.named.has('*')) continue
    const fact = project.exportFact(file.path, name)
    if (fact && Object.keys(fact).length > 0) exports[name] = fact
  }
  const uses: Record<string, UsageFact> = {}
  for (const [name, entry] of usage ?? [])
    uses[name] = { ...entry, deadlineParameters: [...entry.deadlineParameters].sort((first, second) => first - second) }
  const httpModule = httpModuleOf(project, file)
  const imports = Object.fromEntries([...file.imports].filter(([, target]) => target !== ''))
  return {
    hash: file.hash,
    ...(kind?.environment ? { environment: kind.environment } : {}),
    ...(kind?.isTest ? { isTest: true as const } : {}),
    ...(kind?.isCli ? { isCli: true as const } : {}),
    ...(httpModule === undefined ? {} : { httpModule }),
    imports: sorted(imports),
    exports: sorted(exports),
    usage: sorted(uses),
    calls,
  }
}

/** Writes a call map, making its folder. */
export function writeCallMap(map: CallMap, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, `${JSON.stringify(map, null, 1)}\n`)
}
