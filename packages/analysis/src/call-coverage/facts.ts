import type { Protection } from '../model/project-facts.ts'

/** What a call can be protected by. */
export const MEASURES = ['deadline', 'retry', 'breaker', 'fallback', 'handledError', 'responseCheck'] as const
export type Measure = (typeof MEASURES)[number]

/** One outgoing call with what protects it, as far as its own file and the facts given tell. */
export interface CallFacts {
  readonly start: number
  readonly end: number
  readonly client: string
  readonly methods: readonly string[]
  /** Absent where the code does not say it. */
  readonly host?: string
  /** Path with `:name` for its variable parts. */
  readonly path?: string
  /** `path#name` of the instance that the call goes through, when another file makes it. */
  readonly instance?: string
  /** A function that is handed on as `fetch` sends it: whoever calls that function decides, so it is no call of its own. */
  readonly isTransport?: true
  readonly protections: Readonly<Record<Measure, Protection>>
}

/** An instance that this file makes, and what it gives every call through it. */
export interface InstanceFacts {
  readonly name: string
  readonly client: string
  /** Offsets of the call that makes it. */
  readonly start: number
  readonly end: number
  readonly host?: string
  readonly protections: Readonly<Record<'deadline' | 'retry' | 'breaker' | 'fallback', Protection>>
}

export interface CoverageFacts {
  readonly calls: readonly CallFacts[]
  readonly instances: readonly InstanceFacts[]
}
