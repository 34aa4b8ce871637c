/** Status and headers of an answer, whichever client it came from; nothing is copied. */
export interface ResponseHead {
  readonly status: number
  /**
   * The value of one header.
   *
   * @param name - In lower case.
   */
  header(name: string): string | undefined
}

/** What clients keep headers in: `Headers`, `AxiosHeaders`, a `Map` or a plain object with names in any case. */
export type HeadersLike = object | null | undefined

const NO_HEADERS = Object.freeze({})

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  // RFC 9110 section 5.3: several lines of one field equal one line joined by commas.
  return Array.isArray(value) ? value.join(', ') : undefined
}

const findByName = (headers: Readonly<Record<string, unknown>>, name: string): unknown => {
  if (Object.hasOwn(headers, name)) return headers[name]
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return headers[key]
  }
  return undefined
}

class HeadersView implements ResponseHead {
  readonly status: number
  private readonly headers: object & { get?: unknown }

  constructor(status: number, headers: HeadersLike) {
    this.status = status
    this.headers = headers ?? NO_HEADERS
  }

  header(name: string): string | undefined {
    try {
      const { headers } = this
      return asText(
        typeof headers.get === 'function'
          ? (headers as { get(name: string): unknown }).get(name)
          : findByName(headers, name),
      )
    } catch {
      // A hostile or half-built object: the same as a header that is not there.
      return undefined
    }
  }
}

/** The head of a `fetch` response; reads its headers in place. */
export const headOfResponse = (response: Response): ResponseHead => new HeadersView(response.status, response.headers)

/** The head of an answer whose headers are a `Headers`, an `AxiosHeaders`, a `Map` or a plain object; nothing is copied. */
export const headOfHeaders = (status: number, headers: HeadersLike): ResponseHead => new HeadersView(status, headers)
