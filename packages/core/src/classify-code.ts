import { row, type Classification, type ClassificationCode, type Row } from './classification.ts'

//                       category     sent     phase      source      overload retry           breaker
const CONNECT = row('transient', 'no', 'connect', 'origin', true, 'always', 'failure')
const EXHAUSTED = row('transient', 'no', 'connect', 'local', false, 'always', 'ignore')
const DNS_MISSING = row('permanent', 'no', 'connect', 'resolver', false, 'always', 'failure', {
  maxRetries: 1,
  minDelayMs: 1_000,
})
const DNS_TEMPORARY = row('transient', 'no', 'connect', 'resolver', false, 'always', 'ignore')
const NO_HEADERS = row('transient', 'maybe', 'headers', 'origin', true, 'if-idempotent', 'failure')
const LOST = row('transient', 'maybe', 'unknown', 'origin', true, 'if-idempotent', 'failure')
const BODY = row('partial', 'yes', 'body', 'origin', false, 'if-idempotent', 'failure')
const PROTOCOL = row('permanent', 'maybe', 'headers', 'origin', false, 'if-idempotent', 'failure', { maxRetries: 1 })
const STREAM_REFUSED = row('transient', 'no', 'headers', 'origin', false, 'always', 'ignore')
const TRANSPORT = row('transient', 'maybe', 'unknown', 'origin', false, 'if-idempotent', 'failure')
const VAGUE = row('transient', 'maybe', 'unknown', 'origin', false, 'if-idempotent', 'failure', { maxRetries: 1 })
const OFFLINE = row('transient', 'maybe', 'unknown', 'local', false, 'if-idempotent', 'ignore', { maxRetries: 1 })
const TLS = row('permanent', 'no', 'connect', 'origin', false, 'never', 'ignore')
const PROXY = row('transient', 'no', 'connect', 'proxy', false, 'always', 'ignore')
const PROXY_TLS = row('permanent', 'no', 'connect', 'proxy', false, 'never', 'ignore')
const ANSWERED = row('permanent', 'maybe', 'unknown', 'origin', false, 'never', 'success')
const LOCAL = row('fatal', 'no', 'unknown', 'local', false, 'never', 'ignore')
const HALTED = row('fatal', 'maybe', 'unknown', 'local', false, 'never', 'ignore')
const CALLER = row('fatal', 'no', 'unknown', 'caller', false, 'never', 'ignore')
const ABORTED = row('fatal', 'maybe', 'unknown', 'caller', false, 'never', 'ignore')

type Line = readonly [pattern: RegExp, code: ClassificationCode, row: Row]

/**
 * Words that say what failed, where a runtime gives no code or one that means several things; the first line that fits
 * wins. The patterns see "syscall:code|message". Words hold a space or an anchor, so that no URL in a message passes.
 */
const WORDS: readonly Line[] = [
  [
    /\|(terminated$|stream has been aborted|error reading a body from|unexpected end of file|maxContentLength size of -1 )|^\w*:ECONNRESET\|aborted$/,
    'body-broken',
    BODY,
  ],
  [/\|maxContentLength|maxBodyLength limit/, 'size-limit', ANSWERED],
  [/\|Request aborted/, 'request-aborted', HALTED],
  [/^\w*:ERR_HTTP2_STREAM_ERROR\|.*REFUSED_STREAM/, 'stream-refused', STREAM_REFUSED],
  // Of the caller's making, yet wrapped by clients as failures of the network.
  [/\|(unknown scheme|bad port|Unknown adapter|.*port \d+ are blocked)/, 'invalid-request', CALLER],
  [/\|(redirect count exceeded|.*Maximum number of redirects)/, 'redirect-loop', ANSWERED],
  [/\|(unexpected redirect|.*Encountered redirect while)/, 'redirect-refused', ANSWERED],
  // Deno gives words only.
  [/dns error: .*emporary/, 'dns-temporary', DNS_TEMPORARY],
  [/dns error: /, 'dns-not-found', DNS_MISSING],
  [/invalid peer certificate/, 'certificate', TLS],
  [/client error \(Connect\): received /, 'tls-failure', TLS],
  [/Connection refused \(os/, 'connection-refused', CONNECT],
  [/client error \(Connect\): tcp/, 'connection-failed', CONNECT],
  [/\|socket hang up|Connection reset by peer|connection closed before/, 'connection-reset', LOST],
  [/invalid HTTP version/, 'protocol-error', PROTOCOL],
]

/**
 * Codes that say what failed; the first line that fits wins. The patterns see "syscall:code|", with the name in the place
 * of a missing code and "axios" in the place of the syscall that an AxiosError lacks.
 */
const CODES: readonly Line[] = [
  [/^query\w*:ECONNREFUSED\||:(EAI_AGAIN|EAI_FAIL|ETIMEOUT|ESERVFAIL)\|/, 'dns-temporary', DNS_TEMPORARY],
  [/:(ENOTFOUND|EAI_NONAME|EAI_NODATA)\|/, 'dns-not-found', DNS_MISSING],
  [/:ECONNREFUSED\|/, 'connection-refused', CONNECT],
  [/:E(HOST|NET)(UNREACH|DOWN)\|/, 'host-unreachable', CONNECT],
  [/^connect:ETIMEDOUT\||:(UND_ERR_CONNECT|ERR_TLS_HANDSHAKE)_TIMEOUT\|/, 'connect-timeout', CONNECT],
  // The word "connect" in a message is no proof: a reset right after accept was seen with syscall "write".
  [/^connect:ECONNRESET\|/, 'connection-reset', CONNECT],
  [/^(connect|getaddrinfo)?:(EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS)\|/, 'sockets-exhausted', EXHAUSTED],
  [/^connect:(EACCES|EPERM)\|/, 'connect-denied', EXHAUSTED],
  [/:(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(VERIFY|GET)_|ERR_TLS_CERT_)/, 'certificate', TLS],
  [/:(EPROTO\||ERR_SSL_|ERR_TLS_)/, 'tls-failure', TLS],
  [/:UND_ERR_HEADERS_TIMEOUT\|/, 'headers-timeout', NO_HEADERS],
  [/:UND_ERR_BODY_TIMEOUT\|/, 'body-timeout', BODY],
  [/^axios:(ECONNABORTED|ETIMEDOUT)\||:TimeoutError\|/, 'client-timeout', LOST],
  [/:ETIMEDOUT\|/, 'socket-timeout', LOST],
  [/:(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_INFO)\|/, 'connection-reset', LOST],
  [
    /:(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ERR_CONTENT_DECODING|ERR_STREAM_PREMATURE_CLOSE|Z_|ZlibError)/,
    'body-broken',
    BODY,
  ],
  [/:(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW|Malformed_HTTP)/, 'protocol-error', PROTOCOL],
  [/:ERR_HTTP2_(GOAWAY|INVALID)_SESSION\|/, 'stream-refused', STREAM_REFUSED],
  [/:ERR_HTTP2_(STREAM|SESSION)_/, 'stream-reset', TRANSPORT],
  [/:UND_ERR_PRX_TLS\|/, 'proxy-tls', PROXY_TLS],
  [/:UND_ERR_(PRX_CONN|SOCKS5)/, 'proxy-failure', PROXY],
  [/:(ERR_FR_TOO_MANY_REDIRECTS|UND_ERR_REDIRECT_MAX|TooManyRedirects)\|/, 'redirect-loop', ANSWERED],
  [/:(UnexpectedRedirect|ERR_FR_REDIRECTION_FAILURE)\|/, 'redirect-refused', ANSWERED],
  [/:(UND_ERR_RES_EXCEEDED_MAX_SIZE|ERR_FR_MAX_BODY_LENGTH_EXCEEDED)\|/, 'size-limit', ANSWERED],
  [/:UND_ERR_(DESTROYED|CLOSED|BPL_MISSING_UPSTREAM|MAX_ORIGINS_REACHED)\|/, 'client-closed', HALTED],
  [
    /:(UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)|ERR_(INVALID_|HTTP_INVALID_|BAD_OPTION|BAD_REQUEST|NOT_SUPPORT|DEPRECATED|FORM_DATA_DEPTH|BODY_ALREADY))/,
    'invalid-request',
    CALLER,
  ],
]

const lineOf = (lines: readonly Line[], text: string): Line | undefined => lines.find(([pattern]) => pattern.test(text))

const MOST_CODES = 500
const lineOfCode = new Map<string, Line | undefined>()

const OPAQUE =
  /\|(Failed to fetch|Load failed|NetworkError when attempting|network error$|The (Internet|network) connection |Network request failed|Network connection lost)/i
const HIDDEN =
  /^(axios:(?!(Type|Syntax|Range|Reference)E)|connect:|getaddrinfo:|query)|^\w*:NetworkError\||\|fetch failed$/
const ABORT = /^\w*:(AbortError|ABORT_ERR|CanceledError|ERR_CANCELED|UND_ERR_ABORTED)\|/

/**
 * What an error says for certain about itself by its code or, where runtimes give none, by its words.
 *
 * @param signature - "syscall:code|message".
 * @param isUnsent - Whether the socket proves that not a byte was written.
 */
export const classifySignature = (signature: string, isUnsent: boolean): Classification | undefined => {
  const head = signature.slice(0, signature.indexOf('|') + 1)
  if (!lineOfCode.has(head)) {
    if (lineOfCode.size >= MOST_CODES) lineOfCode.clear()
    lineOfCode.set(head, lineOf(CODES, head))
  }
  const line = lineOf(WORDS, signature) ?? lineOfCode.get(head)
  if (line === undefined) return undefined
  const [, code, found] = line
  return (isUnsent && found === LOST ? CONNECT : found)(code)
}

// A page without network says nothing about the server. `true` proves nothing, and servers do not have it.
const isOffline = (): boolean => (globalThis as { navigator?: { onLine?: unknown } }).navigator?.onLine === false

/**
 * What is left for an error of the transport that hides its reason, as browsers' do.
 *
 * @param isAnswered - Whether a good answer came with it; then an AxiosError is one about the answer.
 */
export const classifyVague = (signature: string, isAnswered: boolean): Classification | undefined => {
  if (OPAQUE.test(signature)) return isOffline() ? NETWORK_OFFLINE : NETWORK_OPAQUE
  return !isAnswered && HIDDEN.test(signature) ? NETWORK_UNKNOWN : undefined
}

/** Whether the error is a client's way to say that it was told to stop. */
export const isAbortSignature = (signature: string): boolean => ABORT.test(signature)

export const ATTEMPT_TIMEOUT = LOST('attempt-timeout')
export const CALLER_ABORTED = ABORTED('caller-aborted')
export const CALLER_TIMEOUT = ABORTED('caller-timeout')
export const NETWORK_OPAQUE = VAGUE('network-opaque')
const NETWORK_OFFLINE = OFFLINE('network-offline')
export const NETWORK_UNKNOWN = TRANSPORT('network-unknown')
/** A refusal of Holdfast itself, under its own code: a local rejection tells nothing about the other side. */
export const localRejection = (code: string): Classification =>
  (code === 'deadline-exceeded' ? HALTED : LOCAL)(code as ClassificationCode)
/** Neither an answer nor the transport: a hook, a parser, a bug. Trying again changes nothing. */
export const UNKNOWN = row('permanent', 'maybe', 'unknown', 'local', false, 'never', 'ignore')('unknown')
