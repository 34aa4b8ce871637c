import { CLIENTS } from '../clients/client-table.ts'
import { clientValueOf, type ClientValue, type CodeContext } from '../clients/client-values.ts'
import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import { disabled, no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  isInside,
  patternNameOf,
  someNode,
  unwrap,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { exportedName, isPipedThrough } from './function-uses.ts'

/** Libraries that run a callback again after a failure. */
export const RETRY_MODULES: ReadonlySet<string> = new Set([
  '@holdfast/core',
  'p-retry',
  'async-retry',
  'exponential-backoff',
  'cockatiel',
  'retry',
  'promise-retry',
  'ts-retry',
  'ts-retry-promise',
  '@lifeomic/attempt',
  'backoff',
  'retry-as-promised',
  'fetch-retry',
  'axios-retry',
  'retry-axios',
  '@tanstack/react-query',
  '@tanstack/vue-query',
  '@tanstack/svelte-query',
  '@tanstack/query-core',
  '@tanstack/solid-query',
  'react-query',
  'swr',
  'swr/mutation',
  'swr/infinite',
  '@reduxjs/toolkit/query',
  '@reduxjs/toolkit/query/react',
  'bullmq',
  'bull',
  'pg-boss',
  'inngest',
  '@upstash/qstash',
])
/** Modules of which only the functions named after retrying count. */
const GENERAL_MODULES = new Set(['async', 'effect', 'radash', 'rxjs', 'rxjs/operators', 'es-toolkit'])
const QUERY_MODULES = /query|swr/
export const INSTANCE_RETRY_MODULES = new Set([
  'axios-retry',
  'retry-axios',
  '@holdfast/axios-interceptor',
  '@holdfast/ky-hooks',
  'axios-cache-interceptor-retry',
])
const RETRY_NAME = /retry|retries|backoff|attempt|resilien|circuit|breaker|polic(y|ies)/i

function isLoop(node: Node): boolean {
  return /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(node.type)
}

/** True for a function that runs one of its own parameters again in a loop or by calling itself after an error. */
export function retriesItsCallback(target: FunctionNode): boolean {
  const names = new Set(target.params.map(patternNameOf))
  let retried = false
  if (!target.body) return false
  someNode(target.body, (node) => {
    if (node.type !== 'CallExpression') return false
    const callee = unwrap(node.callee)
    if (callee.type !== 'Identifier' || !names.has(callee.name)) return false
    let current: Node | null | undefined = node.parent
    let caught = false
    while (current && current !== target) {
      if (current.type === 'TryStatement') caught = true
      if (isLoop(current)) retried = true
      current = current.parent
    }
    if (
      caught &&
      someNode(
        target,
        (inner) => inner.type === 'CallExpression' && inner !== node && calleeName(inner.callee) === nameOf(target),
      )
    )
      retried = true
    return retried
  })
  return retried
}

export function nameOf(target: FunctionNode): string | undefined {
  if (target.id) return target.id.name
  const parent = target.parent
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name
  if ((parent?.type === 'MethodDefinition' || parent?.type === 'Property') && parent.key.type === 'Identifier')
    return parent.key.name
  return undefined
}

function ownerCall(context: CodeContext, call: Node & { type: 'CallExpression' }): Protection | undefined {
  const name = dottedName(call.callee) ?? calleeName(call.callee) ?? ''
  const origin = originOf(context.file, call.callee)
  if (context.facts.retryOwners.includes(name)) return yes(name)
  if (origin?.from === 'module') {
    if (GENERAL_MODULES.has(origin.module) && /retry/i.test(origin.path.join('.'))) return yes(origin.module)
    if (RETRY_MODULES.has(origin.module)) {
      if (!QUERY_MODULES.test(origin.module)) return yes(origin.module)
      const options = call.arguments.find((argument) => argument.type === 'ObjectExpression')
      const retry = configValue(context.file, options, 'retry')
      const off =
        retry.found === 'value' &&
        retry.value.type === 'Literal' &&
        (retry.value.value === false || retry.value.value === 0)
      return off ? undefined : yes(origin.module)
    }
    if (context.facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.retriesCallback) return yes(name)
  }
  const target = calledFunction(context.file, call.callee)
  if (target && retriesItsCallback(target)) return yes(name)
  if (!target && RETRY_NAME.test(name)) return unknown(name)
  return undefined
}

/** A loop or a self-call that repeats the request after a failure; other rules judge how it does that. */
function handWritten(call: Node, target: FunctionNode | undefined): boolean {
  let current = call.parent
  while (current && current !== target) {
    if (isLoop(current)) {
      const collection = current.type === 'ForOfStatement' || current.type === 'ForInStatement'
      const catches = someNode(current, (node) => node.type === 'CatchClause')
      const repeats =
        !collection || someNode(current, (node) => node.type === 'Identifier' && /attempt|retr|tries/i.test(node.name))
      if (
        repeats &&
        (catches || someNode(current, (node) => node.type === 'Identifier' && /attempt|retr|tries/i.test(node.name)))
      )
        return true
    }
    current = current.parent
  }
  const own = target ? nameOf(target) : undefined
  return (
    own !== undefined &&
    target !== undefined &&
    someNode(target, (node) => node.type === 'CallExpression' && calleeName(node.callee) === own)
  )
}

/** The retry owner around a call or a reference, in this file or through the callers of its function. */
export function aroundCall(context: CodeContext, start: Node, depth: number): Protection | undefined {
  let child = start
  let current = start.parent
  let nearest: FunctionNode | undefined
  while (current) {
    if (current.type === 'CallExpression' && child !== current.callee) {
      const owner = ownerCall(context, current)
      if (owner) return owner
    }
    if (isFunction(current) && !nearest) {
      nearest = current
      if (handWritten(start, current)) return yes('a loop or self-call')
    }
    if (isPipedThrough(current, child, /^retry(When|Backoff)?$/)) return yes('pipe(retry())')
    child = current
    current = current.parent
  }
  if (!nearest && handWritten(start, undefined)) return yes('a loop')
  return nearest && depth < 2 ? throughCallers(context, start, depth) : undefined
}

/** The functions around a call, seen from where they are used: one use under a retry owner counts. */
function throughCallers(context: CodeContext, start: Node, depth: number): Protection | undefined {
  for (let current = start.parent; current; current = current.parent) {
    if (!isFunction(current)) continue
    const exported = exportedName(current)
    if (exported !== undefined && context.facts.usage(exported)?.insideRetryOwner) return yes('its caller')
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
    return file.calls.filter((call) => dottedName(call.callee) === `this.${name}`)
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
  const standard = methods.some((method) => CLIENTS[value.client].retriedMethods.has(method))
  for (const place of [config, value.creation?.arguments[0]]) {
    for (const key of ['retry', 'retries']) {
      const given = configValue(context.file, place?.type === 'SpreadElement' ? undefined : place, key)
      if (given.found === 'unknown') return unknown('configuration')
      if (given.found !== 'value' || value.client === 'fetch') continue
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
  const { file } = context
  for (const call of file.calls) {
    const origin = originOf(file, call.callee)
    const isPlugin = origin?.from === 'module' && INSTANCE_RETRY_MODULES.has(origin.module)
    const name = dottedName(call.callee) ?? ''
    const isInterceptor = /\.interceptors\.response\.use$/.test(name)
    if (!isPlugin && !isInterceptor) continue
    const callee = unwrap(call.callee)
    let subject: Node | undefined = call.arguments[0]
    if (isInterceptor && callee.type === 'MemberExpression') {
      const response = unwrap(callee.object)
      const interceptors = response.type === 'MemberExpression' ? unwrap(response.object) : undefined
      subject = interceptors?.type === 'MemberExpression' ? interceptors.object : undefined
    }
    const owner = subject && subject.type !== 'SpreadElement' ? clientValueOf(context, subject) : undefined
    if (owner?.client !== value.client || owner.creation !== value.creation) continue
    if (isPlugin) return yes(origin.module)
    const handler = call.arguments[1] ? definitionOf(file, call.arguments[1]) : undefined
    if (
      handler &&
      isFunction(handler) &&
      someNode(
        handler,
        (node) => node.type === 'CallExpression' && clientValueOf(context, node.callee)?.callable === true,
      )
    ) {
      return unknown('response interceptor')
    }
  }
  return value.via === 'module' ? context.facts.globalDefault(value.client, 'retry') : undefined
}

/** Whether anything sends this call again after a failure. */
export function callRetry(context: CodeContext, call: HttpCall, methods: readonly string[]): Protection {
  const around = aroundCall(context, call.node, 0)
  if (around) return around
  if (call.opaque) return unknown('spread arguments')
  return clientRetry(context, call.value, call.config, methods)
}
