import type {
  Attempt,
  Call,
  Classification,
  ClientRequest,
  GivenRequest,
  PackedAnswer,
  ResponseHead,
  Transport,
} from '@holdfast/core'
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { AttemptConfigs } from './attempt-config.ts'
import type { AxiosCopy } from './axios-copy.ts'
import { AxiosHead } from './axios-head.ts'
import { cancellationError, cancellationOf, isCancelError, type Cancellation } from './cancellation.ts'
import { classifyAxios } from './classify-axios.ts'
import { answerFormOf, packResponse, unpackResponse } from './packed-answer.ts'
import { isOneShotBody } from './request-body.ts'
import { finalUrl } from './request-url.ts'
import { isTimeLimit, timeoutError } from './timeout-error.ts'

/** What a call is made of, beside its config. */
export interface AxiosCallInit {
  readonly copy: AxiosCopy
  readonly adapter: AxiosAdapter
  readonly origin: string | undefined
  readonly resilience: object | undefined
  readonly retriesClientTimeout: boolean
  /** Name of the header under which the caller may have set a key of its own. */
  readonly idempotencyHeader: string
}

const METHODS_WITHOUT_KEY: ReadonlySet<string> = new Set(['get', 'head', 'options'])

const callersKey = (config: InternalAxiosRequestConfig, header: string): string | undefined => {
  const value: unknown = config.headers.get(header)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The response a value or an error of an adapter carries. */
export const responseOf = (value: unknown, isError: boolean): AxiosResponse | undefined => {
  if (!isError) return value as AxiosResponse
  return typeof value === 'object' && value !== null ? (value as { response?: AxiosResponse }).response : undefined
}

/**
 * One call of an axios instance as the policy sees it: every attempt is one call of the instance's own adapter.
 *
 * Request and transport in one object, because every call of the instance makes one.
 */
export class AxiosCall implements Transport, ClientRequest {
  // Every adapter of axios rejects when its signal aborts; its error is kept as the cause.
  readonly settlesOnAbort = true
  readonly method: string
  readonly origin: string | undefined
  readonly signal: AbortSignal | undefined
  readonly resilience: object | undefined
  readonly isReplayable: boolean
  readonly idempotencyHeader: string | undefined
  readonly transport: Transport
  protected readonly copy: AxiosCopy
  protected readonly config: InternalAxiosRequestConfig
  protected readonly cancellation: Cancellation
  readonly #adapter: AxiosAdapter
  readonly #configs: AttemptConfigs
  readonly #retriesClientTimeout: boolean

  constructor(config: InternalAxiosRequestConfig, init: AxiosCallInit) {
    const { method = 'get' } = config
    this.copy = init.copy
    this.config = config
    this.cancellation = cancellationOf(config)
    this.#adapter = init.adapter
    this.#configs = new AttemptConfigs(config)
    this.#retriesClientTimeout = init.retriesClientTimeout
    this.method = method
    this.origin = init.origin
    this.signal = this.cancellation.signal
    this.resilience = init.resilience
    this.isReplayable = !isOneShotBody(config.data)
    this.idempotencyHeader = METHODS_WITHOUT_KEY.has(method) ? undefined : callersKey(config, init.idempotencyHeader)
    this.transport = this
  }

  get url(): string | undefined {
    return finalUrl(this.config)
  }

  send(attempt: Attempt): Promise<unknown> {
    const signal = attempt.canAbort ? attempt.signal : undefined
    const adapter = this.#adapter
    return adapter(this.#configs.next(signal, attempt.call.idempotencyKey?.header, this.isReplayable))
  }

  head(value: unknown, isError: boolean): ResponseHead | undefined {
    const response = responseOf(value, isError)
    return typeof response?.status === 'number' ? new AxiosHead(response) : undefined
  }

  classify(value: unknown, isError: boolean, head: ResponseHead | undefined, call: Call): Classification | undefined {
    return classifyAxios(value, isError, head, call, this.#retriesClientTimeout)
  }

  request(): GivenRequest {
    const { config } = this
    return {
      url: this.copy.getUri(config),
      headers: config.headers,
      body: config.data as unknown,
      auth: config.auth,
      credentials: config.withCredentials === true ? 'include' : undefined,
      answerForm: answerFormOf(config),
    }
  }

  pack(value: unknown, maxBytes: number): PackedAnswer | undefined {
    return packResponse(value as AxiosResponse, maxBytes)
  }

  unpack(answer: PackedAnswer): AxiosResponse {
    return unpackResponse(answer, this.config)
  }

  answer(given: unknown): AxiosResponse {
    if (typeof given === 'object' && given !== null && 'status' in given && 'config' in given && 'headers' in given)
      return given as AxiosResponse
    return { data: given, status: 200, statusText: 'OK', headers: {}, config: this.config, request: undefined }
  }

  /** What the caller gets for a value of the policy. */
  handOver(value: unknown): AxiosResponse {
    this.close()
    this.#configs.adopt(value)
    return value as AxiosResponse
  }

  /** Throws what the caller gets for an error of the policy. */
  fail(error: unknown): never {
    try {
      throw this.errorFor(error)
    } finally {
      this.close()
    }
  }

  /** What axios would have thrown, where it has a word for it. */
  protected errorFor(error: unknown): unknown {
    const { config, copy } = this
    this.#configs.adopt(error)
    if (this.signal?.aborted === true) {
      // A token's own reason keeps its message, whoever noticed first.
      return isCancelError(error, config.cancelToken?.reason) ? error : cancellationError(copy, config)
    }
    return isTimeLimit(error) ? timeoutError(copy, error, config) : error
  }

  /** Leaves the caller's config as it was found, and its signals as well unless a body still needs them. */
  protected close(releasesSignals = true): void {
    this.#configs.restore()
    if (releasesSignals) this.cancellation.release()
  }
}
