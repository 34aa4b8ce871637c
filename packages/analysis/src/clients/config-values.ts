import { calledFunction, definitionOf } from '../model/values.ts'
import { cachedByNode } from '../model/node-cache.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  isFunction,
  keyName,
  memberName,
  patternNameOf,
  propertyName,
  unwrap,
  walkOwnCode,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/**
 * What a key of a configuration is: a value, surely absent, or unknown. An unknown names the parameter it comes from,
 * so that the callers can be asked.
 */
export type ConfigValue =
  { readonly found: 'value'; readonly value: Node } | { readonly found: 'absent' } | UnknownValue

export interface UnknownValue {
  readonly found: 'unknown'
  readonly parameterOf?: FunctionNode
  readonly parameter?: number
}

const absent: ConfigValue = { found: 'absent' }
const MAX_DEPTH = 6

function isDefaultsSpread(node: Node): boolean {
  return memberName(unwrap(node)) === 'defaults'
}

/** What the caller gives, where an expression is a parameter. */
export function unknownFrom(file: SourceFile, node: Node): UnknownValue {
  if (node.type !== 'Identifier') return { found: 'unknown' }
  const binding = file.resolve(node)
  if (binding?.kind !== 'parameter' || !isFunction(binding.declaration)) return { found: 'unknown' }
  const owner = binding.declaration
  const parameter = owner.params.findIndex((candidate) => patternNameOf(candidate) === node.name)
  return parameter < 0 ? { found: 'unknown' } : { found: 'unknown', parameterOf: owner, parameter }
}

/** A type literal or interface of this file that has no such member rules the key out. */
function typeExcludes(file: SourceFile, node: Node, key: string): boolean {
  if (node.type !== 'Identifier') return false
  const binding = file.resolve(node)
  const identifier = binding?.identifier
  if (identifier?.type !== 'Identifier') return false
  let type: Node | undefined = identifier.typeAnnotation?.typeAnnotation
  if (type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier') {
    const declared = file.resolve(type.typeName)?.declaration
    if (declared?.type === 'TSInterfaceDeclaration' && declared.extends.length === 0)
      return !membersHave(declared.body.body, key)
    type = declared?.type === 'TSTypeAliasDeclaration' ? declared.typeAnnotation : undefined
  }
  return type?.type === 'TSTypeLiteral' && !membersHave(type.members, key)
}

function membersHave(members: readonly Node[], key: string): boolean {
  return members.some((member) => {
    if (member.type === 'TSIndexSignature') return true
    if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') return false
    return member.key.type === 'Identifier' && member.key.name === key
  })
}

function assignedLater(file: SourceFile, original: Node, key: string): Node | undefined {
  if (original.type !== 'Identifier') return undefined
  const binding = file.resolve(original)
  return binding ? memberWrites(file, binding.identifier).get(key) : undefined
}

/** What is assigned to the members of a declared name, by their names; the first of each. */
const memberWrites = cachedByNode((file: SourceFile, declared: Node): ReadonlyMap<string, Node> => {
  const found = new Map<string, Node>()
  const binding = declared.type === 'Identifier' ? file.resolve(declared) : undefined
  for (const reference of binding ? file.references(binding) : []) {
    const member = reference.parent
    if (member?.type !== 'MemberExpression' || member.object !== reference) continue
    const name = memberName(member)
    const write = member.parent
    if (name !== undefined && !found.has(name) && write?.type === 'AssignmentExpression' && write.left === member)
      found.set(name, write.right)
  }
  return found
})

/** Reads one key of a configuration expression through constants, spreads, conditionals and functions of this file. */
export function configValue(file: SourceFile, config: Node | undefined, key: string, depth = 0): ConfigValue {
  if (!config) return absent
  if (depth > MAX_DEPTH) return { found: 'unknown' }
  const original = unwrap(config)
  const late = assignedLater(file, original, key)
  if (late) return { found: 'value', value: late }
  const node = definitionOf(file, original)
  switch (node.type) {
    case 'ObjectExpression': {
      for (let index = node.properties.length - 1; index >= 0; index -= 1) {
        const property = node.properties[index]
        if (property?.type === 'Property') {
          const name = propertyName(property)
          if (name === key) return { found: 'value', value: property.value }
          if (name === undefined) return { found: 'unknown' }
        } else if (property?.type === 'SpreadElement') {
          if (isDefaultsSpread(property.argument)) continue
          const inner = configValue(file, property.argument, key, depth + 1)
          if (inner.found === 'absent') continue
          // Where the callers leave it out, the value before the spread stays.
          const before = node.properties.slice(0, index)
          const hasDefault = before.some((each) => each.type === 'Property' && propertyName(each) === key)
          return inner.found === 'unknown' && hasDefault ? { found: 'unknown' } : inner
        }
      }
      return absent
    }
    case 'Literal':
    case 'TemplateLiteral':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'ArrayExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return absent
    case 'LogicalExpression': {
      const right = configValue(file, node.right, key, depth + 1)
      if (node.operator === '&&' || right.found === 'value') return right
      const left = configValue(file, node.left, key, depth + 1)
      return left.found === 'absent' ? right : left
    }
    case 'ConditionalExpression': {
      const first = configValue(file, node.consequent, key, depth + 1)
      return first.found === 'absent' ? configValue(file, node.alternate, key, depth + 1) : first
    }
    case 'CallExpression':
      return calledConfig(file, node, key, depth)
    case 'Identifier':
      if (node.name === 'undefined') return absent
      if (typeExcludes(file, node, key)) return absent
      return restOf(file, node, key, depth) ?? unknownFrom(file, node)
    default:
      return { found: 'unknown' }
  }
}

/** `const { timeout, ...rest } = options`: what is left of an object has all of its keys but those. */
function restOf(file: SourceFile, node: Node, key: string, depth: number): ConfigValue | undefined {
  const binding = file.resolve(node as Node & { type: 'Identifier' })
  const rest = binding?.identifier.parent
  const pattern = rest?.type === 'RestElement' ? rest.parent : undefined
  if (!binding || pattern?.type !== 'ObjectPattern') return undefined
  if (
    pattern.properties.some(
      (property) => property.type === 'Property' && keyName(property.key, property.computed) === key,
    )
  )
    return absent
  const { declaration } = binding
  if (declaration.type === 'VariableDeclarator' && declaration.id === pattern)
    return declaration.init ? configValue(file, declaration.init, key, depth + 1) : undefined
  return parameterOf(declaration, pattern)
}

/** The parameter that a pattern takes apart. */
export function parameterOf(owner: Node, pattern: Node): UnknownValue | undefined {
  if (!isFunction(owner)) return undefined
  const parameter = owner.params.findIndex(
    (candidate) => (candidate.type === 'AssignmentPattern' ? candidate.left : candidate) === pattern,
  )
  return parameter < 0 ? undefined : { found: 'unknown', parameterOf: owner, parameter }
}

/** A function of this file that returns its own object or its argument; `Object.assign` merges its arguments. */
function calledConfig(
  file: SourceFile,
  call: Node & { type: 'CallExpression' },
  key: string,
  depth: number,
): ConfigValue {
  const callee = unwrap(call.callee)
  if (callee.type === 'MemberExpression' && memberName(callee) === 'assign') {
    for (let index = call.arguments.length - 1; index >= 0; index -= 1) {
      const argument = call.arguments[index]
      if (!argument || argument.type === 'SpreadElement') return { found: 'unknown' }
      const inner = configValue(file, argument, key, depth + 1)
      if (inner.found !== 'absent') return inner
    }
    return absent
  }
  const target = calledFunction(file, callee)
  if (!target?.body) return { found: 'unknown' }
  if (target.body.type !== 'BlockStatement')
    return substitute(file, call, configValue(file, target.body, key, depth + 1), key, depth)
  const results: ConfigValue[] = []
  walkOwnCode(target.body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) {
      results.push(substitute(file, call, configValue(file, node.argument, key, depth + 1), key, depth))
    }
  })
  return (
    results.find((result) => result.found === 'value') ?? results.find((result) => result.found === 'unknown') ?? absent
  )
}

function substitute(
  file: SourceFile,
  call: Node & { type: 'CallExpression' },
  result: ConfigValue,
  key: string,
  depth: number,
): ConfigValue {
  if (result.found !== 'unknown' || result.parameter === undefined) return result
  const argument = call.arguments[result.parameter]
  if (argument?.type === 'SpreadElement') return { found: 'unknown' }
  return configValue(file, argument, key, depth + 1)
}
