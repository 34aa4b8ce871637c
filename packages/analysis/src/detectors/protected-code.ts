import { clientValueOf } from '../clients/client-values.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { originOf, requiredModule } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  someOwnNode,
  unwrap,
  unwrapAwait,
  walkOwnCode,
  type CallExpression,
  type Node,
} from '../syntax/nodes.ts'

const PROBES =
  /^(JSON\.parse|JSON\.stringify|decodeURI(Component)?|encodeURI(Component)?|atob|btoa|structuredClone|require|require\.resolve|import\.meta\.resolve|BigInt|RegExp|URL|Intl\..*|Buffer\.from|new Function|eval|Symbol|Date|parseInt|Number|String|(window\.|globalThis\.)?(localStorage|sessionStorage)\..*|document\..*|navigator\..*|CSS\.supports|matchMedia)$/
const PROBE_METHODS = new Set([
  'access',
  'stat',
  'lstat',
  'exists',
  'accessSync',
  'statSync',
  'lstatSync',
  'existsSync',
  'play',
  'postMessage',
  'resolve',
  'json',
  'text',
  'formData',
  'arrayBuffer',
  'blob',
  'canPlayType',
  'supports',
  'setPointerCapture',
  'releasePointerCapture',
  'scrollIntoView',
  'focus',
  'vibrate',
  'requestFullscreen',
  'exitFullscreen',
])
const CLEANUP =
  /^(?:close|kill|cleanup|dispose|destroy|abort|terminate|disconnect|shutdown|teardown)[A-Z]\w*$|^(close|closeSync|end|destroy|unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync|releaseLock|release|cancel|abort|kill|disconnect|terminate|unsubscribe|removeListener|removeAllListeners|removeEventListener|dispose|quit|stop|rollback|unref|detach|cleanup|clear|clearTimeout|clearInterval|unregister|shutdown|teardown)$/
const IO_NAME = /^(exec|execSync|execFile|execFileSync|spawn|spawnSync|query|fork)$/
const IO_MODULES =
  /^(node:)?(fs|fs\/promises|child_process|net|dns|tls)$|^(fs-extra|graceful-fs|execa|pg|mysql2?|better-sqlite3|mongodb|ioredis|redis)(\/.*)?$/

export function callsIn(root: Node): (CallExpression | (Node & { type: 'NewExpression' }))[] {
  const found: (CallExpression | (Node & { type: 'NewExpression' }))[] = []
  walkOwnCode(root, (node) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') found.push(node)
  })
  return found
}

export function isProbeCall(analysis: FileAnalysis, call: Node): boolean {
  const node = unwrapAwait(call)
  if (node.type === 'ImportExpression' || requiredModule(analysis.file, node) !== undefined) return true
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  if (clientValueOf(analysis, node.callee)) return false
  const name = dottedName(node.callee) ?? calleeName(node.callee) ?? ''
  return PROBES.test(name) || PROBE_METHODS.has(calleeName(node.callee) ?? '')
}

export function isCleanupCall(call: Node): boolean {
  const node = unwrapAwait(call)
  return node.type === 'CallExpression' && CLEANUP.test(calleeName(node.callee) ?? '')
}

function isIoCall(analysis: FileAnalysis, node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  if (analysis.httpCallAt(node)) return true
  const callee = unwrap(node.callee)
  const origin = originOf(analysis.file, callee)
  if (origin?.from === 'module') {
    if (IO_MODULES.test(origin.module)) return !PROBE_METHODS.has(origin.path.at(-1) ?? '')
    if (analysis.facts.imported(origin.module, origin.path[0] ?? 'default')?.wrapper?.client) return true
  }
  return IO_NAME.test(calleeName(callee) ?? '') &&
    !(callee.type === 'MemberExpression' && callee.object.type === 'Literal') &&
    !/regex|pattern|^re$/i.test(dottedName(callee) ?? '')
    ? origin?.from === 'module'
    : false
}

export interface ProtectedCode {
  readonly doesIo: boolean
  readonly isProbe: boolean
  readonly isCleanup: boolean
}

/** What the code that may fail does: I/O, a parse or existence probe, or cleaning up. */
export function classifyProtectedCode(analysis: FileAnalysis, code: Node): ProtectedCode {
  const calls = callsIn(code)
  const probes = calls.filter((call) => isProbeCall(analysis, call))
  const cleanups = calls.filter((call) => isCleanupCall(call))
  const imports = someOwnNode(code, (node) => node.type === 'ImportExpression')
  const awaits = someOwnNode(code, (node) => {
    if (node.type === 'ForOfStatement') return node.await
    return node.type === 'AwaitExpression' && !isProbeCall(analysis, node.argument)
  })
  const doesIo = awaits || calls.some((call) => isIoCall(analysis, call) && !isProbeCall(analysis, call))
  const onlyReads = calls.length === 0 && !awaits && !imports
  return {
    doesIo,
    isProbe: !doesIo && ((calls.length <= 3 && (probes.length > 0 || imports)) || onlyReads),
    isCleanup: cleanups.length > 0 && cleanups.length + probes.length === calls.length && calls.length <= 4,
  }
}

export function isComputation(analysis: FileAnalysis, code: Node): boolean {
  return !classifyProtectedCode(analysis, code).doesIo
}
