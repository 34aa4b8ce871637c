import { systemClock, type Clock, type Policy } from '@holdfast/core'
import type { SwitchProvider } from '@holdfast/core/degradation'
import type { Monitor } from '@holdfast/core/monitor'

/** Switches the page shows; with `kill` and `revive`, as `memorySwitches()` has them, it can turn them as well. */
export interface SwitchBoard extends SwitchProvider {
  readonly killed?: ReadonlyMap<string, string>
  kill?(name: string, reason: string): void
  revive?(name: string): void
}

/** What was done from the page, for an audit log. */
export interface DevtoolsAction {
  readonly action: 'force-open' | 'reset' | 'kill' | 'revive'
  readonly policy: string | undefined
  /** The policy's own key; undefined for all keys. */
  readonly key: string | undefined
  readonly service: string | undefined
  readonly reason: string | undefined
}

/** Options of `devtools`. */
export interface DevtoolsOptions {
  /** The policies to show, at least one; their names must differ. */
  readonly policies: readonly Policy[]
  /** Shows errors by fingerprint and alerts. */
  readonly monitor?: Pick<Monitor, 'summary'>
  /** Shows which services are switched off, and switches them where actions are allowed. */
  readonly killSwitches?: SwitchBoard
  /** Whether the page may change anything. Default false. Needs `token`. */
  readonly allowActions?: boolean
  /** What a person types into the page before it may change anything, 16 characters at least. */
  readonly token?: string
  /** Told of every action that was carried out; what it throws is contained. */
  readonly onAction?: (action: DevtoolsAction) => void
  /** Where the page is, without a slash at the end. Default `/devtools`; `/` for a server that does nothing else. */
  readonly path?: string
  /** Lets other machines in, by these host names alone. Default: this machine only. */
  readonly remote?: { readonly hosts: readonly string[] }
  /** Pages open at the same time, 1 to 100. Default 10. */
  readonly maxPages?: number
  /** Default: the system's. */
  readonly clock?: Clock
}

/** Options as they are used. */
export interface Settings extends Omit<DevtoolsOptions, 'path' | 'remote'> {
  readonly allowActions: boolean
  /** Empty for `/`. */
  readonly path: string
  /** In lower case, without a port; undefined for this machine only. */
  readonly hosts: ReadonlySet<string> | undefined
  readonly maxPages: number
  readonly clock: Clock
}

const OPTIONS: readonly (keyof DevtoolsOptions)[] = [
  'policies',
  'monitor',
  'killSwitches',
  'allowActions',
  'token',
  'onAction',
  'path',
  'remote',
  'maxPages',
  'clock',
]
const SHORTEST_TOKEN = 16
const HOST_NAME = /^(?:[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?|\[[\da-f:.]+\])$/i

const check = (isRight: boolean, option: string, allowed: string): void => {
  if (!isRight) throw new TypeError(`devtools: option "${option}" must be ${allowed}.`)
}

const isPolicy = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'health' in value && 'describe' in value && 'on' in value

const hasMethod = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function'

const checkedPolicies = (policies: unknown): void => {
  check(Array.isArray(policies) && policies.length > 0 && policies.every(isPolicy), 'policies', 'a list of policies')
  const names = (policies as readonly Policy[]).map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new TypeError(`devtools: two policies are called "${twice}"; give each a name of its own.`)
  }
}

const checkedHosts = (remote: { readonly hosts?: unknown } | null | undefined): ReadonlySet<string> | undefined => {
  if (remote === undefined) return undefined
  const hosts = remote?.hosts
  check(
    Array.isArray(hosts) && hosts.length > 0 && hosts.every((host) => typeof host === 'string' && HOST_NAME.test(host)),
    'remote',
    'an object with "hosts", a list of host names without scheme, port or path such as "ops.example.com"',
  )
  return new Set((hosts as readonly string[]).map((host) => host.toLowerCase()))
}

/** @throws {TypeError} For a bad option. */
export const parseOptions = (options: DevtoolsOptions): Settings => {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError('devtools: options must be an object with "policies".')
  }
  for (const name of Object.keys(options)) {
    if (!(OPTIONS as readonly string[]).includes(name)) {
      throw new TypeError(`devtools: unknown option "${name}". Known options: ${OPTIONS.join(', ')}.`)
    }
  }
  const { monitor, killSwitches, allowActions = false, token, onAction, path = '/devtools', maxPages = 10 } = options
  checkedPolicies(options.policies)
  check(monitor === undefined || hasMethod(monitor, 'summary'), 'monitor', 'what createMonitor() returns')
  check(killSwitches === undefined || hasMethod(killSwitches, 'isKilled'), 'killSwitches', 'a provider of switches')
  check(typeof allowActions === 'boolean', 'allowActions', 'true or false')
  // The value is not shown: it is a secret, if a short one.
  check(
    token === undefined || (typeof token === 'string' && token.length >= SHORTEST_TOKEN),
    'token',
    `a string of at least ${SHORTEST_TOKEN} characters, such as one made by crypto.randomUUID()`,
  )
  if (allowActions && token === undefined) {
    throw new TypeError('devtools: "allowActions" needs a "token", so that not every page on this machine can act.')
  }
  check(onAction === undefined || typeof onAction === 'function', 'onAction', 'a function')
  check(
    typeof path === 'string' && /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/.test(path),
    'path',
    'a path such as "/devtools", without a slash at the end',
  )
  check(Number.isInteger(maxPages) && maxPages >= 1 && maxPages <= 100, 'maxPages', 'an integer from 1 to 100')
  const { path: _path, remote, ...rest } = options
  return {
    ...rest,
    allowActions,
    path: path === '/' ? '' : path,
    hosts: checkedHosts(remote),
    maxPages,
    clock: options.clock ?? systemClock,
  }
}
