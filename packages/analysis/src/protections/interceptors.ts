import type { ClientValue, CodeContext } from '../clients/client-value.ts'
import { clientValueOf } from '../clients/client-values.ts'
import { definitionOf } from '../model/values.ts'
import { dottedName, isFunction, memberName, keyName, someNode, unwrap, type CallExpression } from '../syntax/nodes.ts'

/** The instance whose request interceptor this call adds, when the interceptor sets a timeout. */
export function timedByInterceptor(context: CodeContext, call: CallExpression): ClientValue | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression' || !/\.interceptors\.request\.use$/.test(dottedName(callee) ?? ''))
    return undefined
  const handler = call.arguments[0] ? definitionOf(context.file, call.arguments[0]) : undefined
  if (!isFunction(handler)) return undefined
  const sets = someNode(handler, (node) => {
    if (node.type === 'Property') return keyName(node.key, node.computed) === 'timeout'
    return node.type === 'AssignmentExpression' && memberName(unwrap(node.left)) === 'timeout'
  })
  const request = unwrap(callee.object)
  const interceptors = request.type === 'MemberExpression' ? unwrap(request.object) : undefined
  return sets && interceptors?.type === 'MemberExpression' ? clientValueOf(context, interceptors.object) : undefined
}
