import type { ClientValue } from '../clients/client-value.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import { policyOf } from '../protections/policies.ts'
import { argumentAt, type CallExpression, type Node } from '../syntax/nodes.ts'
import { policyOwner } from './retry-owners.ts'

/** What a policy of ours under a client does with a failure. */
export type PolicyRetry =
  | { readonly state: 'none' | 'unknown' }
  /** Attempts in all, when known. */
  | { readonly state: 'retries'; readonly attempts: number | undefined }

/** Whether a policy sends again, and how often. */
export function policyRetry(analysis: FileAnalysis, policy: Node | undefined, call: CallExpression): PolicyRetry {
  const value = policy ? policyOf(analysis, policy) : undefined
  if (!policy || !value || value.retry.state === 'unknown') return { state: 'unknown' }
  if (value.retry.state !== 'yes') return { state: 'none' }
  return { state: 'retries', attempts: policyOwner(analysis, call, policy, '')?.attempts }
}

/** The argument of the `kyHooks(policy)` nearest to an instance; another policy takes the place of the first. */
export function hookedPolicy(analysis: FileAnalysis, value: ClientValue): Node | undefined {
  const { file } = analysis
  for (let current: ClientValue | undefined = value; current; current = current.parent) {
    const options = current.creation ? argumentAt(current.creation.arguments, 0) : undefined
    const made = options ? definitionOf(file, options) : undefined
    const origin = made?.type === 'CallExpression' ? originOf(file, made.callee) : undefined
    if (made?.type === 'CallExpression' && origin?.from === 'module' && origin.module === '@holdfast/ky-hooks')
      return argumentAt(made.arguments, 0)
  }
  return undefined
}
