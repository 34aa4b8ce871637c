/** Where the state of switches comes from: memory, a flag service, a database. */
export interface SwitchProvider {
  /** Whether the switch is on, which turns its feature off. Must not throw; unknown switches are off. */
  isKilled(name: string): boolean
}

/** A provider that lives in the process. */
export interface MemorySwitches extends SwitchProvider {
  kill(name: string, reason: string): void
  revive(name: string): void
  /** The switches that are on, with the reason. */
  readonly killed: ReadonlyMap<string, string>
}

/** Switches in memory: for tests, for an operator's command, and as the state behind a push from elsewhere. */
export const memorySwitches = (): MemorySwitches => {
  const killed = new Map<string, string>()
  return {
    killed,
    isKilled: (name) => killed.has(name),
    kill(name, reason) {
      if (typeof reason !== 'string' || reason === '') {
        throw new TypeError(`memorySwitches: killing "${name}" needs a reason, a string of at least one character.`)
      }
      killed.set(name, reason)
    },
    revive: (name) => void killed.delete(name),
  }
}

/** The part of an OpenFeature client that reacts to changes and answers at once. */
export interface FlagClient {
  getBooleanValue(flagKey: string, defaultValue: boolean): boolean | Promise<boolean>
  addHandler?(event: string, handler: () => void): void
}

/** Options of {@link openFeatureSwitches}. */
export interface OpenFeatureOptions {
  /** The flag of a switch. Default: `kill-` and the name. */
  readonly flagOf?: (name: string) => string
}

/**
 * Switches out of an OpenFeature client, of the server or the web SDK.
 *
 * A flag that is true kills. The server SDK answers later, so the last answer known holds and the flag is asked again in
 * the background; until the first answer, and whenever the flag service fails, a switch is off: a broken flag service
 * must not take features down.
 */
export const openFeatureSwitches = (client: FlagClient, options: OpenFeatureOptions = {}): SwitchProvider => {
  const { flagOf = (name) => `kill-${name}` } = options
  const known = new Map<string, boolean>()
  const asking = new Set<string>()
  const ask = (name: string): void => {
    if (asking.has(name)) return
    try {
      const answer = client.getBooleanValue(flagOf(name), false)
      if (typeof answer === 'boolean') {
        known.set(name, answer)
        return
      }
      asking.add(name)
      answer.then(
        (isKilled) => {
          asking.delete(name)
          known.set(name, isKilled)
        },
        () => {
          asking.delete(name)
        },
      )
    } catch {
      // The last answer stands.
    }
  }
  client.addHandler?.('PROVIDER_CONFIGURATION_CHANGED', () => {
    for (const name of known.keys()) ask(name)
  })
  return {
    isKilled(name) {
      ask(name)
      return known.get(name) ?? false
    },
  }
}
