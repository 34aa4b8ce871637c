import type { Server } from 'node:http'
import { serve as serveNode } from '@hono/node-server'
import type { Hono } from 'hono'

/** Serves a Hono application on a free port of the loopback address. */
export const serve = (app: Pick<Hono, 'fetch'>): Server =>
  serveNode({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server
