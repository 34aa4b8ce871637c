import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { problemResponse } from '@holdfast/core/problem'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'

export const honoApp = (getItem: (id: string) => Promise<object>, log: StructuredLogger) => {
  const app = new Hono()
  app.use(requestId())
  app.get('/items/:id', async (context) => context.json(await getItem(context.req.param('id'))))

  app.onError((error, context) => {
    // Thrown by middleware on purpose, such as a 401: an answer, not a failure.
    if (error instanceof HTTPException) return error.getResponse()
    const id = context.get('requestId')
    logError(log, error, { requestId: id, operation: `${context.req.method} ${context.req.path}` })
    const response = problemResponse(error, { instance: id })
    response.headers.set('x-request-id', id) // an answer of `onError` goes out without the headers of middleware
    return response
  })
  return app
}
