import type { Answer, Routes } from '@holdfast/fault-server'
import type { AxiosInstance, AxiosRequestConfig, AxiosStatic } from 'axios'
import type { Options } from 'ky'

export type Family = 'axios' | 'fetch' | 'ky'

/** What the options of a scenario may refer to; made anew for every run. */
export interface Stage {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  /** Aborted as the scenario's `abort` says, with `reason`. */
  readonly signal: AbortSignal
  readonly reason: Error
  /** The copy of axios under test; only in the options for axios. */
  readonly axios: AxiosStatic
  /** Runs something `delayMs` after a request has arrived, unless the run is over by then. */
  readonly later: (delayMs: number, run: () => void) => void
  /** Writes down that something of the caller's was called, with plain data. */
  readonly note: (...facts: readonly unknown[]) => void
}

/** One request, and everything about it that the clients are compared by. */
export interface Scenario {
  readonly name: string
  /** Default: all families. */
  readonly families?: readonly Family[]
  /** Only for clients whose name fits. */
  readonly only?: RegExp
  /** What the server answers, default one JSON object. */
  readonly answers?: readonly Answer[] | Routes
  /** Default `GET`. */
  readonly method?: string
  /** Default `/`. */
  readonly path?: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: () => unknown
  /** Sent the way each family sends JSON. */
  readonly json?: unknown
  /** Aborts the caller's signal before the call or so many milliseconds after its request has arrived. */
  readonly abort?: 'before' | number
  /** How the body is read by those who get a Response; default `text`. */
  readonly read?: 'text' | 'json' | 'arrayBuffer' | 'blob' | 'stream' | 'clone' | 'never'
  /** The method of ky's promise by which the body is read; then nothing is left for `read`. */
  readonly shortcut?: 'json' | 'text' | 'arrayBuffer' | 'blob' | 'formData'
  /** Nobody listens at the address. */
  readonly isRefused?: boolean
  /** The failure is one that a policy would retry, so that retries are off for this one. */
  readonly isRetryable?: boolean
  /** The call fails before the policy gets to see it. */
  readonly isUnseen?: boolean
  /** Differences that are meant to be, because a strategy does what the client did before. */
  readonly known?: RegExp
  /** How the client tells of the failure depends on which of two packets it sees first. */
  readonly isRacy?: boolean
  /** Calls made one after the other, default 1. */
  readonly calls?: number
  readonly axios?: (stage: Stage) => AxiosRequestConfig
  readonly fetch?: (stage: Stage) => RequestInit
  readonly ky?: (stage: Stage) => Options
  /** Puts things of the caller's on an axios instance, before and after the policy is attached. */
  readonly beforeAttach?: (instance: AxiosInstance, stage: Stage) => void
  readonly afterAttach?: (instance: AxiosInstance, stage: Stage) => void
}
