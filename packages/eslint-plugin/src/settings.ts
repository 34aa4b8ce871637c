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
  /** Own functions and instances that send requests: `name`, `module` or `module#export`. */
  readonly clients?: readonly (string | OwnClient)[]
  /** Names of functions that run their callback again after a failure. */
  readonly retryOwners?: readonly string[]
  /** Dotted names of loggers that are not recognised by themselves. */
  readonly loggers?: readonly (string | OwnLogger)[]
  readonly loggerDialect?: LoggerDialect
}

export interface OwnClient {
  readonly name: string
  /** The client whose arguments and defaults it has; default `fetch`. */
  readonly like?: string
}

export interface OwnLogger {
  readonly name: string
  readonly dialect?: LoggerDialect
  /** `ui`: what it prints is the user interface. */
  readonly role?: 'log' | 'ui'
}

export type LoggerDialect = 'pino' | 'bunyan' | 'winston' | 'nest' | 'console' | 'tag-first'

const DIALECTS = ['pino', 'bunyan', 'winston', 'nest', 'console', 'tag-first']
const CLIENTS = ['fetch', 'axios', 'ky', 'got', 'ofetch', 'undici', 'node:http', 'superagent']

function fail(path: string, allowed: string, value: unknown): never {
  throw new TypeError(`ESLint settings: holdfast${path} must be ${allowed}, got ${JSON.stringify(value)}.`)
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

/** A list of names, or of objects with a name and keys that have a choice of values. */
function checkEntries(setting: string, value: unknown, choices: Readonly<Record<string, readonly string[]>>): void {
  if (!Array.isArray(value)) fail(`.${setting}`, 'an array of names or objects', value)
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    const path = `.${setting}[${index}]`
    if (typeof entry === 'string') continue
    if (typeof entry !== 'object' || entry === null || typeof (entry as { name?: unknown }).name !== 'string')
      fail(path, 'a name or an object with a name', entry)
    for (const [key, given] of Object.entries(entry)) {
      if (key === 'name') continue
      const allowed = choices[key]
      if (!allowed) fail(`${path}.${key}`, `absent: known are name, ${Object.keys(choices).join(', ')}`, given)
      if (!allowed.includes(given as string)) fail(`${path}.${key}`, `one of ${allowed.join(', ')}`, given)
    }
  }
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
      case 'clients':
        checkEntries(key, value, { like: CLIENTS })
        break
      case 'loggers':
        checkEntries(key, value, { dialect: DIALECTS, role: ['log', 'ui'] })
        break
      case 'wrappers':
      case 'retryOwners':
        if (!isNames(value)) fail(`.${key}`, 'an array of names', value)
        break
      case 'loggerDialect':
        if (!DIALECTS.includes(value as string)) fail('.loggerDialect', `one of ${DIALECTS.join(', ')}`, value)
        break
      default:
        fail(
          `.${key}`,
          'absent: there is no such setting; known are callMap, callMapHash, environment, clients, wrappers, retryOwners, loggers, loggerDialect',
          value,
        )
    }
  }
  return raw
}
