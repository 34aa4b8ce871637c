/** Header fields of an answer; a list becomes one field line each. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>

/** Where in an exchange the server gives up the connection. */
export type DisconnectPoint = 'before-reading' | 'after-reading' | 'while-headers' | 'after-headers'

/** How a connection ends: a TCP reset (RST), or an orderly end of stream (FIN). */
export type ConnectionEnding = 'reset' | 'end'

/** How the body of a response is put on the wire. */
export type BodyDelivery =
  | { readonly mode: 'whole' }
  | { readonly mode: 'drip'; readonly chunkBytes: number; readonly everyMs: number }
  | { readonly mode: 'cut'; readonly afterBytes: number; readonly ending: ConnectionEnding | 'stall' }

/** What every kind of answer has in common. */
interface AnswerBase {
  /** Wait between the complete request and the first byte of the answer, milliseconds, at least 0, default 0. */
  readonly delayMs?: number
  /** Written to the journal: did the server carry out what was asked? Each kind of answer has its own default. */
  readonly processed?: boolean
}

/** A well-formed status and header section, with a body that may be delivered badly. */
export interface ResponseAnswer extends AnswerBase {
  readonly kind: 'response'
  readonly status: number
  readonly headers?: AnswerHeaders
  readonly body?: string | Uint8Array
  readonly delivery?: BodyDelivery
  /** `content-length` to announce instead of the true one. */
  readonly declaredLength?: number
  /** How the end of the body is marked, default `content-length`. */
  readonly framing?: 'content-length' | 'chunked'
}

/** The connection is given up at a chosen point instead of a complete answer. */
export interface DisconnectAnswer extends AnswerBase {
  readonly kind: 'disconnect'
  readonly at: DisconnectPoint
  readonly ending: ConnectionEnding
}

/** No byte is ever sent; the connection stays open until the client or `close()` ends it. */
export interface StallAnswer extends AnswerBase {
  readonly kind: 'stall'
}

/** Bytes of your choice in place of an HTTP response. */
export interface RawAnswer extends AnswerBase {
  readonly kind: 'raw'
  readonly bytes: Uint8Array
  readonly ending: ConnectionEnding | 'stall'
}

/** What the server does with one request; plain data, made by the functions of this package. */
export type Answer = ResponseAnswer | DisconnectAnswer | StallAnswer | RawAnswer

/** Whether the request counts as carried out, when the answer itself does not say. */
export function isProcessed(answer: Answer): boolean {
  if (answer.processed !== undefined) return answer.processed
  switch (answer.kind) {
    case 'response':
      return answer.status < 400
    case 'disconnect':
      return answer.at !== 'before-reading'
    case 'stall':
    case 'raw':
      return false
  }
}

/** One line for the journal, such as `200`, `503 drip` or `reset after-reading`. */
export function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'response':
      return `${answer.status}${describeDelivery(answer)}`
    case 'disconnect':
      return `${answer.ending} ${answer.at}`
    case 'stall':
      return 'stall'
    case 'raw':
      return `raw, then ${answer.ending}`
  }
}

function describeDelivery(answer: ResponseAnswer): string {
  const delivery = answer.delivery
  if (delivery?.mode === 'drip') return ' drip'
  if (delivery?.mode === 'cut') return ` cut after ${delivery.afterBytes} B, then ${delivery.ending}`
  return answer.declaredLength === undefined ? '' : ' wrong length'
}
