import type { SourceFile } from '../model/source-file.ts'
import { isFunction, memberName, unwrap, type FunctionNode, type Node } from '../syntax/nodes.ts'
import { errorParameter, isErrorIdentifier } from './error-values.ts'

/** Code that runs because something failed: a catch clause, a rejection handler or a listener for errors. */
export interface ErrorHandler {
  readonly node: Node
  readonly body: Node
  readonly parameter: Node | undefined
  /** The block of the `try`; undefined for a handler function. */
  readonly protectedCode: Node | undefined
}

/** A handler function, also one that takes no parameter. */
function isHandlerFunction(target: FunctionNode): boolean {
  const call = target.parent
  if (call?.type !== 'CallExpression') return false
  const name = memberName(unwrap(call.callee))
  const position = call.arguments.indexOf(target)
  if ((name === 'catch' && position === 0) || (name === 'then' && position === 1)) return true
  return errorParameter(target) !== undefined
}

/** The handler in which a node runs; a nested function that is no handler itself runs at another time. */
export function errorHandlerAround(node: Node): ErrorHandler | undefined {
  let child = node
  for (let current = node.parent; current; current = current.parent) {
    if (current.type === 'CatchClause' && child === current.body) {
      const tryStatement = current.parent?.type === 'TryStatement' ? current.parent : undefined
      return {
        node: current,
        body: current.body,
        parameter: current.param ?? undefined,
        protectedCode: tryStatement?.block,
      }
    }
    if (isFunction(current)) {
      if (!current.body || !isHandlerFunction(current)) return undefined
      return { node: current, body: current.body, parameter: current.params[0], protectedCode: undefined }
    }
    child = current
  }
  return undefined
}

const COLLECTION_METHODS = new Set([
  'map',
  'forEach',
  'filter',
  'find',
  'some',
  'every',
  'flatMap',
  'reduce',
  'sort',
  'then',
])

/** The first parameter of `(err, result) => ...` passed to a call, or of an error middleware with four parameters. */
function isCallbackError(file: SourceFile, node: Node): boolean {
  if (node.type !== 'Identifier' || !/^(e|err|error)$/.test(node.name)) return false
  const binding = file.resolve(node)
  if (binding?.kind !== 'parameter' || !isFunction(binding.declaration)) return false
  const target = binding.declaration
  const { identifier } = binding
  if (target.params[0] !== identifier || identifier.type !== 'Identifier') return false
  if (identifier.typeAnnotation && !/Error|any|unknown/i.test(annotationName(identifier.typeAnnotation))) return false
  if (target.params.length === 4) return true
  const call = target.parent
  if (call?.type !== 'CallExpression' || !call.arguments.includes(target)) return false
  if (COLLECTION_METHODS.has(memberName(unwrap(call.callee)) ?? '')) return false
  return target.params.length >= 2 || node.name !== 'e'
}

function annotationName(annotation: Node): string {
  const type = annotation.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : annotation
  if (type.type === 'TSUnionType') return type.types.map(annotationName).join('|')
  if (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier') return type.typeName.name
  return type.type
}

/** An identifier that is an error by where it is declared: caught, typed, made as one, or given to a callback first. */
export function holdsError(file: SourceFile, expression: Node): boolean {
  const node = unwrap(expression)
  return isErrorIdentifier(file, node, false) || isCallbackError(file, node)
}
