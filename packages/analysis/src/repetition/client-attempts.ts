import { CLIENTS } from '../clients/client-table.ts'
import { takesPolicy } from '../clients/declared-clients.ts'
import { configValue, type ConfigValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { definitionOf } from '../model/values.ts'
import { switchedOffByCall } from '../protections/policies.ts'
import { argumentAt, stringValue, type Node } from '../syntax/nodes.ts'
import { pluginsOf } from './attached-plugins.ts'
import { literalMs } from './delay-growth.ts'
import { hookedPolicy, policyRetry } from './policy-attempts.ts'

/** Something that sends a request again by itself. */
export interface RetryLayer {
  readonly label: string
  /** Attempts in all, when known. */
  readonly attempts?: number
}

const STANDARD_ATTEMPTS: Readonly<Record<string, number>> = { ky: 3, got: 3, ofetch: 2 }

function layer(label: string, attempts: number | undefined): RetryLayer | undefined {
  if (attempts !== undefined && attempts < 2) return undefined
  return { label, ...(attempts === undefined ? {} : { attempts }) }
}

/**
 * The retry that the client of a request brings. Under `kyHooks` it is the policy's: ky's own is off where the policy has
 * one, and as it was where the policy has none.
 */
export function ownRetry(analysis: FileAnalysis, call: HttpCall): RetryLayer | undefined {
  if (call.value.client !== 'ky' || !call.value.policy) return clientRetry(analysis, call)
  if (switchedOffByCall(analysis.file, call.config, 'retry')) return undefined
  const found = policyRetry(analysis, hookedPolicy(analysis, call.value), call.node)
  if (found.state === 'none') return clientRetry(analysis, call)
  if (found.state === 'retries') return isRepeatable(call) ? layer('kyHooks', found.attempts) : undefined
  // One of the two sends again, whatever the policy has.
  return clientRetry(analysis, call) && { label: 'kyHooks' }
}

/** Plug-ins and policies leave POST and PATCH alone unless they are told otherwise. */
function isRepeatable({ methods }: HttpCall): boolean {
  return methods.length > 0 && methods.every((name) => name !== 'POST' && name !== 'PATCH')
}

/** The retry of the client itself, as it is configured for this method. */
function clientRetry(analysis: FileAnalysis, call: HttpCall): RetryLayer | undefined {
  const { client, creation, via, method } = call.value
  const standard = STANDARD_ATTEMPTS[client]
  if (standard === undefined || via === 'injected' || call.opaque || method === 'stream') return undefined
  const isStandard = call.methods.length > 0 && call.methods.every((name) => CLIENTS[client].retriedMethods.has(name))
  // What `kyHooks` gives to `extend` leaves the client's own options as they are.
  const options = creation && !takesPolicy(analysis.file, creation) ? argumentAt(creation.arguments, 0) : undefined
  for (const place of [call.config, options]) {
    const retry = configValue(analysis.file, place, 'retry')
    if (retry.found === 'absent') continue
    return retry.found === 'value' ? configured(analysis, call, retry.value, isStandard) : undefined
  }
  return isStandard ? layer(client, standard) : undefined
}

function configured(analysis: FileAnalysis, call: HttpCall, value: Node, isStandard: boolean): RetryLayer | undefined {
  const { file } = analysis
  const { client } = call.value
  const given = definitionOf(file, value)
  if (given.type === 'Literal' && typeof given.value !== 'number') return undefined
  const number = literalMs(file, given)
  if (number !== undefined) return isStandard || client === 'ofetch' ? layer(client, number + 1) : undefined
  const methods = configValue(file, given, 'methods')
  if (methods.found === 'unknown') return undefined
  const covers = methods.found === 'value' ? names(analysis, methods).has(call.methods[0] ?? '') : isStandard
  if (!covers) return undefined
  const limit = configValue(file, given, 'limit')
  if (limit.found === 'absent') return layer(client, STANDARD_ATTEMPTS[client])
  const count = limit.found === 'value' ? literalMs(file, limit.value) : undefined
  return layer(client, count === undefined ? undefined : count + 1)
}

function names(analysis: FileAnalysis, methods: ConfigValue & { found: 'value' }): ReadonlySet<string> {
  const list = definitionOf(analysis.file, methods.value)
  if (list.type !== 'ArrayExpression') return new Set()
  return new Set(list.elements.map((element) => stringValue(element)?.toUpperCase() ?? ''))
}

/** The retry plug-ins on the instance of a request. */
export function pluginRetries(analysis: FileAnalysis, call: HttpCall): readonly RetryLayer[] {
  const seen = new Set<string>()
  return pluginsOf(analysis, call.value).flatMap(({ node, module, options }) => {
    // Instances of one helper share its creation, so that a plug-in seen twice is on two of them.
    if (seen.has(module)) return []
    seen.add(module)
    const condition = configValue(analysis.file, options, 'retryCondition')
    if (!isRepeatable(call) && condition.found === 'absent') return []
    const label = module === 'axios-retry' ? 'axiosRetry' : module
    if (module === '@holdfast/axios-interceptor') {
      const own = policyRetry(analysis, options, call.node)
      const added = own.state === 'none' ? undefined : layer(label, own.state === 'retries' ? own.attempts : undefined)
      return added ? [added] : []
    }
    if (module !== 'axios-retry') return [{ label }]
    const retries = configValue(analysis.file, options, 'retries')
    const count = retries.found === 'value' ? literalMs(analysis.file, retries.value) : undefined
    const found = layer(label, retries.found === 'absent' ? 4 : count === undefined ? undefined : count + 1)
    return found && node !== call.node ? [found] : []
  })
}
