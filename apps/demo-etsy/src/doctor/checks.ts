import { statSync } from 'node:fs'
import { explainToUser, isServiceError, toServiceError } from '@holdfast/core/service-errors'
import { appScopes, type ShopApp } from '../shop-app.ts'

/** One thing the doctor looked at. */
export interface Check {
  readonly name: 'config' | 'clock' | 'database' | 'oauth' | 'scopes' | 'api' | 'quota'
  readonly isGood: boolean
  readonly what: string
  /** Only when something is wrong. */
  readonly why?: string
  readonly todo?: string
}

const mostSkewMs = 60_000
const timeoutMs = 10_000

/** Looks at everything an integration needs; a check that fails says what, why and what to do. */
export async function examine(app: ShopApp): Promise<readonly Check[]> {
  const checks: Check[] = [{ name: 'config', isGood: true, what: 'The settings are complete.' }, checkDatabase(app)]
  checks.push(await guarded('clock', () => checkClock(app)))
  const consent = app.tokenStore.consentNeeded
  if (consent !== undefined) {
    const todo = 'Start the app and open /oauth/start.'
    checks.push({ name: 'oauth', isGood: false, what: 'The shop is not connected.', why: `Reason: ${consent}.`, todo })
    checks.push({
      name: 'scopes',
      isGood: false,
      what: 'The scopes are unknown.',
      why: 'They belong to a connection.',
      todo,
    })
  } else {
    checks.push(
      await guarded('oauth', async () => {
        const me = await app.client.me()
        return { name: 'oauth', isGood: true, what: `Connected as user ${me.userId} with shop ${me.shopId}.` }
      }),
    )
    checks.push(await guarded('scopes', () => checkScopes(app)))
  }
  checks.push(
    await guarded('api', async () => {
      const startedAt = performance.now()
      // A ping goes through even while the daily quota is used up, so a real call is made.
      const shop = await app.client.shop()
      return {
        name: 'api',
        isGood: true,
        what: `Etsy answered in ${Math.round(performance.now() - startedAt)} ms for shop ${shop.name}.`,
      }
    }),
  )
  checks.push(checkQuota(app))
  return checks
}

async function guarded(name: Check['name'], look: () => Promise<Check>): Promise<Check> {
  try {
    return await look()
  } catch (error) {
    const known = isServiceError(error) ? error : toServiceError(error, { upstream: 'etsy' })
    const { what, why, todo } = explainToUser(known)
    const detail =
      'settings' in known
        ? ` (${String(known.settings)})`
        : known.upstreamCode === undefined
          ? ''
          : ` (${known.upstreamCode})`
    return { name, isGood: false, what: `${what}${detail}`, why, todo }
  }
}

function checkDatabase(app: ShopApp): Check {
  const verdict = String(app.database.prepare('pragma quick_check').get()?.['quick_check'])
  const file = app.settings.databaseFile
  const size = file === ':memory:' ? 'in memory' : `${Math.ceil(statSync(file).size / 1_024)} kB`
  if (verdict === 'ok') return { name: 'database', isGood: true, what: `The database is sound (${size}).` }
  return {
    name: 'database',
    isGood: false,
    what: 'The database is damaged.',
    why: verdict.slice(0, 200),
    todo: 'Put a copy back, then run the doctor again.',
  }
}

async function checkClock(app: ShopApp): Promise<Check> {
  const response = await app.client.connection.instance.get('/v3/application/openapi-ping', {
    timeout: timeoutMs,
    validateStatus: null,
  })
  const skewMs = Math.abs(Date.parse(String(response.headers['date'])) - Date.now())
  if (Number.isNaN(skewMs))
    return { name: 'clock', isGood: true, what: 'Etsy tells no time; the clock was not compared.' }
  if (skewMs <= mostSkewMs) return { name: 'clock', isGood: true, what: 'The clock agrees with that of Etsy.' }
  return {
    name: 'clock',
    isGood: false,
    what: `The clock is ${Math.round(skewMs / 1_000)} s off.`,
    why: 'Webhooks are refused when their time does not fit, and tokens seem to expire early or late.',
    todo: 'Switch time synchronisation on.',
  }
}

async function checkScopes(app: ShopApp): Promise<Check> {
  const granted = await app.client.scopes(await app.tokens.current())
  const missing = appScopes.filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return { name: 'scopes', isGood: true, what: 'Every scope the app needs was allowed.' }
  return {
    name: 'scopes',
    isGood: false,
    what: `Scopes are missing: ${missing.join(', ')}.`,
    why: 'The seller did not allow them.',
    todo: 'Open /oauth/start and allow them.',
  }
}

function checkQuota(app: ShopApp): Check {
  const [pause] = app.jobs.pauses()
  if (pause === undefined) return { name: 'quota', isGood: true, what: 'No pause is in force.' }
  const until = pause.untilMs === undefined ? '' : ` until ${new Date(pause.untilMs).toISOString()}`
  if (pause.from !== 'critical')
    return { name: 'quota', isGood: true, what: `Orders go on; other work waits${until}: ${pause.reason}.` }
  return {
    name: 'quota',
    isGood: false,
    what: `Jobs are held${until}.`,
    why: `Reason: ${pause.reason}.`,
    todo: 'Wait, or remove the reason and press "Go on now" on the shop page.',
  }
}
