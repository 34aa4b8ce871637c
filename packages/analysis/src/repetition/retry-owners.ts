import { configValue } from '../clients/config-values.ts'
import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  isInside,
  memberName,
  nameOf,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { inSourceOrder } from '../syntax/source-order.ts'
import { literalMs } from './delay-growth.ts'
import { repetitionsOf } from './repetitions.ts'

/** A call that runs its callback again after a failure. */
export interface RetryOwner {
  readonly node: CallExpression
  /** What it is called in messages. */
  readonly label: string
  /** The module it comes from; undefined for a function of the project. */
  readonly module?: string
  readonly options: Node | undefined
  /** Attempts in all, when known. */
  readonly attempts?: number
}

interface OwnerFacts {
  /** Option that counts, and the attempts in all for its value. */
  readonly count: string
  readonly countsRetries: boolean
  readonly standard?: number
}

/** Libraries whose call takes a function and tries it several times. Numbers are their defaults: attempts in all. */
export const CALL_OWNERS: Readonly<Record<string, OwnerFacts>> = {
  'p-retry': { count: 'retries', countsRetries: true, standard: 11 },
  'async-retry': { count: 'retries', countsRetries: true, standard: 11 },
  'promise-retry': { count: 'retries', countsRetries: true, standard: 11 },
  'exponential-backoff': { count: 'numOfAttempts', countsRetries: false, standard: 10 },
  'ts-retry': { count: 'maxTry', countsRetries: false },
  'ts-retry-promise': { count: 'retries', countsRetries: true, standard: 11 },
  '@lifeomic/attempt': { count: 'maxAttempts', countsRetries: false, standard: 3 },
  'retry-as-promised': { count: 'max', countsRetries: false, standard: 5 },
}

/** Methods of a policy that run a function. */
const RUNNERS = new Set(['execute', 'wrap'])
const RETRY_NAME = /retr(y|ies)|again|attempt|backoff|resilien|persist/i
const QUERY_MODULES = /^(@tanstack\/(react|vue|svelte|solid)-query|@tanstack\/query-core|react-query)$/

function attemptsOf(analysis: FileAnalysis, facts: OwnerFacts, options: Node | undefined): number | undefined {
  const found = configValue(analysis.file, options, facts.count)
  if (found.found === 'absent') return facts.standard
  const value = found.found === 'value' ? literalMs(analysis.file, found.value) : undefined
  return value === undefined ? undefined : facts.countsRetries ? value + 1 : value
}

/** The options beside the callback. */
export function ownerOptions(analysis: FileAnalysis, call: CallExpression): Node | undefined {
  return call.arguments.find(
    (argument) =>
      argument.type !== 'SpreadElement' &&
      !isFunction(definitionOf(analysis.file, argument)) &&
      (definitionOf(analysis.file, argument).type === 'ObjectExpression' || argument !== call.arguments[0]),
  )
}

function named(
  label: string,
  module: string,
  node: CallExpression,
  options: Node | undefined,
  attempts: number | undefined,
): RetryOwner {
  return { node, label, module, options, ...(attempts === undefined ? {} : { attempts }) }
}

/** Reads a call as a retry owner of a library, of this project or of ours. */
export function readRetryOwner(analysis: FileAnalysis, call: CallExpression): RetryOwner | undefined {
  const { file, facts } = analysis
  const callee = unwrap(call.callee)
  const origin = originOf(file, callee)
  const label = dottedName(callee) ?? calleeName(callee) ?? ''
  if (origin?.from === 'module') {
    const known = Object.hasOwn(CALL_OWNERS, origin.module) ? CALL_OWNERS[origin.module] : undefined
    if (known) {
      if (/error/i.test(origin.path.at(-1) ?? '')) return undefined
      const options = ownerOptions(analysis, call)
      return named(label, origin.module, call, options, attemptsOf(analysis, known, options))
    }
    if (QUERY_MODULES.test(origin.module)) return queryOwner(analysis, call, origin.module, label)
    const isImported = facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.retriesCallback
    // The call map only knows that the callback runs in a loop.
    if (isImported && RETRY_NAME.test(label)) return { node: call, label, options: undefined }
  }
  if (facts.retryOwners.includes(label)) return { node: call, label, options: undefined }
  if (RUNNERS.has(memberName(callee) ?? '')) {
    const policy = callee.type === 'MemberExpression' ? policyOwner(analysis, call, callee.object, label) : undefined
    if (policy) return policy
  }
  const repeating = repeatersOf(analysis)
  const target = repeating.size > 0 ? calledFunction(file, callee) : undefined
  return target && repeating.has(target) ? { node: call, label, options: undefined } : undefined
}

/** The calls of a file that may be retry owners, in source order. */
export function possibleRetryOwners(analysis: FileAnalysis): readonly CallExpression[] {
  const { file, facts } = analysis
  if (facts.retryOwners.length > 0 || repeatersOf(analysis).size > 0) return file.calls
  const found = new Set(importedCalls(file).map(({ node }) => node))
  for (const name of RUNNERS) for (const call of file.callsNamed(name)) found.add(call)
  return inSourceOrder([...found])
}

const repeaters = new FileCache<FileAnalysis, ReadonlySet<Node>>()

/** The functions of this file that run one of their parameters again after a failure. */
function repeatersOf(analysis: FileAnalysis): ReadonlySet<Node> {
  let known = repeaters.get(analysis)
  if (!known) {
    const found = new Set<Node>()
    for (const { attempt } of repetitionsOf(analysis)) {
      walkOwnCode(attempt, (node) => {
        const callee = node.type === 'CallExpression' ? unwrap(node.callee) : undefined
        const binding = callee?.type === 'Identifier' ? analysis.file.resolve(callee) : undefined
        if (binding?.kind === 'parameter') found.add(binding.declaration)
      })
    }
    known = found
    repeaters.set(analysis, known)
  }
  return known
}

function queryOwner(
  analysis: FileAnalysis,
  call: CallExpression,
  module: string,
  label: string,
): RetryOwner | undefined {
  if (!/Quer(y|ies)$/.test(label) || /^use(Is|Set)/.test(label)) return undefined
  const options = argumentAt(call.arguments, 0)
  const retry = configValue(analysis.file, options, 'retry')
  if (retry.found === 'unknown') return undefined
  if (retry.found === 'absent') return named(label, module, call, options, 4)
  const value = definitionOf(analysis.file, retry.value)
  if (value.type !== 'Literal') return named(label, module, call, options, undefined)
  if (value.value === false || value.value === 0) return undefined
  return named(label, module, call, options, typeof value.value === 'number' ? value.value + 1 : undefined)
}

/** `retry(handleAll, ...)` of cockatiel, bare or inside `wrap`, and our own policies. */
export function policyOwner(
  analysis: FileAnalysis,
  call: CallExpression,
  policy: Node,
  label: string,
): RetryOwner | undefined {
  const made = definitionOf(analysis.file, policy)
  if (made.type !== 'CallExpression') return undefined
  const origin = originOf(analysis.file, made.callee)
  if (origin?.from !== 'module') return undefined
  const creator = origin.path.at(-1)
  if (origin.module === '@holdfast/core') return ownPolicy(analysis, call, made, creator, label)
  if (origin.module !== 'cockatiel') return undefined
  if (creator === 'wrap') {
    for (const argument of made.arguments) {
      const inner = argument.type === 'SpreadElement' ? undefined : policyOwner(analysis, call, argument, label)
      if (inner) return inner
    }
    return undefined
  }
  if (creator !== 'retry') return undefined
  const options = argumentAt(made.arguments, 1)
  const limit = configValue(analysis.file, options, 'maxAttempts')
  const retries = limit.found === 'value' ? literalMs(analysis.file, limit.value) : undefined
  return named(label, origin.module, call, options, retries === undefined ? undefined : retries + 1)
}

/** Our own policy, when it has a retry; `retry` makes two attempts more unless it is told otherwise. */
function ownPolicy(
  analysis: FileAnalysis,
  call: CallExpression,
  made: CallExpression,
  creator: string | undefined,
  label: string,
): RetryOwner | undefined {
  const { file } = analysis
  const definition = argumentAt(made.arguments, 0)
  const total = (options: Node | undefined): number | undefined => {
    const given = configValue(file, options, 'maxRetries')
    if (given.found === 'absent') return 3
    const retries = given.found === 'value' ? literalMs(file, given.value) : undefined
    return retries === undefined ? undefined : retries + 1
  }
  if (creator === 'standardPolicy') {
    const retry = configValue(file, definition, 'retry')
    const value = retry.found === 'value' ? definitionOf(file, retry.value) : undefined
    if (retry.found === 'unknown' || (value?.type === 'Literal' && value.value === false)) return undefined
    const isPreset = configValue(file, definition, 'preset').found !== 'absent'
    return named(label, '@holdfast/core', call, definition, isPreset && !value ? undefined : total(value))
  }
  if (creator !== 'createPolicy') return undefined
  const strategies = configValue(file, definition, 'strategies')
  const list = strategies.found === 'value' ? definitionOf(file, strategies.value) : undefined
  if (list?.type !== 'ArrayExpression') return undefined
  for (const element of list.elements) {
    const strategy = element ? definitionOf(file, element) : undefined
    if (strategy?.type === 'CallExpression' && calleeName(strategy.callee) === 'retry')
      return named(label, '@holdfast/core', call, definition, total(argumentAt(strategy.arguments, 0)))
  }
  return undefined
}

const owners = new FileCache<FileAnalysis, Map<Node, RetryOwner | undefined>>()

/** `readRetryOwner`, remembered for each call. */
export function retryOwnerAt(analysis: FileAnalysis, call: CallExpression): RetryOwner | undefined {
  let known = owners.get(analysis)
  if (!known) {
    known = new Map<Node, RetryOwner | undefined>()
    owners.set(analysis, known)
  }
  if (!known.has(call)) known.set(call, readRetryOwner(analysis, call))
  return known.get(call)
}

/** The retry owners whose callback a node runs in, innermost first; also through functions of this file that are given to one. */
export function retryOwnersAround(analysis: FileAnalysis, start: Node, depth = 0): readonly RetryOwner[] {
  const found: RetryOwner[] = []
  let child: Node = start
  let nearest: Node | undefined
  for (let current = start.parent; current; current = current.parent) {
    if (current.type === 'CallExpression' && child !== current.callee) {
      const owner = retryOwnerAt(analysis, current)
      if (owner && (isFunction(child) || child.type === 'ObjectExpression' || child === start)) found.push(owner)
    }
    if (isFunction(current)) nearest = current
    child = current
  }
  if (nearest && depth < 2) found.push(...throughUses(analysis, start, found, depth))
  return found
}

function throughUses(
  analysis: FileAnalysis,
  start: Node,
  known: readonly RetryOwner[],
  depth: number,
): readonly RetryOwner[] {
  for (let current = start.parent; current; current = current.parent) {
    if (!isFunction(current) || nameOf(current) === undefined) continue
    const identifier = current.id ?? (current.parent?.type === 'VariableDeclarator' ? current.parent.id : undefined)
    const binding = identifier?.type === 'Identifier' ? analysis.file.resolve(identifier) : undefined
    for (const reference of binding ? analysis.file.references(binding) : []) {
      if (isInside(reference, current)) continue
      const call = reference.parent
      const runs = call?.type === 'CallExpression' && call.callee === reference ? call : reference
      const around = retryOwnersAround(analysis, runs, depth + 1).filter((owner) => !known.includes(owner))
      if (around.length > 0) return around
    }
  }
  return []
}
