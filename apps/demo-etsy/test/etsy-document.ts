import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

type Node = Record<string, unknown>

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Node
}

interface DocumentOperation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Node }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Node }>> }>
  >
}

/** The official document, ready to judge requests and answers. */
export interface EtsyDocument {
  find(
    method: string,
    path: string,
  ): { readonly operation: DocumentOperation; readonly parameters: Readonly<Record<string, string>> } | undefined
  /** What is wrong with a value; empty when it fits. Unknown properties are wrong. */
  problems(schema: Node, value: unknown): readonly string[]
}

const folder = process.env['HOLDFAST_API_SPECS']
const file = folder === undefined ? undefined : join(folder, 'etsy-openapi-v3.json')

/** Whether the document is at hand. */
export const hasDocument = file !== undefined && existsSync(file)

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type more; objects with properties are closed. */
function translated(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(translated)
  if (typeof node !== 'object' || node === null) return node
  const { nullable, ...rest } = node as Node
  const copy: Node = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith('x-') || name === 'example' || name === 'discriminator') continue
    copy[name] = name === 'enum' && nullable === true ? [...(value as unknown[]), null] : translated(value)
  }
  if (copy['type'] === 'object' && Object.keys(copy['properties'] ?? {}).length > 0)
    copy['additionalProperties'] = false
  if (nullable !== true) return copy
  if (typeof copy['type'] === 'string') return { ...copy, type: [copy['type'], 'null'] }
  return { anyOf: [copy, { type: 'null' }] }
}

/** Reads the document. */
export function loadDocument(): EtsyDocument {
  const document = JSON.parse(readFileSync(file ?? '', 'utf8')) as {
    paths: Record<string, Record<string, DocumentOperation>>
    components: Node
  }
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('ISO 3166-1 alpha-2', /^[A-Z]{2}$/)
  ajv.addSchema({ $id: 'etsy', components: translated(document.components) as Node })
  const compiled = new Map<Node, ValidateFunction>()
  const patterns = Object.entries(document.paths)
    .map(([path, methods]) => ({
      names: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`),
      methods,
    }))
    .sort((a, b) => a.names.length - b.names.length)
  return {
    find(method, path) {
      for (const { pattern, names, methods } of patterns) {
        const match = pattern.exec(path)
        const operation = methods[method.toLowerCase()]
        if (match === null || operation === undefined) continue
        return { operation, parameters: Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ''])) }
      }
      return undefined
    },
    problems(schema, value) {
      let validate = compiled.get(schema)
      if (validate === undefined) {
        const text = JSON.stringify(translated(schema)).replaceAll('"#/components', '"etsy#/components')
        validate = ajv.compile(JSON.parse(text) as Node)
        compiled.set(schema, validate)
      }
      if (validate(value)) return []
      return (validate.errors ?? []).map(
        (error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
      )
    },
  }
}
