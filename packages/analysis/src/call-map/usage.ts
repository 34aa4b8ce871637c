import { configValue } from '../clients/config-values.ts'
import { importedCalls } from '../model/imported-calls.ts'
import type { CallerOption, GivenCounts, UsageFact } from '../model/project-facts.ts'
import { aroundCall } from '../protections/retries.ts'
import { keyName, unwrap, type Node } from '../syntax/nodes.ts'
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
  return [...found, ...usageOfMembers(loaded, named)]
}

/** Calls of functions that come with their module: `require('./http').get(...)` and `import * as http`. */
function usageOfMembers(loaded: LoadedFile, named: ReadonlySet<Node>): FileLinks['usage'] {
  const uses = new Map<string, readonly [module: string, name: string, use: MutableUsage]>()
  for (const { node, origin } of importedCalls(loaded.file)) {
    const [name, ...members] = origin.path
    const callee = unwrap(node.callee)
    if (!origin.module.startsWith('.') || name === undefined || name === '*' || members.length > 0) continue
    if (named.has(callee)) continue
    const key = `${origin.module}#${name}`
    const known = uses.get(key) ?? ([origin.module, name, unused()] as const)
    uses.set(key, known)
    recordUse(loaded, callee, known[2])
  }
  return [...uses.values()].map(([module, name, use]) => [module, name, finished(use)] as const)
}

const unused = (): MutableUsage => ({ calls: 0, given: new Map(), insideRetryOwner: false, escapes: false })

function recordUse(loaded: LoadedFile, reference: Node, use: MutableUsage): void {
  const call = reference.parent
  if (!use.insideRetryOwner && aroundCall(loaded, reference, 1)?.state === 'yes') use.insideRetryOwner = true
  if (call?.type !== 'CallExpression' || call.callee !== reference) {
    use.escapes = true
    return
  }
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
  const counts = [...given].sort(([first], [second]) => first - second)
  // What nobody gives is left out.
  const told = counts.flatMap(([position, { deadline, method }]) =>
    deadline + method === 0
      ? []
      : [[position, { ...(deadline > 0 ? { deadline } : {}), ...(method > 0 ? { method } : {}) }] as const],
  )
  return { calls, given: Object.fromEntries(told), insideRetryOwner, escapes }
}
