import { standardPolicy, wrapFetch, type Policy } from '@holdfast/core'
import { MissingConfigError, responseToServiceError, ValidationError } from '@holdfast/core/service-errors'
import { createFaultServer, json, respond, stall, type FaultServer } from '@holdfast/fault-server'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { FRAMEWORKS, type Running } from './frameworks.ts'

const SECRET = 'S3CR3T'
const WARN = 40

interface Line {
  readonly level: number
  readonly 'request.id'?: string
  readonly 'exception.stacktrace'?: string
  readonly [field: string]: unknown
}

let upstream: FaultServer
let policy: Policy
let lines: Line[] = []
let application: Running

const getItem = async (id: string): Promise<object> => {
  if (id === 'invalid') throw new ValidationError([{ path: ['title'], message: 'is too long' }])
  if (id === 'bug') throw new TypeError(`cannot read token=${SECRET} of undefined`)
  if (id === 'config') throw new MissingConfigError(['SHOP_KEY'])
  const response = await wrapFetch(policy)(`${upstream.url}/items/${id}?api_key=${SECRET}`)
  if (!response.ok) throw await responseToServiceError(response, { upstream: 'shop', operation: 'getItem' })
  return (await response.json()) as object
}

beforeAll(async () => {
  upstream = await createFaultServer({ script: [json({})] })
})

afterAll(() => upstream.close())

describe.each(Object.entries(FRAMEWORKS))('%s', (_name, start) => {
  const strayed: string[] = []

  beforeEach(async () => {
    lines = []
    strayed.length = 0
    policy = standardPolicy({
      name: 'shop',
      retry: false,
      deadline: { afterMs: 1_000 },
      attemptTimeout: { afterMs: 100 },
    })
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) })
    application = await start(getItem, log)
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => strayed.push(String(chunk)) > 0)
    }
    for (const method of ['log', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...words) => void strayed.push(words.join(' ')))
    }
  })

  afterEach(async () => {
    vi.restoreAllMocks()
    policy.close()
    await application.close()
  })

  const leakyBody = { error: { code: 'bad', message: SECRET }, stack: 'at /srv/upstream.js:1:1' }
  const leaky = (status: number, headers = {}) => json(leakyBody, { status, headers })

  const check = async (path: string, status: number, code: string, logged = code) => {
    const response = await fetch(application.url + path)
    const text = await response.text()
    const problem = JSON.parse(text) as Record<string, unknown>
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect([response.status, problem['status'], problem['code']]).toEqual([status, status, code])
    const id = response.headers.get('x-request-id') ?? ''
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(problem['instance']).toBe(id)
    // The id leads to one line, and that line alone tells the rest.
    const found = lines.filter((line) => JSON.stringify(line).includes(id))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ 'request.id': id, 'error.type': logged })
    expect(found[0]?.level).toBeGreaterThanOrEqual(WARN)
    expect(found[0]?.['exception.stacktrace']).toMatch(/^\s+at /)
    expect(lines.filter(({ level }) => level >= WARN)).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain(SECRET)
    for (const leak of [SECRET, '    at ', '.ts:', '.js:', 'node_modules', upstream.url, '127.0.0.1', 'shop'])
      expect(text).not.toContain(leak)
    expect(strayed).toEqual([])
    return { response, problem }
  }

  it.each([
    [500, 503, 'service-unavailable'],
    [503, 503, 'service-unavailable'],
    [404, 404, 'not-found'],
    [401, 502, 'authentication'],
    [403, 502, 'authorization'],
    [409, 409, 'conflict'],
    [422, 422, 'validation'],
  ])('upstream %i becomes %i %s', async (given, status, code) => {
    upstream.use([leaky(given)])
    const { problem } = await check('/items/1', status, code)
    expect(problem).not.toHaveProperty('errors')
  })

  it('hands the wait of a rate limit on', async () => {
    upstream.use([leaky(429, { 'retry-after': '7' })])
    const { response, problem } = await check('/items/1', 503, 'rate-limited')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(problem['retryAfter']).toBe(7)
  })

  it('a silent upstream becomes 504, one that is gone 503', async () => {
    upstream.use([stall()])
    await check('/items/1', 504, 'network-timeout')
    lines = []
    await upstream.refuseConnections()
    try {
      await check('/items/1', 503, 'service-unavailable')
    } finally {
      await upstream.acceptConnections()
    }
  })

  it('an open circuit becomes 503 without a call', async () => {
    policy.forceOpen('maintenance')
    upstream.use([respond(200)])
    const before = upstream.journal.entries.length
    await check('/items/1', 503, 'service-unavailable')
    expect(upstream.journal.entries).toHaveLength(before)
  })

  it('own data errors say what is wrong; bugs and missing settings say nothing', async () => {
    const { problem } = await check('/items/invalid', 422, 'validation')
    expect(problem['errors']).toEqual([{ pointer: '/title', detail: 'is too long' }])
    lines = []
    await check('/items/bug', 500, 'unexpected')
    lines = []
    await check('/items/config', 500, 'unexpected', 'missing-config')
  })

  it('a good answer is untouched and logs nothing', async () => {
    upstream.use([json({ id: 1 })])
    const response = await fetch(`${application.url}/items/1`)
    expect([response.status, await response.json()]).toEqual([200, { id: 1 }])
    expect(lines).toEqual([])
  })
})

describe("what the framework itself refuses is the caller's doing", () => {
  const post = async (name: string, body: string) => {
    const log: string[] = []
    const app = await FRAMEWORKS[name]!(getItem, pino({}, { write: (line: string) => void log.push(line) }))
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const response = await fetch(`${app.url}/items`, init)
    const problem = (await response.json()) as { errors: unknown }
    await app.close()
    expect(response.status).toBe(422)
    expect(log).toHaveLength(1)
    expect(JSON.stringify([problem, log])).not.toContain(SECRET)
    return problem.errors
  }

  it.each(['Express', 'Fastify'])('%s: a body that is no JSON', async (name) => {
    expect(await post(name, `{"password": ${SECRET}`)).toEqual([{ pointer: '', detail: 'the request cannot be read' }])
  })

  it('Fastify: data against the schema', async () => {
    expect(await post('Fastify', '{}')).toEqual([{ pointer: '', detail: "must have required property 'title'" }])
    expect(await post('Fastify', `{"title":"${'x'.repeat(141)}"}`)).toEqual([
      { pointer: '/title', detail: 'must NOT have more than 140 characters' },
    ])
  })
})
