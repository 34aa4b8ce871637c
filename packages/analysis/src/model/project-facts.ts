/** What a protection says: `source` names where it comes from. Rules report `no` and `disabled` only. */
export type Protection =
  | { readonly state: 'yes'; readonly source: string }
  | { readonly state: 'no' }
  | { readonly state: 'disabled'; readonly value: string }
  | { readonly state: 'unknown'; readonly source: string }

export const yes = (source: string): Protection => ({ state: 'yes', source })
export const no: Protection = { state: 'no' }
export const disabled = (value: string): Protection => ({ state: 'disabled', value })
export const unknown = (source: string): Protection => ({ state: 'unknown', source })

export type Environment = 'server' | 'browser'

/** What another file of the project exports, as far as the call map knows. */
export interface ExportFact {
  readonly client?: string
  readonly clientKind?: 'instance' | 'callable'
  readonly creation?: 'direct' | 'created' | 'injected'
  /** `path#name` of the instance in the file that creates it. */
  readonly instanceId?: string
  readonly wrapper?: WrapperFact
  readonly returnsClient?: string
  readonly logger?: string
  readonly fields?: Readonly<Record<string, ExportFact>>
}

/** Summary of a function: what calling it does. */
export interface WrapperFact {
  readonly client?: string
  readonly retriesCallback?: boolean
  readonly limitsCallback?: boolean
  readonly timesOut?: boolean
  readonly addsDeadline?: boolean
}

/** How other files use a function of this file: which of its call sites pass a deadline, and whether a retry owner runs it. */
export interface UsageFact {
  readonly calls: number
  /** Parameters that some caller fills with an object that has, or may have, a deadline. */
  readonly deadlineParameters: readonly number[]
  readonly insideRetryOwner: boolean
  /** The function is also passed around as a value, so not every call is visible. */
  readonly escapes: boolean
}

export interface InstanceUse {
  readonly callCount: number
  readonly methods: readonly string[]
  readonly timeout?: string
  readonly retry?: string
}

/** Knowledge from outside one file. Without a call map every lookup answers undefined. */
export interface ProjectFacts {
  readonly hasCallMap: boolean
  readonly environment?: Environment
  readonly isTest?: boolean
  /** A command whose console is its user interface. */
  readonly isCli?: boolean
  readonly httpModule?: 'timeout' | 'none'
  readonly userWrappers: readonly string[]
  readonly retryOwners: readonly string[]
  readonly loggers: readonly string[]
  readonly loggerDialect?: string
  imported(specifier: string, exportName: string): ExportFact | undefined
  globalDefault(client: string, protection: 'timeout' | 'retry'): Protection | undefined
  usage(exportName: string): UsageFact | undefined
  instance(localName: string): InstanceUse | undefined
}

export const noFacts: ProjectFacts = {
  hasCallMap: false,
  userWrappers: [],
  retryOwners: [],
  loggers: [],
  imported: () => undefined,
  globalDefault: () => undefined,
  usage: () => undefined,
  instance: () => undefined,
}
