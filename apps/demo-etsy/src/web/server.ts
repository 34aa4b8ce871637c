import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { devtools } from '@holdfast/devtools'
import { explainToUser } from '@holdfast/core/service-errors'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { z, ZodError } from 'zod'
import { beginLogin, type PendingLogin } from '../oauth/index.ts'
import { chooseProfile, previewPublish, publishJob } from '../publish/index.ts'
import { shipJob } from '../shipping/index.ts'
import type { ShopApp } from '../shop-app.ts'
import { scenarioIds, type Simulator } from '../simulator/index.ts'
import { htmlReport } from '../terminal/html-report.ts'
import type { CallHistory } from './call-history.ts'
import { DayRunner } from './day-runner.ts'
import { doADaysWork } from './days-work.ts'
import { layout, type Markup } from './layout.ts'
import { labPage } from './pages/lab-page.ts'
import { quotaPage } from './pages/quota-page.ts'
import { type PublishForm, shopPage } from './pages/shop-page.ts'
import { samplePicture } from './sample-picture.ts'

const require = createRequire(import.meta.url)
const own = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8')
const assets: Readonly<Record<string, { readonly type: string; readonly read: () => string }>> = {
  'style.css': { type: 'text/css', read: () => own('style.css') },
  'app.js': { type: 'text/javascript', read: () => own('app.js') },
  'icon.svg': { type: 'image/svg+xml', read: () => own('icon.svg') },
  'uplot.js': {
    type: 'text/javascript',
    read: () => readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
  },
  'uplot.css': { type: 'text/css', read: () => readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8') },
}

const notices: Readonly<Record<string, string>> = {
  connected: 'The shop is connected.',
  denied: 'Etsy did not connect the shop: access was denied. Connect again when you want to go on.',
  published: 'The listing is on its way. The board below shows its steps.',
  shipped: 'The parcel will be submitted once, and the buyer told once.',
  replayed: 'The job runs again from where it stopped, after orders and other work.',
  gone: 'That letter was replayed or discarded before.',
  polled: 'Orders were looked for.',
  resumed: 'Jobs go on.',
  injected: 'The faults are in place.',
  cleared: 'No more faults.',
  day: 'The day has begun.',
}

/** What the server shows and drives. */
export interface ServerParts {
  readonly app: ShopApp
  readonly history: CallHistory
  readonly simulator: Simulator | undefined
}

/** The web app: server-rendered pages, forms that work without script, and the webhook receiver. */
export function createServer({ app, history, simulator }: ServerParts): {
  readonly fetch: Hono['fetch']
  close(): void
} {
  const server = new Hono()
  const days = new DayRunner()
  const live = devtools({ policies: [app.policy] })
  let login: PendingLogin | undefined
  const emptyForm: PublishForm = { values: { price: '24', quantity: '3' }, issues: [] }
  const page = (context: Context, title: string, path: string, body: Markup): Response | Promise<Response> =>
    context.html(layout(title, path, body, notices[context.req.query('done') ?? '']))

  // Policies have a page with a content policy of its own.
  server.all('/devtools', (context) => live(context.req.raw))
  server.all('/devtools/*', (context) => live(context.req.raw))
  server.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // uPlot sizes its parts by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'"],
        // The form of the login leads to the consent page of the provider.
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    }),
  )
  server.post('/webhooks/etsy', async (context) => {
    const header = (name: string): string | undefined => context.req.header(name)
    const headers = {
      id: header('webhook-id'),
      timestamp: header('webhook-timestamp'),
      signature: header('webhook-signature'),
    }
    const verdict = app.webhooks.receive(headers, await context.req.text())
    return context.json({ result: verdict.result }, verdict.status)
  })
  server.use(csrf())
  server.get('/assets/:name', (context) => {
    const asset = assets[context.req.param('name')]
    return asset === undefined
      ? context.notFound()
      : context.body(asset.read(), 200, { 'content-type': `${asset.type}; charset=utf-8` })
  })

  server.get('/', async (context) => page(context, 'Shop', '/', await shopPage(app, emptyForm)))
  server.get('/quota', (context) =>
    page(
      context,
      'Quota weather',
      '/quota',
      quotaPage(app, history, context.req.query('span') === 'day' ? 'day' : 'hour'),
    ),
  )
  server.get('/lab', (context) => page(context, 'Fault lab', '/lab', labPage(app, simulator, days)))

  server.get('/oauth/start', (context) => {
    login = beginLogin(app.oauth)
    return context.redirect(login.url)
  })
  server.get('/oauth/redirect', async (context) => {
    const { code, state } = context.req.query()
    if (login === undefined || state !== login.state) return context.redirect('/oauth/start')
    const { verifier } = login
    login = undefined
    if (code === undefined) return context.redirect('/?done=denied')
    app.tokenStore.save(await app.tokenEndpoint.exchange(code, verifier))
    app.jobs.resume()
    return context.redirect('/?done=connected')
  })

  server.post('/publish', async (context) => {
    const body = await context.req.parseBody()
    const values = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
    )
    const { reference = '', mode, tags = '', ...fields } = values
    const plan = {
      ...fields,
      tags: tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
      images: [{ base64: samplePicture, altText: fields['title'] ?? '' }],
    }
    const missing =
      reference.trim() === '' ? [{ path: 'reference', message: 'is needed to recognise the listing' }] : []
    try {
      const job = publishJob(reference.trim(), plan)
      if (missing.length === 0 && mode !== 'plan') {
        app.jobs.add(job)
        return context.redirect('/?done=published', 303)
      }
      const preview = missing.length === 0 ? { preview: previewPublish([job.data.plan]) } : {}
      return await page(context, 'Shop', '/', await shopPage(app, { values, issues: missing, ...preview }))
    } catch (error) {
      if (!(error instanceof ZodError)) throw error
      const issues = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
      context.status(422)
      return page(context, 'Shop', '/', await shopPage(app, { values, issues: [...missing, ...issues] }))
    }
  })
  server.post('/orders/poll', async (context) => {
    app.jobs.add({ id: `poll-${Date.now()}`, kind: 'poll-orders', priority: 'critical', data: {} })
    await runFor(app, 2_000)
    return context.redirect('/?done=polled', 303)
  })
  server.post('/orders/:id/ship', (context) => {
    const receiptId = Number(context.req.param('id'))
    app.jobs.add(shipJob({ receiptId, trackingCode: `HF${receiptId}` }))
    return context.redirect('/?done=shipped', 303)
  })
  server.post('/dead-letters/:id/replay', async (context) => {
    const id = context.req.param('id')
    const { profile } = await context.req.parseBody()
    const job = (await app.letters.waiting()).find(({ letter }) => letter.id === id)?.job
    if (job !== undefined && profile !== undefined) chooseProfile(app.jobs, job, Number(profile))
    const isReplayed = await app.letters.replay(id)
    return context.redirect(`/?done=${isReplayed ? 'replayed' : 'gone'}`, 303)
  })
  server.post('/resume', (context) => {
    app.jobs.resume()
    return context.redirect('/?done=resumed', 303)
  })

  const injectShape = z.object({
    scenario: z.union([z.enum(scenarioIds), z.array(z.enum(scenarioIds))]).optional(),
    percent: z.coerce.number().min(1).max(100).default(10),
    do: z.enum(['work', 'inject', 'clear']),
  })
  server.post('/lab/inject', async (context) => {
    const asked = injectShape.safeParse(await context.req.parseBody({ all: true }))
    if (simulator === undefined || !asked.success) return context.redirect('/lab', 303)
    const { scenario, percent, do: action } = asked.data
    simulator.plan.clear()
    if (action === 'clear') return context.redirect('/lab?done=cleared', 303)
    for (const id of [scenario ?? []].flat()) simulator.inject({ id, share: percent / 100, times: Infinity })
    if (action === 'work') doADaysWork(app, simulator)
    return context.redirect('/lab?done=injected', 303)
  })
  server.post('/lab/day', async (context) => {
    const { scenario, seed } = await context.req.parseBody()
    days.start(typeof scenario === 'string' ? scenario : '', Math.max(0, Math.floor(Number(seed)) || 1))
    return context.redirect('/lab?done=day', 303)
  })
  server.get('/lab/report.html', async (context) =>
    days.state.kind === 'done' ? context.html(await htmlReport(days.state.report)) : context.notFound(),
  )
  server.get('/lab/report.json', (context) =>
    days.state.kind === 'done' ? context.json(days.state.report) : context.notFound(),
  )

  server.onError((error, context) => {
    const { what, why, todo } = explainToUser(error)
    process.stderr.write(`demo-etsy: ${error.name} at ${context.req.method} ${context.req.path}\n`)
    context.status(500)
    return context.text(`${what} ${why} ${todo}`)
  })
  return { fetch: server.fetch, close: () => live.close() }
}

/** Runs what is due, but comes back after a while: other jobs may take longer than a person waits for a page. */
async function runFor(app: ShopApp, mostMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, mostMs)
  })
  try {
    await Promise.race([app.runner.runDue(), enough])
  } finally {
    clearTimeout(timer)
  }
}
