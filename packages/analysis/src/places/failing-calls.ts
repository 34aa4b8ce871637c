import type { CodeContext } from '../clients/client-value.ts'
import { readHttpCall } from '../clients/http-calls.ts'
import type { ClientName } from '../clients/client-table.ts'
import { mayHoldClients } from '../clients/client-values.ts'
import { importedCalls, type ImportedCall } from '../model/imported-calls.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import {
  calleeName,
  enclosingFunction,
  isFunction,
  memberName,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { someWithin } from '../syntax/source-order.ts'

/** A call whose rejection nobody has handled yet. */
export interface FailingCall {
  readonly node: CallExpression
  readonly client: string
}

/** Clients whose calls send at once and answer with a promise. The others wait for a callback, a subscription or `then`. */
const PROMISE_CLIENTS = new Set<ClientName>(['fetch', 'undici', 'axios', 'ky', 'got', 'ofetch', 'node-fetch'])
const STREAM_METHODS = new Set(['stream', 'paginate', 'pipeline', 'connect', 'upgrade'])
const PASSING_METHODS = new Set([
  'then',
  'finally',
  'json',
  'text',
  'blob',
  'arrayBuffer',
  'formData',
  'bytes',
  'buffer',
])
/** Functions are followed this far; a longer chain is left alone. */
const MAX_DEPTH = 50

/** Reads a call as a request that answers with a promise. */
export function promisedRequest(context: CodeContext, node: CallExpression): FailingCall | undefined {
  const call = readHttpCall(context, node)
  if (!call || !PROMISE_CLIENTS.has(call.value.client) || STREAM_METHODS.has(calleeName(node.callee) ?? ''))
    return undefined
  // undici and old clients take a callback in place of a promise.
  const last = node.arguments.at(-1)
  if (last && last.type !== 'SpreadElement' && isFunction(definitionOf(context.file, last))) return undefined
  return { node, client: call.value.client }
}

/**
 * The calls of a promise chain whose rejection arrives at its end, from the outermost inwards: `a.b().then(x)` has
 * `then()` and `b()`. A step that handles the rejection, or is unknown, ends the list.
 */
export function chainCalls(outermost: CallExpression): CallExpression[] {
  const calls: CallExpression[] = []
  let current: Node = outermost
  while (current.type === 'CallExpression') {
    calls.push(current)
    const callee = unwrap(current.callee)
    const name = memberName(callee) ?? ''
    if (callee.type !== 'MemberExpression' || !PASSING_METHODS.has(name)) break
    if (name === 'then' && current.arguments.length > 1) break
    current = unwrap(callee.object)
  }
  return calls
}

/** The expression that only wraps a call: parentheses, assertions, optional chains. */
function wrapped(call: Node): Node {
  let current = call
  while (current.parent && unwrap(current.parent) !== current.parent && unwrap(current.parent) === unwrap(current))
    current = current.parent
  return current
}

/** What becomes of a chain's rejection: it goes to whoever called the function. */
function isHandedUp(end: Node): boolean {
  const { parent } = end
  if (parent?.type === 'AwaitExpression') return true
  if (parent?.type === 'ReturnStatement') return true
  return isFunction(parent) && parent.body === end
}

/** A handler that takes the failure; one that throws again lets it through. */
function takesFailure(handler: Node & { type: 'CatchClause' }): boolean {
  return !handler.body.body.some((statement) => statement.type === 'ThrowStatement')
}

function isCaught(node: Node, owner: Node, isAwaited: boolean): boolean {
  let child = node
  for (let current = node.parent; current && child !== owner; current = current.parent) {
    // A promise that is returned from the `try` without `await` rejects after it.
    if (
      isAwaited &&
      current.type === 'TryStatement' &&
      current.block === child &&
      current.handler &&
      takesFailure(current.handler)
    )
      return true
    child = current
  }
  return false
}

/** A request, or a function of another file that fails with one. */
function requestOrWrapper(context: CodeContext, call: CallExpression): FailingCall | undefined {
  const request = promisedRequest(context, call)
  if (request) return request
  const origin = originOf(context.file, call.callee)
  if (origin?.from !== 'module') return undefined
  const client = failingWrapper(context, origin)
  return client === undefined ? undefined : { node: call, client }
}

/** False for files in which no call can fail with a request. */
export function mayHaveFailingCalls(context: CodeContext): boolean {
  return (
    mayHoldClients(context) ||
    importedCalls(context.file).some(({ origin }) => failingWrapper(context, origin) !== undefined)
  )
}

/** The client whose failure a function of another file passes on. */
function failingWrapper({ facts }: CodeContext, { module, path }: ImportedCall['origin']): string | undefined {
  const wrapper = facts.imported(module, path[0] ?? 'default')?.wrapper
  return wrapper?.rejects ? wrapper.client : undefined
}

const inProgress = new Set<Node>()

const failing = cachedByNode((context: CodeContext, target: Node): FailingCall | undefined => {
  if (!isFunction(target) || !target.body || target.generator) return undefined
  if (inProgress.has(target) || inProgress.size >= MAX_DEPTH) return undefined
  inProgress.add(target)
  let found: FailingCall | undefined
  someWithin(context.file.calls, target.body, (node) => {
    const end = wrapped(node)
    if (!isHandedUp(end) || enclosingFunction(node) !== target) return false
    if (isCaught(end, target, end.parent?.type === 'AwaitExpression')) return false
    for (const call of chainCalls(node)) found ??= failingCallOf(context, call)
    return found !== undefined
  })
  inProgress.delete(target)
  return found
})

/** The first request whose failure makes the promise of a function reject, through functions of this file and the call map. */
export function failingCallIn(context: CodeContext, target: FunctionNode): FailingCall | undefined {
  return failing(context, target)
}

/** The same for a call: a request itself, or a function that fails with one. */
export function failingCallOf(context: CodeContext, call: CallExpression): FailingCall | undefined {
  const own = requestOrWrapper(context, call)
  if (own) return own
  const target = calledFunction(context.file, call.callee)
  const inner = target && failingCallIn(context, target)
  return inner && { node: call, client: inner.client }
}
