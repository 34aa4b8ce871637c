import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { httpCallIn, isLocalAttempt } from '../repetition/attempts.ts'
import { configuredDelays } from '../repetition/configured-delays.ts'
import { delayGrowth, delayLabel, type DelayPlace, type Growth } from '../repetition/delay-growth.ts'
import type { Repetition } from '../repetition/repetition.ts'
import { repetitionsOf } from '../repetition/repetitions.ts'
import { enclosingFunction, nameOf, someOwnNode, unwrap, type Node } from '../syntax/nodes.ts'

export interface FixedDelayOptions {
  readonly requireJitter: boolean
  readonly minAttempts: number
}

const POLL_NAME = /poll|wait(For|Until)|until|ready|watch|monitor|keepAlive|heartbeat|debounce/i

/** Delays that do not spread the clients out: the same each time, growing in a line, or none at all. */
export function findFixedDelays(analysis: FileAnalysis, options: FixedDelayOptions): Finding[] {
  if (analysis.kind.isTest) return []
  const findings: Finding[] = []
  for (const repetition of repetitionsOf(analysis)) {
    const finding = judgeRepetition(analysis, repetition, options)
    if (finding) findings.push(finding)
  }
  if (!/retry|backoff/i.test(analysis.file.text)) return findings
  for (const { node, growth, label } of configuredDelays(analysis, options.minAttempts)) {
    if (isBad(growth, options)) findings.push({ node, messageId: messageFor(growth), data: { ms: label } })
  }
  return findings
}

function isBad(growth: Growth, options: FixedDelayOptions): boolean {
  return growth === 'fixed' || growth === 'linear' || (options.requireJitter && growth === 'exponential')
}

function messageFor(growth: Growth): string {
  return growth === 'exponential' ? 'noJitter' : 'fixed'
}

function judgeRepetition(analysis: FileAnalysis, one: Repetition, options: FixedDelayOptions): Finding | undefined {
  const { file } = analysis
  if (one.maxAttempts !== undefined && one.maxAttempts - 1 < options.minAttempts) return undefined
  const around = one.selfCall?.target ?? enclosingFunction(one.node)
  if (around && POLL_NAME.test(nameOf(around) ?? '')) return undefined
  if (isLocalAttempt(analysis, one.attempt)) return undefined
  if (one.waits.length === 0) {
    if (one.attemptWaits || !repeatsAtOnce(analysis, one)) return undefined
    return { node: one.node, messageId: 'immediate' }
  }
  const place: DelayPlace = { file, repeats: one.repeats, ...(one.selfCall ? { selfCall: one.selfCall } : {}) }
  const judged = one.waits.map(({ node, delay }) => {
    const growth: Growth = delay ? delayGrowth(place, delay) : 'unknown'
    return { node, delay, growth }
  })
  // One delay that spreads is enough, as in a short wait before a long one with jitter.
  if (judged.some(({ growth }) => !isBad(growth, options))) return undefined
  const [first] = judged
  if (!first?.delay) return undefined
  return { node: first.node, messageId: messageFor(first.growth), data: { ms: delayLabel(file, first.delay) } }
}

/** A request that is sent again with nothing in between that could take time. */
function repeatsAtOnce(analysis: FileAnalysis, one: Repetition): boolean {
  if (one.form === 'self-call' || !httpCallIn(analysis, one.attempt)) return false
  if (one.reaction === one.attempt) return !someOwnNode(one.repeats, (node) => isBackoffCall(analysis, node))
  return !someOwnNode(one.reaction, (node) => node.type === 'AwaitExpression')
}

function isBackoffCall(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'AwaitExpression') return false
  const inner = unwrap(node.argument)
  return inner.type === 'CallExpression' && analysis.httpCallAt(inner) === undefined
}
