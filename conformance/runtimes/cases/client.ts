import type { CallOptions, Policy, StandardStrategies } from '@holdfast/core'
import type { Case } from './case.ts'

/** What a case sends, whatever the client. */
export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: string | Uint8Array<ArrayBuffer> | Blob | URLSearchParams | FormData
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly resilience?: false | CallOptions<StandardStrategies>
}

export interface Answered {
  readonly status: number
  readonly text: string
}

/** One HTTP client with a policy under it, reduced to what all of them can do. */
export interface Client {
  /** Resolves for every HTTP answer, also where the client itself rejects; rejects with the client's own error. */
  send(url: string, sending?: Sending): Promise<Answered>
}

/** A client as its users get it, with one policy attached. */
export interface ClientKind {
  readonly name: string
  /** Code of the error a caller sees when the deadline or the last attempt timeout passes. */
  readonly timeoutCodes: { readonly deadline: string; readonly attempt: string }
  /** What a caller's abort rejects with: the reason itself, or an error of the client. */
  readonly abortsWith: 'reason' | 'ERR_CANCELED'
  /** Runtimes in which it is told to open a connection each time, with the reason. */
  readonly keepsNoConnectionIn?: NonNullable<Case['not']>
  make(policy: Policy<StandardStrategies>): Client
}
