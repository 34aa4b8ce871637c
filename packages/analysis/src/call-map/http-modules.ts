import { configValue } from '../clients/config-values.ts'
import { dottedName } from '../syntax/nodes.ts'
import type { LoadedFile } from './loaded-files.ts'

/** What the Nest module of a file says about the timeout of `HttpService`. */
export function httpModulesIn({ file }: LoadedFile): ('timeout' | 'none')[] {
  return file.identifiersNamed('HttpModule').flatMap((use) => {
    const member = use.parent
    if (member?.type === 'ImportSpecifier') return []
    const call = member?.type === 'MemberExpression' ? member.parent : undefined
    if (call?.type !== 'CallExpression') return member?.type === 'ArrayExpression' ? ['none' as const] : []
    const config = call.arguments[0]
    const timeout = configValue(file, config?.type === 'SpreadElement' ? undefined : config, 'timeout')
    const isGiven = /Async$/.test(dottedName(call.callee) ?? '') || timeout.found !== 'absent'
    return [isGiven ? ('timeout' as const) : ('none' as const)]
  })
}
