import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, describeAnswer, isProcessed } from './answer.ts'
import type { Connections } from './connections.ts'
import type { OpenEntry, WritableJournal } from './journal.ts'
import { type Handler, type ReceivedRequest, receiveRequest, sha256 } from './received-request.ts'
import { text } from './response.ts'
import { sendAnswer } from './send-answer.ts'

/** State of a running server that its requests share. */
export interface Running {
  readonly startedAt: number
  readonly journal: WritableJournal
  readonly connections: Connections
  readonly random: () => number
  readonly journalHeaders: readonly string[]
  readonly journalBodies: boolean
  readonly handlerErrors: unknown[]
  handler: Handler
  lastSeq: number
  isClosing: boolean
}

/** Takes one request from its header section to the end of the exchange and journals it; never rejects. */
export async function serveRequest(
  running: Running,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { socket } = message
  const gone = new AbortController()
  const onClose = (): void => {
    gone.abort()
  }
  socket.once('close', onClose)
  running.lastSeq += 1
  const head = {
    seq: running.lastSeq,
    atMs: performance.now() - running.startedAt,
    connectionId: running.connections.idOf(socket),
    random: running.random,
  }
  const request = receiveRequest(message, head)
  const entry = openEntry(request, running)
  running.journal.add(entry)
  try {
    const answer = await decide(running, request, message)
    if (answer.kind !== 'disconnect' || answer.at !== 'before-reading') {
      const body = await request.bytes()
      entry.bodyBytes = body.length
      entry.bodySha256 = sha256(body)
      if (running.journalBodies) entry.body = Buffer.from(body).toString('utf8')
    }
    entry.processed = isProcessed(answer)
    entry.answered = describeAnswer(answer)
    if (answer.kind === 'response') entry.status = answer.status
    await sendAnswer(answer, response, gone.signal)
    const wasCutHere = answer.kind === 'disconnect' || answer.kind === 'raw' || isCut(answer)
    entry.clientLeft = !running.isClosing && !wasCutHere && gone.signal.aborted && !response.writableFinished
  } catch (error) {
    entry.answered = 'none'
    if (isTorn(message)) entry.clientLeft = !running.isClosing
    else running.handlerErrors.push(error)
    socket.destroy()
  } finally {
    socket.off('close', onClose)
    entry.settledAtMs = performance.now() - running.startedAt
  }
}

async function decide(running: Running, request: ReceivedRequest, message: IncomingMessage): Promise<Answer> {
  try {
    const answer: unknown = await running.handler(request)
    if (typeof answer === 'object' && answer !== null && 'kind' in answer) return answer as Answer
    throw new TypeError(`handler must return an answer for ${request.method} ${request.path}, got ${String(answer)}`)
  } catch (error) {
    if (isTorn(message)) throw error
    running.handlerErrors.push(error)
    return text(`fault server: handler failed: ${String(error)}`, { status: 500 })
  }
}

/** The client left before its request was complete. */
function isTorn(message: IncomingMessage): boolean {
  return message.destroyed && !message.complete
}

function isCut(answer: Answer): boolean {
  if (answer.kind !== 'response') return false
  if (answer.delivery?.mode === 'cut') return answer.delivery.ending !== 'stall'
  return (answer.declaredLength ?? 0) > Buffer.byteLength(answer.body ?? '')
}

function openEntry(request: ReceivedRequest, running: Running): OpenEntry {
  const headers: Record<string, string> = {}
  for (const name of running.journalHeaders) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return {
    seq: request.seq,
    atMs: request.atMs,
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    headers,
    connectionId: request.connectionId,
    bodyBytes: null,
    bodySha256: null,
    processed: false,
    answered: 'pending',
    status: null,
    settledAtMs: null,
    clientLeft: false,
  }
}
