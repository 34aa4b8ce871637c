import { clientValueOf, instanceName, returnedClient, type CodeContext } from '../clients/client-values.ts'
import { readHttpCall } from '../clients/http-calls.ts'
import { dialectOf } from '../errors/loggers.ts'
import { calledFunction, definitionOf, originOf, superclassOf } from '../model/values.ts'
import type { ExportFact, WrapperFact } from '../model/project-facts.ts'
import { callDeadline, hasTimer } from '../protections/deadlines.ts'
import { retriesItsCallback } from '../protections/retries.ts'
import {
  isFunction,
  keyName,
  propertyName,
  unwrap,
  walk,
  type Class,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** Wrappers are followed this far. */
const MAX_WRAPPER_DEPTH = 3

/** Summary of a value that a file exports. */
export function summariseValue(context: CodeContext, path: string, expression: Node, depth = 0): ExportFact {
  const { file } = context
  const value = clientValueOf(context, expression)
  if (value) {
    const creation = value.via === 'module' ? 'direct' : value.via
    const instanceId = value.creation ? `${path}#${instanceName(value.creation)}` : value.instanceId
    return {
      client: value.client,
      clientKind: value.callable ? 'callable' : 'instance',
      creation,
      ...(instanceId === undefined ? {} : { instanceId }),
    }
  }
  const logger = dialectOf(context, expression)
  if (logger !== undefined && logger !== 'unknown') return { logger }
  const node = definitionOf(file, expression)
  if (isFunction(node)) return summariseFunction(context, node)
  if (depth > 3) return {}
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
    return { fields: classFields(context, path, node, depth) }
  if (node.type === 'NewExpression') {
    const target = definitionOf(file, node.callee)
    if (target.type === 'ClassDeclaration' || target.type === 'ClassExpression')
      return { fields: classFields(context, path, target, depth) }
    const origin = originOf(file, node.callee)
    return origin?.from === 'module' ? (context.facts.imported(origin.module, origin.path[0] ?? 'default') ?? {}) : {}
  }
  if (node.type === 'ObjectExpression') {
    const fields: Record<string, ExportFact> = {}
    for (const property of node.properties) {
      const name = property.type === 'Property' ? propertyName(property) : undefined
      if (name === undefined || property.type !== 'Property') continue
      const fact = summariseValue(context, path, property.value, depth + 1)
      if (Object.keys(fact).length > 0) fields[name] = fact
    }
    return Object.keys(fields).length > 0 ? { fields } : {}
  }
  const origin = originOf(file, expression)
  return origin?.from === 'module' ? (context.facts.imported(origin.module, origin.path[0] ?? 'default') ?? {}) : {}
}

function classFields(context: CodeContext, path: string, owner: Class, depth: number): Record<string, ExportFact> {
  const fields: Record<string, ExportFact> = {}
  const parent = superclassOf(context.file, owner)
  if (parent && depth <= 3) Object.assign(fields, classFields(context, path, parent, depth + 1))
  const origin = owner.superClass && !parent ? originOf(context.file, owner.superClass) : undefined
  if (origin?.from === 'module')
    Object.assign(fields, context.facts.imported(origin.module, origin.path[0] ?? 'default')?.fields)
  for (const assignment of context.file.assignments) {
    const target = unwrap(assignment.left)
    if (target.type !== 'MemberExpression' || unwrap(target.object).type !== 'ThisExpression') continue
    const name = keyName(target.property, target.computed)
    if (name === undefined || !isWithin(assignment, owner)) continue
    addField(fields, name, summariseValue(context, path, assignment.right, depth + 1))
  }
  for (const member of owner.body.body) {
    if (member.type !== 'PropertyDefinition' && member.type !== 'MethodDefinition') continue
    const name = keyName(member.key, member.computed)
    if (name === undefined || name === 'constructor' || !member.value) continue
    addField(fields, name, summariseValue(context, path, member.value, depth + 1))
  }
  return fields
}

function addField(fields: Record<string, ExportFact>, name: string, fact: ExportFact): void {
  if (Object.keys(fact).length > 0) fields[name] = fact
}

function isWithin(node: Node, owner: Class): boolean {
  const [start, end] = node.range ?? [node.start, node.end]
  const [from, to] = owner.range ?? [owner.start, owner.end]
  return start >= from && end <= to
}

function summariseFunction(context: CodeContext, target: FunctionNode): ExportFact {
  const client = reachedClient(context, target, 0, new Set())
  const retriesCallback = retriesItsCallback(target)
  const addsDeadline = hasTimer(target) || boundsItsCallback(context, target)
  const returned = target.async ? undefined : returnedClient(context, target)
  const wrapper: WrapperFact = {
    ...(client === undefined ? {} : { client }),
    ...(retriesCallback ? { retriesCallback } : {}),
    ...(addsDeadline ? { addsDeadline } : {}),
  }
  return {
    ...(Object.keys(wrapper).length > 0 ? { wrapper } : {}),
    ...(returned ? { returnsClient: returned.client } : {}),
  }
}

function boundsItsCallback(context: CodeContext, target: FunctionNode): boolean {
  let bounded = false
  walk(target, (node) => {
    const call = node.type === 'CallExpression' ? readHttpCall(context, node) : undefined
    if (call && callDeadline(context, call).state === 'yes') bounded = true
    return !bounded
  })
  return bounded
}

/** The client that a function reaches itself or through functions it calls. */
function reachedClient(context: CodeContext, target: FunctionNode, depth: number, seen: Set<Node>): string | undefined {
  if (seen.has(target) || depth > MAX_WRAPPER_DEPTH) return undefined
  seen.add(target)
  let found: string | undefined
  walk(target, (node) => {
    if (found !== undefined) return false
    if (node.type !== 'CallExpression') return true
    const call = readHttpCall(context, node)
    if (call) found = call.value.client
    else {
      const origin = originOf(context.file, node.callee)
      if (origin?.from === 'module')
        found = context.facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.client
      const inner = found === undefined ? calledFunction(context.file, node.callee) : undefined
      if (inner) found = reachedClient(context, inner, depth + 1, seen)
    }
    return found === undefined
  })
  return found
}
