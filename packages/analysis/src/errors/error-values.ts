import { definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  isInside,
  memberName,
  stringValue,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import { errorClassOf } from './error-classes.ts'

const ERROR_CLASS = /(^|[a-z])Error$/

/** The call to which something is given as a rejection handler or as a listener for errors. */
export function errorSource(handler: Node): CallExpression | undefined {
  const call = handler.parent
  if (call?.type !== 'CallExpression') return undefined
  const name = memberName(unwrap(call.callee))
  const position = call.arguments.indexOf(handler as never)
  const takes =
    (name === 'catch' && position === 0) ||
    (name === 'then' && position === 1) ||
    ((name === 'on' || name === 'once') &&
      position === 1 &&
      /^(error|.*Error|uncaughtException|unhandledRejection)$/.test(stringValue(call.arguments[0]) ?? ''))
  return takes ? call : undefined
}

/** The parameter by which a function receives an error. */
export function errorParameter(target: FunctionNode): Node | undefined {
  return errorSource(target) ? target.params[0] : undefined
}

/** True for an identifier whose declaration makes it an error; with `byName` also for the usual names of parameters. */
export function isErrorIdentifier(file: SourceFile, node: Node, byName: boolean, depth = 0): boolean {
  if (node.type !== 'Identifier' || depth > 5) return false
  const binding = file.resolve(node)
  if (!binding) return false
  const narrowed = narrowedTo(node)
  if (narrowed !== undefined) return narrowed === 'error'
  if (isErrorBinding(file, binding, depth)) return true
  const isNamed = byName && /^(err|error|exception|[a-z]+(Err|Error))$/.test(node.name)
  return isNamed && binding.kind === 'parameter' && !hasPlainType(file, binding)
}

/** `error: string`, or an enumeration of this file: a value that is no error whatever its name. */
function hasPlainType(file: SourceFile, { identifier }: Binding): boolean {
  const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation : undefined
  if (type?.type === 'TSTypeReference') return isEnum(file, type.typeName)
  return type !== undefined && /^TS(String|Number|Boolean|Literal)/.test(type.type)
}

function isEnum(file: SourceFile, name: Node): boolean {
  return name.type === 'Identifier' && file.topLevel(name.name)?.declaration.type === 'TSEnumDeclaration'
}

/** What `x instanceof Error` or `typeof x === 'string'` in an `if` or a conditional around the name says of it. */
export function narrowedTo(node: Node & { type: 'Identifier' }): 'error' | 'other' | undefined {
  let child: Node = node
  for (let current: Node | null | undefined = node.parent; current && !isFunction(current); current = current.parent) {
    if ((current.type === 'IfStatement' || current.type === 'ConditionalExpression') && child !== current.test) {
      const test = unwrap(current.test)
      const asked =
        test.type === 'BinaryExpression' && test.operator === 'instanceof' && dottedName(test.left) === node.name
          ? dottedName(test.right)
          : undefined
      // Only `Error` itself rules out the other branch; a subclass says nothing there.
      if (asked !== undefined && child === current.consequent && ERROR_CLASS.test(asked)) return 'error'
      if (asked === 'Error' && child === current.alternate) return 'other'
      if (asksForText(test, node.name)) return child === current.consequent ? 'other' : undefined
    }
    child = current
  }
  return undefined
}

function asksForText(test: Node, name: string): boolean {
  if (test.type !== 'BinaryExpression' || test.operator !== '===' || stringValue(test.right) !== 'string') return false
  return test.left.type === 'UnaryExpression' && dottedName(test.left.argument) === name
}

function isErrorBinding(file: SourceFile, binding: Binding, depth: number): boolean {
  if (binding.kind === 'catch')
    return binding.declaration.type === 'CatchClause' && binding.declaration.param === binding.identifier
  if (binding.kind === 'parameter' && isFunction(binding.declaration)) {
    if (errorParameter(binding.declaration) === binding.identifier) return true
    return hasErrorType(file, binding)
  }
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier') return false
  if (hasErrorType(file, binding)) return true
  if (!declaration.init) return false
  const init = unwrap(declaration.init)
  if (init.type === 'Identifier') return isErrorIdentifier(file, init, false, depth + 1)
  if (init.type === 'ConditionalExpression') return isErrorIdentifier(file, unwrap(init.consequent), false, depth + 1)
  if (isMadeAnError(file, init, false)) return true
  return init.type === 'NewExpression' && ERROR_CLASS.test(calleeName(init.callee) ?? '')
}

/** `error: Error`, `lastError: RequestError | undefined`, also where the class that the type names is one of this file. */
function hasErrorType(file: SourceFile, { identifier }: Binding): boolean {
  const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation : undefined
  return (type?.type === 'TSUnionType' ? type.types : [type]).some((part) => {
    if (part?.type !== 'TSTypeReference' || part.typeName.type !== 'Identifier') return false
    if (isEnum(file, part.typeName)) return false
    if (ERROR_CLASS.test(part.typeName.name)) return true
    const declared = definitionOf(file, part.typeName)
    return declared.type === 'ClassDeclaration' && errorClassOf(file, declared) !== undefined
  })
}

const ERROR_MAKER = /^(to|as|ensure|normali[sz]e|coerce|wrap)[A-Z]?\w*(Error|Exception)$/

/** `toError(caught)`: the same failure, whatever was thrown. */
export function isMadeAnError(file: SourceFile, node: Node, byName: boolean): boolean {
  if (node.type !== 'CallExpression' || !ERROR_MAKER.test(calleeName(node.callee) ?? '')) return false
  const [subject] = node.arguments
  return subject !== undefined && isErrorIdentifier(file, unwrap(subject), byName)
}

/** True when the code uses the name anywhere, other than throwing it away with `void`. */
export function usesName(file: SourceFile, body: Node, binding: Binding | undefined): boolean {
  if (!binding) return false
  return file
    .references(binding)
    .some((reference) => reference.parent?.type !== 'UnaryExpression' && isInside(reference, body))
}
