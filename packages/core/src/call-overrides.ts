/** Who gives way first when not everything can be sent: `background` first, `critical` last. */
export type Priority = 'critical' | 'default' | 'background'

/** The part of a call's `resilience` that belongs to no strategy. */
export interface BaseCallOptions {
  /** State of another key than the policy's own choice, such as a tenant. */
  readonly key?: string
  /** Default `'default'`. */
  readonly priority?: Priority
  /** Declares that sending twice does no harm, which allows retries. Default: by method (RFC 9110 section 9.2.2). */
  readonly idempotent?: boolean
  /** Sent with every attempt and allows retries: the upstream is declared to honour it. `'auto'` makes one up. */
  readonly idempotencyKey?: string | (() => string) | false
  /** `'unbounded'` takes the body out of the deadline and the idle limit, for downloads and event streams. */
  readonly body?: 'bounded' | 'unbounded'
}

/** Call options after checking. */
export interface CallOverrides {
  readonly base: BaseCallOptions
  readonly strategies: Readonly<Record<string, object | false | undefined>>
}
