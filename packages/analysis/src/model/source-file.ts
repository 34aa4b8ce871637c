import {
  collectChildren,
  isFunction,
  rangeOf,
  type CallExpression,
  type Class,
  type FunctionNode,
  type NewExpression,
  type Node,
  type Program,
  type SourceComment,
} from '../syntax/nodes.ts'
import { declareNames, opensScope, type Binding, type Scope } from './scopes.ts'

type IdentifierNode = Node & { readonly name: string }

/**
 * One parsed file with what every detector asks of it: calls, functions and classes in source order, declared names and
 * their references. Built by one walk; the lookups are lazy and cached.
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
  /** Finds the declaration of a name as seen from an identifier; undefined for a global. */
  resolve(identifier: IdentifierNode): Binding | undefined
  /** The identifiers that read or write a binding, without its declaration. */
  references(binding: Binding): readonly IdentifierNode[]
  identifiersNamed(name: string): readonly IdentifierNode[]
  topLevel(name: string): Binding | undefined
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

/** Builds the model of one file. Sets `parent` on nodes that have none. */
export function buildSourceFile(program: Program, comments: readonly SourceComment[], text: string): SourceFile {
  const calls: CallExpression[] = []
  const news: NewExpression[] = []
  const functions: FunctionNode[] = []
  const classes: Class[] = []
  const catches: (Node & { type: 'CatchClause' })[] = []
  const assignments: (Node & { type: 'AssignmentExpression' })[] = []
  const returns: (Node & { type: 'ReturnStatement' })[] = []
  const imports: (Node & { type: 'ImportDeclaration' })[] = []
  const identifiers = new Map<string, IdentifierNode[]>()
  const scopes = new Map<Node, Scope>()
  let hasJsx = false

  const stack: Node[] = [program]
  const children: Node[] = []
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    switch (node.type) {
      case 'CallExpression':
        calls.push(node)
        break
      case 'NewExpression':
        news.push(node)
        break
      case 'Identifier':
      case 'JSXIdentifier': {
        const known = identifiers.get(node.name)
        if (known) known.push(node)
        else identifiers.set(node.name, [node])
        break
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        classes.push(node)
        break
      case 'CatchClause':
        catches.push(node)
        break
      case 'AssignmentExpression':
        assignments.push(node)
        break
      case 'ReturnStatement':
        returns.push(node)
        break
      case 'ImportDeclaration':
        imports.push(node)
        break
      case 'JSXElement':
      case 'JSXFragment':
        hasJsx = true
        break
      default:
    }
    if (isFunction(node)) functions.push(node)
    declareNames(node, scopes)
    children.length = 0
    collectChildren(node, children)
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index] as Node
      if (!child.parent) (child as { parent?: Node }).parent = node
      stack.push(child)
    }
  }

  const referenceCache = new Map<Binding, IdentifierNode[]>()
  const resolveCache = new Map<Node, Binding | null>()

  const resolve = (identifier: IdentifierNode): Binding | undefined => {
    const cached = resolveCache.get(identifier)
    if (cached !== undefined) return cached ?? undefined
    let current: Node | null | undefined = identifier
    let found: Binding | undefined
    while (current && !found) {
      if (opensScope(current)) found = scopes.get(current)?.bindings.get(identifier.name)
      current = current.parent
    }
    resolveCache.set(identifier, found ?? null)
    return found
  }

  return {
    program,
    comments,
    text,
    calls,
    news,
    functions,
    classes,
    catches,
    assignments,
    returns,
    imports,
    hasJsx,
    resolve,
    references(binding) {
      let found = referenceCache.get(binding)
      if (!found) {
        found = (identifiers.get(binding.name) ?? []).filter(
          (identifier) =>
            identifier !== binding.identifier && isReferencePosition(identifier) && resolve(identifier) === binding,
        )
        referenceCache.set(binding, found)
      }
      return found
    },
    identifiersNamed: (name) => (identifiers.get(name) ?? []).filter(isReferencePosition),
    topLevel: (name) => scopes.get(program)?.bindings.get(name),
  }
}

export function textOf(file: SourceFile, node: Node): string {
  const [start, end] = rangeOf(node)
  return file.text.slice(start, end)
}
