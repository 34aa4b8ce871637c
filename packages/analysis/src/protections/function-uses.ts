import type { CodeContext } from '../clients/client-values.ts'
import { configValue } from '../clients/config-values.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  keyName,
  memberName,
  unwrap,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'

/** The name under which a function declaration or constant is exported where it stands. */
export function exportedName(target: Node): string | undefined {
  if (target.type === 'FunctionDeclaration' && target.id) {
    const outer = target.parent?.type
    return outer === 'ExportNamedDeclaration'
      ? target.id.name
      : outer === 'ExportDefaultDeclaration'
        ? 'default'
        : undefined
  }
  const declarator = target.parent
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return undefined
  return declarator.parent?.parent?.type === 'ExportNamedDeclaration' ? declarator.id.name : undefined
}

/** True when every caller of a private function of this file is visible and none gives the key. */
export function callersOmit(
  context: CodeContext,
  target: Node | undefined,
  parameter: number | undefined,
  key: string,
): boolean {
  if (!target || parameter === undefined || !isFunction(target) || exportedName(target) !== undefined) return false
  const omits = (call: CallExpression): boolean => {
    const argument = call.arguments[parameter]
    if (argument?.type === 'SpreadElement') return false
    return argument === undefined || configValue(context.file, argument, key, 3).found === 'absent'
  }
  const method = target.parent
  if (method?.type === 'MethodDefinition') {
    const name = keyName(method.key, method.computed)
    const isPrivate = method.accessibility === 'private' || method.key.type === 'PrivateIdentifier'
    const calls = context.file.calls.filter((call) => dottedName(call.callee) === `this.${name}`)
    return isPrivate && calls.length > 0 && calls.every(omits)
  }
  const declared =
    target.type === 'FunctionDeclaration'
      ? target.id
      : target.parent?.type === 'VariableDeclarator'
        ? target.parent.id
        : null
  if (declared?.type !== 'Identifier') return false
  const binding = context.file.resolve(declared)
  if (!binding) return false
  const references = context.file.references(binding)
  return (
    references.length > 0 &&
    references.every((reference) => {
      const call = reference.parent
      return call?.type === 'CallExpression' && call.callee === reference && omits(call)
    })
  )
}

/** An observable of the request goes through this operator. */
export function isPipedThrough(call: Node, child: Node, operator: RegExp): boolean {
  if (call.type !== 'CallExpression' || child !== call.callee || memberName(unwrap(call.callee)) !== 'pipe')
    return false
  return call.arguments.some(
    (argument) => argument.type === 'CallExpression' && operator.test(calleeName(argument.callee) ?? ''),
  )
}
