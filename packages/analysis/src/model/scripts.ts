import {
  calleeName,
  dottedName,
  enclosingFunction,
  functionsAround,
  memberName,
  nameOf,
  unwrap,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import type { SourceFile } from './source-file.ts'
import { originOf } from './values.ts'

/** A file that ends the process while it loads or when its work is done. */
export function endsByItself(file: SourceFile): boolean {
  const exits = exitsOf(file)
  if (exits.some((call) => functionsAround(call).every(isMainsHandler))) return true
  return file.callsNamed('listen').length === 0 && exits.some((call) => endsWell(call, isStep))
}

/** What `main().catch(...)` at the top of a file runs where the work failed. */
export function isMainsHandler(target: FunctionNode): boolean {
  const call = target.parent
  const callee = call?.type === 'CallExpression' && !enclosingFunction(call) ? unwrap(call.callee) : undefined
  if (callee?.type !== 'MemberExpression' || memberName(callee) !== 'catch') return false
  const work = unwrap(callee.object)
  return work.type === 'CallExpression' && /^(main|run)$/.test(calleeName(work.callee) ?? '')
}

const TOOL_CONFIG =
  /(^|\/)((esbuild|vite|vitest|webpack|rollup|rspack|rsbuild|tsup|tsdown|next|nuxt|astro|svelte|metro|jest|playwright|cypress|tailwind|postcss|babel)\.config|[gG]ulpfile|Gruntfile)(\.\w+)?\.[cm]?[jt]s$/

/** What a build or test tool loads; its console is the tool's. */
export function isToolConfig(path: string): boolean {
  return TOOL_CONFIG.test(path)
}

/** By its first line, by what it works on, or because it ends when its work is done. */
export function isOneOff(file: SourceFile): boolean {
  if (file.text.startsWith('#!')) return true
  if (file.callsNamed('listen').length > 0) return false
  return (
    exitsOf(file).some((call) => endsWell(call, runsAtOnce)) ||
    CLOSING.some((name) => file.callsNamed(name).some(isLast)) ||
    file.identifiersNamed('process').some(isOperand)
  )
}

function exitsOf(file: SourceFile): readonly CallExpression[] {
  return file.callsNamed('exit').filter(({ callee }) => {
    if (dottedName(callee) === 'process.exit') return true
    const origin = callee.type === 'Identifier' ? originOf(file, callee) : undefined
    return origin?.from === 'module' && /^(node:)?process$/.test(origin.module)
  })
}

const CLOSING = ['$disconnect', 'disconnect', 'close', 'end', 'destroy', 'quit']

/** `main().catch(fail).finally(() => db.close())` at the top of a file: what it used is closed when the work is done. */
function isLast(call: CallExpression): boolean {
  const around = functionsAround(call)
  return around.length > 0 && around.every(isContinuation)
}

/** `const issue = process.argv[2]`: what the command works on, kept by code that runs at once. */
function isOperand(started: Node): boolean {
  const argv = started.parent
  if (!argv || dottedName(argv) !== 'process.argv') return false
  const access = argv.parent
  if (access?.type !== 'MemberExpression' || access.object !== argv || !access.computed) return false
  const { property, parent } = access
  if (property.type !== 'Literal' || typeof property.value !== 'number' || property.value < 2) return false
  return parent?.type === 'VariableDeclarator' && parent.init === access && functionsAround(access).every(runsAtOnce)
}

const ENDING =
  /exit|shut|stop|clos|quit|kill|terminat|clean|signal|handl|dispos|die|abort|restart|error|fail|fatal|crash|panic|bail/i

/** `process.exit(0)` after the work, unlike that of a listener or of a function that stops a server. */
function endsWell(call: CallExpression, isPassed: (target: FunctionNode) => boolean): boolean {
  const [code] = call.arguments
  if (code && !(code.type === 'Literal' && code.value === 0)) return false
  const around = functionsAround(call)
  return around.length > 0 && around.every((target) => isPassed(target) && !ENDING.test(nameOf(target) ?? ''))
}

/** `(async () => { ... })()`, `main`, or what follows them. */
function runsAtOnce(target: FunctionNode): boolean {
  if (target.parent?.type === 'CallExpression') return isStep(target)
  return /^(main|run)$/.test(nameOf(target) ?? '')
}

/** A function that is called by its name, at once, or after what a promise stands for. */
function isStep(target: FunctionNode): boolean {
  return target.parent?.type !== 'CallExpression' || target.parent.callee === target || isContinuation(target)
}

function isContinuation({ parent }: FunctionNode): boolean {
  return parent?.type === 'CallExpression' && /^(then|finally)$/.test(calleeName(parent.callee) ?? '')
}
