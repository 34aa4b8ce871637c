import { jumpTarget } from '../repetition/outcomes.ts'
import {
  calleeName,
  enclosingFunction,
  isFunction,
  isInside,
  keyName,
  nameOf,
  someNode,
  someOwnNode,
  unwrap,
  type Node,
} from '../syntax/nodes.ts'

type TryStatement = Node & { type: 'TryStatement' }

/** Another attempt: code that calls something, and does not only throw or return what was there before. */
function goesOn(statement: Node): boolean {
  if (statement.type === 'ThrowStatement') return false
  return someNode(statement, (node) => node.type === 'CallExpression' || node.type === 'AwaitExpression')
}

/** Trying the next candidate of a loop, or code after the `try` that takes over. */
export function recoversAfterwards(tryStatement: TryStatement, handler: Node): boolean {
  if (someNode(handler, (node) => node.type === 'ReturnStatement')) return false
  const leaves = someOwnNode(
    tryStatement.block,
    (node) =>
      node.type === 'ReturnStatement' ||
      (node.type === 'BreakStatement' && !isInside(jumpTarget(node) ?? tryStatement, tryStatement.block)),
  )
  if (!leaves) return false
  let current: Node | null | undefined = tryStatement
  while (current && !isFunction(current)) {
    if (/^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(current.type)) return true
    const owner: Node | null | undefined = current.parent
    if (owner?.type === 'BlockStatement' || owner?.type === 'Program') {
      const rest = owner.body.slice(owner.body.indexOf(current as never) + 1)
      if (rest.some(goesOn)) return true
    }
    current = owner
  }
  return false
}

const PREDICATE = /^(?:is|has|can|does|supports|was)[A-Z_]|[eE]xists$|[aA]vailable$|[iI]nstalled$/

const ASKS_WHETHER_IT_WORKS =
  /(available|installed|healthy|running|reachable|alive|connected|online|ready|mounted|supported|exists?)$/i

const POLLS = /^(pWaitFor|waitFor|waitUntil|pollUntil|poll)$/

/** The variable that an awaited call fills. */
function variableOf(call: Node): string | undefined {
  const owner = call.parent?.type === 'AwaitExpression' ? call.parent.parent : call.parent
  return owner?.type === 'VariableDeclarator' && owner.id.type === 'Identifier' ? owner.id.name : undefined
}

/** By the name of the function, of the property that takes it through a call, or of the variable; a poll asks as well. */
function asksYesOrNo(node: Node): boolean {
  const isRead = readsAnswer(node)
  const owner = enclosingFunction(node)
  const names = [owner && nameOf(owner), variableOf(node)]
  const call = owner?.parent
  if (call?.type === 'CallExpression') {
    if (POLLS.test(calleeName(call.callee) ?? '')) return true
    if (call.parent?.type === 'Property') names.push(keyName(call.parent.key, call.parent.computed))
  }
  return names.some(
    (name) =>
      name !== undefined && PREDICATE.test(name.replace(/^[#_]+/, '')) && (!isRead || ASKS_WHETHER_IT_WORKS.test(name)),
  )
}

/** An answer made from what was awaited is unknown where that fails; nothing but `true` means that it worked. */
function readsAnswer(node: Node): boolean {
  if (node.type !== 'TryStatement') return false
  if (!someOwnNode(node.block, (inner) => inner.type === 'AwaitExpression')) return false
  return someOwnNode(node.block, (inner) => inner.type === 'ReturnStatement' && !isTrue(inner.argument))
}

function isTrue(value: Node | null): boolean {
  return value?.type === 'Literal' && value.value === true
}

/** `async function hasBranch() { try { await git(...); return true } catch { return false } }` asks whether something works. */
export function isPredicateAnswer(node: Node, handlerBody: Node): boolean {
  if (!asksYesOrNo(node)) return false
  const isAnswer = (value: Node | null): boolean => {
    const plain = value ? unwrap(value) : undefined
    return plain?.type === 'Literal' && typeof plain.value === 'boolean'
  }
  if (handlerBody.type !== 'BlockStatement') return isAnswer(handlerBody)
  return someNode(handlerBody, (inner) => inner.type === 'ReturnStatement' && isAnswer(inner.argument))
}

export function isInFinally(node: Node): boolean {
  for (let current: Node = node; current.parent; current = current.parent) {
    if (current.parent.type === 'TryStatement' && current.parent.finalizer === current) return true
  }
  return false
}
