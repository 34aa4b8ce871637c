import { holdsError } from '../errors/caught-errors.ts'
import type { FileAnalysis, Finding, Suggestion } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isGuardedByEnvironment, unguardedBranches } from '../places/development-guard.ts'
import { responseSinksOf, type ResponseSink } from '../places/response-sinks.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  patternNameOf,
  rangeOf,
  someNode,
  unwrap,
  unwrapAwait,
  type Node,
} from '../syntax/nodes.ts'

const MAX_DEPTH = 8
const TEXT_METHODS = new Set([
  'toString',
  'slice',
  'substring',
  'split',
  'trim',
  'replace',
  'replaceAll',
  'join',
  'concat',
])

/** The error was told apart as a class of its own, so what it says is meant for the caller. */
function isNarrowed(error: Node): boolean {
  if (error.type !== 'Identifier') return false
  let child: Node = error
  for (let current: Node | null | undefined = error.parent; current; current = current.parent) {
    if (current.type === 'IfStatement' && child === current.consequent && tellsApart(current.test, error.name))
      return true
    if (isFunction(current)) return false
    child = current
  }
  return false
}

function tellsApart(test: Node, name: string): boolean {
  return someNode(test, (node) => {
    if (node.type === 'BinaryExpression' && node.operator === 'instanceof')
      return dottedName(node.left) === name && !/^(Error|AxiosError)$/.test(calleeName(node.right) ?? '')
    return (
      node.type === 'CallExpression' &&
      /^(is|has)[A-Z]/.test(calleeName(node.callee) ?? '') &&
      !/^is(Native|Axios)?Error$/.test(calleeName(node.callee) ?? '') &&
      node.arguments.some((argument) => dottedName(argument) === name)
    )
  })
}

function isStackOfError(file: SourceFile, node: Node): boolean {
  if (memberName(node) !== 'stack' || node.type !== 'MemberExpression') return false
  const owner = unwrap(node.object)
  if (memberName(owner) === 'cause' && owner.type === 'MemberExpression') return holdsError(file, owner.object)
  return holdsError(file, owner) || (owner.type === 'Identifier' && /^(e|err|error|ex|exception)$/.test(owner.name))
}

/** The part of a sent value that carries a stack trace; `whole` also counts errors that are sent as they are. */
function leakIn(file: SourceFile, expression: Node, whole: boolean, depth = 0): Node | undefined {
  if (depth > MAX_DEPTH) return undefined
  const node = unwrapAwait(expression)
  const inner = (part: Node, partWhole = whole): Node | undefined => leakIn(file, part, partWhole, depth + 1)
  const branches = unguardedBranches(file, node)
  if (branches) return firstOf(branches, inner)
  switch (node.type) {
    case 'Identifier':
      if (whole && holdsError(file, node)) return isNarrowed(node) ? undefined : node
      return constantLeak(file, node, whole, depth)
    case 'MemberExpression':
      return isStackOfError(file, node) ? node : undefined
    case 'TemplateLiteral':
      return firstOf(node.expressions, (part) => inner(part, false))
    case 'BinaryExpression':
      return node.operator === '+' ? firstOf([node.left, node.right], (part) => inner(part, false)) : undefined
    case 'ObjectExpression':
      return firstOf(node.properties, (property) =>
        inner(property.type === 'SpreadElement' ? property.argument : property.value),
      )
    case 'ArrayExpression':
      return firstOf(node.elements, (element) =>
        element ? inner(element.type === 'SpreadElement' ? element.argument : element) : undefined,
      )
    case 'CallExpression':
      return calledLeak(file, node, inner)
    default:
      return undefined
  }
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => Node | undefined): Node | undefined {
  for (const item of items) {
    const found = find(item)
    if (found) return found
  }
  return undefined
}

function constantLeak(
  file: SourceFile,
  node: Node & { type: 'Identifier' },
  whole: boolean,
  depth: number,
): Node | undefined {
  const value = definitionOf(file, node)
  if (value !== node && !isFunction(value) && leakIn(file, value, whole, depth + 1)) return node
  const binding = file.resolve(node)
  if (binding?.kind === 'catch' && node.name === 'stack') return node
  if (value.type !== 'ObjectExpression' || !binding) return undefined
  // `body.stack = error.stack` after the object was made.
  const added = file.references(binding).some((reference) => {
    const member = reference.parent
    const write = member?.parent
    return (
      member?.type === 'MemberExpression' &&
      member.object === reference &&
      write?.type === 'AssignmentExpression' &&
      write.left === member &&
      !isGuardedByEnvironment(file, write) &&
      leakIn(file, write.right, whole, depth + 1) !== undefined
    )
  })
  return added ? node : undefined
}

function calledLeak(
  file: SourceFile,
  node: Node & { type: 'CallExpression' },
  inner: (part: Node, partWhole?: boolean) => Node | undefined,
): Node | undefined {
  const callee = unwrap(node.callee)
  const name = dottedName(callee)
  const first = node.arguments[0]
  if (callee.type === 'MemberExpression' && TEXT_METHODS.has(memberName(callee) ?? ''))
    return inner(callee.object, false)
  if (!first || first.type === 'SpreadElement') return undefined
  if (name === 'JSON.stringify') {
    // A list of keys or a replacer decides what is sent.
    const keys = node.arguments[1]
    const names = keys?.type === 'CallExpression' ? dottedName(keys.callee) : undefined
    if (names === 'Object.getOwnPropertyNames') return inner(first)
    return keys && !(keys.type === 'Literal' && keys.value === null) && !isUndefined(keys) ? undefined : inner(first)
  }
  if (name === 'String') return inner(first, false)
  if (name === 'Object.assign')
    return firstOf(node.arguments, (part) => (part.type === 'SpreadElement' ? undefined : inner(part)))
  const last = calleeName(callee)
  if (last !== 'inspect' && last !== 'serializeError') return undefined
  const origin = originOf(file, callee)
  const module = origin?.from === 'module' ? origin.module : 'util'
  return /^(node:)?util$|^serialize-error$/.test(module) ? inner(first, true) : undefined
}

function isUndefined(node: Node): boolean {
  return node.type === 'Identifier' && node.name === 'undefined'
}

function suggestion(sink: ResponseSink): Suggestion {
  let requestId = ''
  for (let current = sink.body.parent; current; current = current.parent) {
    const name = isFunction(current)
      ? current.params.map(patternNameOf).find((parameter) => /^(req|request)$/.test(parameter ?? ''))
      : undefined
    if (name !== undefined) requestId = `, requestId: ${name}.id`
  }
  const safe = `{ error: 'internal_error'${requestId} }`
  const text = sink.asText ? `JSON.stringify(${safe})` : safe
  return { messageId: 'replace', data: { text }, edits: [{ range: rangeOf(sink.body), text }] }
}

/** JSON leaves the stack of an error out, unlike `inspect` and `String`. */
function isSentWhole(file: SourceFile, leak: Node, sink: ResponseSink): boolean {
  if (leak.type !== 'Identifier' || !holdsError(file, leak)) return false
  const { parent } = leak
  return leak === sink.body || parent?.type !== 'CallExpression' || calleeName(parent.callee) === 'stringify'
}

/** Responses that carry a stack trace or a whole error to whoever asked. */
export function findStacksInResponses(analysis: FileAnalysis): Finding[] {
  const { kind, file } = analysis
  if (kind.isTest || kind.environment === 'browser') return []
  return responseSinksOf(analysis).flatMap((sink) => {
    const leak = leakIn(file, sink.body, true)
    if (!leak || isGuardedByEnvironment(file, sink.body)) return []
    return [
      { node: leak, messageId: isSentWhole(file, leak, sink) ? 'error' : 'stack', suggestions: [suggestion(sink)] },
    ]
  })
}
