import { definitionOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  memberName,
  outerExpression,
  propertyName,
  unwrapAwait,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { literalMs } from './delay-growth.ts'

const PART_NAME = /(chunk|batch|group|page|slice|window|bucket|portion)(s|es)?$/i
const PART_CALL = /^(take|first|head|sample|sampleSize|limit|chunk|slice|paginate|batch)$/
const SAME_LENGTH = /^(map|filter|sort|toSorted|reverse|toReversed|flat|entries|values|keys|flatMap)$/
const MAX_DEPTH = 8

/** Whether a list has few elements whatever the program is given. */
export function isBoundedList(file: SourceFile, expression: Node, max: number, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false
  const original = unwrapAwait(expression)
  if (original.type === 'Identifier' && (PART_NAME.test(original.name) || isPart(file, original))) return true
  const node = unwrapAwait(definitionOf(file, original))
  switch (node.type) {
    case 'ArrayExpression':
      return (
        node.elements.length <= max &&
        node.elements.every(
          (element) => element?.type !== 'SpreadElement' || isBoundedList(file, element.argument, max, depth + 1),
        ) &&
        !isFilled(file, original)
      )
    case 'ConditionalExpression':
      return isBoundedList(file, node.consequent, max, depth + 1) && isBoundedList(file, node.alternate, max, depth + 1)
    case 'LogicalExpression':
      return isBoundedList(file, node.left, max, depth + 1) && isBoundedList(file, node.right, max, depth + 1)
    case 'NewExpression': {
      const first = argumentAt(node.arguments, 0)
      const name = calleeName(node.callee)
      if (name === 'Array') return first !== undefined && isSmall(file, first, max)
      return (name === 'Set' || name === 'Map') && first !== undefined && isBoundedList(file, first, max, depth + 1)
    }
    case 'CallExpression':
      return isBoundedCall(file, node, max, depth)
    default:
      return false
  }
}

function isSmall(file: SourceFile, count: Node, max: number): boolean {
  const value = literalMs(file, count)
  return value !== undefined && Math.abs(value) <= max
}

/** A list that starts empty and is filled later says nothing by its literal. */
function isFilled(file: SourceFile, original: Node): boolean {
  const binding = original.type === 'Identifier' ? file.resolve(original) : undefined
  if (!binding) return false
  return file.references(binding).some((reference) => {
    const { parent } = reference
    return parent?.type === 'MemberExpression' && /^(push|unshift|splice)$/.test(memberName(parent) ?? '')
  })
}

/** The variable of `for (const part of chunk(list, 10))`. */
function isPart(file: SourceFile, identifier: Node & { type: 'Identifier' }): boolean {
  const declared = file.resolve(identifier)?.declaration
  const loop = declared?.type === 'VariableDeclarator' ? declared.parent?.parent : undefined
  if (loop?.type !== 'ForOfStatement') return false
  const list = unwrapAwait(loop.right)
  const name = list.type === 'CallExpression' ? calleeName(list.callee) : calleeName(list)
  return name !== undefined && /chunk|batch|slice|page|window/i.test(name)
}

function isBoundedCall(file: SourceFile, call: CallExpression, max: number, depth: number): boolean {
  const name = calleeName(call.callee) ?? ''
  const first = argumentAt(call.arguments, 0)
  const dotted = dottedName(call.callee)
  if (dotted === 'Array.from' && first) {
    const source = definitionOf(file, first)
    if (source.type === 'ObjectExpression') {
      const length = source.properties.find((one) => one.type === 'Property' && propertyName(one as never) === 'length')
      return length?.type === 'Property' && isSmall(file, length.value, max)
    }
    return isBoundedList(file, first, max, depth + 1)
  }
  if (dotted === 'Array' && first) return isSmall(file, first, max)
  if (/^Object\.(keys|values|entries)$/.test(dotted ?? '') && first) {
    const source = definitionOf(file, first)
    if (source.type !== 'ObjectExpression') return false
    return source.properties.length <= max && source.properties.every((property) => property.type === 'Property')
  }
  const owner = call.callee.type === 'MemberExpression' ? call.callee.object : undefined
  if (name === 'slice' || name === 'splice') {
    const second = argumentAt(call.arguments, 1)
    if (second) {
      const end = literalMs(file, second)
      return end === undefined || Math.abs(end - (first ? (literalMs(file, first) ?? 0) : 0)) <= max
    }
    if (first?.type === 'UnaryExpression') return isSmall(file, first.argument, max)
    return owner !== undefined && name === 'slice' && isBoundedList(file, owner, max, depth + 1)
  }
  if (PART_CALL.test(name)) return true
  if (name === 'fill') return owner !== undefined && isBoundedList(file, owner, max, depth + 1)
  if (SAME_LENGTH.test(name) && owner) return isBoundedList(file, owner, max, depth + 1)
  if (name === 'concat' && owner)
    return [owner, ...call.arguments].every(
      (part) => part.type !== 'SpreadElement' && isBoundedList(file, part, max, depth + 1),
    )
  return false
}

/** Elements that a loop pushes onto a list, each with its loop. */
export function pushesOnto(file: SourceFile, list: Node): readonly Node[] {
  const plain = unwrapAwait(list)
  const binding = plain.type === 'Identifier' ? file.resolve(plain) : undefined
  if (!binding) return []
  return file.references(binding).flatMap((reference) => {
    const { parent } = reference
    if (parent?.type !== 'MemberExpression' || memberName(parent) !== 'push') return []
    const call = outerExpression(parent).parent
    return call?.type === 'CallExpression' ? call.arguments.filter((argument) => argument.type !== 'SpreadElement') : []
  })
}
