import type { ClientValue, CodeContext } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { disabled, no, yes, type Protection } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { dottedName, memberName, unwrap, type CallExpression, type NewExpression, type Node } from '../syntax/nodes.ts'

/** What a configured timeout value means. */
export function timeoutValue(file: SourceFile, value: Node): Protection {
  const node = definitionOf(file, value)
  if (node.type === 'Literal') {
    if (node.value === 0 || node.value === false) return disabled(String(node.value))
    return node.value === null ? no : yes('timeout', numberOf(file, node))
  }
  if (node.type === 'Identifier' && node.name === 'Infinity') return disabled('Infinity')
  if (node.type === 'Identifier' && node.name === 'undefined') return no
  if (node.type === 'ObjectExpression' && node.properties.length === 0) return no
  if (node.type === 'ObjectExpression') {
    const request = configValue(file, node, 'request')
    if (request.found === 'value') return yes('timeout', numberOf(file, request.value))
  }
  return yes('timeout', numberOf(file, node))
}

/** The value of a number that is written out, also as a product. */
export function numberOf(file: SourceFile, expression: Node, depth = 0): number | undefined {
  const node = definitionOf(file, expression)
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined
  if (node.type !== 'BinaryExpression' || depth > 5) return undefined
  const left = numberOf(file, node.left, depth + 1)
  const right = numberOf(file, node.right, depth + 1)
  if (left === undefined || right === undefined) return undefined
  return node.operator === '*' ? left * right : node.operator === '+' ? left + right : undefined
}

export interface TimeoutDefault {
  readonly owner: Node
  /** What `defaults` belongs to. */
  readonly definition: Node
  readonly module: string | undefined
  readonly value: Node
}

/** Every `x.defaults.timeout = y`, `x.defaults = { timeout }` and `Object.assign(x.defaults, { timeout })` of a file. */
export const timeoutDefaults = cachedByNode((file: SourceFile): readonly TimeoutDefault[] => {
  const found: TimeoutDefault[] = []
  const add = (target: Node, value: Node): void => {
    const defaults = unwrap(target)
    if (defaults.type !== 'MemberExpression' || memberName(defaults) !== 'defaults') return
    const origin = originOf(file, defaults)
    found.push({
      owner: defaults.object,
      definition: definitionOf(file, defaults.object),
      module: origin?.from === 'module' ? origin.module : undefined,
      value,
    })
  }
  for (const write of file.assignments) {
    const target = unwrap(write.left)
    if (target.type !== 'MemberExpression') continue
    if (memberName(target) === 'timeout') add(target.object, write.right)
    const whole = memberName(target) === 'defaults' ? configValue(file, write.right, 'timeout') : undefined
    if (whole?.found === 'value') add(target, whole.value)
  }
  for (const call of file.callsNamed('assign')) {
    const [target, ...sources] = call.arguments
    if (!target || target.type === 'SpreadElement' || dottedName(call.callee) !== 'Object.assign') continue
    for (const source of sources) {
      const given = source.type === 'SpreadElement' ? undefined : configValue(file, source, 'timeout')
      if (given?.found === 'value') add(target, given.value)
    }
  }
  return found
})

/** The first of them for what `defaults` belongs to. */
const defaultsByDefinition = cachedByNode((file: SourceFile): ReadonlyMap<Node, TimeoutDefault> => {
  const found = new Map<Node, TimeoutDefault>()
  for (const one of timeoutDefaults(file, file.program)) if (!found.has(one.definition)) found.set(one.definition, one)
  return found
})

/** The default that this instance is given after it was made. */
export function defaultsAssigned(file: SourceFile, creation: CallExpression | NewExpression): Protection | undefined {
  const write = defaultsByDefinition(file, file.program).get(creation)
  return write ? timeoutValue(file, write.value) : undefined
}

/** The default that the library's own instance got, in this file or by the call map. */
export function moduleDefault(context: CodeContext, client: ClientValue['client']): Protection {
  const { file } = context
  const write = timeoutDefaults(file, file.program).find(({ module }) => module === client)
  return write ? timeoutValue(file, write.value) : (context.facts.globalDefault(client, 'timeout') ?? no)
}
