import { isFunction, type Node } from '../syntax/nodes.ts'

export type BindingKind = 'import' | 'const' | 'let' | 'var' | 'function' | 'class' | 'parameter' | 'catch' | 'type'

/** A declared name. `declaration` is the declarator, import specifier, function, class or catch clause that makes it. */
export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly identifier: Node
  readonly declaration: Node
  readonly scope: Scope
}

export interface Scope {
  readonly node: Node
  readonly bindings: Map<string, Binding>
}

const SCOPE_TYPES = new Set([
  'Program',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'SwitchStatement',
  'ClassExpression',
  'ClassDeclaration',
  'StaticBlock',
  'TSModuleBlock',
])

export function opensScope(node: Node): boolean {
  return SCOPE_TYPES.has(node.type) || isFunction(node)
}

function functionScopeFor(node: Node, scopes: Map<Node, Scope>): Scope | undefined {
  let current: Node | null | undefined = node.parent
  while (current) {
    if (
      isFunction(current) ||
      current.type === 'Program' ||
      current.type === 'StaticBlock' ||
      current.type === 'TSModuleBlock'
    ) {
      return scopeOf(current, scopes)
    }
    current = current.parent
  }
  return undefined
}

function blockScopeFor(node: Node, scopes: Map<Node, Scope>): Scope | undefined {
  let current: Node | null | undefined = node.parent
  while (current) {
    if (opensScope(current)) return scopeOf(current, scopes)
    current = current.parent
  }
  return undefined
}

export function scopeOf(node: Node, scopes: Map<Node, Scope>): Scope {
  let scope = scopes.get(node)
  if (!scope) {
    scope = { node, bindings: new Map() }
    scopes.set(node, scope)
  }
  return scope
}

/** Calls back with each identifier that a binding pattern declares. */
export function patternIdentifiers(
  pattern: Node | null | undefined,
  found: (identifier: Node & { name: string }) => void,
): void {
  if (!pattern) return
  switch (pattern.type) {
    case 'Identifier':
      found(pattern)
      return
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        patternIdentifiers(property.type === 'RestElement' ? property.argument : property.value, found)
      }
      return
    case 'ArrayPattern':
      for (const element of pattern.elements) patternIdentifiers(element, found)
      return
    case 'AssignmentPattern':
      patternIdentifiers(pattern.left, found)
      return
    case 'RestElement':
      patternIdentifiers(pattern.argument, found)
      return
    case 'TSParameterProperty':
      patternIdentifiers(pattern.parameter, found)
      return
    default:
  }
}

/** The types of the nodes that declare names. */
export const DECLARES: ReadonlySet<string> = new Set([
  'VariableDeclarator',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'TSDeclareFunction',
  'ClassDeclaration',
  'ClassExpression',
  'ImportSpecifier',
  'ImportDefaultSpecifier',
  'ImportNamespaceSpecifier',
  'TSImportEqualsDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSEnumDeclaration',
  'CatchClause',
])

function declare(scope: Scope | undefined, name: string, kind: BindingKind, identifier: Node, declaration: Node): void {
  if (!scope) return
  const known = scope.bindings.get(name)
  if (known && known.kind !== 'type') return
  scope.bindings.set(name, { name, kind, identifier, declaration, scope })
}

/** Records what a node declares; called once per node in any order, parents set. */
export function declareNames(node: Node, scopes: Map<Node, Scope>): void {
  switch (node.type) {
    case 'VariableDeclarator': {
      const list = node.parent
      const kind = list?.type === 'VariableDeclaration' ? list.kind : 'let'
      const scope = kind === 'var' ? functionScopeFor(node, scopes) : blockScopeFor(node, scopes)
      const bindingKind: BindingKind = kind === 'var' ? 'var' : kind === 'let' ? 'let' : 'const'
      patternIdentifiers(node.id, (id) => {
        declare(scope, id.name, bindingKind, id, node)
      })
      return
    }
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      if (node.id) declare(blockScopeFor(node, scopes), node.id.name, 'function', node.id, node)
      break
    case 'FunctionExpression':
      if (node.id) declare(scopeOf(node, scopes), node.id.name, 'function', node.id, node)
      break
    case 'ClassDeclaration':
      if (node.id) declare(blockScopeFor(node, scopes), node.id.name, 'class', node.id, node)
      return
    case 'ClassExpression':
      if (node.id) declare(scopeOf(node, scopes), node.id.name, 'class', node.id, node)
      return
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      declare(blockScopeFor(node, scopes), node.local.name, 'import', node.local, node)
      return
    case 'TSImportEqualsDeclaration':
      declare(blockScopeFor(node, scopes), node.id.name, 'import', node.id, node)
      return
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      declare(blockScopeFor(node, scopes), node.id.name, 'type', node.id, node)
      return
    case 'TSEnumDeclaration':
      declare(blockScopeFor(node, scopes), node.id.name, 'const', node.id, node)
      return
    case 'CatchClause':
      patternIdentifiers(node.param, (id) => {
        declare(scopeOf(node, scopes), id.name, 'catch', id, node)
      })
      return
    default:
  }
  if (isFunction(node)) {
    for (const parameter of node.params) {
      patternIdentifiers(parameter, (id) => {
        declare(scopeOf(node, scopes), id.name, 'parameter', id, node)
      })
    }
  }
}
