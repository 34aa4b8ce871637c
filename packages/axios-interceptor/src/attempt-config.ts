import type { InternalAxiosRequestConfig } from 'axios'
import { guardRedirects } from './redirect-guard.ts'

type Headers = InternalAxiosRequestConfig['headers']
type Config = InternalAxiosRequestConfig & Record<string, unknown>

/**
 * The config of each attempt of one call.
 *
 * The first attempt gets the caller's own object, because a full copy costs 40 % of an axios call; adapters write into
 * its headers, so these are remembered first. Later attempts get a copy that starts from the remembered headers.
 */
export class AttemptConfigs {
  readonly #config: Config
  readonly #signal: InternalAxiosRequestConfig['signal']
  readonly #hadSignal: boolean
  #headers: Record<string, unknown> | undefined = undefined
  #hasStarted = false
  #copies: Config[] | undefined = undefined
  #unguard: (() => void) | undefined = undefined

  constructor(config: InternalAxiosRequestConfig) {
    this.#config = config as Config
    this.#signal = config.signal
    this.#hadSignal = config.signal !== undefined || Object.hasOwn(config, 'signal')
  }

  /**
   * @param signal - Replaces the caller's; undefined leaves the caller's in place.
   * @param header - Idempotency key that every attempt carries.
   * @param canRepeat - Whether a further attempt may follow, so that the headers must be remembered.
   */
  next(
    signal: AbortSignal | undefined,
    header: readonly [name: string, value: string] | undefined,
    canRepeat: boolean,
  ): InternalAxiosRequestConfig {
    const config = this.#hasStarted ? this.#copy() : this.#config
    if (!this.#hasStarted) {
      this.#hasStarted = true
      if (header !== undefined) {
        config.headers.set(header[0], header[1])
        this.#unguard = guardRedirects(config, header[0])
      }
      if (canRepeat) this.#headers = Object.assign({}, config.headers)
    }
    if (signal !== undefined) config.signal = signal
    return config
  }

  /** Gives the caller's config back as it was before the first attempt. */
  restore(): void {
    const config = this.#config
    this.#unguard?.()
    if (config.signal === this.#signal) return
    if (this.#hadSignal) setSignal(config, this.#signal)
    else delete config.signal
  }

  /** Puts the caller's config in the place of a copy on a response or an error, with the headers that were sent. */
  adopt(result: unknown): void {
    const copies = this.#copies
    if (copies === undefined || typeof result !== 'object' || result === null) return
    const holder = result as { config?: Config; response?: { config?: Config } }
    for (const part of [holder, holder.response]) {
      if (part?.config !== undefined && copies.includes(part.config)) {
        this.#config.headers = part.config.headers
        part.config = this.#config
      }
    }
  }

  // Never `{ ...config }`: axios dispatches on an object without a prototype, with members that are not enumerable.
  #copy(): Config {
    const config = this.#config
    const copy = Object.create(
      Object.getPrototypeOf(config) as object | null,
      Object.getOwnPropertyDescriptors(config),
    ) as Config
    const headers = Object.create(Object.getPrototypeOf(config.headers) as object | null) as Headers
    copy.headers = Object.assign(headers, this.#headers)
    if (this.#hadSignal) setSignal(copy, this.#signal)
    else delete copy.signal
    if (this.#copies === undefined) this.#copies = [copy]
    else this.#copies.push(copy)
    return copy
  }
}

const setSignal = (config: Config, signal: InternalAxiosRequestConfig['signal']): void => {
  ;(config as { signal: unknown }).signal = signal
}
