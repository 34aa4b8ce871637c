export type {
  Answer,
  AnswerHeaders,
  BodyDelivery,
  ConnectionEnding,
  DisconnectAnswer,
  DisconnectPoint,
  RawAnswer,
  ResponseAnswer,
  StallAnswer,
} from './answer.ts'
export type { ConnectionCounts } from './connections.ts'
export { drip, garbage, halfBody, hangUp, reset, stall, truncatedText, wrongLength } from './faults.ts'
export type { Journal, JournalEntry, JournalOptions } from './journal.ts'
export { chanceOf, seededRandom } from './random.ts'
export type { Handler, ReceivedRequest } from './received-request.ts'
export { delayed, json, redirect, respond, type ResponseParts, text } from './response.ts'
export type { RouteAction, Routes } from './routes.ts'
export { createFaultServer, type FaultServer, type FaultServerOptions } from './server.ts'
