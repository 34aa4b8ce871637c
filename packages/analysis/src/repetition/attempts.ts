import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { originOf } from '../model/values.ts'
import { unwrap, walkOwnCode, type Node } from '../syntax/nodes.ts'

const LOCAL_MODULES =
  /^(node:)?(fs|fs\/promises|child_process|os|path|worker_threads)$|^(fs-extra|graceful-fs|rimraf|execa|proper-lockfile)$/

/** The first request that an attempt sends by itself. */
export function httpCallIn(analysis: FileAnalysis, attempt: Node): HttpCall | undefined {
  let found: HttpCall | undefined
  walkOwnCode(attempt, (node) => {
    if (!found && node.type === 'CallExpression') found = analysis.httpCallAt(node)
    return !found
  })
  return found
}

/** An attempt that stays on this machine: files, processes, a server on the loopback address. */
export function isLocalAttempt(analysis: FileAnalysis, attempt: Node): boolean {
  const http = httpCallIn(analysis, attempt)
  if (http) return http.urlClass === 'loopback' || http.urlClass === 'local-data'
  let awaited = 0
  let local = 0
  walkOwnCode(attempt, (node) => {
    if (node.type !== 'AwaitExpression') return
    awaited += 1
    const called = unwrap(node.argument)
    const origin = called.type === 'CallExpression' ? originOf(analysis.file, called.callee) : undefined
    if (origin?.from === 'module' && LOCAL_MODULES.test(origin.module)) local += 1
  })
  return awaited > 0 && local === awaited
}
