import { enclosingClass, membersOf } from '../model/class-members.ts'
import { fieldValue, definingValue, originOf, calledFunction } from '../model/values.ts'
import type { ProjectFacts } from '../model/project-facts.ts'
import { FileCache } from '../model/file-cache.ts'
import { nodesWithin, someWithin } from '../syntax/source-order.ts'
import { cachedByNode } from '../model/node-cache.ts'
import {
  dottedName,
  enclosingFunction,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  unwrapAwait,
  type CallExpression,
  type FunctionNode,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'
import { CLIENT_HINT, CLIENTS, clientRootOf, type ClientName } from './client-table.ts'
import { byFile, CALLABLE_INSTANCES, type ClientValue, type CodeContext } from './client-value.ts'
import { mayImportClients } from './imported-clients.ts'
import { clientOfType, takesPolicy, userClient } from './declared-clients.ts'

const MAX_DEPTH = 10
const KEPT_TO_DEPTH = 2

function parameterClient(context: CodeContext, identifier: Node, owner: Node, depth: number): ClientValue | undefined {
  if (!isFunction(owner)) return undefined
  for (const parameter of owner.params) {
    const plain = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
    if (plain === identifier && plain.type === 'Identifier') return clientOfType(context.file, plain.typeAnnotation)
    if (plain.type === 'AssignmentPattern' && plain.left === identifier)
      return clientValueOf(context, plain.right, depth + 1)
  }
  const parent = identifier.parent
  return parent?.type === 'AssignmentPattern' ? clientValueOf(context, parent.right, depth + 1) : undefined
}

function parameterPropertyClient(
  context: CodeContext,
  { parameter }: Node & { type: 'TSParameterProperty' },
  depth: number,
): ClientValue | undefined {
  const inner = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
  const typed = inner.type === 'Identifier' ? clientOfType(context.file, inner.typeAnnotation) : undefined
  return (
    typed ?? (parameter.type === 'AssignmentPattern' ? clientValueOf(context, parameter.right, depth + 1) : undefined)
  )
}

function fieldClient(context: CodeContext, node: Node, name: string, depth: number): ClientValue | undefined {
  const owner = enclosingClass(node)
  if (!owner) return undefined
  const declared = membersOf(context.file, owner).declared.get(name)
  if (declared?.type === 'TSParameterProperty') return parameterPropertyClient(context, declared, depth)
  if (declared?.type === 'PropertyDefinition') {
    const typed = clientOfType(context.file, declared.typeAnnotation)
    const value = fieldValue(context.file, owner, name)
    return (value && clientValueOf(context, value, depth + 1)) ?? typed
  }
  const value = fieldValue(context.file, owner, name)
  if (value) return clientValueOf(context, value, depth + 1)
  const base = owner.superClass ? originOf(context.file, owner.superClass) : undefined
  if (base?.from !== 'module') return undefined
  return importedClient(context.facts.imported(base.module, base.path[0] ?? 'default')?.fields?.[name])
}

function importedClient(fact: ReturnType<ProjectFacts['imported']>): ClientValue | undefined {
  if (!fact?.client || !Object.hasOwn(CLIENTS, fact.client)) return undefined
  const client = fact.client as ClientName
  const via = fact.creation === 'direct' ? 'module' : 'injected'
  const callable = fact.clientKind === 'callable' || CALLABLE_INSTANCES.has(client)
  return { client, callable, via, ...(fact.instanceId === undefined ? {} : { instanceId: fact.instanceId }) }
}

/** The client that the returned value of a function is. */
export function returnedClient(context: CodeContext, target: FunctionNode, depth = 0): ClientValue | undefined {
  if (!target.body || depth > MAX_DEPTH) return undefined
  if (target.body.type !== 'BlockStatement') return clientValueOf(context, target.body, depth + 1)
  let found: ClientValue | undefined
  someWithin(context.file.returns, target.body, (statement) => {
    if (statement.argument && enclosingFunction(statement) === target)
      found = clientValueOf(context, statement.argument, depth + 1)
    return found !== undefined
  })
  return found
}

function calledClient(
  context: CodeContext,
  node: CallExpression | NewExpression,
  depth: number,
): ClientValue | undefined {
  const { file } = context
  const callee = unwrap(node.callee)
  const root = originOf(file, callee)
  const direct = root ? clientRootOf(root) : undefined
  if (direct?.role === 'creator') {
    return {
      client: direct.client,
      callable: CALLABLE_INSTANCES.has(direct.client),
      via: 'created',
      creation: node,
      ...(direct.client === 'ky' && takesPolicy(file, node) ? { policy: true } : {}),
    }
  }
  if (root?.from === 'module' && root.module === 'fetch-retry')
    return { client: 'fetch', callable: true, via: 'module', retriedBy: root.module }
  if (root?.from === 'module' && root.module === '@holdfast/core' && root.path[0] === 'wrapFetch')
    return { client: 'fetch', callable: true, via: 'created', creation: node, policy: true }
  if (callee.type === 'MemberExpression') {
    const name = memberName(callee) ?? ''
    const parent = clientValueOf(context, callee.object, depth + 1)
    if (parent && CLIENTS[parent.client].creators.has(name)) {
      return {
        client: parent.client,
        callable: CALLABLE_INSTANCES.has(parent.client),
        via: 'created',
        creation: node,
        parent,
        ...(parent.policy || takesPolicy(file, node) ? { policy: true } : {}),
      }
    }
  }
  if (root?.from === 'module' && !direct) {
    const fact = context.facts.imported(root.module, root.path[0] ?? 'default')
    if (fact?.returnsClient) {
      const { returnsClient: client, returnsInstance: instanceId } = fact
      return importedClient({ client, creation: 'created', ...(instanceId === undefined ? {} : { instanceId }) })
    }
    // Limiters, caches and cookie jars take an axios instance and give the same instance back.
    const first = node.arguments[0]
    const wrapped = first && first.type !== 'SpreadElement' ? clientValueOf(context, first, depth + 1) : undefined
    if (wrapped && (wrapped.client === 'axios' || root.module === 'fetch-cookie')) return wrapped
    return undefined
  }
  const target = calledFunction(file, callee)
  return target && !target.async ? returnedClient(context, target, depth + 1) : undefined
}

/** Which client an expression is, following constants, fields, creators, wrappers and the call map. */
export function clientValueOf(context: CodeContext, expression: Node, depth = 0): ClientValue | undefined {
  return mayHoldClients(context) ? knownClientValue(context, expression, depth) : undefined
}

const knownClientValue = cachedByNode(findClientValue, { ...byFile, keptToDepth: KEPT_TO_DEPTH })

const clientHints = new FileCache<CodeContext, boolean>()

/** False for most files of most projects: they name no client and get none from elsewhere. */
export function mayHoldClients(context: CodeContext): boolean {
  const known = clientHints.get(context)
  if (known !== undefined) return known
  const { facts, file } = context
  const before = facts.unsettledReads?.()
  const may =
    facts.userClients.length > 0 || CLIENT_HINT.test(file.text) || (facts.hasCallMap && mayImportClients(context))
  if (facts.unsettledReads?.() === before) clientHints.set(context, may)
  return may
}

function findClientValue(context: CodeContext, expression: Node, depth: number): ClientValue | undefined {
  if (depth > MAX_DEPTH) return undefined
  const { file } = context
  const node = unwrapAwait(expression)
  if (node.type === 'LogicalExpression') {
    return clientValueOf(context, node.right, depth + 1) ?? clientValueOf(context, node.left, depth + 1)
  }
  if (node.type === 'ConditionalExpression') {
    return clientValueOf(context, node.consequent, depth + 1) ?? clientValueOf(context, node.alternate, depth + 1)
  }
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    if (node.type === 'CallExpression' && memberName(unwrap(node.callee)) === 'bind') {
      const callee = unwrap(node.callee)
      return callee.type === 'MemberExpression' ? clientValueOf(context, callee.object, depth + 1) : undefined
    }
    return calledClient(context, node, depth)
  }
  if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return undefined
  const origin = originOf(file, node)
  const own = origin ? userClient(context, origin) : undefined
  if (own) return { client: own, callable: CALLABLE_INSTANCES.has(own), via: 'module' }
  const root = origin ? clientRootOf(origin) : undefined
  if (root && root.role !== 'creator') {
    const callable = root.role === 'callable' || (CALLABLE_INSTANCES.has(root.client) && root.method === undefined)
    return {
      client: root.client,
      callable,
      via: 'module',
      ...(root.method === undefined ? {} : { method: root.method }),
    }
  }
  if (origin?.from === 'module') {
    const fact = context.facts.imported(origin.module, origin.path[0] ?? 'default')
    const last = origin.path[1]
    return importedClient(last !== undefined && fact?.fields ? fact.fields[last] : fact)
  }
  if (node.type === 'MemberExpression') return memberClient(context, node, depth)
  const binding = file.resolve(node)
  if (!binding) return undefined
  const forwarder = definingValue(file, binding)
  if (isFunction(forwarder)) return forwardedClient(context, forwarder, depth)
  if (binding.kind === 'parameter') return parameterClient(context, binding.identifier, binding.declaration, depth)
  const value = definingValue(file, binding)
  if (value && !isFunction(value)) return clientValueOf(context, value, depth + 1)
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator') return undefined
  const firstWrite = file.writes(binding)[0]?.parent
  const assigned = firstWrite?.type === 'AssignmentExpression' ? firstWrite.right : declaration.init
  if (assigned && declaration.id.type === 'Identifier') return clientValueOf(context, assigned, depth + 1)
  return declaration.id.type === 'Identifier' ? clientOfType(file, declaration.id.typeAnnotation) : undefined
}

/** `const fetch = (...args) => import('node-fetch').then((m) => m.default(...args))` is the client itself. */
function forwardedClient(context: CodeContext, target: FunctionNode, depth: number): ClientValue | undefined {
  const [rest, ...others] = target.params
  if (rest?.type !== 'RestElement' || rest.argument.type !== 'Identifier' || others.length > 0) return undefined
  const { name } = rest.argument
  const inner = nodesWithin(context.file.calls, target).find(({ arguments: [first, ...more] }) => {
    const spread = first?.type === 'SpreadElement' && more.length === 0 ? first.argument : undefined
    return spread?.type === 'Identifier' && spread.name === name
  })
  const value = inner ? clientValueOf(context, inner.callee, depth + 1) : undefined
  return value?.callable ? value : undefined
}

function memberClient(
  context: CodeContext,
  node: Node & { type: 'MemberExpression' },
  depth: number,
): ClientValue | undefined {
  const name = memberName(node)
  if (name === undefined) return undefined
  const object = unwrap(node.object)
  if (object.type === 'ThisExpression') return fieldClient(context, node, name, depth)
  if (name === 'axiosRef' && clientValueOf(context, object, depth + 1)?.client === 'HttpService') {
    return { client: 'axios', callable: true, via: 'injected' }
  }
  if (object.type !== 'Identifier') return undefined
  const binding = context.file.resolve(object)
  const value = binding ? definingValue(context.file, binding) : undefined
  const plain = value ? unwrap(value) : undefined
  if (plain?.type !== 'ObjectExpression') return undefined
  for (const property of plain.properties) {
    if (property.type === 'Property' && propertyName(property) === name)
      return clientValueOf(context, property.value, depth + 1)
  }
  return undefined
}

/** The name an instance is bound to: `const api = axios.create()` gives `api`. */
export function instanceName(creation: Node): string {
  let current: Node | null | undefined = creation.parent
  for (let level = 0; current && level < 5; level += 1) {
    if (current.type === 'VariableDeclarator')
      return current.id.type === 'Identifier' ? current.id.name : 'this instance'
    if (current.type === 'AssignmentExpression') return dottedName(current.left) ?? 'this instance'
    if (current.type === 'PropertyDefinition' && current.key.type === 'Identifier') return current.key.name
    if (current.type.endsWith('Statement')) break
    current = current.parent
  }
  return 'this instance'
}
