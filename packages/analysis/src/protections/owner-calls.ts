import type { CodeContext } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import { unknown, yes, type Protection } from '../model/project-facts.ts'
import { cachedByNode } from '../model/node-cache.ts'
import type { SourceFile } from '../model/source-file.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  nameOf,
  patternNameOf,
  unwrap,
  type CallExpression,
  type Decorator,
  type FunctionNode,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'
import { nodesWithin, someWithin } from '../syntax/source-order.ts'
import { isRunByPolicy } from './policies.ts'

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
  'opossum',
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
  'bee-queue',
  'graphile-worker',
  'agenda',
  'inngest',
  '@upstash/qstash',
])
/** Modules of which only the functions named after retrying count. */
const GENERAL_MODULES = new Set(['async', 'effect', 'radash', 'rxjs', 'rxjs/operators', 'es-toolkit'])
const QUERY_MODULES = /query|swr/
const NEST_QUEUES = /^@nestjs\/(bull|bullmq)$/
const RETRY_NAME = /retry|retries|backoff|attempt|resilien|circuit|breaker|polic(y|ies)/i

export function isLoop(node: Node): boolean {
  return /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(node.type)
}

/** True for a function that runs one of its own parameters again, or hands it to another of the file that does. */
export const retriesItsCallback = cachedByNode((file: SourceFile, target: FunctionNode): boolean => {
  if (runsAgain(file, target)) return true
  return target.params.some((parameter) => {
    const binding = parameter.type === 'Identifier' ? file.resolve(parameter) : undefined
    if (!binding) return false
    return file.references(binding).some((reference) => {
      const call = reference.parent
      if (call?.type !== 'CallExpression' || call.callee === reference) return false
      const next = calledFunction(file, call.callee)
      return next !== undefined && next !== target && runsAgain(file, next)
    })
  })
})

/** In a loop, or by calling itself after an error. */
const runsAgain = cachedByNode((file: SourceFile, target: FunctionNode): boolean => {
  const { body } = target
  if (!body) return false
  const names = new Set(target.params.map(patternNameOf))
  return [...names].some((name) =>
    someWithin(name === undefined ? [] : file.callsNamed(name), body, (call) => {
      if (unwrap(call.callee).type !== 'Identifier') return false
      let caught = false
      for (
        let current: Node | null | undefined = call.parent;
        current && current !== target;
        current = current.parent
      ) {
        if (isLoop(current)) return true
        if (current.type === 'TryStatement') caught = true
      }
      return caught && selfCalls(file, target).some((again) => again !== call)
    }),
  )
})

/** The calls by which a function calls itself: by its own name, or as `this.name` when it is a method. */
export function selfCalls(file: SourceFile, target: FunctionNode): readonly CallExpression[] {
  const name = nameOf(target)
  if (name === undefined) return []
  const isMember = target.parent?.type === 'MethodDefinition' || target.parent?.type === 'Property'
  return nodesWithin(file.callsNamed(name), target).filter(({ callee }) => {
    const plain = unwrap(callee)
    if (plain.type === 'Identifier') return !isMember || target.id !== null
    return isMember && plain.type === 'MemberExpression' && unwrap(plain.object).type === 'ThisExpression'
  })
}

/** The retry that a call gives the functions passed to it. */
export function ownerCall(context: CodeContext, call: CallExpression | NewExpression): Protection | undefined {
  const name = dottedName(call.callee) ?? calleeName(call.callee) ?? ''
  if (context.facts.retryOwners.includes(name)) return yes(name)
  if (call.type === 'CallExpression' && isRunByPolicy(context, call)) return yes(name)
  const origin = originOf(context.file, call.callee)
  if (origin?.from === 'module') {
    if (GENERAL_MODULES.has(origin.module) && /retry/i.test(origin.path.join('.'))) return yes(origin.module)
    if (RETRY_MODULES.has(origin.module)) return ownerOptions(context.file, call, origin.module)
    if (context.facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.retriesCallback) return yes(name)
  }
  const made = madeBy(context.file, call)
  if (made !== undefined) return yes(made)
  const target = calledFunction(context.file, call.callee)
  if (target && retriesItsCallback(context.file, target)) return yes(name)
  if (!target && RETRY_NAME.test(name)) return unknown(name)
  return undefined
}

/** Query libraries retry unless told not to. */
function ownerOptions(file: SourceFile, call: CallExpression | NewExpression, module: string): Protection | undefined {
  if (!QUERY_MODULES.test(module)) return yes(module)
  const options = call.arguments.find((argument) => argument.type === 'ObjectExpression')
  const retry = configValue(file, options, 'retry')
  const value = retry.found === 'value' ? retry.value : undefined
  return value?.type === 'Literal' && (value.value === false || value.value === 0) ? undefined : yes(module)
}

/** `const policy = retry(handleAll, ...)` or `new Worker(...)`, then a method of it that takes the function. */
function madeBy(file: SourceFile, call: CallExpression | NewExpression): string | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression') return undefined
  const maker = definitionOf(file, callee.object)
  if (maker.type !== 'CallExpression' && maker.type !== 'NewExpression') return undefined
  const origin = originOf(file, maker.callee)
  return origin?.from === 'module' && RETRY_MODULES.has(origin.module) && !QUERY_MODULES.test(origin.module)
    ? origin.module
    : undefined
}

/** Parsers that know no decorators leave the key out. */
function decoratorsOf(node: Node | null | undefined): readonly Decorator[] {
  return (node as { readonly decorators?: readonly Decorator[] } | null | undefined)?.decorators ?? []
}

const CHECKS_QUEUE = /^verify\w*Qstash/i

/** A method of a queue processor, or a route that only lets a queue in: the queue runs the job again. */
export function isQueueJob(file: SourceFile, target: FunctionNode): boolean {
  if (someWithin(file.identifiersMatching(CHECKS_QUEUE), target)) return true
  if (target.parent?.type !== 'MethodDefinition') return false
  const owner = target.parent.parent?.parent
  return [...decoratorsOf(target.parent), ...decoratorsOf(owner)].some(({ expression }) => {
    const origin = originOf(file, expression.type === 'CallExpression' ? expression.callee : expression)
    return origin?.from === 'module' && NEST_QUEUES.test(origin.module) && /^Process/.test(origin.path[0] ?? '')
  })
}
