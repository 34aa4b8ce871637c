import { clientValueOf } from '../clients/client-values.ts'
import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { definitionOf, originOf } from '../model/values.ts'
import {
  argumentAt,
  calleeName,
  isFunction,
  propertyName,
  stringValue,
  unwrap,
  type CallExpression,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'
import { configurableCalls } from './configurable-calls.ts'
import { delayFunctionGrowth, delayLabel, literalMs, type Growth } from './delay-growth.ts'
import { CALL_OWNERS, retryOwnerAt } from './retry-owners.ts'

/** A delay that the options of a library set. */
export interface ConfiguredDelay {
  readonly node: Node
  readonly growth: Growth
  readonly label: string
}

/** What a `retryDelay` option means: a number, or a function of the attempt. */
function delayOption(analysis: FileAnalysis, value: Node): ConfiguredDelay | undefined {
  const { file } = analysis
  const defined = definitionOf(file, value)
  if (isFunction(defined)) {
    const body = defined.body && defined.body.type !== 'BlockStatement' ? defined.body : undefined
    return { node: value, growth: delayFunctionGrowth(file, defined), label: body ? delayLabel(file, body) : 'chosen' }
  }
  if (literalMs(file, defined) !== undefined) return { node: value, growth: 'fixed', label: delayLabel(file, defined) }
  return undefined
}

function option(analysis: FileAnalysis, config: Node | undefined, key: string): Node | undefined {
  const found = configValue(analysis.file, config, key)
  return found.found === 'value' ? found.value : undefined
}

function number(analysis: FileAnalysis, config: Node | undefined, key: string): number | undefined {
  const value = option(analysis, config, key)
  return value ? literalMs(analysis.file, value) : undefined
}

function isTrue(analysis: FileAnalysis, config: Node | undefined, key: string): boolean {
  const found = configValue(analysis.file, config, key)
  if (found.found === 'absent') return false
  return !(
    found.found === 'value' &&
    unwrap(found.value).type === 'Literal' &&
    /^(false|'none'|"none")$/.test(literalText(found.value))
  )
}

function literalText(node: Node): string {
  const plain = unwrap(node)
  return plain.type === 'Literal' ? (plain.raw ?? '') : ''
}

/** Libraries that call a function again: a factor of 1 means the same delay each time. */
function fromCallOwner(analysis: FileAnalysis, call: CallExpression, minRetries: number): ConfiguredDelay | undefined {
  const owner = retryOwnerAt(analysis, call)
  const module = owner?.module
  if (!owner || module === undefined || !Object.hasOwn(CALL_OWNERS, module)) return undefined
  if (owner.attempts !== undefined && owner.attempts - 1 < minRetries) return undefined
  const { options } = owner
  const at = options ?? call
  const isKnown = configValue(analysis.file, options, 'factor').found !== 'unknown'
  if (!isKnown) return undefined
  if (module === 'ts-retry') {
    const delay = option(analysis, options, 'delay')
    return delay ? delayOption(analysis, delay) : undefined
  }
  const spreads =
    isTrue(analysis, options, 'randomize') || isTrue(analysis, options, 'jitter') || module === 'async-retry'
  if (spreads) return undefined
  const factor = number(analysis, options, module === 'exponential-backoff' ? 'timeMultiple' : 'factor')
  const isConstant = factor === 1 || (factor === undefined && module === '@lifeomic/attempt')
  const base = option(
    analysis,
    options,
    module === 'exponential-backoff' ? 'startingDelay' : module === '@lifeomic/attempt' ? 'delay' : 'minTimeout',
  )
  return {
    node: at,
    growth: isConstant ? 'fixed' : 'exponential',
    label: base ? delayLabel(analysis.file, base) : 'default',
  }
}

/** `axiosRetry(api, { retryDelay })` and its kind; without the option nothing is waited at all. */
function fromAxiosRetry(analysis: FileAnalysis, call: CallExpression, minRetries: number): ConfiguredDelay | undefined {
  const options = argumentAt(call.arguments, 1)
  const retries = number(analysis, options, 'retries') ?? 3
  if (retries < minRetries) return undefined
  const delay = option(analysis, options, 'retryDelay')
  if (!delay) return undefined
  const made = unwrap(delay)
  const linear = made.type === 'CallExpression' ? made.callee : made
  if (calleeName(linear) === 'linearDelay')
    return { node: delay, growth: 'linear', label: delayLabel(analysis.file, delay) }
  return delayOption(analysis, delay)
}

/** The retry options of ky, got and ofetch, of a request or of an instance. */
function fromClient(
  analysis: FileAnalysis,
  config: Node | undefined,
  client: string,
  minRetries: number,
): ConfiguredDelay | undefined {
  if (client === 'ofetch') {
    const retries = number(analysis, config, 'retry')
    const delay = option(analysis, config, 'retryDelay')
    return delay && retries !== undefined && retries >= minRetries ? delayOption(analysis, delay) : undefined
  }
  const retry = option(analysis, config, 'retry')
  if (!retry || isTrue(analysis, retry, 'jitter')) return undefined
  if ((number(analysis, retry, 'limit') ?? 2) < minRetries) return undefined
  const delay = option(analysis, retry, client === 'ky' ? 'delay' : 'calculateDelay')
  const judged = delay ? delayOption(analysis, delay) : undefined
  const target = delay ? definitionOf(analysis.file, delay) : undefined
  // got hands its own computed value to the function; one that reads it decides when to stop.
  return client === 'got' && target && isFunction(target) && target.params.length > 0 ? undefined : judged
}

/** `backoff: { type: 'fixed' }` of job queues. */
function fromJobOptions(analysis: FileAnalysis, config: Node, minRetries: number): ConfiguredDelay | undefined {
  const plain = unwrap(config)
  if (plain.type !== 'ObjectExpression') return undefined
  for (const property of plain.properties) {
    if (property.type !== 'Property') continue
    const name = propertyName(property)
    if (name === 'defaultJobOptions') return fromJobOptions(analysis, property.value, minRetries)
    if (name !== 'backoff') continue
    const attempts = number(analysis, plain, 'attempts')
    const kind = stringValue(property.value) ?? stringValue(option(analysis, property.value, 'type'))
    if (kind !== 'fixed' || (attempts !== undefined && attempts - 1 < minRetries)) return undefined
    const delay = option(analysis, property.value, 'delay') ?? option(analysis, plain, 'delay')
    return { node: property, growth: 'fixed', label: delay ? delayLabel(analysis.file, delay) : 'configured' }
  }
  return undefined
}

function ofCall(analysis: FileAnalysis, call: CallExpression, minRetries: number): ConfiguredDelay | undefined {
  const { file } = analysis
  const origin = originOf(file, call.callee)
  if (origin?.from === 'module') {
    if (origin.module === 'axios-retry') return fromAxiosRetry(analysis, call, minRetries)
    if (Object.hasOwn(CALL_OWNERS, origin.module)) return fromCallOwner(analysis, call, minRetries)
    if (/^rxjs(\/operators)?$/.test(origin.module) && origin.path.at(-1) === 'retry') {
      const delay = option(analysis, argumentAt(call.arguments, 0), 'delay')
      const count = number(analysis, argumentAt(call.arguments, 0), 'count')
      return delay && (count === undefined || count >= minRetries) ? delayOption(analysis, delay) : undefined
    }
    if (origin.module === '@holdfast/core' && origin.path.at(-1) === 'constant') {
      const delay = argumentAt(call.arguments, 0)
      return delay ? { node: call, growth: 'fixed', label: delayLabel(file, delay) } : undefined
    }
    if (/(^|\/)(react|vue|svelte|solid)?-?query(-core)?$/.test(origin.module)) {
      const delay = option(analysis, argumentAt(call.arguments, 0), 'retryDelay')
      return delay ? delayOption(analysis, delay) : undefined
    }
  }
  const http = analysis.httpCallAt(call)
  if (http) return http.opaque ? undefined : fromClient(analysis, http.config, http.value.client, minRetries)
  const created = clientValueOf(analysis, call)
  if (created?.creation === call) return fromClient(analysis, argumentAt(call.arguments, 0), created.client, minRetries)
  return jobDelay(analysis, call, minRetries)
}

function jobDelay(
  analysis: FileAnalysis,
  call: CallExpression | NewExpression,
  minRetries: number,
): ConfiguredDelay | undefined {
  for (const argument of call.arguments) {
    const found = argument.type === 'SpreadElement' ? undefined : fromJobOptions(analysis, argument, minRetries)
    if (found) return found
  }
  return undefined
}

/** Every delay that this file configures in a library. */
export function configuredDelays(analysis: FileAnalysis, minRetries: number): readonly ConfiguredDelay[] {
  // Any call may put a job into a queue.
  const calls = analysis.file.text.includes('backoff') ? analysis.file.calls : configurableCalls(analysis)
  const found = calls.flatMap((call) => ofCall(analysis, call, minRetries) ?? [])
  for (const made of analysis.file.news) {
    const origin = originOf(analysis.file, made.callee)
    if (origin?.from === 'module' && origin.module === 'cockatiel' && origin.path.at(-1) === 'ConstantBackoff') {
      const delay = argumentAt(made.arguments, 0)
      found.push({ node: made, growth: 'fixed', label: delay ? delayLabel(analysis.file, delay) : '0' })
    } else {
      const job = jobDelay(analysis, made, minRetries)
      if (job) found.push(job)
    }
  }
  return found
}
