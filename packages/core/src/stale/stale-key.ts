import type { CacheableRequest } from './stale-request.ts'

const encoder = new TextEncoder()

// A store may be shared or be a file: nothing of the request is to be read in it.
const hash = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// As JSON, because joined by any character two requests could be made to look the same.
const partsOf = ({ method, url, owner, form }: Omit<CacheableRequest, 'control' | 'headers'>): readonly unknown[] => [
  1,
  method,
  url.origin,
  url.pathname,
  url.search,
  owner ?? null,
  form,
]

/** The key of a request before any `Vary`. */
export const keyOf = (request: Omit<CacheableRequest, 'control' | 'headers'>): Promise<string> =>
  hash(JSON.stringify(partsOf(request)))

/** The key of the answer chosen by these headers of the request. */
export const variantKeyOf = (request: CacheableRequest, names: readonly string[]): Promise<string> =>
  hash(JSON.stringify([...partsOf(request), names.map((name) => [name, request.headers.get(name)])]))

/** The request headers that chose an answer, sorted; undefined for one that depends on more than headers (`Vary: *`). */
export const varyNames = (field: string | undefined): readonly string[] | undefined => {
  const names = (field ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  return names.includes('*') ? undefined : [...new Set(names)].toSorted()
}
