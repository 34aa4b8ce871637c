import { randomUUID } from 'node:crypto'
import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { problemAnswer } from '@holdfast/core/problem'
import { ValidationError } from '@holdfast/core/service-errors'
import express, { type NextFunction, type Request, type Response } from 'express'

// What Express itself refuses, such as a body that is no JSON, is the caller's doing and no upstream's.
const ownWords = (error: unknown): unknown =>
  error instanceof Error && 'expose' in error && error.expose === true
    ? new ValidationError([{ path: [], message: 'the request cannot be read' }], { cause: error })
    : error

export const expressApp = (getItem: (id: string) => Promise<object>, log: StructuredLogger) => {
  const app = express()
  app.use((_request, response, next) => {
    response.locals['requestId'] = randomUUID()
    response.set('x-request-id', String(response.locals['requestId']))
    next()
  })
  app.use(express.json())
  app.get('/items/:id', async (request, response) => {
    response.json(await getItem(request.params.id))
  })

  // Last, with four parameters: that is how Express knows an error handler.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const failure = ownWords(error)
    const requestId = String(response.locals['requestId'])
    logError(log, failure, { requestId, operation: `${request.method} ${request.path}` })
    if (response.headersSent) {
      // Half an answer is out: only the broken connection can tell the caller.
      response.destroy()
      return
    }
    const { status, headers, body } = problemAnswer(failure, { instance: requestId })
    response.status(status).set(headers).send(body)
  })
  return app
}
