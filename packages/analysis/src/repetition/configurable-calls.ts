import type { FileAnalysis } from '../model/analysis.ts'
import { importedCalls } from '../model/imported-calls.ts'
import type { CallExpression } from '../syntax/nodes.ts'
import { inSourceOrder } from '../syntax/source-order.ts'

/** The calls whose options a library or a client reads: functions of other modules, requests, and what makes an instance. */
export function configurableCalls(analysis: FileAnalysis): readonly CallExpression[] {
  const found = new Set(importedCalls(analysis.file).map(({ node }) => node))
  for (const { node } of analysis.httpCalls) found.add(node)
  for (const { node } of analysis.creations) if (node.type === 'CallExpression') found.add(node)
  return inSourceOrder([...found])
}
