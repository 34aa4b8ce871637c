/** What a protection says: `source` names where it comes from. Rules report `no` and `disabled` only. */
export type Protection =
  | { readonly state: 'yes'; readonly source: string; readonly ms?: number }
  | { readonly state: 'no'; readonly callers?: CallersWithout }
  | { readonly state: 'disabled'; readonly value: string }
  | { readonly state: 'unknown'; readonly source: string }

/** Of the visible calls of a function, those that leave an option out. */
export interface CallersWithout {
  readonly without: number
  readonly calls: number
}

export const yes = (source: string, ms?: number): Protection => ({
  state: 'yes',
  source,
  ...(ms === undefined ? {} : { ms }),
})
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
  /** `path#name` of the instance that the function makes and returns. */
  readonly returnsInstance?: string
  /** A policy of ours; what it lacks is reported where it is made. */
  readonly policy?: true
  readonly logger?: string
  /** What the options of the logger do; absent when they are not all visible. */
  readonly loggerOptions?: readonly string[]
  readonly errorClass?: ErrorClassFact
  /** Where a constant points that holds a URL, or the start of one. */
  readonly url?: ConstantUrlClass
  readonly fields?: Readonly<Record<string, ExportFact>>
}

export type ConstantUrlClass = 'same-origin' | 'loopback' | 'external'

/** How the constructor of an error class takes a cause. An empty fact says only that it is one. */
export interface ErrorClassFact {
  /** Absent when the constructor reads any number of arguments, or is not known. */
  readonly parameters?: number
  readonly causeAt?: number
  /** `argument`: the error itself; `options`: an object with a `cause`. */
  readonly causeIn?: 'argument' | 'options' | undefined
}

/** Summary of a function: what calling it does. */
export interface WrapperFact {
  readonly client?: string
  readonly retriesCallback?: boolean
  readonly limitsCallback?: boolean
  readonly timesOut?: boolean
  readonly addsDeadline?: boolean
  /** A failure of its request makes its promise reject. */
  readonly rejects?: boolean
}

/** What a caller may give a function that hands its options on to a client. */
export type CallerOption = 'deadline' | 'method'

export type GivenCounts = Readonly<Partial<Record<CallerOption, number>>>

/** How other files use a function of this file: which of its call sites pass a deadline, and whether a retry owner runs it. */
export interface UsageFact {
  readonly calls: number
  /** By position of the parameter, how many calls give a deadline, or a method, or may do so. */
  readonly given: Readonly<Record<string, GivenCounts>>
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

/** A logger that the settings name, by its dotted name. */
export interface UserLogger {
  readonly name: string
  readonly dialect?: string
  readonly role?: 'log' | 'ui'
}

/** A function or instance that the settings declare to send requests: `name`, `module` or `module#export`. */
export interface UserClient {
  readonly name: string
  readonly like?: string
}

/** Knowledge from outside one file. Without a call map every lookup answers undefined. */
export interface ProjectFacts {
  readonly hasCallMap: boolean
  readonly environment?: Environment
  /** What the settings say of this file; it wins over everything else. */
  readonly configuredEnvironment?: Environment
  readonly isTest?: boolean
  /** A command whose console is its user interface. */
  readonly isCli?: boolean
  /** A script of the package runs the file once. */
  readonly isOneOff?: boolean
  readonly httpModule?: 'timeout' | 'none'
  readonly userWrappers: readonly string[]
  readonly retryOwners: readonly string[]
  readonly loggers: readonly UserLogger[]
  readonly userClients: readonly UserClient[]
  /** What the package logs with, for loggers that come from another module. */
  readonly loggerDialect?: string
  /** What the settings say of every logger that does not show its own dialect. */
  readonly configuredDialect?: string
  imported(specifier: string, exportName: string): ExportFact | undefined
  /** What a file of the project exports, by its path. */
  exported(path: string, exportName: string): ExportFact | undefined
  globalDefault(client: string, protection: 'timeout' | 'retry'): Protection | undefined
  /** Whether a file of the project exports an error class. */
  hasErrorClass(): boolean
  /** Whether some caller of an exported function runs it under a retry owner. */
  isRetriedByCallers(exportName: string): boolean
  /** How many callers of an exported function give no such option in this parameter; undefined when none is known. */
  callersWithout(exportName: string, parameter: number, option: CallerOption): CallersWithout | undefined
  instance(localName: string): InstanceUse | undefined
  /** How many answers so far rested on an export that was itself still being worked out, in a circle of imports. */
  readonly unsettledReads?: () => number
}

export const noFacts: ProjectFacts = {
  hasCallMap: false,
  userWrappers: [],
  retryOwners: [],
  loggers: [],
  userClients: [],
  imported: () => undefined,
  exported: () => undefined,
  globalDefault: () => undefined,
  hasErrorClass: () => false,
  isRetriedByCallers: () => false,
  callersWithout: () => undefined,
  instance: () => undefined,
}
