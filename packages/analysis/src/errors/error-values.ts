import { definitionOf } from '../model/values.ts'
import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  isFunction,
  memberName,
  patternNameOf,
  isInside,
  stringValue,
  unwrap,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** How a function receives an error: as a rejection handler or a listener for errors. */
export function errorParameter(target: FunctionNode): Node | undefined {
  const call = target.parent
  if (call?.type !== 'CallExpression') return undefined
  const name = memberName(unwrap(call.callee))
  const position = call.arguments.indexOf(target)
  const takes =
    (name === 'catch' && position === 0) ||
    (name === 'then' && position === 1) ||
    ((name === 'on' || name === 'once') &&
      position === 1 &&
      /^(error|.*Error|uncaughtException|unhandledRejection)$/.test(stringValue(call.arguments[0]) ?? ''))
  return takes ? target.params[0] : undefined
}

/** True for an identifier whose declaration makes it an error; with `byName` also for the usual names of parameters. */
export function isErrorIdentifier(file: SourceFile, node: Node, byName: boolean, depth = 0): boolean {
  if (node.type !== 'Identifier' || depth > 5) return false
  const binding = file.resolve(node)
  if (!binding) return false
  return (
    isErrorBinding(file, binding, depth) ||
    (byName && binding.kind === 'parameter' && /^(e|err|error|ex|exception|[a-z]+(Err|Error))$/.test(node.name))
  )
}

function isErrorBinding(file: SourceFile, binding: Binding, depth: number): boolean {
  if (binding.kind === 'catch')
    return binding.declaration.type === 'CatchClause' && binding.declaration.param === binding.identifier
  if (binding.kind === 'parameter' && isFunction(binding.declaration)) {
    if (errorParameter(binding.declaration) === binding.identifier) return true
    const { identifier } = binding
    const type = identifier.type === 'Identifier' ? identifier.typeAnnotation?.typeAnnotation : undefined
    return (
      type?.type === 'TSTypeReference' &&
      type.typeName.type === 'Identifier' &&
      /(^|[a-z])Error$/.test(type.typeName.name)
    )
  }
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator' || !declaration.init || declaration.id.type !== 'Identifier')
    return false
  const init = unwrap(declaration.init)
  if (init.type === 'Identifier') return isErrorIdentifier(file, init, false, depth + 1)
  if (init.type === 'ConditionalExpression') return isErrorIdentifier(file, unwrap(init.consequent), false, depth + 1)
  return init.type === 'NewExpression' && /(^|[a-z])Error$/.test(calleeName(init.callee) ?? '')
}

/** The whole error, also through `x instanceof Error ? x : new Error(...)`. */
export function isWholeError(file: SourceFile, expression: Node, byName = false): boolean {
  const node = unwrap(expression)
  if (isErrorIdentifier(file, node, byName)) return true
  if (node.type === 'ConditionalExpression') return isWholeError(file, node.consequent, byName)
  if (node.type === 'MemberExpression' && memberName(node) === 'cause') return isWholeError(file, node.object, byName)
  return false
}

const FLATTENERS =
  /^(String|stringify|inspect|format\w*Error|\w*[eE]rror(Message|ToString|Text)|get\w*Error\w*|toString|toErrorMessage|describeError)$/

/** Text made of an error: its message or stack, `String(e)`, JSON, an interpolation, or a constant with one of these. */
export function isFlattenedError(file: SourceFile, expression: Node, byName: boolean, depth = 0): boolean {
  const node = unwrap(expression)
  if (depth > 5) return false
  switch (node.type) {
    case 'TemplateLiteral':
      return node.expressions.some(
        (part) => isWholeError(file, part, byName) || isFlattenedError(file, part, byName, depth + 1),
      )
    case 'BinaryExpression':
      if (node.operator !== '+') return false
      return [node.left, node.right].some(
        (part) => isWholeError(file, part, byName) || isFlattenedError(file, part, byName, depth + 1),
      )
    case 'MemberExpression': {
      const name = memberName(node)
      return (name === 'message' || name === 'stack') && isWholeError(file, node.object, byName)
    }
    case 'LogicalExpression':
      return isFlattenedError(file, node.left, byName, depth + 1)
    case 'ConditionalExpression':
      return isFlattenedError(file, node.consequent, byName, depth + 1)
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      if (!FLATTENERS.test(calleeName(callee) ?? '')) return false
      const subjects: Node[] = [...node.arguments]
      if (callee.type === 'MemberExpression') subjects.push(callee.object)
      return subjects.some(
        (subject) => isWholeError(file, subject, byName) || isFlattenedError(file, subject, byName, depth + 1),
      )
    }
    case 'Identifier': {
      const value = definitionOf(file, node)
      return value !== node && value.type !== 'Identifier' && isFlattenedError(file, value, false, depth + 1)
    }
    default:
      return false
  }
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
