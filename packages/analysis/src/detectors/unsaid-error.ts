import { isErrorIdentifier } from '../errors/error-values.ts'
import { isFailureLevel, type LogCall } from '../errors/loggers.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { FileCache } from '../model/file-cache.ts'
import { responseSinksOf } from '../places/response-sinks.ts'
import { calleeName, isFunction, isInside, someNode, someOwnNode, type Node } from '../syntax/nodes.ts'
import { isExplained, type ExplanationOptions } from './explanations.ts'
import { rethrows, type Handler } from './log-handler.ts'
import { callsIn, classifyProtectedCode } from './protected-code.ts'

const EXISTENCE = /^(access|l?stat|exists|pathExists)(Sync)?$|^(resolve|require)$/

const EXPLAINED: ExplanationOptions = { comments: 'explain', allowNames: [] }

/** A log inside a handler that says nothing of the error, while nothing else in the handler uses it either. */
export function missesError(
  analysis: FileAnalysis,
  log: LogCall,
  handler: Handler | undefined,
  args: readonly Node[],
): boolean {
  if (!handler || args.length === 0) return false
  const isFailure = isFailureLevel(log.level)
  // A lower level is fair where the handler does something about the error or says why it need not.
  if (!isFailure && (!onlyLogs(log, handler) || isExplained(analysis, handler.body, null, handler.body, EXPLAINED)))
    return false
  if (isExpected(analysis, handler.protectedCode, log.level)) return false
  if (rethrows(handler) && !isFailure) return false
  const { parameter } = handler
  if (!parameter) return true
  if (parameter.type !== 'Identifier') return false
  const binding = analysis.file.resolve(parameter)
  const used = binding
    ? analysis.file
        .references(binding)
        .some(
          (reference) =>
            isInside(reference, handler.body) && tells(reference, log) && !(isFailure && answers(analysis, reference)),
        )
    : false
  return !used && !args.some((argument) => someNode(argument, (node) => isErrorIdentifier(analysis.file, node, true)))
}

/** A condition on the error tells what it is only in the branch that it asks for. */
function tells(reference: Node, log: LogCall): boolean {
  let child = reference
  for (let current = reference.parent; current && !isFunction(current); current = current.parent) {
    if (current.type === 'IfStatement' && child === current.test)
      return isInside(log.node, current.consequent) && !isNegated(current.test)
    if (/Statement$/.test(current.type)) return true
    child = current
  }
  return true
}

/** Unlike `callback(error)`, `callback({ ok: false, message: error.message })` answers whoever asked. */
const ACKNOWLEDGES = /^(callback|cb|ack|reply|respond)$/

const sentBodies = new FileCache<FileAnalysis, ReadonlySet<Node>>()

function sentBodiesOf(analysis: FileAnalysis): ReadonlySet<Node> {
  let bodies = sentBodies.get(analysis)
  if (!bodies) {
    bodies = new Set(responseSinksOf(analysis).map(({ body }) => body))
    sentBodies.set(analysis, bodies)
  }
  return bodies
}

/** `return { message: error }`, `throw error` and `res.json({ error })`: whoever asked learns of it, the log does not. */
function answers(analysis: FileAnalysis, reference: Node): boolean {
  if (reference.parent?.type === 'AssignmentExpression' && reference.parent.left.type === 'Identifier') return true
  const bodies = sentBodiesOf(analysis)
  let passesCall = false
  let isField = false
  for (let current: Node | null | undefined = reference; current && !isFunction(current); current = current.parent) {
    if (bodies.has(current) || current.type === 'ThrowStatement') return true
    if (current.type === 'ReturnStatement') return !passesCall
    if (/Statement$|^VariableDeclar/.test(current.type)) return false
    isField ||= current.type === 'ObjectExpression'
    if (isField && current.type === 'CallExpression' && ACKNOWLEDGES.test(calleeName(current.callee) ?? '')) return true
    passesCall ||= current.type === 'CallExpression' || current.type === 'NewExpression'
  }
  return false
}

function isNegated(test: Node): boolean {
  return someNode(
    test,
    (node) =>
      (node.type === 'UnaryExpression' && node.operator === '!') ||
      (node.type === 'BinaryExpression' && (node.operator === '!==' || node.operator === '!=')),
  )
}

function onlyLogs(log: LogCall, { body }: Handler): boolean {
  if (body.type !== 'BlockStatement') return body === log.node
  return body.body.length === 1 && log.node.parent === body.body[0]
}

/** A missing file is the answer to an existence probe; what cannot be parsed is one only where the level says so. */
function isExpected(analysis: FileAnalysis, code: Node, level: LogCall['level']): boolean {
  if (!classifyProtectedCode(analysis, code).isProbe) return false
  if (!isFailureLevel(level)) return true
  const calls = callsIn(code)
  return calls.length === 0 || calls.some((call) => EXISTENCE.test(calleeName(call.callee) ?? '')) || importsCode(code)
}

function importsCode(code: Node): boolean {
  return someOwnNode(code, (node) => node.type === 'ImportExpression')
}
