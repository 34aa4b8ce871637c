import type { AxiosResponse } from 'axios'
import { expect, test } from 'vitest'
import { scenarioIds } from '../src/simulator/index.ts'
import { type EtsyDocument, hasDocument, loadDocument } from './etsy-document.ts'
import { newListing, pixel, startRig } from './rig.ts'

if (!hasDocument) console.warn('contract tests SKIPPED: set HOLDFAST_API_SPECS to the folder with etsy-openapi-v3.json')

/** Where the simulator differs from the document on purpose, by name. */
const deviations: readonly {
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
    name: 'owner-403',
    reason: 'an owner refusal where the document lists no 403 (open-api#438)',
    fits: ({ status, body }) => status === 403 && JSON.stringify(body).includes('does not own Shop'),
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
]

interface Answer {
  readonly operationId: string
  readonly status: number
  readonly contentType: string
  readonly body: unknown
}

const seen = { answers: 0, requests: 0, named: new Map<string, number>() }

function judgeAnswer(document: EtsyDocument, response: AxiosResponse<string>): readonly string[] {
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

function judgeRequest(document: EtsyDocument, config: AxiosResponse['config']): readonly string[] {
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

test.skipIf(!hasDocument)(
  'every answer of the simulator and every request of the client fit the official document',
  async () => {
    const document = loadDocument()
    const { simulator, client } = await startRig({
      orders: 3,
      listings: 110,
      hangMs: 20,
      policy: { attemptMs: 200, deadlineMs: 600 },
    })
    const wrong: string[] = []
    const { instance } = client.connection
    instance.interceptors.request.use((config) => {
      wrong.push(...judgeRequest(document, config))
      return config
    })
    const judge = (response: AxiosResponse<string>): void => void wrong.push(...judgeAnswer(document, response))
    instance.interceptors.response.use(
      (response: AxiosResponse<string>) => {
        judge(response)
        return response
      },
      (error: { response?: AxiosResponse<string> }) => {
        if (error.response !== undefined) judge(error.response)
        return Promise.reject(error)
      },
    )
    const everything = async (): Promise<void> => {
      const quiet = { catch: () => undefined }
      const attempt = async (run: () => Promise<unknown>): Promise<unknown> => run().catch(quiet.catch)
      await attempt(() => client.ping())
      await attempt(() => client.me())
      await attempt(() => client.shop())
      await attempt(() => client.listings({ state: 'active', limit: 100, offset: 0 }))
      await attempt(() => client.listings({ state: 'active', limit: 100, offset: 12_001 }))
      await attempt(() => client.listingsByIds([1_001, 1_002, 5]))
      await attempt(() => client.ensureReadinessState({ kind: 'ready_to_ship', minDays: 1, maxDays: 3 }))
      await attempt(() => client.ensureReadinessState({ kind: 'made_to_order', minDays: 3, maxDays: 5 }))
      await attempt(() => client.readinessStates())
      await attempt(() => client.createDraft({ ...newListing, title: '100% <mug>' }))
      const draft = await client.createDraft(newListing).catch(() => undefined)
      const id = draft?.listingId ?? 1_001
      await attempt(() => client.uploadImage(id, { bytes: pixel, fileName: 'a.png', rank: 1, altText: 'A mug' }))
      await attempt(() => client.uploadImage(id, { bytes: new Uint8Array(), fileName: 'a.png', rank: 2, altText: '' }))
      await attempt(() => client.images(id))
      await attempt(async () => client.replaceInventory(id, await client.inventory(id)))
      await attempt(() => client.updateListing(id, { state: 'active', tags: ['a', 'b'] }))
      await attempt(() => client.listing(id))
      await attempt(() => client.listing(1))
      await attempt(() => client.receipts({ wasShipped: false, changedSinceSeconds: 1_700_000_000 }))
      await attempt(() => client.receipt(700_001))
      await attempt(() => client.receipt(1))
      await attempt(() => client.addTracking(700_001, { trackingCode: 'HF1', carrierName: 'other' }))
      await attempt(() => client.deleteListing(id))
      await attempt(async () => client.scopes(simulator.grants.issueDirectly(['shops_r']).access_token))
    }
    await everything()
    expect(wrong).toEqual([])
    for (const id of scenarioIds) {
      // Each scenario meets everything it is meant for once, fresh policy state in between.
      if (['E2', 'E6', 'E7', 'E20', 'E28'].includes(id)) continue
      simulator.inject({ id, times: 30, share: 0.5, variant: id.length % 3 })
      await everything()
      simulator.plan.clear()
      client.connection.policy.reset()
    }
    expect(wrong).toEqual([])
    expect(seen.answers).toBeGreaterThan(300)
    expect(seen.requests).toBeGreaterThan(300)
    console.info(
      `contract: ${seen.requests} requests and ${seen.answers} answers; deviations ${JSON.stringify([...seen.named])}`,
    )
  },
  60_000,
)
