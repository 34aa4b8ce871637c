import { calledFunction, definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  patternNameOf,
  propertyName,
  isInside,
  someOwnNode,
  stringValue,
  unwrap,
  unwrapAwait,
  type CallExpression,
  type FunctionNode,
  type Node,
  type ObjectProperty,
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
  return (
    isErrorBinding(file, binding, depth) ||
    (byName && binding.kind === 'parameter' && /^(e|err|error|ex|exception|[a-z]+(Err|Error))$/.test(node.name))
  )
}

/** What `x instanceof Error` or `typeof x === 'string'` in an `if` or a conditional around the name says of it. */
function narrowedTo(node: Node & { type: 'Identifier' }): 'error' | 'other' | undefined {
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
    if (ERROR_CLASS.test(part.typeName.name)) return true
    const declared = definitionOf(file, part.typeName)
    return declared.type === 'ClassDeclaration' && errorClassOf(file, declared) !== undefined
  })
}

/** The whole error, also through `x instanceof Error ? x : new Error(...)`. */
export function isWholeError(file: SourceFile, expression: Node, byName = false): boolean {
  const node = unwrap(expression)
  if (isErrorIdentifier(file, node, byName)) return true
  if (node.type === 'ConditionalExpression') return isWholeError(file, node.consequent, byName)
  if (node.type === 'MemberExpression' && memberName(node) === 'cause') return isWholeError(file, node.object, byName)
  if (node.type === 'LogicalExpression') {
    if (isWholeError(file, node.left, byName)) return true
    return isWholeError(file, node.right, byName) && !isFlattenedError(file, node.left, byName)
  }
  return isMadeAnError(file, node, byName)
}

const ERROR_MAKER = /^(to|as|ensure|normali[sz]e|coerce|wrap)[A-Z]?\w*(Error|Exception)$/

/** `toError(caught)`: the same failure, whatever was thrown. */
function isMadeAnError(file: SourceFile, node: Node, byName: boolean): boolean {
  if (node.type !== 'CallExpression' || !ERROR_MAKER.test(calleeName(node.callee) ?? '')) return false
  const [subject] = node.arguments
  return subject !== undefined && isWholeError(file, subject, byName)
}

const FLATTENERS =
  /^(String|stringify|inspect|format|concat|format\w*Error|\w*[eE]rror(Message|ToString|Text)|get\w*Error\w*|toString|toErrorMessage|describeError)$/

/** Text made of an error: its message or stack, `String(e)`, JSON, an interpolation, or a constant with one of these. */
export function isFlattenedError(file: SourceFile, expression: Node, byName: boolean, depth = 0): boolean {
  const node = unwrap(expression)
  if (depth > 5) return false
  const becomesText = (part: Node): boolean =>
    isWholeError(file, part, byName) ||
    (byName && isNamedError(file, unwrap(part))) ||
    isFlattenedError(file, part, byName, depth + 1)
  switch (node.type) {
    case 'TemplateLiteral':
      return node.expressions.some(becomesText)
    case 'BinaryExpression':
      return node.operator === '+' && [node.left, node.right].some(becomesText)
    case 'MemberExpression': {
      const name = memberName(node)
      if (name === 'stack' && byName && isNamedError(file, unwrap(node.object), true)) return true
      if (name === 'message' || name === 'stack')
        return isWholeError(file, node.object, byName) && !isMadeHere(file, node.object)
      return name === undefined && isFlattenedError(file, node.object, byName, depth + 1)
    }
    case 'LogicalExpression':
      return isFlattenedError(file, node.left, byName, depth + 1)
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].some((branch) => isFlattenedError(file, branch, byName, depth + 1))
    case 'ArrayExpression':
      return node.elements.some((element) => element !== null && isFlattenedError(file, element, byName, depth + 1))
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      if (!FLATTENERS.test(calleeName(callee) ?? '') || returnsObject(file, callee)) return false
      const subjects: Node[] = [...node.arguments]
      if (callee.type === 'MemberExpression') subjects.push(callee.object)
      return subjects.some(becomesText)
    }
    case 'Identifier': {
      if (isTakenFromError(file, node)) return true
      const value = definitionOf(file, node)
      return value !== node && value.type !== 'Identifier' && isFlattenedError(file, value, false, depth + 1)
    }
    default:
      return false
  }
}

/** A function of this file that makes fields of an error, `{ name, message }`, though it is named like one that makes text. */
function returnsObject(file: SourceFile, callee: Node): boolean {
  const body = calledFunction(file, callee)?.body
  if (!body) return false
  if (body.type !== 'BlockStatement') return unwrap(body).type === 'ObjectExpression'
  return someOwnNode(
    body,
    (node) =>
      node.type === 'ReturnStatement' && node.argument !== null && unwrap(node.argument).type === 'ObjectExpression',
  )
}

/**
 * `const { error } = await attempt()`: a variable that only its name makes an error, unless it holds text. Where its
 * stack is read, a property of that name is one too.
 */
function isNamedError(file: SourceFile, node: Node, hasStack = false): boolean {
  if (hasStack && /^(err|error)$/.test(memberName(node) ?? '')) return true
  if (node.type !== 'Identifier' || !/^(err|error)$/.test(node.name) || narrowedTo(node) === 'other') return false
  const declaration = file.resolve(node)?.declaration
  if (declaration?.type !== 'VariableDeclarator' || !declaration.init) return false
  const made = unwrapAwait(declaration.init)
  return (
    made.type === 'CallExpression' &&
    !/^(json|text|t)$|message|string|format|describe/i.test(calleeName(made.callee) ?? '')
  )
}

/** An error that the code itself just made: its message is a text of the code, and the error goes on by itself. */
function isMadeHere(file: SourceFile, expression: Node): boolean {
  const node = unwrap(expression)
  const declaration = node.type === 'Identifier' ? file.resolve(node)?.declaration : undefined
  const init = declaration?.type === 'VariableDeclarator' ? declaration.init : undefined
  return init?.type === 'NewExpression'
}

/** `catch ({ message })`, `.catch(({ stack }) => ...)` and `const { message } = error`. */
function isTakenFromError(file: SourceFile, node: Node & { type: 'Identifier' }): boolean {
  const binding = file.resolve(node)
  const property = binding?.identifier.parent
  if (!binding || property?.type !== 'Property' || property.parent?.type !== 'ObjectPattern') return false
  const name = propertyName(property as ObjectProperty)
  if (name !== 'message' && name !== 'stack') return false
  const { declaration } = binding
  const pattern: Node = property.parent
  if (declaration.type === 'CatchClause') return declaration.param === pattern
  if (isFunction(declaration)) return errorParameter(declaration) === pattern
  return (
    declaration.type === 'VariableDeclarator' &&
    declaration.id === pattern &&
    declaration.init !== null &&
    isErrorIdentifier(file, unwrap(declaration.init), false)
  )
}

/** True when the code uses the name anywhere, other than throwing it away with `void`. */
export function usesName(file: SourceFile, body: Node, binding: Binding | undefined): boolean {
  if (!binding) return false
  return file
    .references(binding)
    .some((reference) => reference.parent?.type !== 'UnaryExpression' && isInside(reference, body))
}

export function parameterNames(target: FunctionNode): readonly (string | undefined)[] {
  return target.params.map((parameter) => patternNameOf(parameter))
}
