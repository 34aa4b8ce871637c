import type { Binding } from '../model/scopes.ts'
import type { SourceFile } from '../model/source-file.ts'
import { isFunction, isInside, keyName, someNode, unwrap, walk, type Node } from '../syntax/nodes.ts'

/** True when the normal end of a statement list cannot be reached: its last step leaves. */
export function alwaysLeaves(node: Node | null | undefined, leaves: (node: Node) => boolean): boolean {
  if (!node) return false
  switch (node.type) {
    case 'BlockStatement':
      return node.body.some((statement) => alwaysLeaves(statement, leaves))
    case 'IfStatement':
      return alwaysLeaves(node.consequent, leaves) && alwaysLeaves(node.alternate, leaves)
    case 'TryStatement':
      return (
        alwaysLeaves(node.finalizer, leaves) ||
        (alwaysLeaves(node.block, leaves) && (!node.handler || alwaysLeaves(node.handler.body, leaves)))
      )
    case 'SwitchStatement': {
      const last = node.cases.at(-1)
      return (
        node.cases.some(({ test }) => test === null) &&
        (last?.consequent.some((statement) => alwaysLeaves(statement, leaves)) ?? false) &&
        !someNode(node, (inner) => inner.type === 'BreakStatement')
      )
    }
    case 'LabeledStatement':
      return alwaysLeaves(node.body, leaves)
    default:
      return leaves(node)
  }
}

export function isLoop(node: Node): boolean {
  return /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(node.type)
}

/** The nearest loop around a node within its function. */
export function enclosingLoop(node: Node): Node | undefined {
  for (let current = node.parent; current && !isFunction(current); current = current.parent) {
    if (isLoop(current)) return current
  }
  return undefined
}

/** The loop or switch that a `break` or `continue` ends or turns. */
export function jumpTarget(jump: Node & { type: 'BreakStatement' | 'ContinueStatement' }): Node | undefined {
  const label = jump.label ? keyName(jump.label, false) : undefined
  for (let current: Node | null | undefined = jump.parent; current && !isFunction(current); current = current.parent) {
    if (label !== undefined) {
      if (current.type === 'LabeledStatement' && keyName(current.label, false) === label) return current.body
    } else if (isLoop(current) || (jump.type === 'BreakStatement' && current.type === 'SwitchStatement')) return current
  }
  return undefined
}

/** A step that ends a loop: return, throw, or a break out of it. */
export function endsLoop(loop: Node): (node: Node) => boolean {
  return (node) =>
    node.type === 'ReturnStatement' ||
    node.type === 'ThrowStatement' ||
    (node.type === 'BreakStatement' && jumpTarget(node) === loop) ||
    ((node.type === 'BreakStatement' || node.type === 'ContinueStatement') && !isInside(jumpTarget(node) ?? loop, loop))
}

/** A step that ends a loop with success: return, or a break out of it. */
export function succeedsIn(loop: Node): (node: Node) => boolean {
  const ends = endsLoop(loop)
  return (node) => node.type !== 'ThrowStatement' && ends(node)
}

/** The names that say how an attempt went: caught errors, awaited results, and what is made of them. */
export function isOutcomeBinding(file: SourceFile, binding: Binding, repeats: Node, depth = 0): boolean {
  if (binding.kind === 'catch') return true
  if (depth > 4 || !isInside(binding.identifier, repeats)) return isAssignedFromAttempt(file, binding, repeats)
  if (binding.kind === 'parameter') return binding.declaration !== repeats
  const { declaration } = binding
  if (declaration.type !== 'VariableDeclarator') return false
  const init = declaration.init
  if (!init) return isAssignedFromAttempt(file, binding, repeats)
  if (someNode(init, (node) => node.type === 'AwaitExpression')) return true
  return mentionsOutcome(file, init, repeats, depth + 1)
}

function isAssignedFromAttempt(file: SourceFile, binding: Binding, repeats: Node): boolean {
  return file.references(binding).some(({ parent }) => {
    if (parent?.type !== 'AssignmentExpression' || parent.left.type !== 'Identifier') return false
    if (parent.left.name !== binding.name || !isInside(parent, repeats)) return false
    const value = unwrap(parent.right)
    if (value.type === 'Literal' && typeof value.value === 'boolean') return true
    return someNode(value, (node) => node.type === 'AwaitExpression')
  })
}

function mentionsOutcome(file: SourceFile, node: Node, repeats: Node, depth: number): boolean {
  return someNode(node, (inner) => {
    if (inner.type !== 'Identifier') return false
    const binding = file.resolve(inner)
    return binding !== undefined && isOutcomeBinding(file, binding, repeats, depth)
  })
}

/**
 * True when a condition asks for nothing but how the attempt went. Any other name in it - a counter, a clock, a stop
 * flag, an abort signal - may end the repetition.
 */
export function asksOnlyForOutcome(file: SourceFile, condition: Node, repeats: Node): boolean {
  let only = true
  walk(condition, (node) => {
    if (!only) return false
    if (node.type === 'ThisExpression' || node.type === 'UpdateExpression' || node.type === 'AssignmentExpression') {
      only = false
      return false
    }
    if (node.type === 'CallExpression' && node.arguments.length === 0 && node.callee.type === 'Identifier') {
      only = false
      return false
    }
    if (node.type !== 'Identifier' || isNameOnly(node)) return true
    const binding = file.resolve(node)
    if (!binding) {
      if (node.parent?.type === 'CallExpression' && node.parent.callee === node) return true
      if (!/^(undefined|Error|TypeError|DOMException|Array|Object|Number|String|Boolean|Response)$/.test(node.name))
        only = false
      return true
    }
    if (binding.kind === 'import' || binding.kind === 'function' || binding.kind === 'class') return true
    if (/^[A-Z][A-Z0-9_]+$/.test(node.name) && binding.kind === 'const') return true
    if (!isOutcomeBinding(file, binding, repeats)) only = false
    return true
  })
  return only
}

function isNameOnly(node: Node): boolean {
  const { parent } = node
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed
  return parent?.type === 'Property' && parent.key === node && !parent.computed
}
