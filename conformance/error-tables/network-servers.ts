import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createSecure } from 'node:https'
import { createServer as createHttp2 } from 'node:http2'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'

/** Servers of one run, closed together. */
export class Servers {
  readonly #closing: (() => Promise<unknown>)[] = []

  /** What is sent to each connection once a request has come; undefined for silence. */
  async raw(answer: string | undefined, ending: 'end' | 'reset' = 'end'): Promise<string> {
    return this.#listen(
      createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => {
          if (ending === 'reset') socket.resetAndDestroy()
          else if (answer !== undefined) socket.end(answer)
        })
      }),
    )
  }

  async secure(host: string, from: Date, to: Date): Promise<string> {
    const attributes = [{ name: 'commonName', value: host }]
    const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: host }] }]
    const options = { keyType: 'ec' as const, notBeforeDate: from, notAfterDate: to, extensions }
    const { private: key, cert } = await generate(attributes, options)
    this.certificate = cert
    return this.#listen(
      createSecure({ key, cert }, (_, response) => response.end('ok')),
      'https',
    )
  }

  /** The certificate made last, for a client that is to trust it. */
  certificate = ''

  async http2(code: number): Promise<string> {
    const server = createHttp2()
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.close(code)
    })
    return this.#listen(server)
  }

  /** A name server that answers every question with this code, or not at all. */
  async resolver(responseCode: number | undefined): Promise<string> {
    const socket = createSocket('udp4')
    socket.on('message', (question, from) => {
      if (responseCode === undefined) return
      const answer = Buffer.from(question)
      // RFC 1035 section 4.1.1: a response, recursion available, and its code.
      answer[2] = 0x81
      answer[3] = 0x80 | responseCode
      socket.send(answer, from.port, from.address)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    this.#closing.push(async () => {
      socket.close()
    })
    return `127.0.0.1:${socket.address().port}`
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()))
  }

  async #listen(server: Server, scheme = 'http'): Promise<string> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#closing.push(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    })
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }
}
