import { calledErrorClass, type MadeError } from '../errors/error-classes.ts'
import type { ErrorHandler } from '../errors/caught-errors.ts'
import type { FileAnalysis, Suggestion } from '../model/analysis.ts'
import type { ErrorClassFact } from '../model/project-facts.ts'
import { rangeOf, someNode, unwrap, type Node } from '../syntax/nodes.ts'

type Edit = Suggestion['edits'][number]

function insertAt(offset: number, text: string): Edit {
  return { range: [offset, offset], text }
}

/** The name of the caught error, and the edit that gives it one where the clause has none. */
function nameOfCaught(handler: ErrorHandler): { name: string; edits: readonly Edit[] } | undefined {
  if (handler.parameter?.type === 'Identifier') return { name: handler.parameter.name, edits: [] }
  if (handler.parameter || handler.node.type !== 'CatchClause') return undefined
  const isTaken = someNode(handler.body, (node) => node.type === 'Identifier' && node.name === 'error')
  const name = isTaken ? 'cause' : 'error'
  return { name, edits: [insertAt(rangeOf(handler.body)[0], `(${name}) `)] }
}

function intoObject(object: Node & { type: 'ObjectExpression' }, text: string): Edit {
  return insertAt(rangeOf(object)[0] + 1, object.properties.length > 0 ? ` ${text},` : ` ${text} `)
}

/** Where a class that nothing is known of takes its cause: an options object at the end, or after the message. */
function guessed(made: MadeError): ErrorClassFact | undefined {
  const last = made.arguments.at(-1)
  if (last && unwrap(last).type === 'ObjectExpression')
    return { causeAt: made.arguments.length - 1, causeIn: 'options' }
  return made.arguments.length === 1 ? { causeAt: 1, causeIn: 'options' } : undefined
}

/** Passes the caught error as `cause` at the place where the class takes it. */
export function suggestCause(analysis: FileAnalysis, handler: ErrorHandler, made: MadeError): Suggestion | undefined {
  const caught = nameOfCaught(handler)
  const known = calledErrorClass(analysis, made.callee)
  const place = known && Object.keys(known).length > 0 ? known : guessed(made)
  if (!caught || place?.causeAt === undefined) return undefined
  const { name } = caught
  const given = made.arguments[place.causeAt]
  const written = place.causeIn === 'argument' ? name : name === 'cause' ? '{ cause }' : `{ cause: ${name} }`
  let edit: Edit
  if (given) {
    const object = unwrap(given)
    if (place.causeIn === 'argument' || object.type !== 'ObjectExpression') return undefined
    edit = intoObject(object, name === 'cause' ? 'cause' : `cause: ${name}`)
  } else {
    const end = rangeOf(made)[1] - 1
    if (analysis.file.text[end] !== ')') return undefined
    const padding = Array.from({ length: place.causeAt - made.arguments.length }, () => 'undefined')
    const before = made.arguments.length > 0 ? ', ' : ''
    edit = insertAt(end, before + [...padding, written].join(', '))
  }
  return { messageId: 'addCause', data: { name }, edits: [...caught.edits, edit] }
}
