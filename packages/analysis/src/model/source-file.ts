import {
  calleeName,
  rangeOf,
  type CallExpression,
  type Class,
  type FunctionNode,
  type NewExpression,
  type Node,
  type Program,
  type SourceComment,
} from '../syntax/nodes.ts'
import { collectChildren, reverseFrom, type VisitorKeys } from '../syntax/child-nodes.ts'
import { inSourceOrder } from '../syntax/source-order.ts'
import { groupedBy } from './grouped.ts'
import { lazy } from './lazy.ts'
import { NodeLists, PLACES, type ListedType } from './node-lists.ts'
import { declareNames, type Binding, type Scope } from './scopes.ts'

type IdentifierNode = Node & { readonly name: string }

/**
 * One parsed file with what every detector asks of it: nodes by type and calls by name in source order, declared names
 * and their references. Built by one walk; the lookups are lazy and cached. With the lists and `someWithin` a question
 * about a subtree costs what it finds, not what the subtree contains.
 */
export interface SourceFile {
  readonly program: Program
  readonly comments: readonly SourceComment[]
  readonly text: string
  readonly calls: readonly CallExpression[]
  readonly news: readonly NewExpression[]
  readonly functions: readonly FunctionNode[]
  readonly classes: readonly Class[]
  readonly catches: readonly (Node & { type: 'CatchClause' })[]
  readonly assignments: readonly (Node & { type: 'AssignmentExpression' })[]
  readonly returns: readonly (Node & { type: 'ReturnStatement' })[]
  readonly imports: readonly (Node & { type: 'ImportDeclaration' })[]
  readonly hasJsx: boolean
  /** Every node of a type, in source order. */
  nodesOf<Type extends ListedType>(type: Type): readonly (Node & { type: Type })[]
  /** The calls whose callee ends with this name: `send` for `a.b.send()` and `send()`. */
  callsNamed(name: string): readonly CallExpression[]
  /** Every identifier whose name passes, in source order. The pattern object is the key of the cache. */
  identifiersMatching(pattern: RegExp): readonly IdentifierNode[]
  /** Finds the declaration of a name as seen from an identifier; undefined for a global. */
  resolve(identifier: IdentifierNode): Binding | undefined
  /** The identifiers that read or write a binding, without its declaration, in source order. */
  references(binding: Binding): readonly IdentifierNode[]
  /** Those of them that stand on the left of an assignment. */
  writes(binding: Binding): readonly IdentifierNode[]
  identifiersNamed(name: string): readonly IdentifierNode[]
  topLevel(name: string): Binding | undefined
  /** What was found out about this file alone; see `FileCache`. */
  readonly caches: Map<object, unknown>
}

function isReferencePosition(node: Node): boolean {
  const parent = node.parent
  if (!parent) return false
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed
    case 'Property':
      return parent.value === node || parent.computed || parent.shorthand
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return parent.key !== node || parent.computed
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'TSPropertySignature':
    case 'TSMethodSignature':
    case 'MetaProperty':
      return false
    case 'ExportSpecifier':
      return parent.local === node
    default:
      return true
  }
}

/** Hands over every node of a tree, each after its parent and with `parent` set. */
export type EachNode = (visit: (node: Node) => void) => void

function walkedTree(program: Program, visitorKeys: VisitorKeys | undefined): EachNode {
  return (visit) => {
    const stack: Node[] = [program]
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      visit(node)
      const first = stack.length
      collectChildren(node, stack, visitorKeys)
      for (let index = first; index < stack.length; index += 1) {
        const child = stack[index] as Node
        if (!child.parent) (child as { parent?: Node }).parent = node
      }
      reverseFrom(stack, first)
    }
  }
}

/** Builds the model of one file. Without `eachNode` it walks the tree and sets `parent` on nodes that have none. */
export function buildSourceFile(
  program: Program,
  comments: readonly SourceComment[],
  text: string,
  visitorKeys?: VisitorKeys,
  eachNode = walkedTree(program, visitorKeys),
): SourceFile {
  const lists = new NodeLists()
  const identifiers = new Map<string, IdentifierNode[]>()
  const scopes = new Map<Node, Scope>()
  eachNode((node) => {
    const place = PLACES.get(node.type)
    if (place === undefined) return
    if (place.isIdentifier) {
      const { name } = node as IdentifierNode
      const known = identifiers.get(name)
      if (known) known.push(node as IdentifierNode)
      else identifiers.set(name, [node as IdentifierNode])
      return
    }
    if (place.list !== undefined) lists.add(place.list, node)
    if (place.declares) declareNames(node, scopes)
  })
  const ordered = new Set<string>()
  const nodesOf: SourceFile['nodesOf'] = (type) => {
    const nodes = lists.of(type) as (Node & { type: typeof type })[]
    if (!ordered.has(type)) {
      ordered.add(type)
      inSourceOrder(nodes)
    }
    return nodes
  }
  const callsByName = lazy(() => groupedBy(nodesOf('CallExpression'), (call) => calleeName(call.callee)))
  const matching = new Map<RegExp, IdentifierNode[]>()
  const writesByBinding = new Map<Binding, readonly IdentifierNode[]>()
  const referencesByName = new Map<string, Map<Binding, IdentifierNode[]>>()
  const resolveCache = new Map<Node, Binding | null>()
  const declared = new Set<string>()
  for (const scope of scopes.values()) for (const name of scope.bindings.keys()) declared.add(name)

  const resolve = (identifier: IdentifierNode): Binding | undefined => {
    if (!declared.has(identifier.name)) return undefined
    const cached = resolveCache.get(identifier)
    if (cached !== undefined) return cached ?? undefined
    let current: Node | null | undefined = identifier
    let found: Binding | undefined
    while (current && !found) {
      found = scopes.get(current)?.bindings.get(identifier.name)
      current = current.parent
    }
    resolveCache.set(identifier, found ?? null)
    return found
  }

  return {
    program,
    comments,
    text,
    calls: nodesOf('CallExpression'),
    news: nodesOf('NewExpression'),
    functions: inSourceOrder(lists.functions as FunctionNode[]),
    classes: inSourceOrder(lists.classes as Class[]),
    catches: nodesOf('CatchClause'),
    assignments: nodesOf('AssignmentExpression'),
    returns: nodesOf('ReturnStatement'),
    imports: nodesOf('ImportDeclaration'),
    hasJsx: lists.of('JSXElement').length > 0 || lists.of('JSXFragment').length > 0,
    nodesOf,
    callsNamed: (name) => callsByName().get(name) ?? [],
    identifiersMatching(pattern) {
      let found = matching.get(pattern)
      if (!found) {
        found = inSourceOrder([...identifiers].flatMap(([name, nodes]) => (pattern.test(name) ? nodes : [])))
        matching.set(pattern, found)
      }
      return found
    },
    resolve,
    references(binding) {
      let known = referencesByName.get(binding.name)
      if (!known) {
        // All bindings of a name at once: a file may declare the same name in each of its functions.
        known = new Map<Binding, IdentifierNode[]>()
        for (const identifier of identifiers.get(binding.name) ?? []) {
          const owner = isReferencePosition(identifier) ? resolve(identifier) : undefined
          if (!owner || identifier === owner.identifier) continue
          const references = known.get(owner)
          if (references) references.push(identifier)
          else known.set(owner, [identifier])
        }
        for (const references of known.values()) inSourceOrder(references)
        referencesByName.set(binding.name, known)
      }
      return known.get(binding) ?? []
    },
    writes(binding) {
      let found = writesByBinding.get(binding)
      if (!found) {
        found = this.references(binding).filter(
          (id) => id.parent?.type === 'AssignmentExpression' && id.parent.left === id,
        )
        writesByBinding.set(binding, found)
      }
      return found
    },
    identifiersNamed: (name) => (identifiers.get(name) ?? []).filter(isReferencePosition),
    topLevel: (name) => scopes.get(program)?.bindings.get(name),
    caches: new Map(),
  }
}

export function textOf(file: SourceFile, node: Node): string {
  const [start, end] = rangeOf(node)
  return file.text.slice(start, end)
}
