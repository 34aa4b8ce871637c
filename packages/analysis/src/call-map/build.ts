import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { clientValueOf, instanceName } from '../clients/client-values.ts'
import { readHttpCall, type HttpCall } from '../clients/http-calls.ts'
import { fileKindOf } from '../model/environment.ts'
import type { ExportFact, UsageFact } from '../model/project-facts.ts'
import { originOf } from '../model/values.ts'
import { timedByInterceptor } from '../protections/interceptors.ts'
import { timeoutDefaults } from '../protections/timeout-defaults.ts'
import { INSTANCE_RETRY_MODULES } from '../protections/retries.ts'
import { keyName, rangeOf, stringValue, unwrap, type Node } from '../syntax/nodes.ts'
import type { CallEntry, CallMap, FileEntry, GlobalEntry, InstanceEntry } from './format.ts'
import { loadProject, type Project, type ProjectFile } from './project.ts'
import { httpModulesOf, spreadKinds, type SpreadKind } from './spread-kinds.ts'
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
  const product = [...project.files.values()].filter((file) => !file.isTestByPath)
  const kinds = new Map(product.map((file) => [file.path, fileKindOf(file.file, file.context.facts, file.path)]))
  const requested = requestImports(project, product)
  const usage = new Map<string, Map<string, MutableUsage>>()
  const instances = new Map<string, MutableInstance>()
  const globals = new Map<string, GlobalEntry>()
  const callEntries = new Map<string, CallEntry[]>()

  for (const file of product) {
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
  const httpModules = httpModulesOf(product)
  const files: Record<string, FileEntry> = {}
  for (const file of project.files.values()) {
    files[file.path] = fileEntry(
      project,
      file,
      requested.get(file.path),
      usage.get(file.path),
      file.isTestByPath ? { isTest: true, isCli: false } : spread.get(file.path),
      httpModules.get(file.path),
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
  const timed = timedByInterceptor(file.context, node)
  if (timed) {
    const id = timed.creation ? idOfCreation(file, timed.creation) : timed.instanceId
    if (id !== undefined) instanceEntry(instances, id, timed.client).timeout = 'request interceptor'
    else if (timed.via === 'module')
      setGlobal(globals, timed.client, 'timeout', 'request interceptor', `${file.path}:${line}`)
    return
  }
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

/** Timeouts among the defaults of the library and of instances, wherever they are set. */
function recordDefaults(
  file: ProjectFile,
  instances: Map<string, MutableInstance>,
  globals: Map<string, GlobalEntry>,
  starts: readonly number[],
): void {
  for (const { owner, value } of timeoutDefaults(file.file, file.file.program)) {
    const client = clientValueOf(file.context, owner)
    if (!client) continue
    const right = unwrap(value)
    const isZero = right.type === 'Literal' && (right.value === 0 || right.value === false)
    const source = isZero ? 'disabled 0' : 'defaults.timeout'
    const id = client.creation ? idOfCreation(file, client.creation) : client.instanceId
    if (id !== undefined) instanceEntry(instances, id, client.client).timeout = source
    else if (client.via === 'module')
      setGlobal(globals, client.client, 'timeout', source, `${file.path}:${lineOf(starts, rangeOf(value)[0])}`)
  }
}

/** Asked of a file whose importer takes it as a whole. */
const EVERYTHING = '**'

/** The names that other files ask of each file; what nobody asks for is not worked out. */
function requestImports(project: Project, files: readonly ProjectFile[]): Map<string, Set<string>> {
  const requested = new Map<string, Set<string>>()
  const ask = (from: ProjectFile, specifier: string, name: string): void => {
    const target = project.resolve(from.path, specifier)
    if (target !== undefined) requested.set(target, (requested.get(target) ?? new Set()).add(name))
  }
  for (const file of files) {
    for (const statement of file.file.program.body) {
      const isReexport = statement.type === 'ExportAllDeclaration' || statement.type === 'ExportNamedDeclaration'
      if (isReexport && statement.source) ask(file, statement.source.value, EVERYTHING)
    }
    for (const declaration of file.file.imports) {
      ask(file, declaration.source.value, '*')
      for (const specifier of declaration.specifiers) {
        if (specifier.type === 'ImportSpecifier')
          ask(file, declaration.source.value, keyName(specifier.imported, false) ?? '*')
        if (specifier.type === 'ImportDefaultSpecifier') ask(file, declaration.source.value, 'default')
        if (specifier.type === 'ImportNamespaceSpecifier') ask(file, declaration.source.value, EVERYTHING)
      }
    }
    for (const call of file.file.calls) {
      const argument = call.arguments[0]
      const isRequire = call.callee.type === 'Identifier' && call.callee.name === 'require'
      if (isRequire && argument?.type === 'Literal' && typeof argument.value === 'string') {
        ask(file, argument.value, EVERYTHING)
        ask(file, argument.value, '*')
        ask(file, argument.value, 'default')
      }
    }
    for (const { source } of file.file.nodesOf('ImportExpression')) {
      const specifier = stringValue(source)
      if (specifier !== undefined) ask(file, specifier, EVERYTHING)
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
  httpModule: 'timeout' | 'none' | undefined,
  calls: readonly CallEntry[],
): FileEntry {
  const exports: Record<string, ExportFact> = {}
  const named = requested ? file.exports.named : new Map<string, unknown>()
  const wanted = requested?.has(EVERYTHING) ? [...named.keys(), ...requested] : (requested ?? [])
  for (const name of new Set(wanted)) {
    if (name === EVERYTHING || (name === '*' && !named.has('*'))) continue
    const fact = project.exportFact(file.path, name)
    if (fact && Object.keys(fact).length > 0) exports[name] = fact
  }
  const uses: Record<string, UsageFact> = {}
  for (const [name, entry] of usage ?? [])
    uses[name] = { ...entry, deadlineParameters: [...entry.deadlineParameters].sort((first, second) => first - second) }
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
