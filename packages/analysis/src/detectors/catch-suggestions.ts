import { logCallsOf } from '../errors/log-calls.ts'
import type { FileAnalysis, Suggestion } from '../model/analysis.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { textOf } from '../model/source-file.ts'
import { calleeName, rangeOf, someNode, walkOwnCode, type FunctionNode, type Node } from '../syntax/nodes.ts'

/** What the protected code calls first, for the words of a message: `save` in `await db.save(row)`. */
function operationName(code: Node): string {
  let name: string | undefined
  walkOwnCode(code, (node) => {
    if (name === undefined && node.type === 'CallExpression') name = calleeName(node.callee)
    return name === undefined
  })
  return name ?? 'operation'
}

const loggerOf = cachedByNode((analysis: FileAnalysis) =>
  logCallsOf(analysis).find(({ dialect }) => dialect !== 'console'),
)

/** A log line in the dialect of the logger that the file uses; the console when it uses none. */
function logLine(analysis: FileAnalysis, error: string, what: string): string {
  const log = loggerOf(analysis, analysis.file.program)
  if (!log) return `console.error('${what}', ${error})`
  if (log.dialect === 'winston') return `${log.logger}.error('${what}', { err: ${error} })`
  if (log.dialect === 'nest') return `${log.logger}.error('${what}', ${error})`
  return `${log.logger}.error({ err: ${error} }, '${what}')`
}

function edit(messageId: string, range: readonly [number, number], text: string): Suggestion {
  return { messageId, edits: [{ range, text }] }
}

/** Rethrow, wrap with the cause, or log; each keeps what the handler gives back where it can. */
export function suggestForClause(
  analysis: FileAnalysis,
  clause: Node & { type: 'CatchClause' },
  code: Node,
): readonly Suggestion[] {
  const { body, param } = clause
  const error = param?.type === 'Identifier' ? param.name : 'error'
  const what = `${operationName(code)} failed`
  const statements = body.body
  const last = statements.at(-1)
  const leaves = last !== undefined && /^(Return|Continue|Break)Statement$/.test(last.type)
  // Code behind a branch would be cut off.
  if (someNode(body, (node) => node.type === 'IfStatement' || node.type === 'SwitchStatement')) return []
  const kept = statements
    .slice(0, leaves ? -1 : undefined)
    .map((statement) => `${textOf(analysis.file, statement)} `)
    .join('')
  const rest = statements.map((statement) => `${textOf(analysis.file, statement)} `).join('')
  const range = rangeOf(clause)
  const clauseWith = (text: string): string => `catch (${error}) { ${text} }`
  return [
    edit('rethrow', range, clauseWith(`${kept}throw ${error}`)),
    edit('wrap', range, clauseWith(`${kept}throw new Error('${what}', { cause: ${error} })`)),
    edit('log', range, clauseWith(`${logLine(analysis, error, what)}; ${rest}`.trimEnd().replace(/;$/, ''))),
  ]
}

/** The same for a rejection handler that is written where it is passed. */
export function suggestForHandler(
  analysis: FileAnalysis,
  handler: FunctionNode,
  argument: Node,
  code: Node,
): readonly Suggestion[] {
  if (handler !== argument || !handler.body) return []
  const { body } = handler
  const parameter = handler.params[0]
  const error = parameter?.type === 'Identifier' ? parameter.name : 'error'
  const what = `${operationName(code)} failed`
  const isBlock = body.type === 'BlockStatement'
  if (isBlock && someNode(body, (node) => node.type === 'IfStatement' || node.type === 'SwitchStatement')) return []
  const given = isBlock
    ? body.body.map((statement) => textOf(analysis.file, statement)).join(' ')
    : `return ${textOf(analysis.file, body)}`
  const logged = `${logLine(analysis, error, what)}${given === '' ? '' : `; ${given}`}`
  const range = rangeOf(handler)
  const prefix = handler.async ? 'async ' : ''
  const handlerWith = (text: string): string => `${prefix}(${error}) => { ${text} }`
  return [
    edit('rethrow', range, handlerWith(`throw ${error}`)),
    edit('wrap', range, handlerWith(`throw new Error('${what}', { cause: ${error} })`)),
    edit('log', range, handlerWith(logged)),
  ]
}
