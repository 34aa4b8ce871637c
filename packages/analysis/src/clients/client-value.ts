import type { ProjectFacts } from '../model/project-facts.ts'
import type { SourceFile } from '../model/source-file.ts'
import type { CallExpression, NewExpression } from '../syntax/nodes.ts'
import type { ClientName } from './client-table.ts'

export interface CodeContext {
  readonly file: SourceFile
  readonly facts: ProjectFacts
  /** What was found out about the file with these facts; see `FileCache`. */
  readonly caches: Map<object, unknown>
}

/** For caches of what a file says together with the facts of its project. */
export const byFile = {
  readsOf: ({ facts }: CodeContext): number | undefined => facts.unsettledReads?.(),
} as const

/** A value that sends requests. `creation` is the call that made the instance, when it is in this file. */
export interface ClientValue {
  readonly client: ClientName
  readonly callable: boolean
  readonly method?: string
  /** `module`: the library's own instance; `created`: made here; `injected`: a parameter or another file gave it. */
  readonly via: 'module' | 'created' | 'injected'
  readonly creation?: CallExpression | NewExpression
  readonly parent?: ClientValue
  /** `path#name` of an instance that another file creates. */
  readonly instanceId?: string
  /** The library that wraps it so that it sends again. */
  readonly retriedBy?: string
  /** A policy of ours stands under it. */
  readonly policy?: true
}

/** Clients whose instance is itself the function that sends. */
export const CALLABLE_INSTANCES = new Set<ClientName>([
  'axios',
  'ky',
  'got',
  'ofetch',
  'fetch',
  'node-fetch',
  'superagent',
])
