import {
  calleeName,
  dottedName,
  enclosingFunction,
  nameOf,
  type CallExpression,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'
import type { SourceFile } from './source-file.ts'

/** A file that is run as a command: by its first line, or because it ends the process when its work is done. */
export function endsByItself(file: SourceFile): boolean {
  if (file.text.startsWith('#!')) return true
  const exits = file.callsNamed('exit').filter((call) => dottedName(call.callee) === 'process.exit')
  if (exits.some((call) => functionsAround(call).length === 0)) return true
  return file.callsNamed('listen').length === 0 && exits.some(endsWell)
}

const ENDING = /exit|shut|stop|clos|quit|kill|terminat|clean|signal|handl|dispos|die|abort|restart/i

/** `process.exit(0)` after the work, unlike that of a listener or of a function that stops a server. */
function endsWell(call: CallExpression): boolean {
  const [code] = call.arguments
  if (code && !(code.type === 'Literal' && code.value === 0)) return false
  return functionsAround(call).every((target) => isStep(target) && !ENDING.test(nameOf(target) ?? ''))
}

/** A function that is called by its name, at once, or after what a promise stands for. */
function isStep(target: FunctionNode): boolean {
  const { parent } = target
  if (parent?.type !== 'CallExpression' || parent.callee === target) return true
  return /^(then|finally)$/.test(calleeName(parent.callee) ?? '')
}

function functionsAround(node: Node): readonly FunctionNode[] {
  const found: FunctionNode[] = []
  for (let target = enclosingFunction(node); target; target = enclosingFunction(target)) found.push(target)
  return found
}
