import type { SourceFile } from '../model/source-file.ts'
import { isFunction, type Node } from '../syntax/nodes.ts'
import { alwaysLeaves } from './outcomes.ts'
import { asksForStatus, holdsFor } from './status-conditions.ts'

const CLIENT_ERRORS = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424,
  425, 426, 428, 429, 431, 451,
]

/** The 4xx statuses for which a test answers yes, without the allowed ones. */
export function clientErrorsIn(
  allow: readonly number[],
  answersYes: (status: number) => boolean | undefined,
): readonly number[] {
  return CLIENT_ERRORS.filter((status) => !allow.includes(status) && answersYes(status) === true)
}

const leaves = (node: Node): boolean =>
  node.type === 'ReturnStatement' ||
  node.type === 'ThrowStatement' ||
  node.type === 'BreakStatement' ||
  node.type === 'ContinueStatement'

/** Whether a place is reached with this status: true only where conditions about the status lead to it. */
export function isReachedWith(file: SourceFile, place: Node, status: number): boolean {
  let child: Node = place
  let decided = false
  for (let current = place.parent; current && !isFunction(child); current = current.parent) {
    if (current.type === 'IfStatement' && child !== current.test && asksForStatus(current.test)) {
      if (holdsFor(file, current.test, status) !== (child === current.consequent)) return false
      decided = true
    }
    if (current.type === 'BlockStatement' || current.type === 'Program') {
      for (const statement of current.body) {
        if (statement === child) break
        if (statement.type !== 'IfStatement' || !asksForStatus(statement.test)) continue
        if (alwaysLeaves(statement.consequent, leaves) && holdsFor(file, statement.test, status) !== false) return false
      }
    }
    child = current
  }
  return decided
}
