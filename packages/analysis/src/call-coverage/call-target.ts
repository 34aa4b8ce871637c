import { BASE_URL_KEYS } from '../clients/client-table.ts'
import type { ClientValue } from '../clients/client-value.ts'
import { configValue } from '../clients/config-values.ts'
import type { HttpCall } from '../clients/http-calls.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import type { SourceFile } from '../model/source-file.ts'
import { definitionOf } from '../model/values.ts'
import { dottedName, stringValue, unwrap, type Node } from '../syntax/nodes.ts'

/** The text of a URL with `:name` in place of its variable parts; undefined where nothing of it is written down. */
function urlTemplate(file: SourceFile, url: Node | undefined, depth = 0): string | undefined {
  if (!url || depth > 4) return undefined
  const node = definitionOf(file, unwrap(url))
  const literal = stringValue(node)
  const known = literal ?? environmentHost(node)
  if (known !== undefined) return known
  if (node.type === 'TemplateLiteral') {
    return node.quasis
      .map(({ value }, index) => {
        const part = node.expressions[index]
        return (
          (value.cooked ?? '') + (part === undefined ? '' : variable(file, part, index === 0 && value.cooked === ''))
        )
      })
      .join('')
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const left = urlTemplate(file, node.left, depth + 1)
    const right = urlTemplate(file, node.right, depth + 1)
    return left === undefined && right === undefined
      ? undefined
      : `${left ?? variable(file, node.left, true)}${right ?? variable(file, node.right, false)}`
  }
  if (node.type === 'NewExpression') {
    const [first, base] = node.arguments
    const own = urlTemplate(file, first, depth + 1)
    const outer = base ? urlTemplate(file, base, depth + 1) : undefined
    return own === undefined || /^https?:/i.test(own) || outer === undefined ? own : outer.replace(/\/[^/]*$/, '') + own
  }
  return undefined
}

/** A constant is written out where it begins the URL; anything else becomes `:name`. */
function variable(file: SourceFile, part: Node, isFirst: boolean): string {
  const first = isFirst ? definitionOf(file, unwrap(part)) : undefined
  const text = first && (stringValue(first) ?? environmentHost(first))
  if (text !== undefined) return text
  const name = dottedName(unwrap(part))?.split('.').at(-1)
  return `:${name === undefined || !/^\w+$/.test(name) ? 'value' : name}`
}

/** The host of a call or of a base URL, or the name of the variable that holds it. */
export function hostOf(analysis: FileAnalysis, call: HttpCall | undefined, base?: Node): string | undefined {
  const own = hostIn(urlTemplate(analysis.file, call?.url ?? base))
  if (own !== undefined || !call) return own
  const ofClient = creationBaseUrl(analysis, call.value)
  return ofClient && hostIn(urlTemplate(analysis.file, ofClient))
}

/** The base URL that the creation of a client gives. */
export function creationBaseUrl(analysis: FileAnalysis, value: ClientValue): Node | undefined {
  const config = value.creation?.arguments[0]
  if (config?.type === 'SpreadElement') return undefined
  for (const key of BASE_URL_KEYS) {
    const given = configValue(analysis.file, config, key)
    if (given.found === 'value') return given.value
  }
  return undefined
}

function hostIn(template: string | undefined): string | undefined {
  const host = template === undefined ? undefined : /^(?:[a-z]+:)?\/\/((?:[^/?#@:]|:\d)+)/i.exec(template)?.[1]
  return host === undefined || host.startsWith(':') ? undefined : host.startsWith('$') ? host : host.toLowerCase()
}

/** `process.env.SHOP_URL` is not known here, but it is one host: `//$SHOP_URL`. */
function environmentHost(node: Node): string | undefined {
  const name = /^(?:process\.|import\.meta\.)?env\.(\w+)$/.exec(dottedName(node) ?? '')?.[1]
  return name === undefined ? undefined : `//$${name}`
}

/** The path of a call without its query; undefined where it is not written down. */
export function pathOf(analysis: FileAnalysis, call: HttpCall): string | undefined {
  const template = urlTemplate(analysis.file, call.url)
  if (template === undefined) return undefined
  const path = template.replace(/^(?:[a-z]+:)?\/\/(?:[^/?#:]|:\d)*/i, '').replace(/[?#].*$/, '')
  const clean = path === '' ? '/' : path
  return clean.startsWith('/') || clean.startsWith(':') ? clean : `/${clean}`
}
