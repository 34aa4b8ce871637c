import type { FunctionNode, Node } from '../syntax/nodes.ts'
import type { Wait } from './waits.ts'

/** Code written by hand that does the same again after a failure. */
export interface Repetition {
  readonly form: 'loop' | 'self-call'
  /** Where it is reported: the loop or the self-call. */
  readonly node: Node
  /** The code that runs again: the loop or the function. */
  readonly repeats: Node
  /** The code that may fail. */
  readonly attempt: Node
  /** Where the failure is dealt with: handler, branch or the whole loop. */
  readonly reaction: Node
  readonly waits: readonly Wait[]
  /** The attempt waits too, for whatever reason. */
  readonly attemptWaits: boolean
  /** Something other than success may end it. */
  readonly isLimited: boolean
  /** Attempts in all, where a literal says so. */
  readonly maxAttempts?: number
  readonly selfCall?: { readonly target: FunctionNode; readonly arguments: readonly Node[] }
}
