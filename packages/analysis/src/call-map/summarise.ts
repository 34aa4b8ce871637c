import { byFile, type CodeContext } from '../clients/client-value.ts'
import { clientValueOf, instanceName, mayHoldClients, returnedClient } from '../clients/client-values.ts'
import { readHttpCall } from '../clients/http-calls.ts'
import { constantUrlClass } from '../clients/url-class.ts'
import { errorClassOf } from '../errors/error-classes.ts'
import { loggerSourceOf } from '../errors/logger-sources.ts'
import { dialectOf } from '../errors/loggers.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { importedFact } from '../model/imported-fact.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { calledFunction, definitionOf, originOf, superclassOf } from '../model/values.ts'
import type { ExportFact, WrapperFact } from '../model/project-facts.ts'
import { callDeadline, hasTimer } from '../protections/deadlines.ts'
import { policyOf } from '../protections/policies.ts'
import { failingCallIn } from '../places/failing-calls.ts'
import { retriesItsCallback } from '../protections/retries.ts'
import {
  isFunction,
  keyName,
  propertyName,
  unwrap,
  type CallExpression,
  type Class,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { nodesWithin, someWithin } from '../syntax/source-order.ts'

/** Wrappers are followed this far. */
const MAX_WRAPPER_DEPTH = 3

function loggerOptions(context: CodeContext, expression: Node): Pick<ExportFact, 'loggerOptions'> {
  const source = loggerSourceOf(context, expression)
  return source && !source.isOpen ? { loggerOptions: [...source.options].sort() } : {}
}

/** Summary of a value that a file exports. */
export function summariseValue(context: CodeContext, path: string, expression: Node, depth = 0): ExportFact {
  const { file } = context
  if (isFunction(expression)) return summariseFunction(context, path, expression)
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
  const node = definitionOf(file, expression)
  if (isFunction(node)) return summariseFunction(context, path, node)
  if (policyOf(context, expression)) return { policy: true }
  const logger = dialectOf(context, expression)
  if (logger !== undefined && logger !== 'unknown') return { logger, ...loggerOptions(context, expression) }
  const url = constantUrlClass(file, expression)
  if (url !== undefined) return { url }
  if (depth > 3) return {}
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    const errorClass = errorClassOf(file, node)
    return { fields: classFields(context, path, node, depth), ...(errorClass ? { errorClass } : {}) }
  }
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
  for (const assignment of nodesWithin(context.file.assignments, owner)) {
    const target = unwrap(assignment.left)
    if (target.type !== 'MemberExpression' || unwrap(target.object).type !== 'ThisExpression') continue
    const name = keyName(target.property, target.computed)
    if (name === undefined) continue
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

function summariseFunction(context: CodeContext, path: string, target: FunctionNode): ExportFact {
  const mayReach = mayReachClients(context, context.file.program)
  const client = mayReach ? reachedClient(context, target) : undefined
  const retriesCallback = retriesItsCallback(context.file, target)
  const addsDeadline = hasTimer(context.file, target) || (mayReach && boundsItsCallback(context, target))
  const returned = target.async ? undefined : returnedClient(context, target)
  const made = returned?.creation ? `${path}#${instanceName(returned.creation)}` : returned?.instanceId
  const wrapper: WrapperFact = {
    ...(client === undefined ? {} : { client }),
    ...(retriesCallback ? { retriesCallback } : {}),
    ...(addsDeadline ? { addsDeadline } : {}),
    ...(mayReach && failingCallIn(context, target) ? { rejects: true } : {}),
  }
  return {
    ...(Object.keys(wrapper).length > 0 ? { wrapper } : {}),
    ...(returned ? { returnsClient: returned.client } : {}),
    ...(made === undefined ? {} : { returnsInstance: made }),
  }
}

function boundsItsCallback(context: CodeContext, target: FunctionNode): boolean {
  return someWithin(context.file.calls, target, (node) => {
    const call = readHttpCall(context, node)
    return call !== undefined && callDeadline(context, call).state === 'yes'
  })
}

/** False for files without a request and without a call of a function elsewhere that sends one. */
const mayReachClients = cachedByNode((context: CodeContext): boolean => {
  if (mayHoldClients(context)) return true
  return importedCalls(context.file).some(
    ({ origin }) => importedFact(context.facts, origin)?.wrapper?.client !== undefined,
  )
}, byFile)

/** What a function does itself: the first client it reaches, and the functions of its file that it calls. */
interface Reach {
  readonly client?: string
  readonly callees: readonly FunctionNode[]
}

const directReach = cachedByNode((context: CodeContext, target: FunctionNode): Reach => {
  const callees = new Set<FunctionNode>()
  for (const node of nodesWithin(context.file.calls, target)) {
    const client = readHttpCall(context, node)?.value.client ?? calledWrapper(context, node)
    if (client !== undefined) return { client, callees: [] }
    const callee = calledFunction(context.file, node.callee)
    if (callee) callees.add(callee)
  }
  return { callees: [...callees] }
}, byFile)

function calledWrapper(context: CodeContext, node: CallExpression): string | undefined {
  const origin = originOf(context.file, node.callee)
  return origin?.from === 'module' ? importedFact(context.facts, origin)?.wrapper?.client : undefined
}

/** The client that a function reaches itself or through functions of its file, `MAX_WRAPPER_DEPTH` calls away at most. */
function reachedClient(context: CodeContext, target: FunctionNode): string | undefined {
  const seen = new Set([target])
  let level: readonly FunctionNode[] = [target]
  for (let depth = 0; depth <= MAX_WRAPPER_DEPTH; depth += 1) {
    const reaches = level.map((member) => directReach(context, member))
    const client = reaches.find((reach) => reach.client !== undefined)?.client
    if (client !== undefined) return client
    level = reaches.flatMap(({ callees }) => callees.filter((callee) => !seen.has(callee) && seen.add(callee)))
  }
  return undefined
}
