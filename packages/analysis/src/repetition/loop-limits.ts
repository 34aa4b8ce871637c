import type { SourceFile } from '../model/source-file.ts'
import { isInside, someNode, someOwnNode, unwrap, type Node } from '../syntax/nodes.ts'
import { literalMs } from './delay-growth.ts'
import { asksOnlyForOutcome, endsLoop } from './outcomes.ts'

const STOP_NAME = /signal|abort|cancel|deadline|budget|maxRetr|maxAttempt/i

/** The condition of the loop reads a name that this code sets. */
export function setsCondition(file: SourceFile, loop: Node, code: Node): boolean {
  if (loop.type !== 'WhileStatement' && loop.type !== 'DoWhileStatement') return false
  return setsName(file, loop.test, code)
}

function setsName(file: SourceFile, test: Node, code: Node): boolean {
  return someNode(test, (node) => {
    const binding = node.type === 'Identifier' ? file.resolve(node) : undefined
    if (!binding) return false
    return file
      .references(binding)
      .some(
        ({ parent }) =>
          parent?.type === 'AssignmentExpression' && isInside(parent, code) && parent.left.type === 'Identifier',
      )
  })
}

/** A loop that runs until a flag is set or a value is there: `while (!ok)`, `while (result === null)`. */
export function runsUntilSet(file: SourceFile, loop: Node, code: Node): boolean {
  if (loop.type !== 'WhileStatement' && loop.type !== 'DoWhileStatement') return false
  const parts: Node[] = [loop.test]
  let found = false
  for (let part = parts.pop(); part; part = parts.pop()) {
    const test = unwrap(part)
    if (test.type === 'LogicalExpression') parts.push(test.left, test.right)
    else if (setsName(file, test, code)) {
      // Anything else that is compared is a state, and the loop polls for it.
      if (!isMissingTest(test)) return false
      found = true
    }
  }
  return found
}

function isMissingTest(test: Node): boolean {
  if (test.type === 'UnaryExpression') return test.operator === '!' && unwrap(test.argument).type === 'Identifier'
  if (test.type !== 'BinaryExpression' || !/^===?$/.test(test.operator)) return false
  const [left, right] = [unwrap(test.left), unwrap(test.right)]
  if (left.type !== 'Identifier') return false
  return right.type === 'Literal'
    ? right.value === null || right.value === false
    : right.type === 'Identifier' && right.name === 'undefined'
}

/** Whether anything but success may end a loop. */
export function isLimited(file: SourceFile, loop: Node): boolean {
  if (loop.type === 'ForOfStatement' || loop.type === 'ForInStatement') return true
  const test =
    loop.type === 'ForStatement' || loop.type === 'WhileStatement' || loop.type === 'DoWhileStatement'
      ? loop.test
      : null
  if (test && test.type !== 'Literal' && !asksOnlyForOutcome(file, test, loop)) return true
  const ends = endsLoop(loop)
  return someOwnNode(loop, (node) => {
    if (node.type === 'Identifier') return STOP_NAME.test(node.name)
    if (node.type !== 'IfStatement' && node.type !== 'SwitchStatement') return false
    const condition = node.type === 'IfStatement' ? node.test : node.discriminant
    if (asksOnlyForOutcome(file, condition, loop)) return false
    return someOwnNode(node, ends) || setsCondition(file, loop, node)
  })
}

/** Attempts of `for (let i = 0; i < 5; i++)`. */
export function maxAttempts(file: SourceFile, loop: Node): number | undefined {
  if (loop.type !== 'ForStatement' || loop.test?.type !== 'BinaryExpression') return undefined
  const first = loop.init?.type === 'VariableDeclaration' ? loop.init.declarations[0]?.init : undefined
  const start = first ? literalMs(file, first) : undefined
  const end = literalMs(file, loop.test.right)
  if (start === undefined || end === undefined) return undefined
  if (loop.test.operator === '<') return end - start
  return loop.test.operator === '<=' ? end - start + 1 : undefined
}
