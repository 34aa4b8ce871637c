/** `settings.holdfast` of an ESLint configuration. */
export interface HoldfastSettings {
  /** Path of the call map, relative to the working directory. Default `.holdfast/call-map.json`. */
  readonly callMap?: string | false
  /** Hash of the call map; changing it makes ESLint's cache forget old results. */
  readonly callMapHash?: string
  /** Globs of files and where they run. */
  readonly environment?: Readonly<Record<string, 'server' | 'browser'>>
  /** Names of functions that give the calls inside them a deadline. */
  readonly wrappers?: readonly string[]
  /** Names of functions that run their callback again after a failure. */
  readonly retryOwners?: readonly string[]
  /** Dotted names of loggers that are not recognised by themselves. */
  readonly loggers?: readonly string[]
  readonly loggerDialect?: 'pino' | 'bunyan' | 'winston' | 'nest' | 'console'
}

const DIALECTS = ['pino', 'bunyan', 'winston', 'nest', 'console']

function fail(path: string, allowed: string, value: unknown): never {
  throw new TypeError(`ESLint settings: holdfast${path} must be ${allowed}, got ${JSON.stringify(value)}.`)
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

/**
 * Checks `settings.holdfast` and gives it back typed.
 * @throws TypeError that names the setting, its value and what is allowed.
 */
export function readSettings(raw: unknown): HoldfastSettings {
  if (raw === undefined) return {}
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) fail('', 'an object', raw)
  for (const [key, value] of Object.entries(raw)) {
    switch (key) {
      case 'callMap':
        if (typeof value !== 'string' && value !== false) fail('.callMap', 'a path or false', value)
        break
      case 'callMapHash':
        if (typeof value !== 'string') fail('.callMapHash', 'a string', value)
        break
      case 'environment':
        if (typeof value !== 'object' || value === null || Array.isArray(value))
          fail('.environment', 'an object of globs', value)
        for (const [glob, place] of Object.entries(value as Record<string, unknown>)) {
          if (place !== 'server' && place !== 'browser')
            fail(`.environment[${JSON.stringify(glob)}]`, '"server" or "browser"', place)
        }
        break
      case 'wrappers':
      case 'retryOwners':
      case 'loggers':
        if (!isNames(value)) fail(`.${key}`, 'an array of names', value)
        break
      case 'loggerDialect':
        if (!DIALECTS.includes(value as string)) fail('.loggerDialect', `one of ${DIALECTS.join(', ')}`, value)
        break
      default:
        fail(
          `.${key}`,
          'absent: there is no such setting; known are callMap, callMapHash, environment, wrappers, retryOwners, loggers, loggerDialect',
          value,
        )
    }
  }
  return raw
}
