import { configValue } from '../clients/config-values.ts'
import { CLIENTS } from '../clients/client-table.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import { clientValueOf, instanceName, type ClientValue, type CodeContext } from '../clients/client-values.ts'
import { callersOmit, exportedName, isPipedThrough } from './function-uses.ts'
import { calledFunction, definitionOf, originOf } from '../model/values.ts'
import { disabled, no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { textOf, type SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  memberName,
  someNode,
  unwrap,
  type CallExpression,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

const TIMEOUT_MODULES = new Set(['p-timeout', 'promise-timeout', 'promise-timeouts'])

/** What a configured timeout value means. */
function timeoutValue(file: SourceFile, value: Node): Protection {
  const node = definitionOf(file, value)
  if (node.type === 'Literal') {
    if (node.value === 0 || node.value === false) return disabled(String(node.value))
    return node.value === null ? no : yes('timeout')
  }
  if (node.type === 'Identifier' && node.name === 'Infinity') return disabled('Infinity')
  if (node.type === 'Identifier' && node.name === 'undefined') return no
  if (node.type === 'ObjectExpression' && node.properties.length === 0) return no
  return yes('timeout')
}

/** Whether a timer aborts this controller somewhere in the file. */
function timerAborts(file: SourceFile, controller: string): boolean {
  return file.calls.some((call) => {
    if (calleeName(call.callee) !== 'setTimeout') return false
    const handler = call.arguments[0]
    if (!handler) return false
    const body = definitionOf(file, handler)
    return someNode(
      body,
      (node) =>
        node.type === 'MemberExpression' && memberName(node) === 'abort' && dottedName(node.object) === controller,
    )
  })
}

/** Judges a `signal` value: only a signal that a timer ends is a deadline. */
export function signalDeadline(file: SourceFile, value: Node, depth = 0): Protection {
  const plain = unwrap(value)
  if (plain.type === 'MemberExpression' && memberName(plain) === 'signal') {
    const owner = dottedName(plain.object)
    if (owner !== undefined && timerAborts(file, owner)) return yes('AbortController with a timer')
  }
  const node = definitionOf(file, plain)
  if (node !== plain && node.type === 'MemberExpression') return signalDeadline(file, node, depth + 1)
  if (depth > 5) return unknown('signal')
  if (node.type === 'CallExpression') {
    const name = dottedName(node.callee)
    if (name === 'AbortSignal.timeout') return yes('AbortSignal.timeout')
    if (name === 'AbortSignal.any') {
      const list = node.arguments[0] ? unwrap(node.arguments[0]) : undefined
      if (list?.type !== 'ArrayExpression') return unknown('signal')
      const parts = list.elements.flatMap((element) => (element ? [signalDeadline(file, element, depth + 1)] : []))
      return parts.find((part) => part.state === 'yes') ?? unknown('signal')
    }
    const target = calledFunction(file, node.callee)
    if (target && someNode(target, (inner) => dottedName(inner) === 'AbortSignal.timeout'))
      return yes('AbortSignal.timeout')
  }
  if (node.type === 'ConditionalExpression' || node.type === 'LogicalExpression') {
    const sides = node.type === 'ConditionalExpression' ? [node.consequent, node.alternate] : [node.left, node.right]
    const judged = sides.map((side) => signalDeadline(file, side, depth + 1))
    return judged.find((part) => part.state === 'yes') ?? unknown('signal')
  }
  if (node.type === 'Identifier' && node.name === 'undefined') return no
  return unknown('signal')
}

/** The deadline that a configuration object gives, for the keys that this client knows. */
export function configDeadline(
  context: CodeContext,
  client: ClientValue['client'],
  config: Node | undefined,
): Protection {
  const { file, facts } = context
  const signal = configValue(file, config, 'signal')
  if (signal.found === 'value') {
    const judged = signalDeadline(file, signal.value)
    if (judged.state !== 'no') return judged
  }
  let open: Protection = no
  for (const key of [...CLIENTS[client].timeoutKeys, ...(signal.found === 'unknown' ? ['signal'] : [])]) {
    const found = configValue(file, config, key)
    if (found.found === 'value') {
      const judged = timeoutValue(file, found.value)
      if (judged.state !== 'no') return judged
    } else if (found.found === 'unknown') {
      const name = found.parameterOf ? exportedName(found.parameterOf) : undefined
      const usage = name === undefined ? undefined : facts.usage(name)
      const silent =
        usage && usage.calls > 0 && !usage.escapes && !usage.deadlineParameters.includes(found.parameter ?? -1)
      if (!silent && !callersOmit(context, found.parameterOf, found.parameter, key)) open = unknown('configuration')
    }
  }
  return open
}

/** A race, a timeout helper or a wrapper around the call that bounds it from outside. */
function outerDeadline(context: CodeContext, start: Node): Protection | undefined {
  let child: Node = start
  let current = start.parent
  for (let level = 0; current && level < 14; level += 1) {
    if (current.type === 'CallExpression' && child !== current.callee) {
      const name = dottedName(current.callee) ?? calleeName(current.callee) ?? ''
      if (name === 'Promise.race') return yes('Promise.race')
      const origin = originOf(context.file, current.callee)
      if (origin?.from === 'module') {
        if (TIMEOUT_MODULES.has(origin.module)) return yes(origin.module)
        const fact = context.facts.imported(origin.module, origin.path[0] ?? 'default')
        if (fact?.wrapper?.addsDeadline) return yes(name)
      }
      if (context.facts.userWrappers.includes(name)) return yes(name)
      const target = calledFunction(context.file, current.callee)
      if (target && hasTimer(target)) return yes(name)
      if (/timeout|deadline/i.test(calleeName(current.callee) ?? '') && name !== 'setTimeout') return unknown(name)
    } else if (current.type === 'CallExpression' && memberName(unwrap(current.callee)) === 'timeout')
      return yes('timeout()')
    if (isPipedThrough(current, child, /^timeout(With)?$/)) return yes('pipe(timeout())')
    if (isFunction(current) && current.parent?.type !== 'CallExpression' && current.parent?.type !== 'Property')
      return undefined
    child = current
    current = current.parent
  }
  return undefined
}

export function hasTimer(target: Node): boolean {
  const races = someNode(target, (node) => node.type === 'CallExpression' && dottedName(node.callee) === 'Promise.race')
  return races && someNode(target, (node) => node.type === 'CallExpression' && calleeName(node.callee) === 'setTimeout')
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

/** A policy of ours that is put under the instance brings its deadline. */
function attachedPolicy(context: CodeContext, value: ClientValue): Protection | undefined {
  for (const call of context.file.calls) {
    const origin = originOf(context.file, call.callee)
    if (origin?.from !== 'module' || origin.module !== '@holdfast/axios-interceptor') continue
    const subject = call.arguments[0]
    if (subject && subject.type !== 'SpreadElement' && clientValueOf(context, subject)?.creation === value.creation)
      return yes(origin.module)
  }
  return undefined
}

function defaultsAssigned(file: SourceFile, creation: CallExpression | NewExpression): Protection | undefined {
  for (const write of file.assignments) {
    const match = /^(.*)\.defaults\.timeout$/.exec(dottedName(write.left) ?? '')
    if (!match) continue
    const owner = unwrap(write.left)
    if (owner.type !== 'MemberExpression') continue
    const defaults = unwrap(owner.object)
    if (defaults.type === 'MemberExpression' && definitionOf(file, defaults.object) === creation)
      return timeoutValue(file, write.right)
  }
  return undefined
}

/** The default that the library's own instance got, in this file or by the call map. */
export function moduleDefault(context: CodeContext, client: ClientValue['client']): Protection {
  for (const write of context.file.assignments) {
    const target = unwrap(write.left)
    if (!/\.defaults\.timeout$/.test(dottedName(target) ?? '')) continue
    const origin = originOf(context.file, target)
    if (origin?.from === 'module' && origin.module === client) return timeoutValue(context.file, write.right)
  }
  return context.facts.globalDefault(client, 'timeout') ?? no
}

/** The deadline of one call: its own configuration, what surrounds it, then the client's defaults. */
export function callDeadline(context: CodeContext, call: HttpCall): Protection {
  if (call.opaque) return unknown('spread arguments')
  const own = configDeadline(context, call.value.client, call.config)
  if (own.state === 'yes' || own.state === 'unknown') return own
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
  return moduleDefault(context, call.value.client)
}

function isRequestTyped(file: SourceFile, node: Node): boolean {
  if (node.type !== 'Identifier') return false
  const identifier = file.resolve(node)?.identifier
  const annotation = identifier?.type === 'Identifier' ? identifier.typeAnnotation : undefined
  return annotation ? /\bRequest\b/.test(textOf(file, annotation)) : false
}
