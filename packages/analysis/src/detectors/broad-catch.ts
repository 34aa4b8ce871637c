import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import { boundaryAround } from '../places/boundaries.ts'
import { isOutsideCall } from '../places/outside-calls.ts'
import {
  calleeName,
  isFunction,
  memberName,
  someOwnNode,
  unwrap,
  walkOwnCode,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { classifyProtectedCode } from './protected-code.ts'

export interface BroadCatchOptions {
  /** A `try` with more statements than this holds too much for one catch. */
  readonly maxStatements: number
}

/** This many awaits in one `try` can fail for as many reasons. */
const MAX_AWAITS = 4
/** This many steps of a chain that one `.catch` answers for. */
const MAX_CHAIN = 2
const TRANSFORMS = new Set([
  'map',
  'filter',
  'sort',
  'reduce',
  'flatMap',
  'forEach',
  'find',
  'toSorted',
  'split',
  'join',
  'match',
  'entries',
  'fromEntries',
  'keys',
  'values',
])

/** True when the handler lets something through, tells failures apart, or ends the program. */
function isSelective(body: Node): boolean {
  return someOwnNode(body, (node) => {
    switch (node.type) {
      case 'ThrowStatement':
      case 'SwitchStatement':
        return true
      case 'IfStatement':
      case 'ConditionalExpression':
        return someOwnNode(
          node.test,
          (inner) =>
            (inner.type === 'BinaryExpression' && inner.operator === 'instanceof') ||
            (inner.type === 'MemberExpression' &&
              /^(code|errno|status|statusCode|name|response|message)$/.test(memberName(inner) ?? '')) ||
            (inner.type === 'CallExpression' && /^is[A-Z]/.test(calleeName(inner.callee) ?? '')),
        )
      case 'CallExpression':
        return /^(reject|next|done|callback|cb|exit|abort|emit|destroy|terminate|fail|_?handleError)$/.test(
          calleeName(node.callee) ?? '',
        )
      default:
        return false
    }
  })
}

/** What is counted; blocks, branches and loops count by what they hold. */
const SIMPLE_STATEMENTS = new Set<Node['type']>([
  'ExpressionStatement',
  'VariableDeclaration',
  'ReturnStatement',
  'ThrowStatement',
  'BreakStatement',
  'ContinueStatement',
])

interface Weight {
  statements: number
  awaits: number
  outside: boolean
  logic: number
}

function weigh(analysis: FileAnalysis, block: Node): Weight {
  const weight: Weight = { statements: 0, awaits: 0, outside: false, logic: 0 }
  walkOwnCode(block, (node) => {
    if (SIMPLE_STATEMENTS.has(node.type)) weight.statements += 1
    if (node.type === 'AwaitExpression') weight.awaits += 1
    if (node.type !== 'CallExpression') return
    if (isOutsideCall(analysis, node)) weight.outside = true
    else if (TRANSFORMS.has(memberName(unwrap(node.callee)) ?? '')) weight.logic += 1
  })
  return weight
}

function judgeClause(
  analysis: FileAnalysis,
  clause: Node & { type: 'CatchClause' },
  options: BroadCatchOptions,
): Finding | undefined {
  const tryStatement = clause.parent
  if (tryStatement?.type !== 'TryStatement' || isSelective(clause.body)) return undefined
  if (boundaryAround(analysis.file, clause) !== undefined) return undefined
  const { statements, awaits, outside, logic } = weigh(analysis, tryStatement.block)
  const isMixed = outside && logic >= 2
  const isLong = statements > options.maxStatements && classifyProtectedCode(analysis, tryStatement.block).doesIo
  if (!isLong && awaits <= MAX_AWAITS && !isMixed) return undefined
  return { node: clause, messageId: 'broad' }
}

/** `a().then(b).then(c).then(d).catch(() => fallback)`: the last handler answers for every step. */
function judgeChain(analysis: FileAnalysis, call: CallExpression): Finding | undefined {
  const callee = unwrap(call.callee)
  const argument = call.arguments[0]
  if (callee.type !== 'MemberExpression' || !argument || argument.type === 'SpreadElement') return undefined
  let steps = 0
  for (let current = unwrap(callee.object); current.type === 'CallExpression';) {
    const inner = unwrap(current.callee)
    if (inner.type !== 'MemberExpression' || memberName(inner) !== 'then') break
    steps += 1
    current = unwrap(inner.object)
  }
  if (steps <= MAX_CHAIN) return undefined
  const handler = definitionOf(analysis.file, argument)
  if (!isFunction(handler) || !handler.body || isSelective(handler.body)) return undefined
  if (!givesValue(handler.body)) return undefined
  return { node: call, messageId: 'broad' }
}

function givesValue(body: Node): boolean {
  if (body.type !== 'BlockStatement') return unwrap(body).type !== 'CallExpression'
  return someOwnNode(body, (node) => node.type === 'ReturnStatement' && node.argument !== null)
}

/** Handlers that answer for so much code that they catch programming errors too. */
export function findBroadCatches(analysis: FileAnalysis, options: BroadCatchOptions): Finding[] {
  const { kind, file } = analysis
  // A page shows what it can, and a command ends with its message.
  if (kind.isTest || kind.environment === 'browser' || kind.isScript) return []
  return [
    ...file.catches.flatMap((clause) => judgeClause(analysis, clause, options) ?? []),
    ...file.callsNamed('catch').flatMap((call) => judgeChain(analysis, call) ?? []),
  ]
}
