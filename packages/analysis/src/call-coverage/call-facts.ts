import { CLIENTS, IDEMPOTENT_METHODS } from '../clients/client-table.ts'
import { instanceName } from '../clients/client-values.ts'
import type { ClientValue } from '../clients/client-value.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import { findFloatingCalls } from '../detectors/floating-call.ts'
import { findBareCatches } from '../detectors/bare-catch.ts'
import { isReportable, type CallOptions } from '../detectors/reportable-call.ts'
import { findUncheckedResponses } from '../detectors/unchecked-response.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { no, yes, type Protection } from '../model/project-facts.ts'
import { callDeadline, creationDeadline } from '../protections/deadlines.ts'
import { callRetry, clientRetry } from '../protections/retries.ts'
import { isInside, rangeOf, type Node } from '../syntax/nodes.ts'
import { breakerAround, breakerOfCall, breakerOfInstance } from './breakers.ts'
import { creationBaseUrl, hostOf, pathOf } from './call-target.ts'
import { errorFate } from './error-fate.ts'
import { sdkCallsOf, type SdkCall } from './sdk-calls.ts'
import { isTransport } from './transports.ts'
import type { CallFacts, CoverageFacts, InstanceFacts } from './facts.ts'
import { ELSEWHERE } from './from-elsewhere.ts'

const JUDGED: CallOptions = { ignoreUrls: [], sameOrigin: 'ignore', browserExternal: 'report', reportUnknown: false }

/**
 * The calls of one file that leave for other servers, each with its protections. Tests and calls to the own machine or
 * origin are none. The judgements are those of the rules: what a rule reports is a `no` here.
 */
export function coverageFacts(analysis: FileAnalysis): CoverageFacts {
  if (analysis.kind.isTest || analysis.kind.isPacked) return { calls: [], instances: [] }
  const calls = analysis.httpCalls.filter((call) => isReportable(analysis, call, JUDGED))
  const unchecked = new Set(
    findUncheckedResponses(analysis, { ...JUDGED, checkers: [], checkFirst: false }).map(({ node }) => node),
  )
  const lost = lostCalls(analysis)
  return {
    calls: [
      ...calls.map((call) => factsOf(analysis, call, unchecked.has(call.node), lost)),
      ...sdkCallsOf(analysis).map((call) => sdkFactsOf(analysis, call, lost)),
    ].sort((first, second) => first.start - second.start),
    instances: analysis.creations.map(({ node, value }) => instanceFacts(analysis, node, value)),
  }
}

function factsOf(analysis: FileAnalysis, call: HttpCall, isUnchecked: boolean, lost: readonly Node[]): CallFacts {
  const [start, end] = rangeOf(call.node)
  const around = breakerOfCall(analysis, call)
  const isLost = lost.some((node) => node === call.node || isInside(call.node, node))
  const fate = errorFate(analysis, call.node)
  const host = hostOf(analysis, call)
  const path = pathOf(analysis, call)
  return {
    start,
    end,
    client: call.value.client,
    methods: call.methods,
    ...(host === undefined ? {} : { host }),
    ...(path === undefined ? {} : { path }),
    ...(call.value.instanceId === undefined ? {} : { instance: call.value.instanceId }),
    ...(isTransport(analysis, call) ? { isTransport: true as const } : {}),
    protections: {
      deadline: callDeadline(analysis, call),
      retry: callRetry(analysis, call, call.methods),
      breaker: around.breaker,
      fallback: fate.fallback ?? around.fallback,
      handledError: isLost ? no : fate.handled,
      responseCheck: responseCheck(call, isUnchecked),
    },
  }
}

/** An SDK counts with what it does by itself. */
function sdkFactsOf(analysis: FileAnalysis, call: SdkCall, lost: readonly Node[]): CallFacts {
  const [start, end] = rangeOf(call.node)
  const fate = errorFate(analysis, call.node)
  const isLost = lost.some((node) => isInside(call.node, node))
  const around = breakerAround(analysis, call.node)
  return {
    start,
    end,
    client: call.sdk,
    methods: [],
    host: call.host,
    path: call.operation,
    protections: {
      deadline: call.deadline,
      retry: call.retry,
      breaker: around.breaker,
      fallback: fate.fallback ?? around.fallback,
      handledError: isLost ? no : fate.handled,
      responseCheck: yes(`${call.sdk} rejects`),
    },
  }
}

function responseCheck(call: HttpCall, isUnchecked: boolean): Protection {
  if (call.value.client === 'got' || call.value.client === 'ofetch' || CLIENTS[call.value.client].throwsOnStatus)
    return yes(`${call.value.client} rejects`)
  return isUnchecked ? no : yes('the status is looked at')
}

/** Code whose failures disappear: what nobody waits for, and what a handler drops. */
function lostCalls(analysis: FileAnalysis): Node[] {
  const floating = findFloatingCalls(analysis, { ...JUDGED, allowVoid: false }).map(({ node }) => node)
  const dropped = findBareCatches(analysis, {
    comments: 'explain',
    allowNames: ['ignored', 'expected', '_*'],
    handlers: [],
    probes: [],
    returnNull: 'io',
    strictProbes: false,
  }).flatMap(({ node }) => droppedCode(node) ?? [])
  return [...floating, ...dropped]
}

/** The code whose error the reported handler drops: the block of its `try`, or the promise before `.catch`. */
function droppedCode(handler: Node): Node | undefined {
  if (handler.type === 'CatchClause') return handler.parent?.type === 'TryStatement' ? handler.parent.block : undefined
  for (let current = handler.parent; current; current = current.parent) {
    if (current.type === 'MemberExpression') return current.object
    if (current.type === 'CallExpression') return current.callee
  }
  return undefined
}

function instanceFacts(analysis: FileAnalysis, creation: Node, value: ClientValue): InstanceFacts {
  const name = instanceName(creation)
  const elsewhere = analysis.facts.instance(name)?.retry
  const own = clientRetry(analysis, value, undefined, ['GET'])
  const { breaker, fallback } = breakerOfInstance(analysis, value)
  const host = hostOf(analysis, undefined, creationBaseUrl(analysis, value))
  const [start, end] = rangeOf(creation)
  return {
    name,
    client: value.client,
    start,
    end,
    ...(host === undefined ? {} : { host }),
    protections: {
      deadline: creationDeadline(analysis, value),
      retry: own.state === 'yes' || elsewhere === undefined ? own : yes(elsewhere),
      breaker,
      fallback,
    },
  }
}

function mayRepeat({ methods }: CallFacts): boolean {
  return methods.length === 0 || methods.some((method) => IDEMPOTENT_METHODS.has(method))
}

function asMissing(protection: Protection): Protection {
  return protection.state === 'unknown' && protection.source === ELSEWHERE ? no : protection
}

/**
 * A call through an instance of another file, with what that instance brings it. What the call says itself wins, also
 * where it says that nothing is known.
 */
export function withInstance(call: CallFacts, instance: InstanceFacts | undefined): CallFacts {
  const settle = (own: Protection, measure: keyof InstanceFacts['protections']): Protection => {
    const inherits = own.state === 'unknown' && own.source === ELSEWHERE
    return inherits && instance ? instance.protections[measure] : own
  }
  const { protections } = call
  return {
    ...call,
    ...(call.host === undefined && instance?.host !== undefined ? { host: instance.host } : {}),
    protections: {
      ...protections,
      deadline: settle(protections.deadline, 'deadline'),
      // What an instance brings repeats only what may be repeated.
      retry: mayRepeat(call) ? settle(protections.retry, 'retry') : asMissing(protections.retry),
      breaker: settle(protections.breaker, 'breaker'),
      fallback: settle(protections.fallback, 'fallback'),
    },
  }
}
