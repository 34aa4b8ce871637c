import type { Settings } from '../app/settings.ts'
import { checkApi } from './check-api.ts'
import { checkDatabaseFile } from './check-database.ts'
import { checkSignIn } from './check-sign-in.ts'
import type { Area, Finding } from './findings.ts'

const AREAS: readonly Area[] = ['database', 'oauth', 'api']

/** Looks at database, sign-in and API, each by itself, so that one broken part does not hide another. */
export const examine = async (
  settings: Settings,
  areas: readonly Area[] = AREAS,
  now: () => number = Date.now,
): Promise<readonly Finding[]> => {
  const database = areas.includes('database') ? checkDatabaseFile(settings) : []
  const signIn = checkSignIn(settings, now)
  try {
    const rest = await checkApi(settings, signIn.tokens, now)
    const online = [...signIn.findings, ...rest]
    return [...database, ...online.filter(({ area }) => areas.includes(area))]
  } finally {
    signIn.close()
  }
}
