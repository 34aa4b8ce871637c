import type { TableRow } from './proof.ts'

/** What a row of the table promises. */
export interface NetworkVerdict {
  readonly category: 'transient' | 'permanent' | 'partial' | 'fatal'
  readonly retry: 'never' | 'if-idempotent' | 'always'
  readonly breaker: 'failure' | 'success' | 'ignore'
  readonly sent: 'no' | 'maybe' | 'yes'
  readonly overload: boolean
}

export interface NetworkRow {
  readonly row: string
  readonly verdict: NetworkVerdict
  /** Met for real by `network-failures.ts`, on every Node. */
  readonly real: readonly string[]
  /** Codes and words as recorded, in the form of `shapeOf`. */
  readonly recorded: readonly string[]
}

const row = (
  name: string,
  [category, retry, breaker, sent, overload]: readonly [
    NetworkVerdict['category'],
    NetworkVerdict['retry'],
    NetworkVerdict['breaker'],
    NetworkVerdict['sent'],
    boolean,
  ],
  real: string,
  recorded = '',
): NetworkRow => ({
  row: name,
  verdict: { category, retry, breaker, sent, overload },
  real: real === '' ? [] : real.split(' | '),
  recorded: recorded === '' ? [] : recorded.split(' | '),
})

/** Every row of the table of network and runtime errors. */
export const NETWORK_ROWS: readonly NetworkRow[] = [
  row(
    'never sent',
    ['transient', 'always', 'failure', 'no', true],
    'ECONNREFUSED | ECONNREFUSED at several addresses',
    'connect:EHOSTUNREACH | connect:ENETUNREACH | EHOSTDOWN | ENETDOWN | UND_ERR_CONNECT_TIMEOUT | connect:ETIMEDOUT | connect:ECONNRESET',
  ),
  row(
    'exhausted here',
    ['transient', 'always', 'ignore', 'no', false],
    'EMFILE',
    'connect:EADDRNOTAVAIL | ENFILE | ENOBUFS | connect:EACCES | connect:EPERM',
  ),
  row(
    'no such name',
    ['permanent', 'always', 'failure', 'no', false],
    'ENOTFOUND by a resolver',
    'getaddrinfo:ENOTFOUND | EAI_NONAME | EAI_NODATA',
  ),
  row(
    'no answer about a name',
    ['transient', 'always', 'ignore', 'no', false],
    'ESERVFAIL | ETIMEOUT | ECONNREFUSED by a resolver',
    'getaddrinfo:EAI_AGAIN | EAI_FAIL',
  ),
  row(
    'connection lost',
    ['transient', 'if-idempotent', 'failure', 'maybe', true],
    'ECONNRESET | socket hang up | UND_ERR_SOCKET',
    'write:EPIPE | read:ECONNABORTED | UND_ERR_INFO | :Connection reset by peer (os error 104) | :connection closed before message completed',
  ),
  row(
    'body broken off',
    ['partial', 'if-idempotent', 'failure', 'yes', false],
    'terminated | aborted | axios stream aborted | gzip | content-length',
    ':error reading a body from connection | UND_ERR_BODY_TIMEOUT | UND_ERR_RES_CONTENT_LENGTH_MISMATCH | ERR_CONTENT_DECODING_FAILED | Z_BUF_ERROR',
  ),
  row(
    'no headers in time',
    ['transient', 'if-idempotent', 'failure', 'maybe', true],
    'axios timeout | ky TimeoutError | TimeoutError of no caller | attempt timeout',
    'UND_ERR_HEADERS_TIMEOUT',
  ),
  row(
    'no HTTP',
    ['permanent', 'if-idempotent', 'failure', 'maybe', false],
    'garbage to fetch | garbage to node:http | headers too large',
    'HPE_INVALID_CONSTANT | UND_ERR_HEADERS_OVERFLOW | Malformed_HTTP_Response',
  ),
  row(
    'stream refused',
    ['transient', 'always', 'ignore', 'no', false],
    'NGHTTP2_REFUSED_STREAM',
    'ERR_HTTP2_GOAWAY_SESSION',
  ),
  row('stream reset', ['transient', 'if-idempotent', 'failure', 'maybe', false], 'NGHTTP2_INTERNAL_ERROR'),
  row(
    'certificate and TLS',
    ['permanent', 'never', 'ignore', 'no', false],
    'self-signed | expired | other host | no TLS there',
    'CERT_NOT_YET_VALID | SELF_SIGNED_CERT_IN_CHAIN | UNABLE_TO_VERIFY_LEAF_SIGNATURE | UNABLE_TO_GET_ISSUER_CERT_LOCALLY | EPROTO | UND_ERR_PRX_TLS | :invalid peer certificate: UnknownIssuer',
  ),
  row(
    "the caller's mistake",
    ['fatal', 'never', 'ignore', 'no', false],
    'unknown scheme | bad port | no URL | scheme to axios | axios options',
    'UND_ERR_INVALID_ARG | UND_ERR_NOT_SUPPORTED | UND_ERR_REQ_CONTENT_LENGTH_MISMATCH | ERR_NOT_SUPPORT | ERR_DEPRECATED | ERR_FORM_DATA_DEPTH_EXCEEDED',
  ),
  row(
    'redirect loop',
    ['permanent', 'never', 'success', 'maybe', false],
    'loop to fetch | loop to axios',
    'UND_ERR_REDIRECT_MAX | TooManyRedirects',
  ),
  row(
    'too large',
    ['permanent', 'never', 'success', 'maybe', false],
    'maxContentLength | maxBodyLength',
    'UND_ERR_RES_EXCEEDED_MAX_SIZE | ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
  ),
  row(
    'client closed',
    ['fatal', 'never', 'ignore', 'maybe', false],
    '',
    'UND_ERR_DESTROYED | UND_ERR_CLOSED | UND_ERR_BPL_MISSING_UPSTREAM | UND_ERR_MAX_ORIGINS_REACHED | axios:Request aborted',
  ),
  row('proxy', ['transient', 'always', 'ignore', 'no', false], '', 'UND_ERR_PRX_CONN | UND_ERR_SOCKS5'),
  row(
    'axios error with an answer',
    ['transient', 'if-idempotent', 'failure', 'maybe', true],
    'ERR_BAD_RESPONSE of a 503',
  ),
  row(
    'a browser does not say',
    ['transient', 'if-idempotent', 'failure', 'maybe', false],
    '',
    ':Failed to fetch (api.example) | :Load failed | :NetworkError when attempting to fetch resource. | :network error | :The Internet connection appears to be offline. | :Network request failed | :Network connection lost | ERR_NETWORK of axios',
  ),
  row(
    'the caller left',
    ['fatal', 'never', 'ignore', 'maybe', false],
    'AbortError | a reason of its own | ERR_CANCELED | the timeout of the caller',
    'UND_ERR_ABORTED',
  ),
  row('refused here', ['fatal', 'never', 'ignore', 'no', false], 'circuit-open | rate-limited | queue-full'),
  row(
    'neither answer nor transport',
    ['permanent', 'never', 'ignore', 'maybe', false],
    'an error of a hook',
    ':what nobody knows',
  ),
]

export const NETWORK_TABLE: readonly TableRow[] = NETWORK_ROWS.map(({ row: name, real, recorded }) => ({
  row: name,
  signals: [...real, ...recorded],
}))
