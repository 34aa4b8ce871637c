import type { Attempt, Call, Transport } from './call.ts'
import { classifyFunctionError } from './classify.ts'
import type { ClientRequest } from './policy-core.ts'
import type { ResponseHead } from './response-head.ts'

/**
 * One run of a plain function: the request and its transport in one object, because every call makes one.
 *
 * The function's result is never looked into.
 */
export class FunctionCall implements ClientRequest, Transport {
  readonly #run: (attempt: Attempt) => unknown
  readonly signal: AbortSignal | undefined
  readonly resilience: object | undefined

  constructor(run: (attempt: Attempt) => unknown, signal: AbortSignal | undefined, resilience: object | undefined) {
    this.#run = run
    this.signal = signal
    this.resilience = resilience
  }

  get method(): string {
    return 'CALL'
  }

  get url(): undefined {
    return undefined
  }

  get isIdempotent(): boolean {
    return false
  }

  get transport(): Transport {
    return this
  }

  send(attempt: Attempt): Promise<unknown> {
    return Promise.resolve(this.#run(attempt))
  }

  classify(
    value: unknown,
    isError: boolean,
    _head: ResponseHead | undefined,
    call: Call,
  ): ReturnType<Transport['classify']> {
    return isError ? classifyFunctionError(value, call.signal) : undefined
  }
}
