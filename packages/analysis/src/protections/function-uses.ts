import type { CodeContext } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import { moduleExportsOf } from '../model/module-exports.ts'
import { cachedByNode } from '../model/node-cache.ts'
import type { CallerOption, CallersWithout } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  keyName,
  memberName,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/** The name under which a function of this file is exported, ESM or CommonJS; `Class.method` for a method that others may call. */
export function exportedName(file: SourceFile, target: FunctionNode): string | undefined {
  return exportedNames(file, file.program).get(target)
}

const exportedNames = cachedByNode((file: SourceFile): ReadonlyMap<Node, string> => {
  const names = new Map<Node, string>()
  for (const [name, exported] of moduleExportsOf(file).named) {
    const target = 'node' in exported && name !== '*' ? definitionOf(file, exported.node) : undefined
    if (target && isFunction(target) && !names.has(target)) names.set(target, name)
    if (target?.type !== 'ClassDeclaration' && target?.type !== 'ClassExpression') continue
    for (const member of target.body.body) {
      const key = member.type === 'MethodDefinition' ? keyName(member.key, member.computed) : undefined
      if (member.type !== 'MethodDefinition' || key === undefined || member.accessibility === 'private') continue
      if (!names.has(member.value)) names.set(member.value, `${name}.${key}`)
    }
  }
  return names
})

/** The calls of a function that this file shows. */
export function callsInFile(file: SourceFile, target: FunctionNode): readonly CallExpression[] {
  const method = target.parent
  if (method?.type === 'MethodDefinition') {
    const name = keyName(method.key, method.computed)
    return file.callsNamed(name ?? '').filter((call) => dottedName(call.callee) === `this.${name}`)
  }
  const declared =
    target.type === 'FunctionDeclaration'
      ? target.id
      : target.parent?.type === 'VariableDeclarator'
        ? target.parent.id
        : null
  const binding = declared?.type === 'Identifier' ? file.resolve(declared) : undefined
  return (binding ? file.references(binding) : []).flatMap((reference) =>
    reference.parent?.type === 'CallExpression' && reference.parent.callee === reference ? reference.parent : [],
  )
}

const MAX_CALLER_DEPTH = 3

/**
 * Of the calls that can be seen of a function, those that give none of these keys of a parameter; a caller that hands
 * its own parameter on is asked in turn.
 */
export function callersWithout(
  context: CodeContext,
  target: FunctionNode,
  parameter: number,
  option: CallerOption,
  keys: readonly string[],
  asked: readonly FunctionNode[] = [],
): CallersWithout {
  const { file, facts } = context
  const name = exportedName(file, target)
  const elsewhere = name === undefined ? undefined : facts.callersWithout(name, parameter, option)
  let { without, calls } = elsewhere ?? { without: 0, calls: 0 }
  for (const call of callsInFile(file, target)) {
    const found = omissionIn(context, call, parameter, option, keys, [...asked, target])
    without += found.without
    calls += found.calls
  }
  return { without, calls }
}

function omissionIn(
  context: CodeContext,
  call: CallExpression,
  parameter: number,
  option: CallerOption,
  keys: readonly string[],
  asked: readonly FunctionNode[],
): CallersWithout {
  const argument = call.arguments[parameter]
  if (call.arguments.slice(0, parameter + 1).some(({ type }) => type === 'SpreadElement'))
    return { without: 0, calls: 1 }
  const values = keys.map((key) => configValue(context.file, argument, key, 3))
  if (values.every(({ found }) => found === 'absent')) return { without: 1, calls: 1 }
  const [handedOn, ...others] = values.flatMap((value) => (value.found === 'absent' ? [] : [value]))
  if (handedOn?.found !== 'unknown' || !handedOn.parameterOf || handedOn.parameter === undefined)
    return { without: 0, calls: 1 }
  const isSame = others.every(
    (other) =>
      other.found === 'unknown' && other.parameterOf === handedOn.parameterOf && other.parameter === handedOn.parameter,
  )
  // A call of itself is no caller of its own.
  if (asked.includes(handedOn.parameterOf)) return { without: 0, calls: 0 }
  if (!isSame || asked.length > MAX_CALLER_DEPTH) return { without: 0, calls: 1 }
  return callersWithout(context, handedOn.parameterOf, handedOn.parameter, option, keys, asked)
}

/** An observable of the request goes through this operator. */
export function isPipedThrough(call: Node, child: Node, operator: RegExp): boolean {
  if (call.type !== 'CallExpression' || child !== call.callee || memberName(unwrap(call.callee)) !== 'pipe')
    return false
  return call.arguments.some(
    (argument) => argument.type === 'CallExpression' && operator.test(calleeName(argument.callee) ?? ''),
  )
}
