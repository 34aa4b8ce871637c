import type { ResponseHead } from '@holdfast/core'
import type { AxiosResponse } from 'axios'

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? value.join(', ') : undefined
}

/**
 * Status and headers of an axios response.
 *
 * `AxiosHeaders.get` compares all names at every read. Adapters give names in lower case already; where one does not,
 * as mocks do, they are folded once, at the first read.
 */
export class AxiosHead implements ResponseHead {
  readonly status: number
  #headers: Record<string, unknown>
  #isFolded = false

  constructor(response: AxiosResponse) {
    this.status = response.status
    this.#headers = response.headers
  }

  header(name: string): string | undefined {
    if (!this.#isFolded) this.#fold()
    return Object.hasOwn(this.#headers, name) ? asText(this.#headers[name]) : undefined
  }

  #fold(): void {
    this.#isFolded = true
    const headers: unknown = this.#headers
    if (typeof headers !== 'object' || headers === null) {
      this.#headers = {}
      return
    }
    const names = Object.keys(headers)
    if (names.every((name) => name === name.toLowerCase())) return
    this.#headers = Object.fromEntries(
      names.map((name) => [name.toLowerCase(), (headers as Record<string, unknown>)[name]]),
    )
  }
}
