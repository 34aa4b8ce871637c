import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, ConnectionEnding, DisconnectAnswer, RawAnswer, ResponseAnswer } from './answer.ts'

/** Time for written bytes to reach the client before the connection goes down, so that it sees both, in this order. */
const flushMs = 5

/**
 * Puts an answer on the wire and resolves when the exchange is over on this side.
 * @param gone fires when the connection has closed; every wait ends with it
 */
export async function sendAnswer(answer: Answer, response: ServerResponse, gone: AbortSignal): Promise<void> {
  await pause(answer.delayMs ?? 0, gone)
  if (gone.aborted) return
  switch (answer.kind) {
    case 'response':
      return sendResponse(answer, response, gone)
    case 'disconnect':
      return sendDisconnect(answer, response.req, gone)
    case 'raw':
      return sendRaw(answer, response.req, gone)
    case 'stall':
      return closed(gone)
  }
}

async function sendResponse(answer: ResponseAnswer, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const body = Buffer.from(answer.body ?? '')
  const hasBody = answer.status !== 204 && answer.status !== 304
  response.writeHead(answer.status, {
    ...copyHeaders(answer),
    ...(hasBody && answer.framing !== 'chunked' ? { 'content-length': answer.declaredLength ?? body.length } : {}),
  })
  const delivery = answer.delivery ?? { mode: 'whole' }
  if (!hasBody || response.req.method === 'HEAD') return finish(response)
  if (delivery.mode === 'drip') return dripBody(body, delivery, response, gone)
  if (delivery.mode === 'cut') {
    response.flushHeaders()
    if (delivery.afterBytes > 0) await write(body.subarray(0, delivery.afterBytes), response)
    return endConnection(response.req, delivery.ending, gone)
  }
  if ((answer.declaredLength ?? 0) > body.length) {
    await write(body, response)
    return endConnection(response.req, 'end', gone)
  }
  return finish(response, body)
}

async function dripBody(
  body: Buffer,
  { chunkBytes, everyMs }: { readonly chunkBytes: number; readonly everyMs: number },
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  response.flushHeaders()
  for (let start = 0; start < body.length && !gone.aborted; start += chunkBytes) {
    if (start > 0) await pause(everyMs, gone)
    await write(body.subarray(start, start + chunkBytes), response)
  }
  // The client's departure has closed the response: a second `close` would never come.
  return gone.aborted ? undefined : finish(response)
}

async function sendDisconnect(answer: DisconnectAnswer, request: IncomingMessage, gone: AbortSignal): Promise<void> {
  if (answer.at === 'while-headers')
    await write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-half', request.socket)
  if (answer.at === 'after-headers') {
    await write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 64\r\n\r\n', request.socket)
  }
  return endConnection(request, answer.ending, gone)
}

async function sendRaw(answer: RawAnswer, request: IncomingMessage, gone: AbortSignal): Promise<void> {
  await write(answer.bytes, request.socket)
  return endConnection(request, answer.ending, gone)
}

async function endConnection(
  request: IncomingMessage,
  ending: ConnectionEnding | 'stall',
  gone: AbortSignal,
): Promise<void> {
  if (ending === 'stall') return closed(gone)
  await pause(flushMs, gone)
  if (gone.aborted) return
  if (ending === 'reset') {
    request.socket.resetAndDestroy()
    return
  }
  // The rest of the request is taken in: unread bytes would hide that the client closes its side as well.
  request.resume()
  request.socket.end()
}

function copyHeaders(answer: ResponseAnswer): Record<string, string | string[]> {
  const copy: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    copy[name] = typeof value === 'string' ? value : [...value]
  }
  return copy
}

function write(bytes: string | Uint8Array, target: Socket | ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    // A failed write means that the client has left, which `gone` reports.
    target.write(bytes, () => {
      resolve()
    })
  })
}

function finish(response: ServerResponse, body?: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    response.end(body)
  })
}

function closed(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve()
    else gone.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function pause(delayMs: number, gone: AbortSignal): Promise<void> {
  if (delayMs <= 0 || gone.aborted) return
  // A client that left ends the pause early, which is expected.
  await wait(delayMs, undefined, { signal: gone }).catch(() => undefined)
}
