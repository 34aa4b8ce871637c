import { configValue, type UnknownValue } from '../clients/config-values.ts'
import { CLIENTS } from '../clients/client-table.ts'
import { readHttpCall, type HttpCall } from '../clients/http-calls.ts'
import { byFile, type ClientValue, type CodeContext } from '../clients/client-value.ts'
import { clientValueOf, instanceName } from '../clients/client-values.ts'
import { callersWithout, isPipedThrough } from './function-uses.ts'
import { wishedBy } from './wished-deadlines.ts'
import { timedByInterceptor } from './interceptors.ts'
import { isRunByPolicy, switchedOffByCall } from './policies.ts'
import { signalDeadline } from './signals.ts'
import { defaultsAssigned, moduleDefault, timeoutValue } from './timeout-defaults.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { cachedByNode } from '../model/node-cache.ts'
import { no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  unwrap,
  stringValue,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'
import { someWithin } from '../syntax/source-order.ts'

const TIMEOUT_MODULES = new Set(['p-timeout', 'promise-timeout', 'promise-timeouts'])

/** The deadline that a configuration object gives, for the keys that this client knows. */
export function configDeadline(
  context: CodeContext,
  client: ClientValue['client'],
  config: Node | undefined,
): Protection {
  const { file } = context
  const signal = configValue(file, config, 'signal')
  const signalled = signal.found === 'value' ? signalDeadline(file, signal.value) : no
  if (signal.found === 'value' && signalled.state === 'yes')
    return leftOut(context, wishedBy(file, signal.value), ['signal']) ?? signalled
  // A timeout counts beside a signal of which nothing is known.
  let open: Protection = signalled
  if (client === 'axios' && configValue(file, config, 'cancelToken').found === 'value') open = unknown('cancelToken')
  const asked: UnknownValue[] = []
  const keys: string[] = []
  for (const key of [...CLIENTS[client].timeoutKeys, ...(signal.found === 'unknown' ? ['signal'] : [])]) {
    const found = configValue(file, config, key)
    if (found.found === 'value') {
      const judged = timeoutValue(file, found.value)
      if (judged.state === 'yes' || (judged.state !== 'no' && signalled.state === 'no')) return judged
    } else if (found.found === 'unknown') {
      asked.push(found)
      keys.push(key)
    }
  }
  if (asked.length === 0) return open
  const [first] = asked
  const isOne = asked.every((each) => each.parameterOf === first?.parameterOf && each.parameter === first?.parameter)
  const silent = isOne ? leftOut(context, first, keys) : undefined
  if (!silent) return unknown('configuration')
  return open.state === 'no' ? silent : open
}

/** That some caller gives none of these keys of a parameter from which a deadline would come. */
function leftOut(
  context: CodeContext,
  from: (Pick<UnknownValue, 'parameterOf' | 'parameter'> & { readonly key?: string }) | undefined,
  keys: readonly string[],
): Protection | undefined {
  if (!from?.parameterOf || from.parameter === undefined) return undefined
  const asked = from.key === undefined ? keys : [from.key, ...keys]
  const callers = callersWithout(context, from.parameterOf, from.parameter, 'deadline', asked)
  if (callers.without === 0) return undefined
  return callers.without === callers.calls ? no : { state: 'no', callers }
}

/** A race, a timeout helper or a wrapper around the call that bounds it from outside. */
function outerDeadline(context: CodeContext, start: Node): Protection | undefined {
  let child: Node = start
  let current = start.parent
  for (let level = 0; current && level < 14; level += 1) {
    if (current.type === 'CallExpression' && child !== current.callee) {
      const name = dottedName(current.callee) ?? calleeName(current.callee) ?? ''
      if (name === 'Promise.race') return yes('Promise.race')
      if (isRunByPolicy(context, current)) return yes(name)
      const origin = originOf(context.file, current.callee)
      if (origin?.from === 'module') {
        if (TIMEOUT_MODULES.has(origin.module)) return yes(origin.module)
        const fact = context.facts.imported(origin.module, origin.path[0] ?? 'default')
        if (fact?.wrapper?.addsDeadline) return yes(name)
      }
      if (context.facts.userWrappers.includes(name)) return yes(name)
      const target = calledFunction(context.file, current.callee)
      if (target && hasTimer(context.file, target)) return yes(name)
      if (/timeout|deadline/i.test(calleeName(current.callee) ?? '') && name !== 'setTimeout') return unknown(name)
    } else if (
      current.type === 'CallExpression' &&
      /^(timeout|setTimeout)$/.test(memberName(unwrap(current.callee)) ?? '')
    )
      return yes('timeout()')
    if (isPipedThrough(current, child, /^timeout(With)?$/)) return yes('pipe(timeout())')
    if (isFunction(current) && current.parent?.type !== 'CallExpression' && current.parent?.type !== 'Property')
      return undefined
    child = current
    current = current.parent
  }
  return undefined
}

export function hasTimer(file: SourceFile, target: Node): boolean {
  const races = someWithin(file.callsNamed('race'), target, (call) => dottedName(call.callee) === 'Promise.race')
  return races && someWithin(file.callsNamed('setTimeout'), target)
}

/** A promise kept in a constant and raced later is bounded too. */
function racedLater(context: CodeContext, node: Node): boolean {
  let current: Node | null | undefined = node.parent
  while (current && current.type !== 'VariableDeclarator' && !current.type.endsWith('Statement'))
    current = current.parent
  if (current?.type !== 'VariableDeclarator' || current.id.type !== 'Identifier') return false
  const binding = context.file.resolve(current.id)
  if (!binding) return false
  return context.file.references(binding).some((reference) => {
    if (outerDeadline(context, reference)?.state === 'yes') return true
    const member = reference.parent
    if (member?.type !== 'MemberExpression' || member.object !== reference) return false
    const name = memberName(member)
    if (name === 'setTimeout' || name === 'timeout') return true
    const call = member.parent
    return (
      name === 'on' &&
      call?.type === 'CallExpression' &&
      call.arguments[0]?.type === 'Literal' &&
      call.arguments[0].value === 'timeout'
    )
  })
}

/** The timeout that an instance was given where it was made, or afterwards in this file. */
export function creationDeadline(context: CodeContext, value: ClientValue): Protection {
  if (value.policy) return yes('policy')
  if (!value.creation) return value.via === 'module' ? no : unknown('instance from elsewhere')
  const facts = CLIENTS[value.client]
  const own = value.creation.arguments[0]
  const config = own?.type === 'SpreadElement' ? undefined : own
  const given = own?.type === 'SpreadElement' ? unknown('spread') : configDeadline(context, value.client, config)
  if (given.state !== 'no') return given
  const later = defaultsAssigned(context.file, value.creation) ?? attachedPolicy(context, value)
  if (later) return later
  const elsewhere = context.facts.instance(instanceName(value.creation))?.timeout
  if (elsewhere !== undefined) return yes(elsewhere)
  if (value.parent && value.parent.via !== 'module') return creationDeadline(context, value.parent)
  return facts.defaultTimeout === undefined ? no : yes(facts.defaultTimeout)
}

/** A policy of ours that is put under the instance brings its deadline, and so does an interceptor that sets one. */
function attachedPolicy(context: CodeContext, value: ClientValue): Protection | undefined {
  const module = attachedPolicies(context, context.file.program).get(value.creation ?? value.client)
  return module === undefined ? undefined : yes(module)
}

const attachedPolicies = cachedByNode((context: CodeContext): ReadonlyMap<Node | string, string> => {
  const found = new Map<Node | string, string>()
  for (const call of context.file.callsNamed('use')) {
    const timed = timedByInterceptor(context, call)
    if (timed) found.set(timed.creation ?? timed.client, 'request interceptor')
  }
  for (const { node: call, origin } of importedCalls(context.file)) {
    const subject = call.arguments[0]
    if (!subject || subject.type === 'SpreadElement' || origin.module !== '@holdfast/axios-interceptor') continue
    const value = clientValueOf(context, subject)
    if (value) found.set(value.creation ?? value.client, origin.module)
  }
  return found
}, byFile)

/** The deadline of one call: its own configuration, what surrounds it, then the client's defaults. */
export function callDeadline(context: CodeContext, call: HttpCall): Protection {
  return judgedDeadline(context, call.node)
}

const judgedDeadline = cachedByNode((context: CodeContext, node: CallExpression): Protection => {
  const call = readHttpCall(context, node)
  return call ? findDeadline(context, call) : no
}, byFile)

function findDeadline(context: CodeContext, call: HttpCall): Protection {
  if (call.opaque) return unknown('spread arguments')
  const off = switchedOffByCall(context.file, call.config, 'deadline')
  if (off) return off
  const own = configDeadline(context, call.value.client, call.config)
  if (own.state === 'unknown') return own
  if (own.state === 'yes') return firesOnly(context, call) ? unknown('timeout without a listener') : own
  const outer = outerDeadline(context, call.node)
  if (outer) return outer
  if (racedLater(context, call.node)) return yes('a later race or timer')
  if (own.state === 'disabled') return own
  if (call.value.via === 'created') return creationDeadline(context, call.value)
  if (call.value.client === 'HttpService') {
    const { httpModule } = context.facts
    return httpModule === 'none' ? no : httpModule === 'timeout' ? yes('HttpModule.register') : unknown('HttpModule')
  }
  if (call.value.via === 'injected') return unknown('instance from elsewhere')
  const standard = CLIENTS[call.value.client].defaultTimeout
  if (standard !== undefined) return yes(standard)
  const argument = call.url ? definitionOf(context.file, call.url) : undefined
  if (argument && isRequestTyped(context.file, argument)) return unknown('Request object')
  if (argument?.type === 'NewExpression' && calleeName(argument.callee) === 'Request') {
    const init = argument.arguments[1]
    const given = init?.type === 'SpreadElement' ? unknown('spread') : configDeadline(context, call.value.client, init)
    if (given.state !== 'no') return given
  }
  const standing = attachedPolicy(context, call.value) ?? moduleDefault(context, call.value.client)
  return standing.state === 'no' ? own : standing
}

/** `timeout` of node:http emits an event and ends nothing unless somebody listens. */
function firesOnly(context: CodeContext, call: HttpCall): boolean {
  if (call.value.client !== 'node:http' || configValue(context.file, call.config, 'signal').found !== 'absent')
    return false
  const member = call.node.parent
  const listens =
    member?.type === 'MemberExpression' &&
    (memberName(member) === 'setTimeout' ||
      (member.parent?.type === 'CallExpression' && stringValue(member.parent.arguments[0]) === 'timeout'))
  return !listens && !racedLater(context, call.node)
}

function isRequestTyped(file: SourceFile, node: Node): boolean {
  if (node.type !== 'Identifier') return false
  const identifier = file.resolve(node)?.identifier
  const annotation = identifier?.type === 'Identifier' ? identifier.typeAnnotation : undefined
  return annotation ? /\bRequest\b/.test(textOf(file, annotation)) : false
}
