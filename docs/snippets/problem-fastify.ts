import { randomUUID } from 'node:crypto'
import { logError, type StructuredLogger } from '@holdfast/core/logging'
import { problemAnswer } from '@holdfast/core/problem'
import { ValidationError } from '@holdfast/core/service-errors'
import Fastify, { type FastifyError } from 'fastify'

// What Fastify itself refuses, such as data against the schema, is the caller's doing and no upstream's.
const ownWords = (error: FastifyError): Error => {
  if (error.validation !== undefined) {
    const issues = error.validation.map(({ instancePath, message = 'is not valid' }) => ({
      path: instancePath.split('/').slice(1),
      message,
    }))
    return new ValidationError(issues)
  }
  return typeof error.code === 'string' && error.code.startsWith('FST_') && (error.statusCode ?? 500) < 500
    ? new ValidationError([{ path: [], message: 'the request cannot be read' }], { cause: error })
    : error
}

const newItem = { type: 'object', required: ['title'], properties: { title: { type: 'string', maxLength: 140 } } }

export const fastifyApp = (getItem: (id: string) => Promise<object>, log: StructuredLogger) => {
  const app = Fastify({ genReqId: () => randomUUID() })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.get<{ Params: { id: string } }>('/items/:id', async (request) => getItem(request.params.id))
  app.post('/items', { schema: { body: newItem } }, async (request, reply) => reply.code(201).send(request.body))

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const failure = ownWords(error)
    logError(log, failure, { requestId: request.id, operation: `${request.method} ${request.routeOptions.url ?? ''}` })
    const { status, headers, body } = problemAnswer(failure, { instance: request.id })
    return reply.code(status).headers(headers).send(body)
  })
  return app
}
