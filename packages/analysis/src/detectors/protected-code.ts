import { clientValueOf } from '../clients/client-values.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { textOf } from '../model/source-file.ts'
import { calledFunction, originOf, requiredModule } from '../model/values.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  isInside,
  memberName,
  nameOf,
  someNode,
  someOwnNode,
  stringValue,
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
  'pathExists',
  'pathExistsSync',
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
  /^(?:close|kill|cleanup|dispose|destroy|teardown|unmount)[A-Z]\w*$|^(close|closeSync|end|destroy|releaseLock|release|cancel|abort|kill|disconnect|terminate|unsubscribe|removeListener|removeAllListeners|removeEventListener|dispose|quit|stop|rollback|unref|detach|cleanup|clear|clearTimeout|clearInterval|unregister|shutdown|teardown|unmount)$/
const FINAL_CLEANUP = /^(remove|delete|del|drop|reset|restore|flush|revert|unlock|unwatch|off|leave|logout)([A-Z]\w*)?$/
const PURE_OWNERS =
  /^(Math|Object|Array|Number|String|Date|Intl|JSON|Reflect)(\.\w+)+$|^(Date|Number|String|Boolean|Array|Error|Map|Set|TextDecoder|TextEncoder|URLSearchParams|isNaN|isFinite|parseInt|parseFloat)$/
const PURE_METHODS = new Set(
  (
    'split trim trimStart trimEnd replace replaceAll slice substring substr toLowerCase toUpperCase includes startsWith ' +
    'endsWith indexOf lastIndexOf match matchAll padStart padEnd charAt charCodeAt codePointAt normalize localeCompare ' +
    'concat at repeat toFixed toPrecision toLocaleString toLocaleDateString toLocaleTimeString toLocaleUpperCase ' +
    'toLocaleLowerCase toString toISOString toJSON getTime valueOf join map filter reduce findIndex some every flat ' +
    'flatMap reverse sort keys values entries push pop shift unshift format formatToParts resolvedOptions decode encode ' +
    'hasOwnProperty isArray'
  ).split(' '),
)
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

export function isProbeCall(analysis: FileAnalysis, call: Node, probes: readonly string[] = []): boolean {
  const node = unwrapAwait(call)
  if (node.type === 'ImportExpression' || requiredModule(analysis.file, node) !== undefined) return true
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  if (clientValueOf(analysis, node.callee)) return false
  const name = dottedName(node.callee) ?? calleeName(node.callee) ?? ''
  const last = calleeName(node.callee) ?? ''
  if (/^Promise\.resolve$|dns/i.test(name)) return false
  if (/^(exec|spawn)/.test(last) && node.arguments.some(asksForVersion)) return true
  if (/^parse([A-Z]|$)/.test(last) && isSynchronous(node)) return true
  return PROBES.test(name) || PROBE_METHODS.has(last) || probes.includes(name) || probes.includes(last)
}

/** Nothing waits for it, and no handler is attached to it. */
function isSynchronous({ parent }: Node): boolean {
  return parent?.type !== 'AwaitExpression' && parent?.type !== 'MemberExpression'
}

/** `exec('git --version')`, `execa('go', ['version'])`: whether a tool is installed. */
function asksForVersion(argument: Node): boolean {
  if (argument.type === 'ArrayExpression')
    return argument.elements.length === 1 && /^(-V|(--?)?v(ersion)?)$/.test(stringValue(argument.elements[0]) ?? '')
  return /^\S+ (-V|--?v(ersion)?|version)$/.test(stringValue(argument) ?? '')
}

/** A call of the language itself that only computes: nothing outside the program can make it fail. */
function isPureCall(node: Node): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const callee = unwrap(node.callee)
  if (callee.type === 'MemberExpression' && PURE_METHODS.has(calleeName(callee) ?? '')) return true
  return PURE_OWNERS.test(dottedName(callee) ?? '')
}

/** Text, number and date work from end to end, callbacks and functions of the file included. */
function onlyComputes(analysis: FileAnalysis, code: Node, probes: readonly string[], depth = 0): boolean {
  let calls = 0
  const impure = someNode(code, (node) => {
    if (node.type === 'AwaitExpression' || node.type === 'ImportExpression') return true
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
    calls += 1
    return (
      !isPureCall(node) && !isProbeCall(analysis, node, probes) && !callsComputation(analysis, node, probes, depth + 1)
    )
  })
  return (calls > 0 || depth > 0) && !impure
}

/** `try { data = parsed(text) } catch {}` with a function of this file that only computes as well. */
function callsComputation(analysis: FileAnalysis, call: Node, probes: readonly string[], depth: number): boolean {
  if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier' || depth > 2) return false
  const target = calledFunction(analysis.file, call.callee)
  if (!target?.body || target.async || target.generator || isInside(call, target)) return false
  return onlyComputes(analysis, target.body, probes, depth)
}

/** Removing or resetting something in a `finally`. */
export function isFinalCleanup(code: Node): boolean {
  const calls = callsIn(code)
  return calls.length <= 2 && calls.some((call) => FINAL_CLEANUP.test(calleeName(call.callee) ?? ''))
}

export function isCleanupCall(analysis: FileAnalysis, call: Node): boolean {
  const node = unwrapAwait(call)
  if (node.type !== 'CallExpression') return false
  const name = calleeName(node.callee) ?? ''
  // That of a component is over at once; that of a disk is an operation.
  if (/^unmount/.test(name)) return isSynchronous(node)
  return CLEANUP.test(name) || (removesFile(analysis, node) && isTidyingUp(analysis, node))
}

function removesFile(analysis: FileAnalysis, { callee }: CallExpression): boolean {
  const name = calleeName(callee) ?? ''
  if (/^(unlink|rm|rmdir)(Sync)?$/.test(name)) return true
  if (name !== 'remove' && name !== 'removeSync') return false
  // Unlike the `remove` of a store.
  const origin = originOf(analysis.file, unwrap(callee))
  return origin?.from === 'module' && origin.module === 'fs-extra'
}

const TEMPORARY = /te?mp|stag(e|ing)|scratch|partial|backup|lock|sock|pid/i
const TIDYING =
  /clean|clear|close|dispos|destroy|teardown|unmount|stop|shut|purge|prune|abort|rollback|reset|restor|revert|undo/i

/** What is removed was in the way: something temporary, or after a failure; elsewhere removing it is the very work. */
function isTidyingUp({ file }: FileAnalysis, call: CallExpression): boolean {
  const [target] = call.arguments
  if (target && TEMPORARY.test(textOf(file, target))) return true
  for (let current: Node | null | undefined = call.parent; current; current = current.parent) {
    if (current.type === 'CatchClause' || (current.type === 'TryStatement' && current.finalizer)) return true
    if (isFunction(current)) {
      if (TIDYING.test(nameOf(current) ?? '')) return true
      if (current.parent?.type === 'CallExpression' && memberName(unwrap(current.parent.callee)) === 'finally')
        return true
    }
  }
  return false
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
export function classifyProtectedCode(
  analysis: FileAnalysis,
  code: Node,
  probeNames: readonly string[] = [],
): ProtectedCode {
  const calls = callsIn(code)
  const probes = calls.filter((call) => isProbeCall(analysis, call, probeNames))
  const cleanups = calls.filter((call) => isCleanupCall(analysis, call))
  const imports = someOwnNode(code, (node) => node.type === 'ImportExpression')
  const awaits = someOwnNode(code, (node) => {
    if (node.type === 'ForOfStatement') return node.await
    return node.type === 'AwaitExpression' && !isProbeCall(analysis, node.argument, probeNames)
  })
  const doesIo = awaits || calls.some((call) => isIoCall(analysis, call) && !isProbeCall(analysis, call, probeNames))
  const onlyReads = calls.length === 0 && !awaits && !imports
  return {
    doesIo,
    isProbe:
      !doesIo &&
      ((calls.length <= 3 && (probes.length > 0 || imports)) || onlyReads || onlyComputes(analysis, code, probeNames)),
    isCleanup: cleanups.length > 0 && cleanups.length + probes.length === calls.length && calls.length <= 4,
  }
}
