import { FileCache } from '../model/file-cache.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { importedCalls } from '../model/imported-calls.ts'
import { calledFunction } from '../model/values.ts'
import { inSourceOrder, someWithin, startOf } from '../syntax/source-order.ts'
import { functionsAround, type Node } from '../syntax/nodes.ts'

/** Calls are followed through this many functions. */
const MAX_DEPTH = 3

interface Reach {
  /** Calls that send a request, themselves or through the function they call, with the client. */
  readonly calls: ReadonlyMap<Node, string>
  readonly functions: ReadonlyMap<Node, string>
  readonly ordered: readonly Node[]
}

const known = new FileCache<FileAnalysis, Reach>()

function computeReach(analysis: FileAnalysis): Reach {
  const { file, facts } = analysis
  const calls = new Map<Node, string>(analysis.httpCalls.map((call) => [call.node, call.value.client]))
  const functions = new Map<Node, string>()
  for (const { node, origin } of importedCalls(file)) {
    if (calls.has(node)) continue
    const client = facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.client
    if (client !== undefined) calls.set(node, client)
  }
  if (calls.size === 0) return { calls, functions, ordered: [] }
  const pending = file.calls.flatMap((call) => {
    const target = calls.has(call) ? undefined : calledFunction(file, call.callee)
    return target ? [{ call, target }] : []
  })
  for (const [call, client] of calls) for (const owner of functionsAround(call)) functions.set(owner, client)
  for (let depth = 1; depth < MAX_DEPTH; depth += 1) {
    const reached = pending.filter(({ call, target }) => !calls.has(call) && functions.has(target))
    if (reached.length === 0) break
    for (const { call, target } of reached) calls.set(call, functions.get(target) ?? '')
    for (const { call, target } of reached)
      for (const owner of functionsAround(call))
        if (!functions.has(owner)) functions.set(owner, functions.get(target) ?? '')
  }
  return { calls, functions, ordered: inSourceOrder([...calls.keys()]) }
}

function reachOf(analysis: FileAnalysis): Reach {
  let reach = known.get(analysis)
  if (!reach) {
    reach = computeReach(analysis)
    known.set(analysis, reach)
  }
  return reach
}

/** The client that a call reaches, directly or through functions of this file and of the call map. */
export function clientReachedBy(analysis: FileAnalysis, call: Node): string | undefined {
  return reachOf(analysis).calls.get(call)
}

/** The client that a function reaches when it is called. */
export function clientReachedIn(analysis: FileAnalysis, target: Node | undefined): string | undefined {
  return target && reachOf(analysis).functions.get(target)
}

/** Whether a function has a call that reaches a client before an offset of the file. */
export function reachesClientBefore(analysis: FileAnalysis, target: Node, offset: number): boolean {
  return someWithin(reachOf(analysis).ordered, target, (call) => startOf(call) < offset)
}

/** Every call that reaches a client. */
export function reachingCalls(analysis: FileAnalysis): ReadonlyMap<Node, string> {
  return reachOf(analysis).calls
}
