import { originOf } from '@holdfast/core'
import type { InternalAxiosRequestConfig } from 'axios'
import { finalUrl } from './request-url.ts'

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>

/** The request that follows a redirect, as the http adapter hands it over before it is sent. */
interface RedirectedRequest {
  readonly href?: unknown
  readonly headers?: Record<string, unknown>
}

/**
 * Keeps a header of ours from following a redirect to another origin; a hook of the caller runs after it.
 *
 * `sensitiveHeaders` would do the same, but axios 1.6 and 1.7 do not know it. The fetch adapter offers neither.
 *
 * @returns Puts the caller's config back as it was.
 */
export const guardRedirects = (config: InternalAxiosRequestConfig, header: string): (() => void) => {
  const hadHook = Object.hasOwn(config, 'beforeRedirect')
  const callers = config.beforeRedirect
  const origin = originOf(finalUrl(config) ?? '')
  const name = header.toLowerCase()
  const guard: BeforeRedirect = (...details) => {
    const { href, headers = {} } = details[0] as RedirectedRequest
    // A header that was taken out stays out, also when a later redirect comes back.
    if (origin === undefined || originOf(String(href)) !== origin) {
      for (const present of Object.keys(headers))
        if (present.toLowerCase() === name) Reflect.deleteProperty(headers, present)
    }
    callers?.(...details)
  }
  config.beforeRedirect = guard
  return () => {
    if (hadHook) (config as { beforeRedirect: unknown }).beforeRedirect = callers
    else delete config.beforeRedirect
  }
}
