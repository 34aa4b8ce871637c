import { instanceName } from '../clients/client-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { policyCalls, policyOf } from '../protections/policies.ts'

/** Policies of ours that give their calls no deadline, or no retry. Calls through them are not reported again. */
export function incompletePolicies(analysis: FileAnalysis, lacks: 'deadline' | 'retry'): Finding[] {
  return policyCalls(analysis.file).flatMap((call) => {
    const policy = policyOf(analysis, call)
    if (policy?.creation !== call) return []
    const { state } = policy[lacks]
    if (state !== 'no' && state !== 'disabled') return []
    const name = instanceName(call)
    return { node: call, messageId: 'policy', data: { name: name === 'this instance' ? 'this policy' : name } }
  })
}
