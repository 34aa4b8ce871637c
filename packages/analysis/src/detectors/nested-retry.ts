import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { ownRetry, pluginRetries, type RetryLayer } from '../repetition/client-attempts.ts'
import { libraryRetry, usesClientLibrary } from '../repetition/client-libraries.ts'
import { repeatsAfterServerError, runsWith } from '../repetition/repeated-failures.ts'
import type { Repetition } from '../repetition/repetition.ts'
import { repetitionAround } from '../repetition/repetitions.ts'
import { possibleRetryOwners, retryOwnerAt, retryOwnersAround, type RetryOwner } from '../repetition/retry-owners.ts'
import type { CallExpression, Node } from '../syntax/nodes.ts'

/** Calls that more than one thing retries, so that the attempts multiply. */
export function findNestedRetries(analysis: FileAnalysis): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  const covered = new Set<Node>()
  const judge = (node: CallExpression, inner: readonly (RetryLayer | undefined)[]): void => {
    const owners = retryOwnersAround(analysis, node).filter(repeats)
    const layers = [...inner.flatMap((one) => one ?? []), ...owners, ...loopAround(analysis, node)]
    if (layers.length < 2) return
    for (const owner of owners) covered.add(owner.node)
    findings.push(finding(node, layers))
  }
  for (const call of analysis.httpCalls) judge(call.node, [ownRetry(analysis, call), ...pluginRetries(analysis, call)])
  if (usesClientLibrary(analysis)) {
    for (const call of analysis.file.calls) {
      const own = libraryRetry(analysis, call)
      if (own) judge(call, [own])
    }
  }
  for (const call of possibleRetryOwners(analysis)) {
    const owner = retryOwnerAt(analysis, call)
    if (!owner || !repeats(owner) || covered.has(call)) continue
    const outer = retryOwnersAround(analysis, call).filter((one) => one.node !== call && repeats(one))
    const layers = [owner, ...outer, ...loopAround(analysis, call)]
    if (layers.length < 2) continue
    for (const { node } of outer) covered.add(node)
    findings.push(finding(call, layers))
  }
  return findings
}

function repeats(owner: RetryOwner): boolean {
  return owner.attempts === undefined || owner.attempts > 1
}

/** A loop or self-call around the call that repeats it after a failure of the server. */
function loopAround(analysis: FileAnalysis, node: Node): readonly RetryLayer[] {
  const found: Repetition | undefined = repetitionAround(analysis, node)
  if (!found || found.attempt === found.repeats || !runsWith(node, found.repeats)) return []
  if (!repeatsAfterServerError(analysis, found)) return []
  const label = found.form === 'loop' ? 'the loop around it' : 'the self-call after it'
  return [{ label, ...(found.maxAttempts === undefined ? {} : { attempts: found.maxAttempts }) }]
}

function finding(node: CallExpression, layers: readonly RetryLayer[]): Finding {
  const text = layers.map(({ label, attempts }) => {
    const name = /^the /.test(label) ? label : `\`${label}\``
    return attempts === undefined ? name : `${name} (${attempts} attempts)`
  })
  const product = layers.reduce((all, { attempts }) => all * (attempts ?? Number.NaN), 1)
  const names = `${text.slice(0, -1).join(', ')} and ${text.at(-1) ?? ''}`
  if (Number.isNaN(product)) return { node, messageId: 'multiplies', data: { layers: names } }
  return { node, messageId: 'nested', data: { layers: names, attempts: String(product) } }
}
