import type { CodeContext } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import { disabled, no, unknown, yes, type Protection } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { inSourceOrder } from '../syntax/source-order.ts'
import { enclosingClass } from '../model/class-members.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { keyName, memberName, unwrap, unwrapAwait, type CallExpression, type Node } from '../syntax/nodes.ts'

const CORE = '@holdfast/core'
/** Calls of a policy that run a function under it. */
const RUNNERS = new Set(['execute', 'wrap'])
/** Calls of a policy that give another policy. */
const VARIANTS = new Set(['with', 'fork'])

/** What a policy of ours gives the calls that go through it. `creation` is the call that makes it, when it is in this file. */
export interface PolicyValue {
  readonly creation?: CallExpression
  readonly deadline: Protection
  readonly retry: Protection
}

const elsewhere: PolicyValue = { deadline: unknown('policy from elsewhere'), retry: unknown('policy from elsewhere') }

function coreExport(file: SourceFile, expression: Node): string | undefined {
  const origin = originOf(file, expression)
  return origin?.from === 'module' && origin.module === CORE ? origin.path[0] : undefined
}

/** The calls that may make a policy of ours. */
export function policyCalls(file: SourceFile): readonly CallExpression[] {
  const found = importedCalls(file).flatMap(({ node, origin }) => (origin.module === CORE ? [node] : []))
  for (const variant of VARIANTS) found.push(...file.callsNamed(variant))
  return inSourceOrder([...new Set(found)])
}

function typedPolicy(file: SourceFile, node: Node): boolean {
  const declares = node.type === 'Identifier' || node.type === 'PropertyDefinition'
  const annotation = declares ? node.typeAnnotation?.typeAnnotation : undefined
  if (annotation?.type !== 'TSTypeReference') return false
  return annotation.typeName.type === 'Identifier' && coreExport(file, annotation.typeName) === 'Policy'
}

/** Reads an expression as a policy of ours, following constants, fields, parameters and the call map. */
export function policyOf(context: CodeContext, expression: Node, depth = 0): PolicyValue | undefined {
  const { file } = context
  if (depth > 5) return undefined
  const node = definitionOf(file, unwrapAwait(expression))
  if (node.type === 'CallExpression') {
    const maker = coreExport(file, node.callee)
    if (maker === 'standardPolicy') return standardPolicy(context, node)
    if (maker === 'createPolicy') return createdPolicy(context, node)
    if (maker === 'getPolicy') return elsewhere
    const callee = unwrap(node.callee)
    if (callee.type !== 'MemberExpression' || !VARIANTS.has(memberName(callee) ?? '')) return undefined
    const base = policyOf(context, callee.object, depth + 1)
    return base ? variantOf(file, base, node) : undefined
  }
  const origin = originOf(file, node)
  if (origin?.from === 'module')
    return context.facts.imported(origin.module, origin.path[0] ?? 'default')?.policy ? elsewhere : undefined
  if (node.type === 'MemberExpression') return isTypedField(file, node) ? elsewhere : undefined
  const binding = node.type === 'Identifier' ? file.resolve(node) : undefined
  return binding?.kind === 'parameter' && typedPolicy(file, binding.identifier) ? elsewhere : undefined
}

/** A field of the class around, or a constructor parameter that makes one, declared as a policy. */
function isTypedField(file: SourceFile, node: Node & { type: 'MemberExpression' }): boolean {
  const name = memberName(node)
  const owner = unwrap(node.object).type === 'ThisExpression' ? enclosingClass(node) : undefined
  if (!owner || name === undefined) return false
  return owner.body.body.some((member) => {
    if (member.type === 'PropertyDefinition')
      return keyName(member.key, member.computed) === name && typedPolicy(file, member)
    if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') return false
    return member.value.params.some((parameter) => {
      const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : undefined
      return inner?.type === 'Identifier' && inner.name === name && typedPolicy(file, inner)
    })
  })
}

/** A strategy of the standard policy is there unless its option is `false`. */
function standardPolicy({ file }: CodeContext, creation: CallExpression): PolicyValue {
  const options = creation.arguments[0]
  const strategy = (key: string): Protection => {
    const given = configValue(file, options?.type === 'SpreadElement' ? undefined : options, key)
    if (given.found === 'absent') return yes('standardPolicy')
    return given.found === 'unknown' ? unknown('options') : switched(file, key, given.value, 'standardPolicy')
  }
  return { creation, deadline: strategy('deadline'), retry: strategy('retry') }
}

function switched(file: SourceFile, key: string, value: Node, source: string): Protection {
  const node = definitionOf(file, value)
  if (node.type === 'Literal' && node.value === false) return disabled('false')
  if (key !== 'retry') return yes(source)
  const maxRetries = configValue(file, node, 'maxRetries')
  const most = maxRetries.found === 'value' ? definitionOf(file, maxRetries.value) : undefined
  return most?.type === 'Literal' && most.value === 0 ? disabled('maxRetries: 0') : yes(source)
}

function createdPolicy({ file }: CodeContext, creation: CallExpression): PolicyValue {
  const options = creation.arguments[0]
  const given = configValue(file, options?.type === 'SpreadElement' ? undefined : options, 'strategies')
  const list = given.found === 'value' ? definitionOf(file, given.value) : undefined
  if (list?.type !== 'ArrayExpression') {
    const open = given.found === 'absent' ? no : unknown('strategies')
    return { creation, deadline: open, retry: open }
  }
  let deadline: Protection = no
  let retry: Protection = no
  for (const element of list.elements) {
    const strategy = element && element.type !== 'SpreadElement' ? definitionOf(file, element) : undefined
    if (strategy?.type !== 'CallExpression') {
      // A strategy or a list from elsewhere may be either.
      if (deadline.state === 'no') deadline = unknown('strategies')
      if (retry.state === 'no') retry = unknown('strategies')
      continue
    }
    const maker = coreExport(file, strategy.callee)
    const first = strategy.arguments[0]
    if (maker === 'deadline') deadline = yes('deadline()')
    if (maker === 'retry')
      retry = first && first.type !== 'SpreadElement' ? switched(file, 'retry', first, 'retry()') : yes('retry()')
  }
  return { creation, deadline, retry }
}

function variantOf(file: SourceFile, base: PolicyValue, creation: CallExpression): PolicyValue {
  const overrides = creation.arguments[0]
  const strategy = (key: 'deadline' | 'retry'): Protection => {
    const given = configValue(file, overrides?.type === 'SpreadElement' ? undefined : overrides, key)
    // What the base lacks is said where the base is made.
    if (given.found === 'absent') return base[key].state === 'yes' ? base[key] : unknown('base policy')
    return given.found === 'unknown' ? unknown('overrides') : switched(file, key, given.value, 'policy')
  }
  return { creation, deadline: strategy('deadline'), retry: strategy('retry') }
}

/** `policy.execute(...)` and `policy.wrap(...)`: what the policy lacks is reported where it is made, not here. */
export function isRunByPolicy(context: CodeContext, call: CallExpression): boolean {
  const callee = unwrap(call.callee)
  return (
    callee.type === 'MemberExpression' &&
    RUNNERS.has(memberName(callee) ?? '') &&
    policyOf(context, callee.object) !== undefined
  )
}

/** What the `resilience` option of one request takes away from the policy under its client. */
export function switchedOffByCall(
  file: SourceFile,
  config: Node | undefined,
  strategy: 'deadline' | 'retry',
): Protection | undefined {
  const given = configValue(file, config, 'resilience')
  if (given.found !== 'value') return undefined
  const value = definitionOf(file, given.value)
  if (value.type === 'Literal' && value.value === false) return disabled('resilience: false')
  const own = configValue(file, value, strategy)
  if (own.found !== 'value') return undefined
  const judged = switched(file, strategy, own.value, 'resilience')
  return judged.state === 'disabled' ? disabled(`${strategy}: false`) : undefined
}
