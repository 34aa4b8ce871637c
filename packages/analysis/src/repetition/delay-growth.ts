import { FileCache } from '../model/file-cache.ts'
import { definingValue, definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  isInside,
  memberName,
  unwrapAwait,
  walkOwnCode,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** How a delay changes from attempt to attempt; `server` means that the response names it. */
export type Growth = 'fixed' | 'linear' | 'exponential' | 'jittered' | 'server' | 'unknown'

/** Where a delay stands: the loop or function that repeats, and the arguments that a self-call passes on. */
export interface DelayPlace {
  readonly file: SourceFile
  readonly repeats: Node
  readonly selfCall?: { readonly target: FunctionNode; readonly arguments: readonly Node[] }
}

const SERVER_NAMES = /retry[-_ ]?after|rate[-_ ]?limit|retry[-_ ]?(in|info|delay)|reset|pushback|x-should-retry/i
const RANDOM_NAMES = /random|jitter/i
const MAX_DEPTH = 10

// A counter is no delay yet: `counter * 500` grows in a line.
type Part = Growth | 'counter'

const RANK: readonly Part[] = ['fixed', 'counter', 'linear', 'exponential', 'jittered', 'server']

function combined<One extends Part>(parts: readonly One[]): One | 'fixed' | 'unknown' {
  const known = parts.filter((part) => part !== 'unknown')
  const best = known.reduce<One | 'fixed'>(
    (most, part) => (RANK.indexOf(part) > RANK.indexOf(most) ? part : most),
    'fixed',
  )
  return known.length < parts.length && best !== 'jittered' && best !== 'server' ? 'unknown' : best
}

function grows(node: Node): Growth {
  const text = { random: false, doubles: false }
  walkOwnCode(node, (inner) => {
    const name = inner.type === 'Identifier' ? inner.name : memberName(inner)
    if (name !== undefined && RANDOM_NAMES.test(name)) text.random = true
    if (name === 'pow' || (inner.type === 'BinaryExpression' && (inner.operator === '**' || inner.operator === '<<')))
      text.doubles = true
    if (inner.type === 'AssignmentExpression' && inner.operator === '*=') text.doubles = true
  })
  return text.random ? 'jittered' : text.doubles ? 'exponential' : 'unknown'
}

function fromServer(file: SourceFile, node: Node): boolean {
  return SERVER_NAMES.test(textOf(file, node))
}

function bindingGrowth(place: DelayPlace, binding: Binding, depth: number): Part {
  const { file } = place
  const writes = file
    .references(binding)
    .flatMap(({ parent }) =>
      parent?.type === 'UpdateExpression' || (parent?.type === 'AssignmentExpression' && isWriteOf(parent, binding))
        ? [parent]
        : [],
    )
  const inside = writes.filter((write) => isInside(write, place.repeats))
  if (inside.length > 0) {
    return combined(
      inside.map((write) => {
        if (write.type === 'UpdateExpression') return 'counter'
        if (write.operator === '*=') return 'exponential'
        if (write.operator === '+=' || write.operator === '-=') return 'counter'
        if (fromServer(file, write.right)) return 'server'
        if (!mentions(file, write.right, binding)) return partOf(place, write.right, depth + 1)
        return multiplies(file, write.right, binding) ? combined(['exponential', grows(write.right)]) : 'counter'
      }),
    )
  }
  if (binding.kind === 'parameter') return parameterGrowth(place, binding, depth)
  if (binding.kind === 'import') return 'fixed'
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator') return 'unknown'
  const loop = declaration.parent?.parent
  if (loop?.type === 'ForOfStatement' || loop?.type === 'ForInStatement') return 'exponential'
  const value = writes.length === 0 && declaration.id.type === 'Identifier' ? declaration.init : undefined
  if (value) return partOf(place, value, depth + 1)
  return declaration.id.type === 'Identifier' && !isInside(declaration, place.repeats) ? 'fixed' : 'unknown'
}

function isWriteOf(write: Node & { type: 'AssignmentExpression' }, binding: Binding): boolean {
  return write.left.type === 'Identifier' && write.left.name === binding.name
}

function mentions(file: SourceFile, node: Node, binding: Binding): boolean {
  return file.references(binding).some((reference) => isInside(reference, node))
}

function multiplies(file: SourceFile, node: Node, binding: Binding): boolean {
  let found = false
  walkOwnCode(node, (inner) => {
    if (inner.type !== 'BinaryExpression' || !mentions(file, inner, binding)) return
    if (inner.operator === '*' || inner.operator === '**' || inner.operator === '<<') found = true
  })
  return found
}

function parameterGrowth(place: DelayPlace, binding: Binding, depth: number): Part {
  const { selfCall } = place
  if (!isFunction(binding.declaration)) return 'unknown'
  if (selfCall?.target !== binding.declaration)
    // A parameter of a function inside the repeated code is given anew each time.
    return isInside(binding.declaration, place.repeats) && binding.declaration !== place.repeats ? 'unknown' : 'fixed'
  const index = selfCall.target.params.findIndex((parameter) => isInside(binding.identifier, parameter))
  const argument = selfCall.arguments[index]
  if (!argument) return 'fixed'
  if (!mentions(place.file, argument, binding)) {
    const given = partOf(place, argument, depth + 1)
    return given === 'fixed' ? 'fixed' : given
  }
  if (unwrapAwait(argument).type === 'Identifier') return 'fixed'
  return multiplies(place.file, argument, binding) ? combined(['exponential', grows(argument)]) : 'counter'
}

type Assignment = SourceFile['assignments'][number]

const writesByFile = new FileCache<SourceFile, Map<string, Assignment[]>>()

/** The assignments of a file to a dotted name. */
function writesTo(file: SourceFile, name: string): readonly Assignment[] {
  let index = writesByFile.get(file)
  if (!index) {
    index = new Map()
    for (const write of file.assignments) {
      const target = dottedName(write.left)
      if (target === undefined) continue
      const known = index.get(target)
      if (known) known.push(write)
      else index.set(target, [write])
    }
    writesByFile.set(file, index)
  }
  return index.get(name) ?? []
}

function memberGrowth(place: DelayPlace, node: Node & { type: 'MemberExpression' }, depth: number): Part {
  const { file } = place
  if (node.computed) {
    const index = partOf(place, node.property, depth + 1)
    return index === 'counter' || index === 'linear' ? 'exponential' : index === 'fixed' ? 'fixed' : 'unknown'
  }
  const name = dottedName(node)
  if (name === undefined) return 'unknown'
  const value = definitionOf(file, node)
  if (value !== node && value.type === 'Literal') {
    return writesTo(file, name).some((write) => isInside(write, place.repeats)) ? 'unknown' : 'fixed'
  }
  if (writesTo(file, name).length > 0) return 'unknown'
  let root: Node = node
  while (root.type === 'MemberExpression') root = unwrapAwait(root.object)
  if (root.type === 'ThisExpression') return 'fixed'
  const binding = root.type === 'Identifier' ? file.resolve(root) : undefined
  if (!binding) return /^(process|import)$/.test(name.split('.')[0] ?? '') ? 'fixed' : 'unknown'
  if (binding.kind === 'import') return 'fixed'
  return isInside(binding.declaration, place.repeats) && binding.declaration !== place.repeats ? 'unknown' : 'fixed'
}

function calledGrowth(place: DelayPlace, node: Node & { type: 'CallExpression' }, depth: number): Part {
  const name = dottedName(node.callee) ?? calleeName(node.callee) ?? ''
  const parts = node.arguments.map((argument) => partOf(place, argument, depth + 1))
  if (/^Math\.(min|max|round|floor|ceil|trunc|abs)$/.test(name) || name === 'Number' || name === 'parseInt')
    return combined(parts)
  if (name === 'Math.pow') return parts.every((part) => part === 'fixed') ? 'fixed' : 'exponential'
  if (RANDOM_NAMES.test(name)) return 'jittered'
  const target = definitionOf(place.file, node.callee)
  return isFunction(target) && target.body
    ? fromServer(place.file, target)
      ? 'server'
      : grows(target.body)
    : 'unknown'
}

function partOf(place: DelayPlace, expression: Node, depth: number): Part {
  if (depth > MAX_DEPTH) return 'unknown'
  const node = unwrapAwait(expression)
  if (node.type !== 'Literal' && depth === 0 && fromServer(place.file, node)) return 'server'
  switch (node.type) {
    case 'Literal':
      return 'fixed'
    case 'UnaryExpression':
      return partOf(place, node.argument, depth + 1)
    case 'UpdateExpression':
      return 'counter'
    case 'AssignmentExpression':
      return node.operator === '*='
        ? 'exponential'
        : node.operator === '='
          ? partOf(place, node.right, depth + 1)
          : 'counter'
    case 'Identifier': {
      const binding = place.file.resolve(node)
      if (!binding) return node.name === 'undefined' ? 'fixed' : 'unknown'
      const value = definingValue(place.file, binding)
      if (binding.kind === 'const' && value && fromServer(place.file, value)) return 'server'
      return bindingGrowth(place, binding, depth)
    }
    case 'BinaryExpression': {
      const left = partOf(place, node.left, depth + 1)
      const right = partOf(place, node.right, depth + 1)
      const both = [left, right]
      if (both.includes('jittered') || both.includes('server') || both.includes('unknown')) return combined(both)
      if (node.operator === '**') return right === 'fixed' ? left : 'exponential'
      if (node.operator === '<<') return right === 'fixed' ? left : 'exponential'
      if (node.operator === '*' && left !== 'fixed' && right !== 'fixed') return 'exponential'
      if (both.includes('counter') && combined(both) === 'counter') return 'linear'
      return combined(both)
    }
    case 'LogicalExpression':
      return combined([partOf(place, node.left, depth + 1), partOf(place, node.right, depth + 1)])
    case 'ConditionalExpression':
      return combined([partOf(place, node.consequent, depth + 1), partOf(place, node.alternate, depth + 1)])
    case 'MemberExpression':
      return memberGrowth(place, node, depth)
    case 'CallExpression':
      return calledGrowth(place, node, depth)
    default:
      return 'unknown'
  }
}

/** Judges how a delay grows where it stands. */
export function delayGrowth(place: DelayPlace, delay: Node): Growth {
  const part = partOf(place, delay, 0)
  return part === 'counter' ? 'linear' : part
}

/** Judges a function that computes delays from the number of the attempt. */
export function delayFunctionGrowth(file: SourceFile, target: FunctionNode): Growth {
  if (!target.body || fromServer(file, target)) return target.body ? 'server' : 'unknown'
  const growing = grows(target.body)
  if (growing !== 'unknown') return growing
  const returned: Node[] = []
  if (target.body.type === 'BlockStatement') {
    walkOwnCode(target.body, (node) => {
      if (node.type === 'ReturnStatement' && node.argument) returned.push(node.argument)
    })
  } else returned.push(target.body)
  const counter = target.params[0]
  const second = target.params[1]
  const uses = (node: Node, parameter: Node | undefined): boolean => {
    if (parameter?.type !== 'Identifier') return false
    const binding = file.resolve(parameter)
    return binding !== undefined && mentions(file, node, binding)
  }
  if (returned.length !== 1 || (counter && counter.type !== 'Identifier')) return 'unknown'
  const [value] = returned as [Node]
  if (uses(value, second)) return 'unknown'
  const inner = unwrapAwait(value)
  if (uses(value, counter)) return inner.type === 'BinaryExpression' && inner.operator === '*' ? 'linear' : 'unknown'
  const growth = delayGrowth({ file, repeats: target }, inner)
  return growth === 'fixed' ? 'fixed' : 'unknown'
}

/** The number of a literal delay, through constants. */
export function literalMs(file: SourceFile, delay: Node): number | undefined {
  const node = definitionOf(file, delay)
  return node.type === 'Literal' && typeof node.value === 'number' ? node.value : undefined
}

/** A delay for a message: its number, or its text when that is short. */
export function delayLabel(file: SourceFile, delay: Node): string {
  const literal = literalMs(file, delay)
  if (literal !== undefined) return String(literal)
  const text = textOf(file, delay).replace(/\s+/g, ' ')
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`
}

/** The first argument when it is an expression. */
export function firstArgument(call: Node): Node | undefined {
  return call.type === 'CallExpression' || call.type === 'NewExpression' ? argumentAt(call.arguments, 0) : undefined
}
