import type { HoldfastSettings, LoggerDialect } from './settings.ts'

/** Options of a rule that say what the project's own functions are; they are laid over the settings of the same meaning. */
export interface KnowledgeOptions {
  readonly clients?: HoldfastSettings['clients']
  readonly wrappers?: readonly string[]
  readonly owners?: readonly string[]
  readonly callMap?: string | false
  readonly loggers?: HoldfastSettings['loggers']
  /** By name, or by the place where the logger takes an error. */
  readonly dialect?: LoggerDialect | 'auto' | { readonly error: 'first' | 'field' | 'any' }
}

/** A dialect that takes errors in that place. */
const TAKING = { first: 'pino', field: 'winston', any: 'tag-first' } as const

const KEYS = ['clients', 'wrappers', 'owners', 'callMap', 'loggers', 'dialect'] as const

/** The options of a rule that are knowledge. */
export function knowledgeKeys(schema: Readonly<Record<string, unknown>>): readonly (keyof KnowledgeOptions)[] {
  return KEYS.filter((key) => Object.hasOwn(schema, key))
}

/**
 * The knowledge among the options of a rule; undefined when there is none. ESLint fills in defaults, so that an option
 * may be there and say nothing; it must not cost the file an analysis of its own.
 */
export function knowledgeIn(
  options: KnowledgeOptions | undefined,
  keys: readonly (keyof KnowledgeOptions)[],
): KnowledgeOptions | undefined {
  if (!options || keys.length === 0) return undefined
  const given = keys.filter((key) => !saysNothing(key, options[key]))
  return given.length === 0 ? undefined : Object.fromEntries(given.map((key) => [key, options[key]]))
}

function saysNothing(key: keyof KnowledgeOptions, value: unknown): boolean {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return true
  return key === 'dialect' && value === 'auto'
}

/** The settings as one rule sees them. */
export function settingsWith(settings: HoldfastSettings, options: KnowledgeOptions | undefined): HoldfastSettings {
  if (!options) return settings
  const given = options.dialect === 'auto' ? undefined : options.dialect
  const dialect = typeof given === 'object' ? TAKING[given.error] : given
  return {
    ...settings,
    clients: [...(settings.clients ?? []), ...(options.clients ?? [])],
    wrappers: [...(settings.wrappers ?? []), ...(options.wrappers ?? [])],
    retryOwners: [...(settings.retryOwners ?? []), ...(options.owners ?? [])],
    loggers: [...(options.loggers ?? []), ...(settings.loggers ?? [])],
    ...(options.callMap === undefined ? {} : { callMap: options.callMap }),
    ...(dialect === undefined ? {} : { loggerDialect: dialect }),
  }
}
