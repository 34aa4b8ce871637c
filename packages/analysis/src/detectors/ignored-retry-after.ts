import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis, Finding } from '../model/analysis.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import { calledFunction, definitionOf } from '../model/values.ts'
import { attachedPlugins } from '../repetition/attached-plugins.ts'
import { literalMs } from '../repetition/delay-growth.ts'
import { alwaysLeaves } from '../repetition/outcomes.ts'
import { CALL_OWNERS, retryOwnersAround } from '../repetition/retry-owners.ts'
import { retryPlaces } from '../repetition/retry-places.ts'
import { asksForStatus, holdsFor, numbersOf, predicateHoldsFor } from '../repetition/status-conditions.ts'
import { readTimer, readWait } from '../repetition/waits.ts'
import { argumentAt, calleeName, dottedName, isFunction, someNode, unwrap, type Node } from '../syntax/nodes.ts'

export interface IgnoredRetryAfterOptions {
  readonly statuses: readonly number[]
}

const READS_HEADER =
  /retry[-_]?after|rate[-_]?limit[-_]?(reset|remaining)|x-rate|pushback|retry_?info|retryDelay(Ms)?\b.*headers/i
const REPORTING =
  /^(log|warn|error|debug|info|trace|verbose|fatal|capture\w*|record\w*|emit|json|text|push|String|report\w*|track\w*)$/i

/** Answers to 429 and 503 that wait or try again without asking when the server wants them back. */
export function findIgnoredRetryAfter(analysis: FileAnalysis, options: IgnoredRetryAfterOptions): Finding[] {
  const { file } = analysis
  const named = new RegExp(`\\b(${options.statuses.join('|')})\\b|TOO_?MANY|SERVICE_?UNAVAILABLE`, 'i')
  if (analysis.kind.isTest || !named.test(file.text)) return []
  const findings: Finding[] = []
  const report = (node: Node): void => {
    findings.push({ node, messageId: 'ignored' })
  }
  const branches = (['IfStatement', 'SwitchCase', 'WhileStatement', 'DoWhileStatement'] as const).flatMap(
    (type): readonly Node[] => file.nodesOf(type),
  )
  for (const node of branches) {
    const branch = branchOnStatus(analysis, node, options, named)
    if (!branch || readsHeader(analysis, branch.body)) continue
    if (branch.isLoop || comesBack(analysis, branch.body) || throwsIntoRetry(analysis, branch.body)) report(branch.test)
  }
  for (const node of configuredDelays(analysis, options)) report(node)
  return findings
}

interface Branch {
  readonly test: Node
  readonly body: Node
  readonly isLoop: boolean
}

/** Code that runs for one of the statuses by name. */
function branchOnStatus(
  analysis: FileAnalysis,
  node: Node,
  options: IgnoredRetryAfterOptions,
  named: RegExp,
): Branch | undefined {
  const { file } = analysis
  if (node.type === 'SwitchCase') {
    const status = node.test ? literalMs(file, node.test) : undefined
    const owner = node.parent?.type === 'SwitchStatement' ? node.parent.discriminant : undefined
    const matches = status !== undefined && options.statuses.includes(status) && owner && asksForStatus(owner)
    return matches && node.test ? { test: node.test, body: node, isLoop: false } : undefined
  }
  const isLoop = node.type === 'WhileStatement' || node.type === 'DoWhileStatement'
  if (!isLoop && node.type !== 'IfStatement') return undefined
  if (!asksForStatus(node.test) || !named.test(textOf(file, node.test))) return undefined
  if (!options.statuses.some((status) => holdsFor(file, node.test, status) === true)) return undefined
  if (holdsFor(file, node.test, 200) !== false) return undefined
  return { test: node.test, body: isLoop ? node : node.consequent, isLoop }
}

/** The function, method or statement of the module around a node. */
function outermost(node: Node): Node {
  let found = node
  for (let current: Node | null | undefined = node; current; current = current.parent) {
    if (isFunction(current)) found = current
    if (current.type === 'ClassBody') break
  }
  return found
}

const mentionsHeader = cachedByNode((file: SourceFile, code: Node): boolean => READS_HEADER.test(textOf(file, code)))

/** Whether the header is read around the branch, in a function it calls, or perhaps in one that gets the answer. */
function readsHeader(analysis: FileAnalysis, branch: Node): boolean {
  const { file } = analysis
  if (mentionsHeader(file, outermost(branch))) return true
  return someNode(branch, (node) => {
    if (node.type !== 'CallExpression' || REPORTING.test(calleeName(node.callee) ?? '')) return false
    if (/^(console|log|logger)\./i.test(dottedName(node.callee) ?? '')) return false
    const target = calledFunction(file, node.callee)
    if (target) return mentionsHeader(file, target)
    return node.arguments.some((argument) => isAnswer(analysis, argument))
  })
}

/** A response or error, whole: what is done with it elsewhere cannot be seen. */
function isAnswer(analysis: FileAnalysis, argument: Node): boolean {
  const plain = unwrap(argument)
  const name = plain.type === 'Identifier' ? plain.name : dottedName(plain)
  if (name === undefined || isFunction(definitionOf(analysis.file, plain))) return false
  return /(^|\.)(res|resp|response|headers|r|e|ex|err|error|reason|result)$/i.test(name)
}

function comesBack(analysis: FileAnalysis, branch: Node): boolean {
  const places = retryPlaces(analysis)
  return someNode(branch, (node) => {
    if (places.has(node)) return true
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
    return readWait(analysis.file, node) !== undefined || readTimer(node) !== undefined
  })
}

/** `throw` on 429 inside a function that a retry library runs again after its own delay. */
function throwsIntoRetry(analysis: FileAnalysis, branch: Node): boolean {
  if (!alwaysLeaves(branch, (node) => node.type === 'ThrowStatement')) return false
  if (someNode(branch, (node) => node.type === 'Identifier' && /^(AbortError|bail|abort)$/.test(node.name)))
    return false
  return retryOwnersAround(analysis, branch).some(
    ({ module, node }) =>
      module !== undefined && Object.hasOwn(CALL_OWNERS, module) && !READS_HEADER.test(textOf(analysis.file, node)),
  )
}

/** Delays of ofetch and axios-retry for these statuses that never see the answer. */
function configuredDelays(analysis: FileAnalysis, options: IgnoredRetryAfterOptions): readonly Node[] {
  if (!/retryDelay/.test(analysis.file.text)) return []
  const found = new Set<Node>()
  const configs: Node[] = analysis.httpCalls.flatMap((call) =>
    call.value.client === 'ofetch' && call.config && !call.opaque ? [call.config] : [],
  )
  for (const { node, value } of analysis.creations) {
    const config = value.client === 'ofetch' ? argumentAt(node.arguments, 0) : undefined
    if (config) configs.push(config)
  }
  for (const config of configs) {
    const codes = configValue(analysis.file, config, 'retryStatusCodes')
    const list = codes.found === 'value' ? numbersOf(analysis.file, codes.value) : undefined
    if (!list?.some((status) => options.statuses.includes(status))) continue
    const delay = blindDelay(analysis, config)
    if (delay) found.add(delay)
  }
  for (const { module, options: config } of attachedPlugins(analysis)) {
    if (module !== 'axios-retry' || !config) continue
    const condition = configValue(analysis.file, config, 'retryCondition')
    const predicate = condition.found === 'value' ? definitionOf(analysis.file, condition.value) : undefined
    if (!predicate || !isFunction(predicate) || !asksForStatus(predicate)) continue
    if (!options.statuses.some((status) => predicateHoldsFor(analysis.file, predicate, status) === true)) continue
    const delay = blindDelay(analysis, config)
    if (delay) found.add(delay)
  }
  return [...found]
}

/** A number, or a function that does not take the answer. */
function blindDelay(analysis: FileAnalysis, config: Node): Node | undefined {
  const delay = configValue(analysis.file, config, 'retryDelay')
  if (delay.found !== 'value') return undefined
  const value = definitionOf(analysis.file, delay.value)
  if (literalMs(analysis.file, value) !== undefined) return delay.value
  if (!isFunction(value) || READS_HEADER.test(textOf(analysis.file, value))) return undefined
  const [first, second] = value.params
  // axios-retry gives the error second, ofetch its context first.
  const takesContext = first !== undefined && first.type !== 'Identifier'
  return second === undefined && !takesContext && !passesOn(value.body, first) ? delay.value : undefined
}

function passesOn(body: Node | null | undefined, parameter: Node | undefined): boolean {
  if (!body || parameter?.type !== 'Identifier') return false
  return someNode(
    body,
    (node) =>
      node.type === 'CallExpression' &&
      node.arguments.some((argument) => argument.type === 'Identifier' && argument.name === parameter.name) &&
      !/^Math\./.test(dottedName(node.callee) ?? ''),
  )
}
