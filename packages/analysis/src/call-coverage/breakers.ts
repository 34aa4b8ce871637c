import type { ClientValue, CodeContext } from '../clients/client-value.ts'
import { clientValueOf } from '../clients/client-values.ts'
import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { policyOf } from '../protections/policies.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  nameOf,
  unwrap,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { fromElsewhere } from './from-elsewhere.ts'

export interface BreakerFacts {
  readonly breaker: Protection
  readonly fallback: Protection
}

const none: BreakerFacts = { breaker: no, fallback: no }
const ATTACHING = new Set(['@holdfast/axios-interceptor', '@holdfast/ky-hooks'])

/** The breaker and the fallback of a call: what runs it, then what its client brings. */
export function breakerOfCall(context: CodeContext, call: HttpCall): BreakerFacts {
  return aroundCall(context, call.node) ?? breakerOfInstance(context, call.value)
}

/** What runs the code that a node is in. */
export function breakerAround(context: CodeContext, node: Node): BreakerFacts {
  return aroundCall(context, node) ?? none
}

/** What an instance brings every call through it. */
export function breakerOfInstance(context: CodeContext, value: ClientValue): BreakerFacts {
  const policy = policyUnder(context, value)
  if (policy) return strategiesOf(context, policy)
  if (value.policy) return { breaker: unknown('policy from elsewhere'), fallback: unknown('policy from elsewhere') }
  return value.via === 'injected' ? { breaker: fromElsewhere, fallback: fromElsewhere } : none
}

/** The expression of the policy that is put under a client in this file. */
function policyUnder(context: CodeContext, value: ClientValue): Node | undefined {
  const made = value.creation
  for (const node of made ? [made, ...made.arguments] : []) {
    const call = node.type === 'SpreadElement' ? undefined : definitionOf(context.file, node)
    if (call?.type !== 'CallExpression') continue
    const origin = originOf(context.file, call.callee)
    const takesPolicy =
      origin?.from === 'module' &&
      (origin.module === '@holdfast/ky-hooks' || (origin.module === '@holdfast/core' && origin.path[0] === 'wrapFetch'))
    if (takesPolicy) return plainArgument(call, 0)
  }
  for (const { node: call, origin } of importedCalls(context.file)) {
    if (!ATTACHING.has(origin.module)) continue
    const subject = plainArgument(call, 0)
    const owner = subject && clientValueOf(context, subject)
    if (owner && made && owner.creation === made) return plainArgument(call, 1)
    if (owner?.client === value.client && owner.via === 'module' && value.via === 'module')
      return plainArgument(call, 1)
  }
  return undefined
}

function plainArgument(call: CallExpression, index: number): Node | undefined {
  const argument = call.arguments[index]
  return argument?.type === 'SpreadElement' ? undefined : argument
}

/** What a policy of ours has among its strategies. */
function strategiesOf(context: CodeContext, policy: Node): BreakerFacts {
  const { file } = context
  const made = definitionOf(file, unwrap(policy))
  const origin = made.type === 'CallExpression' ? originOf(file, made.callee) : undefined
  const maker = origin?.from === 'module' && origin.module === '@holdfast/core' ? origin.path[0] : undefined
  if (made.type !== 'CallExpression' || maker === undefined || !/^(standard|create)Policy$/.test(maker)) {
    const elsewhere = unknown('policy from elsewhere')
    return { breaker: elsewhere, fallback: elsewhere }
  }
  const options = plainArgument(made, 0)
  if (maker === 'standardPolicy') {
    const given = (key: string): Protection => {
      const own = configValue(file, options, key)
      if (own.found === 'unknown') return unknown('options')
      if (own.found === 'absent') return key === 'circuitBreaker' ? yes('standardPolicy') : no
      const value = definitionOf(file, own.value)
      return value.type === 'Literal' && value.value === false ? no : yes('standardPolicy')
    }
    return { breaker: given('circuitBreaker'), fallback: given('fallback') }
  }
  const strategies = configValue(file, options, 'strategies')
  const list = strategies.found === 'value' ? definitionOf(file, strategies.value) : undefined
  if (list?.type !== 'ArrayExpression') return { breaker: unknown('strategies'), fallback: unknown('strategies') }
  const names = list.elements.map((element) => {
    const strategy = element && element.type !== 'SpreadElement' ? definitionOf(file, element) : undefined
    return strategy?.type === 'CallExpression' ? calleeName(strategy.callee) : undefined
  })
  const has = (name: string): Protection =>
    names.includes(name) ? yes(`${name}()`) : names.includes(undefined) ? unknown('strategies') : no
  return { breaker: has('circuitBreaker'), fallback: has('fallback') }
}

/** A policy or breaker that runs the function the call is in. */
function aroundCall(context: CodeContext, start: Node): BreakerFacts | undefined {
  let child = start
  for (let current = start.parent; current; current = current.parent) {
    if (current.type === 'CallExpression' && child !== current.callee) {
      const callee = unwrap(current.callee)
      if (callee.type === 'MemberExpression' && /^(execute|wrap)$/.test(memberName(callee) ?? '')) {
        if (policyOf(context, callee.object)) return strategiesOf(context, callee.object)
        if (madeBy(context, callee.object) === 'cockatiel') return cockatiel(context, callee.object)
      }
    }
    if (current.type === 'NewExpression' && child !== current.callee && isOpossum(context, current.callee))
      return opossum(context, current)
    if (isFunction(current)) {
      const named = givenToOpossum(context, current)
      if (named) return opossum(context, named)
    }
    child = current
  }
  return undefined
}

function madeBy(context: CodeContext, value: Node): string | undefined {
  const made = definitionOf(context.file, unwrap(value))
  const origin = made.type === 'CallExpression' ? originOf(context.file, made.callee) : undefined
  return origin?.from === 'module' ? origin.module : undefined
}

/** `wrap(retry, circuitBreaker(...), fallback(...))`, each by its name or inline. */
function cockatiel(context: CodeContext, policy: Node, depth = 0): BreakerFacts {
  const made = definitionOf(context.file, unwrap(policy))
  if (made.type !== 'CallExpression' || depth > 3) return none
  const name = calleeName(made.callee)
  if (name === 'circuitBreaker') return { breaker: yes('cockatiel'), fallback: no }
  if (name === 'fallback') return { breaker: no, fallback: yes('cockatiel') }
  if (name !== 'wrap') return none
  return made.arguments.reduce<BreakerFacts>((found, argument) => {
    const inner = cockatiel(context, argument, depth + 1)
    return {
      breaker: inner.breaker.state === 'yes' ? inner.breaker : found.breaker,
      fallback: inner.fallback.state === 'yes' ? inner.fallback : found.fallback,
    }
  }, none)
}

function isOpossum(context: CodeContext, callee: Node): boolean {
  const origin = originOf(context.file, callee)
  return origin?.from === 'module' && origin.module === 'opossum'
}

/** `new CircuitBreaker(load)` where `load` is the function around the call. */
function givenToOpossum(context: CodeContext, target: Node): Node | undefined {
  const name = isFunction(target) ? nameOf(target) : undefined
  if (name === undefined) return undefined
  return context.file.news.find((made) => {
    const [first] = made.arguments
    return first && isOpossum(context, made.callee) && definitionOf(context.file, first) === target
  })
}

function opossum(context: CodeContext, made: Node): BreakerFacts {
  const declared = made.parent?.type === 'VariableDeclarator' ? dottedName(made.parent.id) : undefined
  const hasFallback = context.file
    .callsNamed('fallback')
    .some(({ callee }) => declared !== undefined && dottedName(callee) === `${declared}.fallback`)
  return { breaker: yes('opossum'), fallback: hasFallback ? yes('opossum') : no }
}
