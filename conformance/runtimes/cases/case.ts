import type { Policy, StandardPolicyOptions, StandardStrategies } from '@holdfast/core'
import type { Answer } from '@holdfast/fault-server'

/** Where the cases run; Node in three majors is one runtime, because the same is expected of each. */
export type RuntimeName = 'node' | 'bun' | 'deno' | 'chromium'

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly bodyBytes: number | null
  readonly bodySha256: string | null
  readonly connectionId: number
  readonly atMs: number
  readonly settledAtMs: number | null
  readonly clientLeft: boolean
}

/** An address on the fault server that answers by a script of its own and remembers who asked. */
export interface Scenario {
  readonly url: string
  readonly origin: string
  /** Requests by arrival, without preflights. */
  readonly requests: () => Promise<readonly SeenRequest[]>
  readonly preflights: () => Promise<readonly SeenRequest[]>
  /** Requests once `holds` of them; fails after five seconds. */
  until(holds: (requests: readonly SeenRequest[]) => boolean, what: string): Promise<readonly SeenRequest[]>
}

export interface ScenarioOptions {
  /** `'other'` is another origin than that of the page, answering CORS; `'closed'` does not. Default `'same'`. */
  readonly origin?: 'same' | 'other' | 'closed'
  /** Response headers a page of another origin may read. */
  readonly exposed?: readonly string[]
}

/** What one case is given. */
export interface Context {
  readonly runtime: RuntimeName
  readonly serve: (script: readonly Answer[], options?: ScenarioOptions) => Promise<Scenario>
  /** A fresh standard policy; retries wait 1 ms unless the options say otherwise. */
  readonly policy: (options?: Partial<StandardPolicyOptions>) => Policy<StandardStrategies>
  /** Takes the network away and gives it back; browsers only. */
  readonly setOffline: (isOffline: boolean) => Promise<void>
}

export interface Case {
  /** Starts with the number of the acceptance case it belongs to, where there is one. */
  readonly name: string
  /** Where it cannot hold, with the reason; it is reported as skipped there. */
  readonly not?: Partial<Readonly<Record<RuntimeName, string>>>
  /** It changes globals, so no other case may run meanwhile. */
  readonly isAlone?: boolean
  run(context: Context): Promise<void>
}

export interface CaseResult {
  readonly name: string
  /** Undefined when the case held. */
  readonly failure: string | undefined
  readonly tookMs: number
}

/** What a run prints. */
export interface RunReport {
  readonly runtime: string
  readonly results: readonly CaseResult[]
  /** Rejections nobody handled and errors nobody caught, during the whole run. */
  readonly unhandled: readonly string[]
}
