import { CLIENTS } from '../clients/client-table.ts'
import { byFile, type ClientValue, type CodeContext } from '../clients/client-value.ts'
import { clientValueOf } from '../clients/client-values.ts'
import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import { disabled, no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { definitionOf } from '../model/values.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  memberName,
  dottedName,
  isFunction,
  isInside,
  nameOf,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { inSourceOrder, someWithin } from '../syntax/source-order.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { exportedName, isPipedThrough } from './function-uses.ts'
import { alwaysLeaves, enclosingLoop, endsLoop } from '../repetition/outcomes.ts'
import { selfCalls, isLoop, isQueueJob, ownerCall } from './owner-calls.ts'
import { switchedOffByCall } from './policies.ts'

export { RETRY_MODULES, retriesItsCallback } from './owner-calls.ts'

const INSTANCE_RETRY_MODULES = new Set([
  'axios-retry',
  'retry-axios',
  '@holdfast/axios-interceptor',
  '@holdfast/ky-hooks',
  'axios-cache-interceptor-retry',
])
const RETRY_OPTION_CLIENTS = new Set(['ky', 'got', 'ofetch'])
/** Unlike `entries`, `retrieve` and `retryAfter`. */
const ATTEMPT_NAME =
  /[aA]ttempt|ATTEMPT|[rR]etry(?!_?[aA]fter)|RETRY(?!_?AFTER)|[rR]etries|RETRIES|^tries|[a-z]Tries|_tries|(^|_)TRIES/

/** Callers are followed through this many functions. */
const MAX_CALLER_DEPTH = 3

/** A loop or a self-call that repeats the request after a failure; other rules judge how it does that. */
function handWritten(file: SourceFile, call: Node, target: FunctionNode | undefined): boolean {
  for (let current = call.parent; current && current !== target; current = current.parent) {
    if (!isLoop(current)) continue
    if (someWithin(file.identifiersMatching(ATTEMPT_NAME), current)) return true
    if (!walksCollection(file, current) && repeatsAfterFailure(file, current, call)) return true
  }
  return target !== undefined && callsItselfAgain(file, target)
}

/** `retries++` in a function that a timer calls again; a counter in a loop belongs to the loop. */
function countsAttempts(file: SourceFile, target: FunctionNode): boolean {
  if (!someWithin(file.callsNamed('setTimeout'), target)) return false
  return someWithin(file.identifiersMatching(ATTEMPT_NAME), target, (name) => {
    const counter = name.parent?.type === 'MemberExpression' ? name.parent : name
    const { parent } = counter
    if (enclosingLoop(counter)) return false
    return parent?.type === 'UpdateExpression' || (parent?.type === 'AssignmentExpression' && parent.operator === '+=')
  })
}

/** `for (const x of xs)` and `for (let i = 0; i < xs.length; i++)` go to the next item, not to the next attempt. */
function walksCollection(file: SourceFile, loop: Node): boolean {
  if (loop.type === 'ForOfStatement' || loop.type === 'ForInStatement') return true
  return loop.type === 'ForStatement' && loop.test !== null && /\.(length|size)\b/.test(textOf(file, loop.test))
}

const FAILURE_WORD = /\b(status|statusCode|ok|err|error|code|expired|unauthori[sz]ed|401|408|429|5\d\d)\b/i

/** The next turn of the loop follows a failed call: by the catch around it, or by `continue` on a bad status. */
function repeatsAfterFailure(file: SourceFile, loop: Node, call: Node): boolean {
  const caught = someWithin(file.catches, loop, (clause) => {
    const tried = clause.parent
    if (tried?.type !== 'TryStatement' || !isInside(call, tried.block)) return false
    return enclosingLoop(tried) === loop && !alwaysLeaves(clause.body, endsLoop(loop))
  })
  return (
    caught ||
    someWithin(file.nodesOf('ContinueStatement'), loop, (node) => {
      const branch = node.parent?.type === 'BlockStatement' ? node.parent.parent : node.parent
      return (
        branch?.type === 'IfStatement' && enclosingLoop(node) === loop && FAILURE_WORD.test(textOf(file, branch.test))
      )
    })
  )
}

/** A self-call after a failure, not the next page. */
function callsItselfAgain(file: SourceFile, target: FunctionNode): boolean {
  const again = selfCalls(file, target)
  if (again.length === 0) return false
  if (someWithin(file.identifiersMatching(ATTEMPT_NAME), target)) return true
  return again.some((call) => {
    let child: Node = call
    for (let current: Node | null | undefined = call.parent; current && child !== target; current = current.parent) {
      if (current.type === 'CatchClause') return true
      if (current.type === 'IfStatement' && child !== current.test && FAILURE_WORD.test(textOf(file, current.test)))
        return true
      if (isFunction(child) && current.type === 'CallExpression') {
        const name = calleeName(current.callee)
        if (name === 'catch' || (name === 'then' && current.arguments[1] === child)) return true
      }
      child = current
    }
    return false
  })
}

/** The retry owner around a call or a reference, in this file or through the callers of its function. */
export function aroundCall(context: CodeContext, start: Node, depth: number): Protection | undefined {
  let child = start
  let current = start.parent
  let nearest: FunctionNode | undefined
  while (current) {
    if ((current.type === 'CallExpression' || current.type === 'NewExpression') && child !== current.callee) {
      const owner = ownerCall(context, current)
      if (owner) return owner
    }
    if (isFunction(current) && isQueueJob(context.file, current)) return yes('a queue job')
    if (isFunction(current) && !nearest) {
      nearest = current
      if (handWritten(context.file, start, current)) return yes('a loop or self-call')
      if (depth === 0 && countsAttempts(context.file, current)) return yes('a timer that counts')
    }
    if (isPipedThrough(current, child, /^retry(When|Backoff)?$/)) return yes('pipe(retry())')
    child = current
    current = current.parent
  }
  if (!nearest && handWritten(context.file, start, undefined)) return yes('a loop')
  return nearest && depth < MAX_CALLER_DEPTH ? throughCallers(context, start, depth) : undefined
}

/** The functions around a call, seen from where they are used: one use under a retry owner counts. */
function throughCallers(context: CodeContext, start: Node, depth: number): Protection | undefined {
  for (let current = start.parent; current; current = current.parent) {
    if (!isFunction(current)) continue
    const exported = exportedName(context.file, current)
    if (exported !== undefined && context.facts.isRetriedByCallers(exported)) return yes('its caller')
    const name = nameOf(current)
    if (name === undefined) continue
    for (const reference of usesOf(context.file, current, name)) {
      if (isInside(reference, current)) continue
      const around = aroundCall(context, reference, depth + 1)
      if (around) return around
    }
  }
  return undefined
}

function usesOf(file: SourceFile, target: FunctionNode, name: string): readonly Node[] {
  const parent = target.parent
  if (parent?.type === 'MethodDefinition') {
    return file.callsNamed(name).filter((call) => dottedName(call.callee) === `this.${name}`)
  }
  const identifier = target.id ?? (parent?.type === 'VariableDeclarator' ? parent.id : undefined)
  const binding = identifier?.type === 'Identifier' ? file.resolve(identifier) : undefined
  return binding ? file.references(binding) : []
}

/** Retry that a client or instance brings: library default, option, or a plug-in attached in this file. */
export function clientRetry(
  context: CodeContext,
  value: ClientValue,
  config: Node | undefined,
  methods: readonly string[],
): Protection {
  if (value.retriedBy !== undefined) return yes(value.retriedBy)
  const off = switchedOffByCall(context.file, config, 'retry')
  if (off) return off
  if (value.policy) return yes('policy')
  const standard = methods.some((method) => CLIENTS[value.client].retriedMethods.has(method))
  // Only these clients read such an option.
  const places = RETRY_OPTION_CLIENTS.has(value.client) ? [config, value.creation?.arguments[0]] : []
  for (const place of places) {
    for (const key of ['retry', 'retries']) {
      const given = configValue(context.file, place?.type === 'SpreadElement' ? undefined : place, key)
      if (given.found === 'unknown') return unknown('configuration')
      if (given.found !== 'value') continue
      const limit = given.value.type === 'ObjectExpression' ? configValue(context.file, given.value, 'limit') : given
      const literal = limit.found === 'value' ? definitionOf(context.file, limit.value) : undefined
      if (literal?.type === 'Literal' && (literal.value === 0 || literal.value === false))
        return disabled(String(literal.value))
      if (standard || value.client === 'ofetch') return yes(`${key} option`)
    }
  }
  if (standard) return yes(`${value.client} default`)
  return (
    attachedRetry(context, value) ??
    (value.via === 'injected' && !isNestService(context, value) ? unknown('instance from elsewhere') : no)
  )
}

function isNestService(context: CodeContext, value: ClientValue): boolean {
  return value.client === 'HttpService' && context.facts.httpModule !== undefined
}

function attachedRetry(context: CodeContext, value: ClientValue): Protection | undefined {
  const attached = attachments(context, context.file.program).get(value.creation ?? value.client)
  if (attached) return attached
  return value.via === 'module' ? context.facts.globalDefault(value.client, 'retry') : undefined
}

/** The calls that put a plug-in which retries on an instance, with its module. */
export function retryPluginCalls(file: SourceFile): ReadonlyMap<CallExpression, string> {
  const plugins = importedCalls(file).filter(({ origin }) => INSTANCE_RETRY_MODULES.has(origin.module))
  return new Map(plugins.map(({ node, origin }) => [node, origin.module]))
}

/** What plug-ins and response interceptors of this file bring, by the creation of the instance or the library's name. */
const attachments = cachedByNode((context: CodeContext): ReadonlyMap<Node | string, Protection> => {
  const { file } = context
  const found = new Map<Node | string, Protection>()
  const attach = (subject: Node | undefined, brings: () => Protection | undefined): void => {
    const owner = subject && subject.type !== 'SpreadElement' ? clientValueOf(context, subject) : undefined
    const key = owner?.creation ?? owner?.client
    const brought = key === undefined || found.has(key) ? undefined : brings()
    if (key !== undefined && brought) found.set(key, brought)
  }
  const plugins = retryPluginCalls(file)
  for (const call of inSourceOrder([...new Set([...file.callsNamed('use'), ...plugins.keys()])])) {
    const callee = unwrap(call.callee)
    if (callee.type === 'MemberExpression' && /\.interceptors\.response\.use$/.test(dottedName(callee) ?? '')) {
      const response = unwrap(callee.object)
      const interceptors = response.type === 'MemberExpression' ? unwrap(response.object) : undefined
      const subject = interceptors?.type === 'MemberExpression' ? interceptors.object : undefined
      attach(subject, () => (sendsAgain(context, call.arguments[1]) ? unknown('response interceptor') : undefined))
      continue
    }
    const module = plugins.get(call)
    if (module !== undefined) attach(call.arguments[0], () => yes(module))
  }
  return found
}, byFile)

function sendsAgain(context: CodeContext, argument: Node | undefined): boolean {
  const handler = argument ? definitionOf(context.file, argument) : undefined
  return (
    isFunction(handler) &&
    someWithin(context.file.calls, handler, (call) => clientValueOf(context, call.callee)?.callable === true)
  )
}

/** `superagent.get(url).retry(2)`: a method later in the chain. */
function isChained(call: Node, method: string): boolean {
  for (let current: Node | null | undefined = call.parent; current; current = current.parent) {
    if (current.type === 'MemberExpression' && memberName(current) === method) return true
    if (current.type !== 'MemberExpression' && current.type !== 'CallExpression') return false
  }
  return false
}

/** Whether anything sends this call again after a failure. */
export function callRetry(context: CodeContext, call: HttpCall, methods: readonly string[]): Protection {
  const around = aroundCall(context, call.node, 0)
  if (around) return around
  if (call.value.client === 'superagent' && isChained(call.node, 'retry')) return yes('retry()')
  if (call.opaque) return unknown('spread arguments')
  return clientRetry(context, call.value, call.config, methods)
}
