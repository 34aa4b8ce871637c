import {
  createFaultServer,
  json,
  respond,
  text,
  type Answer,
  type FaultServer,
  type ReceivedRequest,
} from '@holdfast/fault-server'
import type { ScenarioOptions } from '../cases/case.ts'

interface Script {
  readonly answers: readonly Answer[]
  readonly exposed: readonly string[]
  readonly server: FaultServer
  readonly origin: NonNullable<ScenarioOptions['origin']>
  /** Sequence numbers and header fields of the requests so far. */
  readonly received: Map<number, { readonly headers: Readonly<Record<string, string>>; readonly isPreflight: boolean }>
  next: number
}

/** The fault servers of one run and the control server through which cases in another process set them up. */
export interface ScenarioServer {
  readonly controlUrl: string
  /** The origin that serves the pages given. */
  readonly pageUrl: string
  close(): Promise<void>
}

const CORS = { 'access-control-allow-origin': '*' }

const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer =>
  answer.kind === 'response' ? { ...answer, headers: { ...headers, ...answer.headers } } : answer

/** @param pages - Texts served by path, with their content type. */
export const startScenarioServer = async (
  pages: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {},
): Promise<ScenarioServer> => {
  const scripts = new Map<string, Script>()

  const answerScenario = (request: ReceivedRequest): Answer => {
    const page = pages[request.path]
    if (page !== undefined) return respond(200, { headers: { 'content-type': page.type }, body: page.body })
    const script = scripts.get(request.path.split('/')[2] ?? '')
    if (script === undefined) return text(`no scenario at ${request.path}`, { status: 404 })
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    script.received.set(request.seq, { headers: request.headers, isPreflight })
    if (isPreflight) {
      const allowed = { 'access-control-allow-methods': '*', 'access-control-allow-headers': '*' }
      return respond(204, { headers: { ...CORS, ...allowed, 'access-control-max-age': '0' } })
    }
    const answer = script.answers[Math.min(script.next, script.answers.length - 1)]
    script.next += 1
    if (answer === undefined) return text('the script is empty', { status: 500 })
    const exposed = script.exposed.length === 0 ? {} : { 'access-control-expose-headers': script.exposed.join(', ') }
    return script.origin === 'other' ? withHeaders(answer, { ...CORS, ...exposed }) : answer
  }

  const journal = { bodies: true }
  const same = await createFaultServer({ handler: answerScenario, journal })
  const other = await createFaultServer({ handler: answerScenario, journal })

  const control = await createFaultServer({
    async handler(request) {
      const [, , id] = request.path.split('/')
      if (id === undefined) {
        const given = (await request.json()) as ScenarioOptions & { readonly script: readonly Answer[] }
        const { script: answers, origin = 'same', exposed = [] } = given
        const server = origin === 'same' ? same : other
        const key = String(scripts.size + 1)
        scripts.set(key, { answers, exposed, origin, server, received: new Map(), next: 0 })
        return json({ id: Number(key), url: `${server.url}/s/${key}` }, { headers: CORS })
      }
      const script = scripts.get(id)
      if (script === undefined) return text(`no scenario ${id}`, { status: 404, headers: CORS })
      const seen = script.server.journal.entries.flatMap((entry) => {
        const received = script.received.get(entry.seq)
        return received === undefined ? [] : [{ ...entry, ...received }]
      })
      return json(seen, { headers: CORS })
    },
  })

  return {
    controlUrl: control.url,
    pageUrl: same.url,
    async close() {
      await Promise.all([same.close(), other.close(), control.close()])
    },
  }
}
