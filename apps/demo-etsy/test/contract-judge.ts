import type { AxiosInstance, AxiosResponse } from 'axios'
import type { EtsyDocument } from './etsy-document.ts'

/** What was judged so far. */
interface Seen {
  answers: number
  requests: number
  /** Deviations that occurred, by name. */
  readonly named: Map<string, number>
}

/** Where the simulator differs from the document on purpose, by name. */
export const deviations: readonly {
  readonly name: string
  readonly reason: string
  readonly fits: (answer: Answer) => boolean
}[] = [
  {
    name: 'status-429',
    reason: 'the document has no 429, the API does (open-api#198, #256)',
    fits: ({ status }) => status === 429,
  },
  {
    name: 'bad-key-403',
    reason: 'the document says 401 for a bad key, the API answers 403 (open-api#1529)',
    fits: ({ status, body }) => status === 403 && /x-api-key|API key/.test(JSON.stringify(body)),
  },
  {
    name: 'insufficient-scope-403',
    reason: 'OAuth errors carry error_description beside error; status assumed',
    fits: ({ status, body }) => [401, 403].includes(status) && 'error_description' in (body as object),
  },
  {
    name: 'validation-array',
    reason: 'validation errors are a bare array, the document has ErrorSchema alone (open-api#622)',
    fits: ({ status, body }) => status === 400 && Array.isArray(body),
  },
  {
    name: 'status-503',
    reason: 'the document lists 503 for seven operations, an overloaded edge answers it for all',
    fits: ({ status }) => status === 503,
  },
  {
    name: 'edge-page',
    reason: 'pages of an edge in front of the API are in no document (open-api#220)',
    fits: ({ contentType }) => contentType.includes('text/html'),
  },
  {
    name: 'cut-answer',
    reason: 'E20 ends a JSON in the middle, as a broken connection behind a proxy does',
    fits: ({ contentType, body }) => contentType.includes('json') && typeof body === 'string',
  },
]

interface Answer {
  readonly operationId: string
  readonly status: number
  readonly contentType: string
  readonly body: unknown
}

function judgeAnswer(document: EtsyDocument, response: AxiosResponse<string>, seen: Seen): readonly string[] {
  const url = new URL(response.config.url ?? '', 'http://simulator')
  const found = document.find(response.config.method ?? 'get', url.pathname)
  if (found === undefined) return [`no operation for ${response.config.method ?? ''} ${url.pathname}`]
  seen.answers += 1
  const contentType = String(response.headers['content-type'] ?? '')
  let body: unknown
  try {
    body = JSON.parse(response.data)
  } catch {
    // What is no JSON is judged by the deviations alone.
    body = response.data
  }
  const { operationId, responses } = found.operation
  const known = deviations.find((deviation) =>
    deviation.fits({ operationId, status: response.status, contentType, body }),
  )
  const declared = responses[String(response.status)]
  const schema = declared?.content?.['application/json']?.schema
  const problems =
    declared === undefined
      ? [`status ${response.status} is not in the document`]
      : schema === undefined
        ? response.data === ''
          ? []
          : ['a body where the document has none']
        : document.problems(schema, body)
  if (problems.length > 0 && known !== undefined) {
    seen.named.set(known.name, (seen.named.get(known.name) ?? 0) + 1)
    return []
  }
  return problems.map((problem) => `${operationId} ${response.status}: ${problem}`)
}

/** Text of forms and queries as the value its schema means. */
function typed(schema: { type?: unknown; items?: unknown; nullable?: unknown }, text: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return Number(text)
  if (schema.type === 'boolean')
    return ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : text
  if (schema.type === 'array')
    return text === '' ? [] : text.split(',').map((part) => typed(schema.items as object, part))
  return text
}

function judgeRequest(document: EtsyDocument, config: AxiosResponse['config'], seen: Seen): readonly string[] {
  const url = new URL(config.url ?? '', 'http://simulator')
  const found = document.find(config.method ?? 'get', url.pathname)
  if (found === undefined) return [`no operation for ${config.method ?? ''} ${url.pathname}`]
  seen.requests += 1
  const { operation, parameters } = found
  const problems: string[] = []
  const query = (config.params ?? {}) as Record<string, string | number | boolean>
  const declared = operation.parameters ?? []
  for (const name of Object.keys(query)) {
    if (!declared.some((entry) => entry.name === name && entry.in === 'query')) problems.push(`unknown query ${name}`)
  }
  for (const entry of declared) {
    const value = entry.in === 'path' ? parameters[entry.name] : query[entry.name]
    if (value === undefined) {
      if (entry.required === true) problems.push(`missing ${entry.in} ${entry.name}`)
      continue
    }
    problems.push(...document.problems(entry.schema, typed(entry.schema, String(value))))
  }
  const data: unknown = config.data
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  if (content !== undefined) {
    const properties = (content.schema['properties'] ?? {}) as Record<string, object>
    const pairs =
      data instanceof FormData ? [...data] : type === 'application/json' ? [] : [...new URLSearchParams(String(data))]
    const form = Object.fromEntries(
      pairs.map(([name, value]) => [name, typeof value === 'string' ? typed(properties[name] ?? {}, value) : 'bytes']),
    )
    problems.push(...document.problems(content.schema, type === 'application/json' ? asJson(data) : form))
  }
  return problems.map((problem) => `${operation.operationId} request: ${problem}`)
}

function asJson(data: unknown): unknown {
  return typeof data === 'string' ? JSON.parse(data) : data
}

/** Judges everything that an instance sends and gets; returns what does not fit and what was seen. */
export function judgeAll(
  instance: AxiosInstance,
  document: EtsyDocument,
): { readonly wrong: readonly string[]; readonly seen: Readonly<Seen> } {
  const wrong: string[] = []
  const seen: Seen = { answers: 0, requests: 0, named: new Map() }
  instance.interceptors.request.use((config) => {
    wrong.push(...judgeRequest(document, config, seen))
    return config
  })
  instance.interceptors.response.use(
    (response: AxiosResponse<string>) => {
      wrong.push(...judgeAnswer(document, response, seen))
      return response
    },
    (error: { response?: AxiosResponse<string> }) => {
      if (error.response !== undefined) wrong.push(...judgeAnswer(document, error.response, seen))
      return Promise.reject(error)
    },
  )
  return { wrong, seen }
}
