import type { CodeContext } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  keyName,
  memberName,
  unwrap,
  type CallExpression,
  type FunctionNode,
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

interface Uses {
  readonly calls: readonly CallExpression[]
  /** Nothing but these calls can call it. */
  readonly isComplete: boolean
}

/** The calls of a function that this file shows. */
export function usesInFile(file: SourceFile, target: FunctionNode): Uses {
  const method = target.parent
  if (method?.type === 'MethodDefinition') {
    const name = keyName(method.key, method.computed)
    const isPrivate = method.accessibility === 'private' || method.key.type === 'PrivateIdentifier'
    const calls = file.callsNamed(name ?? '').filter((call) => dottedName(call.callee) === `this.${name}`)
    return { calls, isComplete: isPrivate }
  }
  const declared =
    target.type === 'FunctionDeclaration'
      ? target.id
      : target.parent?.type === 'VariableDeclarator'
        ? target.parent.id
        : null
  const binding = declared?.type === 'Identifier' ? file.resolve(declared) : undefined
  if (!binding) return { calls: [], isComplete: false }
  const references = file.references(binding)
  const calls = references.flatMap(({ parent }, index) =>
    parent?.type === 'CallExpression' && parent.callee === references[index] ? parent : [],
  )
  return { calls, isComplete: calls.length === references.length && exportedName(target) === undefined }
}

/** True when every caller of a private function of this file is visible and none gives the key. */
export function callersOmit(
  context: CodeContext,
  target: FunctionNode | undefined,
  parameter: number | undefined,
  key: string,
): boolean {
  if (!target || parameter === undefined) return false
  const { calls, isComplete } = usesInFile(context.file, target)
  return (
    isComplete &&
    calls.length > 0 &&
    calls.every((call) => {
      const argument = call.arguments[parameter]
      if (argument?.type === 'SpreadElement') return false
      return argument === undefined || configValue(context.file, argument, key, 3).found === 'absent'
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
