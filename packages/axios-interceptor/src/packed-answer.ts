import type { PackedAnswer } from '@holdfast/core'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

// Adapters give these as the text that came, and axios parses it afterwards.
const TEXT: ReadonlySet<string> = new Set(['json', 'text'])

// How it came over the wire, or for one receiver alone; RFC 9111 section 3.1.
const LEFT_OUT =
  /^(age|connection|content-(encoding|length)|keep-alive|proxy-.*|set-cookie|te|trailer|transfer-encoding|upgrade)$/

/** In which form the adapter gives the body: text, or something else that is not kept beyond the call. */
export const answerFormOf = ({ responseType = 'json' }: InternalAxiosRequestConfig): 'text' | 'stream' =>
  TEXT.has(responseType) ? 'text' : 'stream'

/** An answer as data, before axios parses it; undefined for one that is too large or no text. */
export const packResponse = (response: AxiosResponse<unknown>, maxBytes: number): PackedAnswer | undefined => {
  const { status, statusText, data, headers: given } = response
  // A character takes three bytes at most, and hardly ever more than one.
  if (typeof data !== 'string' || (data.length * 3 > maxBytes && new TextEncoder().encode(data).length > maxBytes)) {
    return undefined
  }
  const headers = Object.entries(given)
    .map(([name, value]): [string, string] => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ])
    .filter(([name]) => !LEFT_OUT.test(name))
  return { status, statusText, headers, body: data }
}

/** The response of the adapter, which axios' transforms and interceptors treat like any other. */
export const unpackResponse = (answer: PackedAnswer, config: InternalAxiosRequestConfig): AxiosResponse<unknown> => {
  const { status, statusText, headers, body } = answer
  return { data: body, status, statusText, headers: Object.fromEntries(headers), config, request: undefined }
}
