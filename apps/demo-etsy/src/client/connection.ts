import { setTimeout as wait } from 'node:timers/promises'
import { attach } from '@holdfast/axios-interceptor'
import { type Policy, type Priority, type StandardStrategies } from '@holdfast/core'
import { AuthorizationError, type ServiceError } from '@holdfast/core/service-errors'
import axios, { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios'
import type { z } from 'zod'
import { scopesShape } from './answers.ts'
import { isAppOut, isHtml, isOwnerRefusal, translate, UnreadableAnswerError } from './translate.ts'

/** Where the API is and who calls. */
export interface EtsySettings {
  /** Such as `https://openapi.etsy.com`; nothing else in the client names a host. */
  readonly apiBase: string
  readonly keystring: string
  readonly sharedSecret: string
  readonly shopId: number
}

/** Gives access tokens; `AccessTokens` of the oauth folder is one. */
export interface AccessTokenSource {
  current(): Promise<string>
  renew(rejected: string): Promise<string>
}

/** One line for each call; no URL, header or body is in it. */
export interface CallLine {
  readonly operation: string
  readonly priority: Priority
  readonly outcome: 'answered' | 'failed'
  readonly status?: number | undefined
  /** Etsy asks for it in every report of a problem. */
  readonly requestUuid?: string | undefined
  readonly code?: string | undefined
  readonly durationMs: number
  readonly atMs: number
}

/** What every call may say. */
export interface CallOptions {
  /** `critical` for orders, `background` for what can wait a day. Default `default`. */
  readonly priority?: Priority
  readonly signal?: AbortSignal
}

/** How the client sends. */
export interface SendRequest<T> {
  readonly operation: string
  readonly config: AxiosRequestConfig
  readonly shape: z.ZodType<T>
  /** Sending it twice does no harm. Default: by method. */
  readonly isRepeatable?: boolean
  /** Without an access token. */
  readonly isPublic?: boolean
  readonly options?: CallOptions | undefined
}

const ownerRetryAfterMs = 300
const requestTimeoutMs = 30_000

/** The axios instance with the policy under it, tokens, parsing and the log. */
export class Connection {
  readonly settings: EtsySettings
  readonly instance: AxiosInstance
  readonly policy: Policy<StandardStrategies>
  readonly #tokens: AccessTokenSource
  readonly #log: (line: CallLine) => void
  #lastGoodToken: string | undefined

  constructor(
    settings: EtsySettings,
    policy: Policy<StandardStrategies>,
    tokens: AccessTokenSource,
    log: (line: CallLine) => void,
  ) {
    this.settings = { ...settings, keystring: settings.keystring.trim(), sharedSecret: settings.sharedSecret.trim() }
    this.policy = policy
    this.#tokens = tokens
    this.#log = log
    this.instance = axios.create({
      baseURL: settings.apiBase,
      timeout: requestTimeoutMs,
      maxRedirects: 0,
      // Parsed here, so that HTML and half a JSON are never taken for data.
      responseType: 'text',
      transformResponse: (data: unknown) => data,
      headers: { 'x-api-key': `${this.settings.keystring}:${this.settings.sharedSecret}`, accept: 'application/json' },
    })
    attach(this.instance, policy)
  }

  /** @throws {ServiceError} Whatever went wrong. */
  async send<T>(request: SendRequest<T>): Promise<{ readonly data: T; readonly response: AxiosResponse<string> }> {
    const method = (request.config.method ?? 'GET').toUpperCase()
    const isRepeatable = request.isRepeatable ?? ['GET', 'PUT', 'DELETE'].includes(method)
    const facts = { operation: request.operation, isRepeatable }
    let token = request.isPublic === true ? undefined : await this.#tokens.current()
    let failure = await this.#attempt(request, token, isRepeatable)
    if (failure.error?.code === 'authentication' && token !== undefined) {
      token = await this.#tokens.renew(token)
      failure = await this.#attempt(request, token, isRepeatable)
    } else if (failure.error !== undefined && isOwnerRefusal(failure.error) && token === this.#lastGoodToken) {
      await wait(
        ownerRetryAfterMs,
        undefined,
        request.options?.signal === undefined ? {} : { signal: request.options.signal },
      )
      failure = await this.#attempt(request, token, isRepeatable)
    } else if (failure.isUnreadable && isRepeatable) {
      failure = await this.#attempt(request, token, isRepeatable)
    }
    if (failure.result !== undefined) {
      this.#lastGoodToken = token ?? this.#lastGoodToken
      return failure.result
    }
    const error = failure.error ?? translate(undefined, facts)
    if (isAppOut(error)) this.policy.forceOpen('Etsy says that the app is not active')
    if (error.upstreamCode === 'insufficient_scope') throw await this.#withMissingScopes(error, request, token)
    throw error
  }

  async #attempt<T>(
    request: SendRequest<T>,
    token: string | undefined,
    isRepeatable: boolean,
  ): Promise<{
    readonly result?: { readonly data: T; readonly response: AxiosResponse<string> }
    readonly error?: ServiceError
    readonly isUnreadable?: boolean
  }> {
    const { operation, config, options } = request
    const priority = options?.priority ?? 'default'
    const startedAt = performance.now()
    const line = (rest: Pick<CallLine, 'outcome' | 'status' | 'requestUuid' | 'code'>): void => {
      this.#log({ operation, priority, durationMs: performance.now() - startedAt, atMs: Date.now(), ...rest })
    }
    let answer: AxiosResponse<string> | undefined
    try {
      answer = await this.instance.request<string>({
        ...config,
        timeout: requestTimeoutMs,
        ...(options?.signal === undefined ? {} : { signal: options.signal }),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        resilience: { priority, idempotent: isRepeatable },
      })
      const result = { data: request.shape.parse(bodyOf(answer)), response: answer }
      line({ outcome: 'answered', status: answer.status, requestUuid: uuidOf(answer) })
      return { result }
    } catch (error) {
      const isUnreadable =
        error instanceof UnreadableAnswerError || (error instanceof Error && error.name === 'ZodError')
      const known = translate(isUnreadable ? new UnreadableAnswerError('unreadable') : error, {
        operation,
        isRepeatable,
      })
      // An answer that cannot be read has a uuid, too.
      const response = isAxiosError(error) ? error.response : answer
      line({ outcome: 'failed', status: response?.status, requestUuid: uuidOf(response), code: known.code })
      return { error: known, isUnreadable }
    }
  }

  /** Asks what the token may do, so that the seller is told what is missing. */
  async #withMissingScopes<T>(
    error: ServiceError,
    request: SendRequest<T>,
    token: string | undefined,
  ): Promise<ServiceError> {
    const needed = neededScopes[request.operation]
    if (token === undefined || needed === undefined || request.operation === 'tokenScopes') return error

    const form = new URLSearchParams({ token })
    const config = { method: 'POST', url: '/v3/application/scopes', data: form }
    const asked = await this.#attempt({ operation: 'tokenScopes', config, shape: scopesShape }, undefined, true)
    const granted = asked.result?.data ?? []
    const missingScopes = needed.filter((scope) => !granted.includes(scope))
    return new AuthorizationError({
      upstream: 'etsy',
      operation: request.operation,
      status: error.status,
      upstreamCode: 'insufficient_scope',
      missingScopes: missingScopes.length > 0 ? missingScopes : needed,
      cause: error,
    })
  }
}

/** Scopes of the operations of this client, as the official document gives them. */
export const neededScopes: Readonly<Record<string, readonly string[]>> = {
  createDraftListing: ['listings_w'],
  updateListing: ['listings_w'],
  uploadListingImage: ['listings_w'],
  updateListingInventory: ['listings_w'],
  getListingInventory: ['listings_r'],
  getListingsByShop: ['listings_r'],
  deleteListing: ['listings_d'],
  getShopReceipts: ['transactions_r'],
  getShopReceipt: ['transactions_r'],
  createReceiptShipment: ['transactions_w'],
  getMe: ['shops_r'],
  getShopReadinessStateDefinitions: ['shops_r'],
  createShopReadinessStateDefinition: ['shops_w'],
}

function bodyOf(response: AxiosResponse<string>): unknown {
  if (isHtml(response.headers['content-type'])) throw new UnreadableAnswerError('an HTML page in place of an answer')
  if (response.status === 204) return null
  try {
    return JSON.parse(response.data)
  } catch (error) {
    throw new UnreadableAnswerError('JSON that breaks off', { cause: error })
  }
}

function uuidOf(response: AxiosResponse | undefined): string | undefined {
  const uuid: unknown = response?.headers['x-etsy-request-uuid']
  return typeof uuid === 'string' ? uuid : undefined
}
