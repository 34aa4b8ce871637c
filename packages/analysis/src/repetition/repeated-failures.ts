import type { FileAnalysis } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { enclosingFunction, isFunction, type Node } from '../syntax/nodes.ts'
import { alwaysLeaves, endsLoop } from './outcomes.ts'
import type { Repetition } from './repetition.ts'
import { asksForStatus, holdsFor } from './status-conditions.ts'

/** Words of conditions that choose by method, or by whether anything was sent. */
export const CHOOSES = /connect|ECONN|ENOTFOUND|network|idempot|method|isSafe/i

/** Whether a node runs in a turn of the loop or in the function itself, not in a function made there. */
export function runsWith(node: Node, repeats: Node): boolean {
  const around = enclosingFunction(node)
  return (
    around === (isFunction(repeats) ? repeats : enclosingFunction(repeats)) || around?.parent?.type === 'CallExpression'
  )
}

/** False where a condition lets only refusals be repeated: a 429 was not processed. */
export function repeatsAfterServerError(analysis: FileAnalysis, one: Repetition): boolean {
  const { file } = analysis
  const branch = one.reaction.parent
  if (branch?.type === 'IfStatement' && branch.consequent === one.reaction)
    return holdsFor(file, branch.test, 500) === true
  if (one.repeats === one.reaction) {
    const { repeats } = one
    const isWhile = repeats.type === 'WhileStatement' || repeats.type === 'DoWhileStatement'
    return !isWhile || !asksForStatus(repeats.test) || holdsFor(file, repeats.test, 500) === true
  }
  if (one.reaction.type !== 'BlockStatement') return true
  const leaves = endsLoop(one.repeats)
  return !one.reaction.body.some(
    (statement) =>
      statement.type === 'IfStatement' &&
      alwaysLeaves(statement.consequent, leaves) &&
      (CHOOSES.test(textOf(file, statement.test)) ||
        (asksForStatus(statement.test) && holdsFor(file, statement.test, 500) !== false)),
  )
}
