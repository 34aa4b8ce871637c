export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const FLOOR_S = 2
const LONGEST_FLOOR_S = 30
// Spotify may leave Retry-After out with QUOTA_EXCEEDED and does not say how long the account pauses.
const QUOTA_PAUSE_S = 3_600

const isUsable = (value: string | null): boolean => value !== null && value.trim() !== '0' && value.trim() !== ''

/**
 * A `fetch` that gives every 429 a usable `Retry-After`, so that the policy above it holds all calls and not only one.
 *
 * Without the header, or with 0, it is 2 s, doubled for each 429 in a row up to 30 s; with the reason `QUOTA_EXCEEDED`
 * it is an hour. It keeps the count of 429s in a row.
 */
export const pushbackTransport = (base: Fetch, onAttempt?: (status: number | undefined) => void): Fetch => {
  let inRow = 0
  const limited = async (response: Response): Promise<Response> => {
    const body = await response.text()
    const isQuota = body.includes('QUOTA_EXCEEDED')
    if (isUsable(response.headers.get('retry-after'))) return new Response(body, response)
    const headers = new Headers(response.headers)
    const floorSeconds = Math.min(LONGEST_FLOOR_S, FLOOR_S * 2 ** (inRow - 1))
    headers.set('retry-after', String(isQuota ? QUOTA_PAUSE_S : floorSeconds))
    return new Response(body, { status: response.status, headers })
  }
  return async (input, init) => {
    let status: number | undefined
    try {
      const response = await base(input, init)
      ;({ status } = response)
      inRow = status === 429 ? inRow + 1 : 0
      return status === 429 ? await limited(response) : response
    } finally {
      onAttempt?.(status)
    }
  }
}
