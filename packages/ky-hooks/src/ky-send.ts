import { FetchCall, type Attempt, type FetchCallInit } from '@holdfast/core'

const READERS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const

// Small enough to be kept in memory for a caller who may still ask for it.
const MOST_ERROR_BYTES = 64 * 1_024

/** One send of ky under the policy: as any call of `fetch`, with the errors of a body in ky's words. */
export class KySend extends FetchCall {
  readonly #errorFor: (error: unknown) => Promise<unknown>
  readonly #readsErrors: boolean

  /** @param readsErrors - Whether ky reads the body of an error answer itself. */
  constructor(init: FetchCallInit, readsErrors: boolean, errorFor: (error: unknown) => Promise<unknown>) {
    super(init)
    this.#readsErrors = readsErrors
    this.#errorFor = errorFor
  }

  override guardBody(value: unknown, attempt: Attempt, ended: () => void): boolean {
    const isGuarded = super.guardBody(value, attempt, ended)
    if (isGuarded) {
      if (!this.#readsErrors) this.#fetchErrorBody(value as Response)
      this.#translate(value as Response)
    }
    return isGuarded
  }

  // ky 1 puts an error answer into an HTTPError that most callers do not look into: what is read to the end here holds
  // neither connection nor permit, and the caller's own half of the body waits in memory.
  #fetchErrorBody(response: Response): void {
    const length = response.headers.get('content-length')
    if (response.ok || length === null || Number(length) > MOST_ERROR_BYTES) return
    response
      .clone()
      .arrayBuffer()
      .catch(() => undefined)
  }

  #translate(response: Response): void {
    for (const reader of READERS) {
      if (!(reader in response)) continue
      const read = (response[reader] as () => Promise<unknown>).bind(response)
      const value = (): Promise<unknown> =>
        read().catch(async (error: unknown) => {
          throw await this.#errorFor(error)
        })
      Object.defineProperty(response, reader, { configurable: true, writable: true, value })
    }
  }
}
