import { clientValueOf, instanceName } from '../clients/client-values.ts'
import type { ClientValue } from '../clients/client-value.ts'
import { readHttpCall } from '../clients/http-calls.ts'
import { fileKindOf } from '../model/environment.ts'
import { timedByInterceptor } from '../protections/interceptors.ts'
import { retryPluginCalls } from '../protections/retries.ts'
import { timeoutDefaults } from '../protections/timeout-defaults.ts'
import { rangeOf, unwrap, type CallExpression, type Node } from '../syntax/nodes.ts'
import type { Effect, FileLinks } from './file-record.ts'
import type { CallEntry } from './format.ts'
import { httpModulesIn } from './http-modules.ts'
import { lineNumbers } from './line-numbers.ts'
import type { LoadedFile } from './loaded-files.ts'
import { usageIn } from './usage.ts'

/** What a file sends, and what it does to clients, with the help of what it imports. */
export function linksOf(loaded: LoadedFile): FileLinks {
  const { file } = loaded
  const kind = fileKindOf(file, loaded.facts, loaded.path)
  const calls: CallEntry[] = []
  const effects: Effect[] = []
  const lineAt = lineNumbers(file.text)
  const plugins = retryPluginCalls(file)
  const attaching = new Set([...file.callsNamed('use'), ...plugins.keys()])
  for (const node of file.calls) {
    const call = readHttpCall(loaded, node)
    if (call) {
      const id = idOf(loaded, call.value)
      const { client } = call.value
      const methods = [...call.methods].sort()
      calls.push({
        line: lineAt(rangeOf(node)[0]),
        client,
        methods,
        ...(id === undefined ? {} : { instance: id }),
      })
      if (id !== undefined && !kind.isTest) effects.push({ on: 'call', id, client, methods })
    }
    if (!kind.isTest && attaching.has(node)) effects.push(...attachments(loaded, node, plugins.get(node), lineAt))
  }
  if (!kind.isTest) effects.push(...defaults(loaded, lineAt))
  return {
    kind: {
      ...(kind.ownEnvironment ? { environment: kind.ownEnvironment } : {}),
      isTest: kind.isTest,
      isCli: kind.usesCliModule,
    },
    calls,
    effects,
    usage: kind.isTest ? [] : usageIn(loaded),
    httpModules: httpModulesIn(loaded),
    usesHttpService: file.imports.some((declaration) => declaration.source.value === '@nestjs/axios'),
  }
}

function idOf(loaded: LoadedFile, value: ClientValue): string | undefined {
  return value.creation ? `${loaded.path}#${instanceName(value.creation)}` : value.instanceId
}

/** Plug-ins that the file attaches to an instance or to the library's own one. */
function attachments(
  loaded: LoadedFile,
  node: CallExpression,
  plugin: string | undefined,
  lineAt: (offset: number) => number,
): Effect[] {
  const timed = timedByInterceptor(loaded, node)
  if (timed) return protectedBy(loaded, timed, node, lineAt, { timeout: 'request interceptor' })
  const subject = node.arguments[0]
  if (plugin === undefined || !subject || subject.type === 'SpreadElement') return []
  const value = clientValueOf(loaded, subject)
  if (!value) return []
  const isPolicy = plugin.startsWith('@holdfast/')
  return protectedBy(loaded, value, node, lineAt, {
    retry: plugin,
    ...(isPolicy ? { timeout: plugin } : {}),
  })
}

/** Timeouts among the defaults of the library and of instances, wherever they are set. */
function defaults(loaded: LoadedFile, lineAt: (offset: number) => number): Effect[] {
  return timeoutDefaults(loaded.file, loaded.file.program).flatMap(({ owner, value }) => {
    const client = clientValueOf(loaded, owner)
    if (!client) return []
    const right = unwrap(value)
    const isZero = right.type === 'Literal' && (right.value === 0 || right.value === false)
    return protectedBy(loaded, client, value, lineAt, { timeout: isZero ? 'disabled 0' : 'defaults.timeout' })
  })
}

function protectedBy(
  loaded: LoadedFile,
  value: ClientValue,
  at: Node,
  lineAt: (offset: number) => number,
  protections: { readonly retry?: string; readonly timeout?: string },
): Effect[] {
  const { client } = value
  const id = idOf(loaded, value)
  if (id !== undefined) return [{ on: 'instance', id, client, ...protections }]
  if (value.via !== 'module') return []
  const line = lineAt(rangeOf(at)[0])
  return (['retry', 'timeout'] as const).flatMap((protection): Effect[] => {
    const source = protections[protection]
    return source === undefined ? [] : [{ on: 'global', client, protection, source, line }]
  })
}
