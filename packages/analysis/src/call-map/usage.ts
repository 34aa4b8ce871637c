import { configValue } from '../clients/config-values.ts'
import { membersOf } from '../model/class-members.ts'
import { importedCalls } from '../model/imported-calls.ts'
import type { CallerOption, GivenCounts, UsageFact } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import { originOf, type Origin } from '../model/values.ts'
import { aroundCall } from '../protections/retries.ts'
import { dottedName, keyName, unwrap, type CallExpression, type Class, type Node } from '../syntax/nodes.ts'
import { nodesWithin } from '../syntax/source-order.ts'
import type { FileLinks } from './file-record.ts'
import type { LoadedFile } from './loaded-files.ts'

interface MutableUsage {
  calls: number
  readonly given: Map<number, Record<CallerOption, number>>
  insideRetryOwner: boolean
  escapes: boolean
}

/** How this file uses functions that other files export. */
export function usageIn(loaded: LoadedFile): FileLinks['usage'] {
  const found: [string, string, UsageFact][] = []
  const named = new Set<Node>()
  for (const declaration of loaded.file.imports) {
    for (const specifier of declaration.specifiers) {
      const name =
        specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : specifier.type === 'ImportSpecifier'
            ? keyName(specifier.imported, false)
            : undefined
      const binding = loaded.file.topLevel(specifier.local.name)
      if (name === undefined || !binding) continue
      const references = loaded.file.references(binding)
      if (references.length === 0) continue
      const use = unused()
      for (const reference of references) {
        named.add(reference)
        recordUse(loaded, reference, use)
      }
      found.push([declaration.source.value, name, finished(use)])
    }
  }
  const uses = new Uses()
  addMembers(loaded, named, uses)
  addMethods(loaded, uses)
  return [...found, ...uses.finished()]
}

/** Uses by module and name, while they are found. */
class Uses {
  readonly #known = new Map<string, readonly [module: string, name: string, use: MutableUsage]>()

  of(module: string, name: string): MutableUsage {
    const key = `${module}#${name}`
    const known = this.#known.get(key) ?? ([module, name, unused()] as const)
    this.#known.set(key, known)
    return known[2]
  }

  finished(): FileLinks['usage'] {
    return [...this.#known.values()].map(([module, name, use]) => [module, name, finished(use)] as const)
  }
}

/** Calls of functions that come with their module: `require('./http').get(...)` and `import * as http`. */
function addMembers(loaded: LoadedFile, named: ReadonlySet<Node>, uses: Uses): void {
  for (const { node, origin } of importedCalls(loaded.file)) {
    const [name, ...members] = origin.path
    const callee = unwrap(node.callee)
    if (!origin.module.startsWith('.') || name === undefined || name === '*' || members.length > 0) continue
    if (!named.has(callee)) recordUse(loaded, callee, uses.of(origin.module, name))
  }
}

/** Calls of methods that a class has from a superclass of another file, or on what is injected into it. */
function addMethods(loaded: LoadedFile, uses: Uses): void {
  const { file } = loaded
  for (const owner of file.classes) {
    const base = owner.superClass ? originOf(file, owner.superClass) : undefined
    const injected = injectedClasses(file, owner)
    if (base?.from !== 'module' && injected.size === 0) continue
    const own = membersOf(file, owner).named
    for (const call of nodesWithin(file.calls, owner)) {
      const [root, name, method, ...more] = (dottedName(call.callee) ?? '').split('.')
      if (root !== 'this' || name === undefined || more.length > 0) continue
      const origin = method !== undefined ? injected.get(name) : own.has(name) ? undefined : base
      if (origin?.from !== 'module' || origin.path.length !== 1) continue
      // Of many callers of a method one that retries says little about the others.
      recordCall(loaded, call, uses.of(origin.module, `${origin.path[0]}.${method ?? name}`))
    }
  }
}

/** `constructor(private readonly rates: RateService)`: fields by name, with the class that they are of. */
function injectedClasses(file: SourceFile, owner: Class): ReadonlyMap<string, Origin> {
  const found = new Map<string, Origin>()
  for (const [name, declared] of membersOf(file, owner).declared) {
    const parameter = declared.type === 'TSParameterProperty' ? declared.parameter : undefined
    const type = parameter?.type === 'Identifier' ? parameter.typeAnnotation?.typeAnnotation : undefined
    const origin =
      type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier'
        ? originOf(file, type.typeName)
        : undefined
    if (origin) found.set(name, origin)
  }
  return found
}

const unused = (): MutableUsage => ({ calls: 0, given: new Map(), insideRetryOwner: false, escapes: false })

function recordUse(loaded: LoadedFile, reference: Node, use: MutableUsage): void {
  const call = reference.parent
  if (!use.insideRetryOwner && aroundCall(loaded, reference, 1)?.state === 'yes') use.insideRetryOwner = true
  if (call?.type !== 'CallExpression' || call.callee !== reference) {
    use.escapes = true
    return
  }
  recordCall(loaded, call, use)
}

function recordCall(loaded: LoadedFile, call: CallExpression, use: MutableUsage): void {
  use.calls += 1
  const spread = call.arguments.findIndex((argument) => argument.type === 'SpreadElement')
  if (spread >= 0) use.escapes = true
  const positions = spread >= 0 ? Math.max(call.arguments.length, MOST_PARAMETERS) : call.arguments.length
  for (let position = 0; position < positions; position += 1) {
    const isOpen = spread >= 0 && position >= spread
    const argument = call.arguments[position]
    addGiven(use, position, {
      deadline: isOpen || mayHave(loaded, argument, ['signal', 'timeout']) ? 1 : 0,
      method: isOpen || mayHave(loaded, argument, ['method']) ? 1 : 0,
    })
  }
}

/** So many parameters a spread may fill. */
const MOST_PARAMETERS = 6

function mayHave({ file }: LoadedFile, argument: Node | undefined, keys: readonly string[]): boolean {
  return keys.some((key) => configValue(file, argument, key).found !== 'absent')
}

function addGiven({ given }: Pick<MutableUsage, 'given'>, position: number, add: GivenCounts): void {
  const { deadline = 0, method = 0 } = add
  const known = given.get(position) ?? { deadline: 0, method: 0 }
  given.set(position, { deadline: known.deadline + deadline, method: known.method + method })
}

/** The uses of a function by several files together. */
export function joinedUsage(first: UsageFact | undefined, second: UsageFact): UsageFact {
  if (!first) return second
  const use: MutableUsage = {
    calls: first.calls + second.calls,
    given: new Map(),
    insideRetryOwner: first.insideRetryOwner || second.insideRetryOwner,
    escapes: first.escapes || second.escapes,
  }
  for (const { given } of [first, second])
    for (const [position, counts] of Object.entries(given)) addGiven(use, Number(position), counts)
  return finished(use)
}

function finished({ given, ...use }: MutableUsage): UsageFact {
  const { calls, insideRetryOwner, escapes } = use
  // What nobody gives is left out.
  const told = [...given].flatMap(([position, { deadline, method }]) =>
    deadline + method === 0
      ? []
      : [[position, { ...(deadline > 0 ? { deadline } : {}), ...(method > 0 ? { method } : {}) }] as const],
  )
  return { calls, given: Object.fromEntries(told), insideRetryOwner, escapes }
}
