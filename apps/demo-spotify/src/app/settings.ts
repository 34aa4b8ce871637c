import { join } from 'node:path'
import { ValidationError } from '@holdfast/core/service-errors'
import { z } from 'zod'

const address = (usual: string): z.ZodDefault<z.ZodURL> => z.url().default(usual)

const environment = z.object({
  SPOTIFY_CLIENT_ID: z
    .string()
    .regex(/^[\da-f]{32}$/i, 'must be the 32 letters and digits of the dashboard')
    .optional(),
  SPOTIFY_REDIRECT_URI: address('http://127.0.0.1:4699/callback'),
  SPOTIFY_API_BASE: address('https://api.spotify.com/v1'),
  SPOTIFY_ACCOUNTS_BASE: address('https://accounts.spotify.com'),
  TIME_MACHINE_DATA: z.string().min(1).default('time-machine-data'),
  TIME_MACHINE_SCHEDULE: z.string().min(1).default('30 9 28 * *'),
})

export interface Settings {
  /** Undefined until the person has made an application in the dashboard. */
  readonly clientId: string | undefined
  readonly redirectUri: string
  readonly apiBase: string
  readonly accountsBase: string
  readonly folder: string
  /** When the monthly snapshot is due: minute, hour, day of the month, month, day of the week. */
  readonly schedule: string
}

export const databasePath = ({ folder }: Settings): string => join(folder, 'time-machine.db')
export const tokensPath = ({ folder }: Settings): string => join(folder, 'tokens.db')
export const limitsPath = ({ folder }: Settings): string => join(folder, 'limits.db')
export const logFolder = ({ folder }: Settings): string => join(folder, 'logs')

/** @throws {ValidationError} With everything that is wrong, at once. */
export const readSettings = (variables: Readonly<Record<string, string | undefined>>): Settings => {
  const parsed = environment.safeParse(variables)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
    throw new ValidationError(issues, { operation: 'settings', details: { problem: 'settings' } })
  }
  const { data } = parsed
  return {
    clientId: data.SPOTIFY_CLIENT_ID,
    redirectUri: data.SPOTIFY_REDIRECT_URI,
    apiBase: data.SPOTIFY_API_BASE.replace(/\/$/, ''),
    accountsBase: data.SPOTIFY_ACCOUNTS_BASE.replace(/\/$/, ''),
    folder: data.TIME_MACHINE_DATA,
    schedule: data.TIME_MACHINE_SCHEDULE,
  }
}
