import type { Answer } from './answer.ts'
import type { Handler } from './received-request.ts'

/**
 * A handler that gives the answers of a list in turn and repeats the last one.
 * @throws TypeError when the list is empty
 */
export function scriptHandler(script: readonly Answer[]): Handler {
  const last = script.at(-1)
  if (last === undefined) throw new TypeError('script must hold at least one answer, got an empty list')
  let next = 0
  return () => {
    const answer = script[next] ?? last
    next += 1
    return answer
  }
}
