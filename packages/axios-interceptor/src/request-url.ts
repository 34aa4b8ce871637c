import { originOf } from '@holdfast/core'
import type { InternalAxiosRequestConfig } from 'axios'

// The test of axios: "<scheme>://" or "//".
const ABSOLUTE = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i

/**
 * The URL axios will send to, without its query parameters; undefined for a request without any URL.
 *
 * The rules are those of axios' own `buildFullPath`; no URL object is made, because every call passes here.
 */
export const finalUrl = (config: InternalAxiosRequestConfig): string | undefined => {
  const { url, baseURL } = config
  // Interceptors of the wild put URL objects here, and axios takes them.
  const path = url === undefined || typeof url === 'string' ? url : String(url)
  if (baseURL === undefined || baseURL === '') return path
  if (path === undefined || path === '') return baseURL
  if (ABSOLUTE.test(path) && config.allowAbsoluteUrls !== false) return path
  const base = baseURL.endsWith('/') ? baseURL.slice(0, -1) : baseURL
  return path.startsWith('/') ? base + path : `${base}/${path}`
}

const isPath = (url: unknown): boolean =>
  url === undefined || (typeof url === 'string' && url.startsWith('/') && !url.startsWith('//'))

/** The origin of requests that name a path alone: that of their base URL, looked at when it changes. */
export class BaseOrigin {
  #baseURL = ''
  #origin: string | undefined = undefined

  of(config: InternalAxiosRequestConfig): string | undefined {
    const { baseURL } = config
    if (typeof baseURL !== 'string' || !isPath(config.url)) return undefined
    if (baseURL !== this.#baseURL) {
      this.#baseURL = baseURL
      this.#origin = originOf(baseURL)
    }
    return this.#origin
  }
}
