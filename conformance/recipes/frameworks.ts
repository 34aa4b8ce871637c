import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StructuredLogger } from '@holdfast/core/logging'
import { serve } from '../../docs/snippets/serve-hono.ts'
import { expressApp } from '../../docs/snippets/problem-express.ts'
import { fastifyApp } from '../../docs/snippets/problem-fastify.ts'
import { honoApp } from '../../docs/snippets/problem-hono.ts'

type GetItem = (id: string) => Promise<object>

/** A listening application of the guide. */
export interface Running {
  readonly url: string
  close(): Promise<void>
}

const running = async (server: Server): Promise<Running> => {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** The three applications of the guide, each on a port of its own. */
export const FRAMEWORKS: Readonly<Record<string, (getItem: GetItem, log: StructuredLogger) => Promise<Running>>> = {
  Hono: (getItem, log) => running(serve(honoApp(getItem, log))),
  Express: (getItem, log) => running(createServer(expressApp(getItem, log)).listen(0, '127.0.0.1')),
  Fastify: async (getItem, log) => {
    const app = fastifyApp(getItem, log)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    return { url, close: () => app.close() }
  },
}
