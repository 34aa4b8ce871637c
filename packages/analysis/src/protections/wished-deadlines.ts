import { parameterOf, unknownFrom, type UnknownValue } from '../clients/config-values.ts'
import type { SourceFile } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import { isNullish, keyName, memberName, someNode, unwrap, type FunctionNode, type Node } from '../syntax/nodes.ts'

/** The key of a parameter on which it depends whether there is a deadline. */
export interface Wish {
  readonly parameterOf: FunctionNode
  readonly parameter: number
  readonly key: string
}

/** `timeout ? AbortSignal.timeout(timeout) : undefined`, where `timeout` is what the caller may leave out. */
export function wishedBy(file: SourceFile, value: Node): Wish | undefined {
  const node = definitionOf(file, value)
  const condition =
    node.type === 'ConditionalExpression' && isNullish(unwrap(node.alternate))
      ? node.test
      : node.type === 'LogicalExpression' && node.operator === '&&'
        ? node.left
        : undefined
  if (!condition) return undefined
  let wish: Wish | undefined
  someNode(condition, (part) => {
    wish = optionOf(file, part)
    return wish !== undefined
  })
  return wish
}

/** `options.timeout`, or a `timeout` without a default that a pattern takes out of a parameter. */
function optionOf(file: SourceFile, part: Node): Wish | undefined {
  if (part.type === 'MemberExpression') {
    const key = memberName(part)
    return key === undefined ? undefined : wishOf(unknownFrom(file, unwrap(part.object)), key)
  }
  const binding = part.type === 'Identifier' ? file.resolve(part) : undefined
  const property = binding?.identifier.parent
  if (!binding || property?.type !== 'Property' || property.parent?.type !== 'ObjectPattern') return undefined
  const pattern = property.parent
  const key = keyName(property.key, property.computed)
  if (key === undefined) return undefined
  const { declaration } = binding
  const taken = parameterOf(declaration, pattern)
  if (taken) return wishOf(taken, key)
  if (declaration.type !== 'VariableDeclarator' || declaration.id !== pattern || !declaration.init) return undefined
  const source = unwrap(declaration.init)
  return wishOf(unknownFrom(file, source.type === 'LogicalExpression' ? unwrap(source.left) : source), key)
}

function wishOf({ parameterOf: owner, parameter }: UnknownValue, key: string): Wish | undefined {
  return owner && parameter !== undefined ? { parameterOf: owner, parameter, key } : undefined
}
