import { errorSource } from '../errors/error-values.ts'
import { isFunction, someNode, type FunctionNode, type Node } from '../syntax/nodes.ts'

/** The code that runs when something failed. */
export interface Handler {
  readonly body: Node
  readonly parameter: Node | null
  /** The `try` block, or the call that takes the handler. */
  readonly protectedCode: Node
}

/** The handler in which a log stands. */
export function handlerAround(node: Node): Handler | undefined {
  for (let current = node.parent; current; current = current.parent) {
    if (current.type === 'CatchClause') {
      if (current.parent?.type !== 'TryStatement') return undefined
      return { body: current.body, parameter: current.param, protectedCode: current.parent.block }
    }
    if (isFunction(current)) {
      const source = errorSource(current)
      if (source && current.body)
        return { body: current.body, parameter: current.params[0] ?? null, protectedCode: source }
      if (!isInlineCallback(current)) return undefined
    }
  }
  return undefined
}

function isInlineCallback(target: FunctionNode): boolean {
  return target.type !== 'FunctionDeclaration' && target.parent?.type === 'CallExpression'
}

export function rethrows(handler: Handler): boolean {
  return someNode(handler.body, (node) => node.type === 'ThrowStatement')
}
