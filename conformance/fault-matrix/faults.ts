import { createServer as createPlain } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import {
  type Answer,
  createFaultServer,
  drip,
  garbage,
  halfBody,
  hangUp,
  json,
  redirect,
  reset,
  respond,
  stall,
  text,
  wrongLength,
} from '@holdfast/fault-server'
import { generate } from 'selfsigned'

/** Where the requests of one cell go. */
export interface FaultySite {
  readonly url: string
  /** Requests that arrived; undefined where none can arrive. */
  readonly arrived: (() => number) | undefined
  close(): Promise<void>
}

/** The time limits of a policy. */
export interface Limits {
  readonly attemptMs: number
  readonly deadlineMs: number
}

/** A way to fail, made anew for every cell. */
export interface Fault {
  readonly name: string
  /** Short ones for the faults that only a limit ends, long ones for all others, so that no busy machine ends them. */
  readonly limits: Limits
  open(): Promise<FaultySite>
}

const body = json({ text: 'x'.repeat(400) })

const NEVER_REACHED: Limits = { attemptMs: 15_000, deadlineMs: 30_000 }
export const SHORT: Limits = { attemptMs: 1_500, deadlineMs: 6_000 }

const scripted = (name: string, answer: Answer, limits = NEVER_REACHED): Fault => ({
  name,
  limits,
  async open() {
    const server = await createFaultServer({ script: [answer] })
    return { url: server.url, arrived: () => server.journal.count(), close: () => server.close() }
  },
})

const listening = async (server: Server, scheme: string): Promise<Pick<FaultySite, 'url' | 'close'>> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const refused: Fault = {
  name: 'connection refused',
  limits: NEVER_REACHED,
  async open() {
    const server = await createFaultServer({ script: [respond(200)] })
    await server.refuseConnections()
    return { url: server.url, arrived: undefined, close: () => server.close() }
  },
}

const noName: Fault = {
  name: 'host name that does not exist',
  limits: NEVER_REACHED,
  open: () =>
    Promise.resolve({ url: 'http://no-such-host.invalid', arrived: undefined, close: () => Promise.resolve() }),
}

let certificate: Promise<{ readonly key: string; readonly cert: string }> | undefined

const selfSigned: Fault = {
  name: 'self-signed certificate',
  limits: NEVER_REACHED,
  async open() {
    certificate ??= generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' }).then(
      ({ private: key, cert }) => ({ key, cert }),
    )
    const server = createSecure(await certificate, (_request, response) => response.end('ok'))
    return { ...(await listening(server, 'https')), arrived: undefined }
  },
}

const plainPort: Fault = {
  name: 'TLS to a port without TLS',
  limits: NEVER_REACHED,
  async open() {
    const server = createPlain((_request, response) => response.end('ok'))
    return { ...(await listening(server, 'https')), arrived: undefined }
  },
}

/** Every fault of the matrix, in the order of an exchange. */
export const FAULTS: readonly Fault[] = [
  noName,
  refused,
  selfSigned,
  plainPort,
  scripted('reset before the request is read', reset('before-reading')),
  scripted('FIN before the request is read', hangUp('before-reading')),
  scripted('reset instead of an answer', reset('after-reading')),
  scripted('FIN instead of an answer', hangUp('after-reading')),
  scripted('no answer at all', stall(), SHORT),
  scripted('garbage instead of HTTP', garbage()),
  scripted('reset in the middle of the headers', reset('while-headers')),
  scripted('FIN in the middle of the headers', hangUp('while-headers')),
  scripted('redirect loop', redirect('/again')),
  scripted('reset after the headers', reset('after-headers')),
  scripted('FIN after the headers', hangUp('after-headers')),
  scripted('half a body, then reset', halfBody(body, { ending: 'reset' })),
  scripted('half a body, then FIN', halfBody(body)),
  scripted('half a body, then silence', halfBody(body, { ending: 'stall' }), SHORT),
  scripted('a body that drips without end', drip(text('x'.repeat(200)), { chunkBytes: 1, everyMs: 50 }), SHORT),
  scripted('a body shorter than announced', wrongLength(body, 100)),
  scripted('a body longer than announced', wrongLength(body, -100)),
  scripted(
    'a body that is not the gzip it claims to be',
    respond(200, { headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }),
  ),
]
