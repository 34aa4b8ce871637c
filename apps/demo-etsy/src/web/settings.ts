import { MissingConfigError } from '@holdfast/core/service-errors'
import { z } from 'zod'

const url = z.url({ protocol: /^https?$/ })
const text = z.string().trim().min(1)

/** The settings of the real API; without a keystring the simulator takes its place. */
const realShape = z.object({
  ETSY_KEYSTRING: text.regex(/^[^:\s]+$/, 'is the keystring alone, without the shared secret'),
  ETSY_SHARED_SECRET: text.regex(/^[^:\s]+$/, 'is the shared secret alone'),
  ETSY_SHOP_ID: z.coerce.number().int().positive(),
  ETSY_WEBHOOK_SECRET: text.regex(/^whsec_/, 'starts with whsec_').default('whsec_none'),
  ETSY_REDIRECT_URI: url,
  ETSY_API_BASE: url.default('https://openapi.etsy.com'),
  ETSY_AUTHORIZE_URL: url.default('https://www.etsy.com/oauth/connect'),
  ETSY_TOKEN_URL: url.default('https://api.etsy.com/v3/public/oauth/token'),
})

const commonShape = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4_700),
  DATABASE_FILE: text.default('demo-etsy.db'),
  ETSY_CALLS_PER_DAY: z.coerce.number().int().min(1).optional(),
})

/** What the environment says. */
export interface WebSettings {
  readonly port: number
  readonly databaseFile: string
  /** A budget of one's own for any 24 hours; `undefined`: what Etsy's headers say. */
  readonly callsPerDay?: number | undefined
  /** `undefined`: run against the simulator. */
  readonly real: z.output<typeof realShape> | undefined
}

/**
 * Reads the environment; every variable that is missing or wrong is named at once, with no value printed.
 *
 * @throws {MissingConfigError} With the names.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): WebSettings {
  const common = commonShape.safeParse(environment)
  const wantsReal = (environment['ETSY_KEYSTRING'] ?? '') !== ''
  const real = wantsReal ? realShape.safeParse(environment) : undefined
  const issues = [...(common.error?.issues ?? []), ...(real?.error?.issues ?? [])]
  if (issues.length > 0 || !common.success) {
    const names = issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new MissingConfigError(names)
  }
  const { PORT: port, DATABASE_FILE: databaseFile, ETSY_CALLS_PER_DAY: callsPerDay } = common.data
  return { port, databaseFile, callsPerDay, real: real?.data }
}
