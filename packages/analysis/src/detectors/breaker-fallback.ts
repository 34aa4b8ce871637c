import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { definitionOf, originOf } from '../model/values.ts'
import {
  argumentAt,
  calleeName,
  dottedName,
  isFunction,
  keyName,
  memberName,
  outerExpression,
  unwrap,
  type CallExpression,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

export interface BreakerFallbackOptions {
  /** Functions that turn the errors of open breakers into answers, such as an error handler of a server. */
  readonly boundaries: readonly string[]
}

const MODULES = /opossum|cockatiel|@holdfast\/core/
const HANDLES_OPEN = /open|broken|breaker|circuit|unavailable|\b503\b|fall_?back|cache|stale|isHoldfastError|rejected/i

/** Everything that a breaker's open state meets in this file. */
interface Fate {
  /** The value leaves the file or is handed on: what becomes of it cannot be seen. */
  escapes: boolean
  hasFallback: boolean
  /** Calls through the breaker that nothing around them is ready for. */
  readonly unready: Node[]
}

/** Breakers that throw at everybody when they open, because nobody is ready for it. */
export function findBreakersWithoutFallback(analysis: FileAnalysis, options: BreakerFallbackOptions): Finding[] {
  const { file } = analysis
  if (analysis.kind.isTest || !MODULES.test(file.text)) return []
  if (options.boundaries.some((name) => file.identifiersNamed(name).length > 0)) return []
  const findings: Finding[] = []
  for (const made of [...file.calls, ...file.news]) {
    if (!makesBreaker(analysis, made)) continue
    const fate: Fate = { escapes: false, hasFallback: false, unready: [] }
    follow(analysis, made, fate, 0)
    if (!fate.escapes && !fate.hasFallback && fate.unready.length > 0) findings.push({ node: made, messageId: 'open' })
  }
  return findings
}

function makesBreaker(analysis: FileAnalysis, made: CallExpression | NewExpression): boolean {
  const origin = originOf(analysis.file, made.callee)
  if (origin?.from !== 'module') return false
  const name = origin.path.at(-1) ?? ''
  if (origin.module === 'opossum') return made.type === 'NewExpression'
  if (made.type !== 'CallExpression') return false
  if (origin.module === 'cockatiel') return name === 'circuitBreaker'
  if (origin.module !== '@holdfast/core') return false
  const definition = argumentAt(made.arguments, 0)
  if (name === 'standardPolicy') {
    const own = configValue(analysis.file, definition, 'circuitBreaker')
    const value = own.found === 'value' ? unwrap(own.value) : undefined
    return own.found !== 'unknown' && !(value?.type === 'Literal' && value.value === false)
  }
  if (name !== 'createPolicy') return false
  const strategies = configValue(analysis.file, definition, 'strategies')
  const list = strategies.found === 'value' ? definitionOf(analysis.file, strategies.value) : undefined
  return (
    list?.type === 'ArrayExpression' &&
    list.elements.some((element) => {
      const strategy = element ? definitionOf(analysis.file, element) : undefined
      return strategy?.type === 'CallExpression' && calleeName(strategy.callee) === 'circuitBreaker'
    })
  )
}

/** Follows a breaker to where it is used. */
function follow(analysis: FileAnalysis, value: Node, fate: Fate, depth: number): void {
  const node = outerExpression(value)
  const { parent } = node
  if (depth > 6 || !parent) {
    fate.escapes = true
    return
  }
  if (parent.type === 'MemberExpression' && parent.object === node) {
    followMember(analysis, parent, fate, depth)
    return
  }
  if (parent.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier') {
    followBinding(analysis, parent.id, fate, depth)
    return
  }
  if (parent.type === 'AssignmentExpression' && parent.right === node && parent.left.type === 'Identifier') {
    followBinding(analysis, parent.left, fate, depth)
    return
  }
  const field = fieldName(parent, node)
  if (field !== undefined) {
    followField(analysis, field, fate, depth)
    return
  }
  if (parent.type === 'CallExpression' && calleeName(parent.callee) === 'wrap') {
    if (parent.arguments.some((argument) => isFallback(analysis, argument))) fate.hasFallback = true
    else follow(analysis, parent, fate, depth + 1)
    return
  }
  if (parent.type !== 'ExpressionStatement') fate.escapes = true
}

function isFallback(analysis: FileAnalysis, argument: Node): boolean {
  const made = definitionOf(analysis.file, argument)
  return made.type === 'CallExpression' && calleeName(made.callee) === 'fallback'
}

function fieldName(parent: Node, value: Node): string | undefined {
  if (parent.type === 'PropertyDefinition' && parent.value === value) {
    const name = keyName(parent.key, parent.computed)
    return name === undefined ? undefined : `this.${name}`
  }
  const target = parent.type === 'AssignmentExpression' && parent.right === value ? dottedName(parent.left) : undefined
  return target?.startsWith('this.') ? target : undefined
}

function followBinding(
  analysis: FileAnalysis,
  identifier: Node & { readonly name: string },
  fate: Fate,
  depth: number,
): void {
  const binding = analysis.file.resolve(identifier)
  const declarator = binding?.declaration
  if (!binding || declarator?.parent?.parent?.type === 'ExportNamedDeclaration') {
    fate.escapes = true
    return
  }
  for (const reference of analysis.file.references(binding)) {
    if (reference.parent?.type === 'AssignmentExpression' && reference.parent.left === reference) continue
    follow(analysis, reference, fate, depth + 1)
  }
}

function followField(analysis: FileAnalysis, field: string, fate: Fate, depth: number): void {
  for (const call of analysis.file.calls) {
    const callee = unwrap(call.callee)
    if (callee.type === 'MemberExpression' && dottedName(callee.object) === field)
      followMember(analysis, callee, fate, depth)
    else if (call.arguments.some((argument) => dottedName(argument) === field)) fate.escapes = true
  }
}

function followMember(
  analysis: FileAnalysis,
  member: Node & { type: 'MemberExpression' },
  fate: Fate,
  depth: number,
): void {
  const name = memberName(member)
  const call = outerExpression(member).parent
  if (call?.type !== 'CallExpression' || unwrap(call.callee) !== member) {
    if (name === undefined || /^(fire|execute|call|exec)$/.test(name)) fate.escapes = true
    return
  }
  if (name === 'fallback') {
    fate.hasFallback = true
  } else if (name === 'fire' || name === 'execute' || name === 'exec' || name === 'call') {
    if (!isReady(analysis, call)) fate.unready.push(call)
  } else if (name === 'on' || name === 'once') {
    follow(analysis, call, fate, depth + 1)
  } else if (name === 'wrap' || name === 'with' || name === 'fork') fate.escapes = true
}

/** A handler around the call that knows of open breakers. */
function isReady(analysis: FileAnalysis, call: Node): boolean {
  let child: Node = call
  for (let current = call.parent; current; current = current.parent) {
    if (current.type === 'TryStatement' && current.block === child && current.handler) {
      if (HANDLES_OPEN.test(textOf(analysis.file, current.handler.body))) return true
    }
    if (
      current.type === 'CallExpression' &&
      child === current.callee &&
      memberName(unwrap(current.callee)) === 'catch'
    ) {
      const handler = argumentAt(current.arguments, 0)
      const defined = handler ? definitionOf(analysis.file, handler) : undefined
      const text = `${handler ? textOf(analysis.file, handler) : ''} ${isFunction(defined) ? textOf(analysis.file, defined) : ''}`
      if (HANDLES_OPEN.test(text)) return true
    }
    child = current
  }
  return false
}
