import { describe, expect, test } from 'vitest'
import {
  failure,
  UNSENT,
  EXHAUSTED,
  NOT_FOUND,
  RESOLVER,
  LOST,
  BODY,
  PROTOCOL,
  REFUSED,
  RESET,
  TLS,
  PROXY,
  PROXY_TLS,
  ANSWERED,
  INVALID,
  HALTED,
  ABORTED,
  UNKNOWN,
  expectLine,
  type Line,
} from '../test/classification-lines.ts'
import { classify } from './classify.ts'

// code of ours | what the line promises | codes that lead to it, "syscall:CODE" where the syscall matters
const BY_CODE: readonly (readonly [string, Line, string])[] = [
  ['connection-refused', UNSENT, 'ECONNREFUSED connect:ECONNREFUSED'],
  ['host-unreachable', UNSENT, 'EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN'],
  ['connect-timeout', UNSENT, 'UND_ERR_CONNECT_TIMEOUT connect:ETIMEDOUT ERR_TLS_HANDSHAKE_TIMEOUT'],
  ['connection-reset', UNSENT, 'connect:ECONNRESET'],
  [
    'sockets-exhausted',
    EXHAUSTED,
    'EADDRNOTAVAIL connect:EADDRNOTAVAIL connect:EMFILE ENFILE ENOBUFS getaddrinfo:EMFILE',
  ],
  ['connect-denied', EXHAUSTED, 'connect:EACCES connect:EPERM'],
  ['dns-not-found', NOT_FOUND, 'getaddrinfo:ENOTFOUND ENOTFOUND EAI_NONAME EAI_NODATA queryA:ENOTFOUND'],
  ['dns-temporary', RESOLVER, 'getaddrinfo:EAI_AGAIN EAI_FAIL queryA:ETIMEOUT ESERVFAIL queryAaaa:ECONNREFUSED'],
  [
    'connection-reset',
    LOST,
    'ECONNRESET read:ECONNRESET write:ECONNRESET EPIPE write:EPIPE read:ECONNABORTED ECONNABORTED UND_ERR_SOCKET UND_ERR_INFO',
  ],
  [
    'body-broken',
    BODY,
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH ERR_CONTENT_DECODING_FAILED ERR_STREAM_PREMATURE_CLOSE Z_DATA_ERROR Z_BUF_ERROR ZlibError',
  ],
  ['body-timeout', BODY, 'UND_ERR_BODY_TIMEOUT'],
  ['headers-timeout', LOST, 'UND_ERR_HEADERS_TIMEOUT'],
  ['socket-timeout', LOST, 'read:ETIMEDOUT ETIMEDOUT'],
  [
    'protocol-error',
    PROTOCOL,
    'HPE_INVALID_CONSTANT HPE_HEADER_OVERFLOW UND_ERR_HEADERS_OVERFLOW Malformed_HTTP_Response',
  ],
  ['stream-refused', REFUSED, 'ERR_HTTP2_GOAWAY_SESSION ERR_HTTP2_INVALID_SESSION'],
  ['stream-reset', RESET, 'ERR_HTTP2_STREAM_ERROR ERR_HTTP2_SESSION_ERROR ERR_HTTP2_STREAM_CANCEL'],
  [
    'certificate',
    TLS,
    'CERT_HAS_EXPIRED CERT_NOT_YET_VALID DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['tls-failure', TLS, 'EPROTO write:EPROTO ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_PACKET_LENGTH_TOO_LONG'],
  ['proxy-tls', PROXY_TLS, 'UND_ERR_PRX_TLS'],
  ['proxy-failure', PROXY, 'UND_ERR_PRX_CONN UND_ERR_SOCKS5 UND_ERR_SOCKS5_CONNECT'],
  ['redirect-loop', ANSWERED, 'ERR_FR_TOO_MANY_REDIRECTS UND_ERR_REDIRECT_MAX TooManyRedirects'],
  ['redirect-refused', ANSWERED, 'UnexpectedRedirect ERR_FR_REDIRECTION_FAILURE'],
  ['size-limit', ANSWERED, 'UND_ERR_RES_EXCEEDED_MAX_SIZE ERR_FR_MAX_BODY_LENGTH_EXCEEDED'],
  [
    'client-closed',
    HALTED,
    'UND_ERR_DESTROYED UND_ERR_CLOSED UND_ERR_BPL_MISSING_UPSTREAM UND_ERR_MAX_ORIGINS_REACHED',
  ],
  [
    'invalid-request',
    INVALID,
    'UND_ERR_INVALID_ARG UND_ERR_NOT_SUPPORTED UND_ERR_REQ_CONTENT_LENGTH_MISMATCH ERR_INVALID_URL ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_VALUE ERR_INVALID_PROTOCOL ERR_INVALID_CHAR ERR_HTTP_INVALID_HEADER_VALUE ERR_BAD_OPTION ERR_BAD_OPTION_VALUE ERR_BAD_REQUEST ERR_NOT_SUPPORT ERR_DEPRECATED ERR_FORM_DATA_DEPTH_EXCEEDED ERR_BODY_ALREADY_USED',
  ],
  ['caller-aborted', ABORTED, 'ABORT_ERR ERR_CANCELED UND_ERR_ABORTED'],
  ['unknown', UNKNOWN, 'ENOENT open:EACCES open:EMFILE EPERM EACCES SQLITE_BUSY NOT_ECONNREFUSED ECONNREFUSED2'],
]

describe.each(BY_CODE)('%s', (code, line, given) => {
  test.each(given.split(' '))('%s', (signal) => {
    const [first = '', second] = signal.split(':')
    const shape = second === undefined ? { code: first } : { syscall: first, code: second }
    expectLine(failure(shape), code, line)
    expect(classify(failure(shape)), 'no new object for the same failure').toBe(classify(failure(shape)))
    expect(Object.isFrozen(classify(failure(shape)))).toBe(true)
    if (code === 'unknown') return
    expectLine(failure({ message: 'fetch failed', name: 'TypeError', cause: failure(shape) }), code, line)
    expectLine(
      failure({ name: 'NetworkError', cause: failure({ message: 'fetch failed', cause: failure(shape) }) }),
      code,
      line,
    )
  })
})
