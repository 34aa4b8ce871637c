import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ConflictError } from '@holdfast/core/service-errors'
import { devtools } from '@holdfast/devtools'
import { Hono } from 'hono'
import { exportCsv, exportJson } from '../app/export.ts'
import { ConsentFlow } from '../oauth/index.ts'
import { explain, inLines } from '../messages/explain.ts'
import { webApi, type ApiOptions } from './api.ts'
import { documents } from './documents.ts'
import { guard } from './guard.ts'

export interface WebOptions extends ApiOptions {
  /** Draws a cover; only in simulator mode, where the pictures are not Spotify's. */
  readonly drawCover?: (id: string) => string
}

const ECHARTS = new URL(import.meta.resolve('echarts/dist/echarts.esm.min.mjs'))
const SCRIPTS = new Set(['time-machine', 'playlist', 'status', 'ask', 'charts', 'elements', 'bump-chart', 'calendar'])
const JAVASCRIPT = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=3600' }

// Browsers run the page's TypeScript once its types are taken away; done once for each file.
const scripts = new Map<string, string>()
const scriptOf = (name: string): string => {
  let code = scripts.get(name)
  if (code === undefined) {
    code = stripTypeScriptTypes(readFileSync(new URL(`page/${name}.ts`, import.meta.url), 'utf8'))
    scripts.set(name, code)
  }
  return code
}

/** The web application: three pages, their data, and the devtools page. */
export const webApp = (options: WebOptions): Hono => {
  const { machine, drawCover } = options
  const { settings, tokens, store, policies } = machine
  const app = new Hono()
  app.use(guard)
  for (const [path, html] of Object.entries(documents)) app.get(path, (context) => context.html(html))
  app.get('/page/style.css', (context) =>
    context.body(readFileSync(new URL('page/style.css', import.meta.url), 'utf8'), 200, {
      'content-type': 'text/css; charset=utf-8',
    }),
  )
  app.get('/page/:file', (context) => {
    const name = /^([a-z-]+)\.ts$/.exec(context.req.param('file'))?.[1] ?? ''
    return SCRIPTS.has(name) ? context.body(scriptOf(name), 200, JAVASCRIPT) : context.notFound()
  })
  app.get('/vendor/echarts.js', (context) => context.body(readFileSync(ECHARTS, 'utf8'), 200, JAVASCRIPT))
  app.get('/cover/:name', (context) =>
    drawCover === undefined
      ? context.notFound()
      : context.body(drawCover(context.req.param('name').replace('.svg', '')), 200, {
          'content-type': 'image/svg+xml',
          'cache-control': 'max-age=86400',
        }),
  )
  app.route('/api', webApi(options))
  app.get('/export.csv', (context) =>
    context.body(exportCsv(store), 200, { 'content-type': 'text/csv; charset=utf-8' }),
  )
  app.get('/export.json', (context) => context.body(exportJson(store), 200, { 'content-type': 'application/json' }))
  const { clientId = '', accountsBase, redirectUri } = settings
  const flow = new ConsentFlow({ authorizeUrl: `${accountsBase}/authorize`, clientId, redirectUri }, tokens)
  app.get('/login', (context) => context.redirect(flow.begin(), 302))
  app.get('/callback', async (context) => {
    try {
      await flow.finish(new URL(context.req.url).searchParams)
      return context.redirect('/status', 302)
    } catch (error) {
      return context.text(inLines(explain(error)), 400)
    }
  })
  const page = devtools({ policies: [policies.api, policies.accounts] })
  app.get('/devtools', (context) => context.redirect('/devtools/', 302))
  app.all('/devtools/*', (context) => page(context.req.raw))
  return app
}

/** Serves an application on 127.0.0.1; resolves with its port. */
export const listen = (app: Hono, port: number): Promise<{ readonly server: Server; readonly port: number }> => {
  const handle = getRequestListener(app.fetch)
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem = cause.code === 'EADDRINUSE' ? 'port-taken' : undefined
      reject(new ConflictError({ upstream: 'time machine', operation: 'listen', details: { problem }, cause }))
    })
    server.listen(port, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port }))
  })
}
