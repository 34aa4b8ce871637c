import { expect, test } from 'vitest'
import {
  failure,
  UNSENT,
  NOT_FOUND,
  RESOLVER,
  LOST,
  BODY,
  PROTOCOL,
  REFUSED,
  RESET,
  TLS,
  ANSWERED,
  INVALID,
  HALTED,
  ANSWERED_UNKNOWN,
  UNKNOWN,
  expectLine,
  type Line,
  type Shape,
} from './classification-lines.ts'
import { classify } from '../src/classify.ts'

// What clients and runtimes say, as they say it: fetch of Node 24.11, Bun 1.4.5 and Deno 2.9.6, axios 1.21.1 and 1.7.9, ky 2.1.0, browsers.
const BY_WORDS: readonly (readonly [string, string, Line, Shape])[] = [
  [
    'undici, body cut',
    'body-broken',
    BODY,
    {
      message: 'terminated',
      name: 'TypeError',
      cause: failure({ code: 'UND_ERR_SOCKET', message: 'other side closed' }),
    },
  ],
  [
    'undici, bad gzip',
    'body-broken',
    BODY,
    {
      message: 'terminated',
      name: 'TypeError',
      cause: failure({ code: 'Z_DATA_ERROR', message: 'incorrect header check' }),
    },
  ],
  ['node:http, body cut', 'body-broken', BODY, { message: 'aborted', code: 'ECONNRESET' }],
  [
    'axios 1.7.9, body cut',
    'body-broken',
    BODY,
    { message: 'stream has been aborted', code: 'ERR_BAD_RESPONSE', isAxiosError: true },
  ],
  [
    'axios 1.21, body cut',
    'body-broken',
    BODY,
    {
      message: 'stream has been aborted',
      code: 'ERR_BAD_RESPONSE',
      isAxiosError: true,
      response: { status: 200, headers: {} },
    },
  ],
  [
    'axios 1.6.0, body cut',
    'body-broken',
    BODY,
    { message: 'maxContentLength size of -1 exceeded', code: 'ERR_BAD_RESPONSE', isAxiosError: true },
  ],
  [
    'axios fetch adapter, body cut',
    'body-broken',
    BODY,
    {
      message: 'terminated',
      name: 'TypeError',
      isAxiosError: true,
      cause: failure({ message: 'terminated', name: 'TypeError' }),
    },
  ],
  ['Deno, body cut', 'body-broken', BODY, { message: 'error reading a body from connection', name: 'TypeError' }],
  ['Deno, bad gzip', 'body-broken', BODY, { message: 'unexpected end of file', name: 'TypeError' }],
  [
    'axios, answer too large',
    'size-limit',
    ANSWERED,
    { message: 'maxContentLength size of 2 exceeded', code: 'ERR_BAD_RESPONSE', isAxiosError: true },
  ],
  [
    'axios, request too large',
    'size-limit',
    ANSWERED,
    { message: 'Request body larger than maxBodyLength limit', code: 'ERR_BAD_REQUEST', isAxiosError: true },
  ],
  [
    'axios, navigation away',
    'request-aborted',
    HALTED,
    { message: 'Request aborted', code: 'ECONNABORTED', isAxiosError: true },
  ],
  [
    'axios, timeout',
    'client-timeout',
    LOST,
    { message: 'timeout of 60ms exceeded', code: 'ECONNABORTED', isAxiosError: true },
  ],
  [
    'axios, timeout with own text',
    'client-timeout',
    LOST,
    { message: 'too slow', code: 'ECONNABORTED', isAxiosError: true },
  ],
  [
    'axios, clarified timeout',
    'client-timeout',
    LOST,
    { message: 'timeout of 60ms exceeded', code: 'ETIMEDOUT', isAxiosError: true },
  ],
  [
    'axios, connect timeout of the OS',
    'connect-timeout',
    UNSENT,
    { code: 'ETIMEDOUT', isAxiosError: true, cause: failure({ code: 'ETIMEDOUT', syscall: 'connect' }) },
  ],
  [
    'axios, reset on connect',
    'connection-reset',
    UNSENT,
    { code: 'ECONNRESET', isAxiosError: true, cause: failure({ code: 'ECONNRESET', syscall: 'connect' }) },
  ],
  [
    'axios, reset on read',
    'connection-reset',
    LOST,
    { code: 'ECONNRESET', isAxiosError: true, cause: failure({ code: 'ECONNRESET', syscall: 'read' }) },
  ],
  [
    'axios, OS abort',
    'connection-reset',
    LOST,
    { code: 'ECONNABORTED', isAxiosError: true, cause: failure({ code: 'ECONNABORTED', syscall: 'write' }) },
  ],
  [
    'ky, timeout',
    'client-timeout',
    LOST,
    { message: 'Request timed out: GET http://127.0.0.1/', name: 'TimeoutError' },
  ],
  [
    'DOMException of another timeout',
    'client-timeout',
    LOST,
    { message: 'The operation timed out.', name: 'TimeoutError', code: 23 },
  ],
  [
    'HTTP/2, refused',
    'stream-refused',
    REFUSED,
    { message: 'Stream closed with error code NGHTTP2_REFUSED_STREAM', code: 'ERR_HTTP2_STREAM_ERROR' },
  ],
  [
    'HTTP/2, another reset',
    'stream-reset',
    RESET,
    { message: 'Stream closed with error code NGHTTP2_INTERNAL_ERROR', code: 'ERR_HTTP2_STREAM_ERROR' },
  ],
  [
    'undici, no code',
    'protocol-error',
    PROTOCOL,
    {
      name: 'HTTPParserError',
      message: 'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
    },
  ],
  [
    'undici, nothing written',
    'connection-reset',
    UNSENT,
    { message: 'fetch failed', cause: failure({ code: 'UND_ERR_SOCKET', socket: { bytesWritten: 0, bytesRead: 0 } }) },
  ],
  [
    'undici, something written',
    'connection-reset',
    LOST,
    {
      message: 'fetch failed',
      cause: failure({ code: 'UND_ERR_SOCKET', socket: { bytesWritten: 170, bytesRead: 0 } }),
    },
  ],
  [
    'undici, nothing written but a broken body',
    'body-broken',
    BODY,
    { message: 'terminated', cause: failure({ code: 'UND_ERR_SOCKET', socket: { bytesWritten: 0 } }) },
  ],
  ['node:http, hang up', 'connection-reset', LOST, { message: 'socket hang up' }],
  [
    'fetch, scheme',
    'invalid-request',
    INVALID,
    { message: 'fetch failed', cause: failure({ message: 'unknown scheme' }) },
  ],
  [
    'ky, scheme',
    'invalid-request',
    INVALID,
    {
      name: 'NetworkError',
      cause: failure({ message: 'fetch failed', cause: failure({ message: 'unknown scheme' }) }),
    },
  ],
  [
    'axios fetch adapter, port',
    'invalid-request',
    INVALID,
    { message: 'Network Error', code: 'ERR_NETWORK', isAxiosError: true, cause: failure({ message: 'bad port' }) },
  ],
  [
    'Deno, port',
    'invalid-request',
    INVALID,
    { message: 'Fetch failed: Requests to port 6666 are blocked', name: 'TypeError' },
  ],
  [
    'axios, adapter',
    'invalid-request',
    INVALID,
    { message: "Unknown adapter 'nope'", name: 'AxiosError', isAxiosError: true },
  ],
  [
    'fetch, redirects',
    'redirect-loop',
    ANSWERED,
    { message: 'fetch failed', cause: failure({ message: 'redirect count exceeded' }) },
  ],
  [
    'Deno, redirects',
    'redirect-loop',
    ANSWERED,
    { message: 'Fetch failed: Maximum number of redirects (20) reached', name: 'TypeError' },
  ],
  [
    'fetch, redirect: error',
    'redirect-refused',
    ANSWERED,
    { message: 'fetch failed', cause: failure({ message: 'unexpected redirect' }) },
  ],
  [
    'Deno, redirect: error',
    'redirect-refused',
    ANSWERED,
    { message: "Fetch failed: Encountered redirect while redirect mode is set to 'error'" },
  ],
  [
    'Deno, refused',
    'connection-refused',
    UNSENT,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request for url (http://127.0.0.1:1/): client error (Connect): tcp connect error: Connection refused (os error 111)',
      }),
    },
  ],
  [
    'Deno, no route',
    'connection-failed',
    UNSENT,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request for url (http://[2001:db8::1]/): client error (Connect): tcp connect error: No route to host (os error 113)',
      }),
    },
  ],
  [
    'Deno, reset',
    'connection-reset',
    LOST,
    { message: 'fetch failed', cause: failure({ message: 'Connection reset by peer (os error 104)' }) },
  ],
  [
    'Deno, closed',
    'connection-reset',
    LOST,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request from 127.0.0.1:1 for http://127.0.0.1:2/ (127.0.0.1:2): client error (SendRequest): connection closed before message completed',
      }),
    },
  ],
  [
    'Deno, name',
    'dns-not-found',
    NOT_FOUND,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request for url (http://x.invalid/): client error (Connect): dns error: failed to lookup address information: Name or service not known',
      }),
    },
  ],
  [
    'Deno, resolver',
    'dns-temporary',
    RESOLVER,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'client error (Connect): dns error: failed to lookup address information: Temporary failure in name resolution',
      }),
    },
  ],
  [
    'Deno, certificate',
    'certificate',
    TLS,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request for url (https://localhost:1/): client error (Connect): invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))',
      }),
    },
  ],
  [
    'Deno, no TLS',
    'tls-failure',
    TLS,
    {
      message: 'fetch failed',
      cause: failure({
        message:
          'error sending request for url (https://127.0.0.1:1/): client error (Connect): received corrupt message of type InvalidContentType',
      }),
    },
  ],
  [
    'Deno, garbage',
    'protocol-error',
    PROTOCOL,
    { message: 'fetch failed', cause: failure({ message: 'client error (SendRequest): invalid HTTP version parsed' }) },
  ],
  [
    'Bun, refused',
    'connection-refused',
    UNSENT,
    {
      name: 'TypeError',
      code: 'ECONNREFUSED',
      message: 'ECONNREFUSED: Unable to connect. Is the computer able to access the url?',
    },
  ],
  [
    'Bun, reset',
    'connection-reset',
    LOST,
    { name: 'TypeError', code: 'ECONNRESET', message: 'ECONNRESET: The socket connection was closed unexpectedly.' },
  ],
  [
    'unknown cause of fetch',
    'network-unknown',
    RESET,
    { message: 'fetch failed', name: 'TypeError', cause: failure({ message: 'who knows' }) },
  ],
  ['unknown cause of ky', 'network-unknown', RESET, { name: 'NetworkError', cause: failure({ message: 'who knows' }) }],
  ['mocked axios, no code', 'network-opaque', RESET, { name: 'Error', message: 'Network Error', isAxiosError: true }],
  ['axios, no code', 'network-unknown', RESET, { name: 'AxiosError', message: 'odd', isAxiosError: true }],
  ['axios, unheard code', 'network-unknown', RESET, { name: 'AxiosError', code: 'EWHAT', isAxiosError: true }],
  ['OS, unheard code', 'network-unknown', RESET, { code: 'EWHAT', syscall: 'connect' }],
  [
    'axios, JSON parser',
    'unknown',
    ANSWERED_UNKNOWN,
    {
      name: 'SyntaxError',
      code: 'ERR_BAD_RESPONSE',
      isAxiosError: true,
      message: 'Unexpected token',
      response: { status: 200, headers: {} },
      cause: failure({ name: 'SyntaxError' }),
    },
  ],
  [
    'axios, any doubt about a good answer',
    'unknown',
    ANSWERED_UNKNOWN,
    { name: 'AxiosError', isAxiosError: true, response: { status: 200, headers: {} } },
  ],
  [
    'axios, bug in a transform',
    'unknown',
    UNKNOWN,
    { name: 'TypeError', isAxiosError: true, message: 'x is not a function' },
  ],
  [
    'axios, bug in a hook of its fetch adapter',
    'unknown',
    UNKNOWN,
    {
      name: 'RangeError',
      isAxiosError: true,
      message: 'out of range',
      cause: failure({ name: 'RangeError', message: 'out of range' }),
    },
  ],
  ['a JSON parser', 'unknown', UNKNOWN, { name: 'SyntaxError', message: 'Unexpected end of JSON input' }],
]

test.each(BY_WORDS)('%s is %s', (_, code, line, shape) => {
  expectLine(failure(shape), code, line)
})

test.each([
  'Failed to fetch',
  'Failed to fetch (api.etsy.com)',
  'Load failed',
  'Load failed (api.etsy.com)',
  'NetworkError when attempting to fetch resource.',
  'network error',
  'The Internet connection appears to be offline.',
  'The network connection was lost.',
  'Network request failed',
  'Network connection lost.',
  'Network Error',
])('the browser says %j: once more if idempotent', (message) => {
  for (const subject of [
    failure({ name: 'TypeError', message }),
    failure({ name: 'NetworkError', cause: failure({ name: 'TypeError', message }) }),
    message,
  ]) {
    expectLine(subject, 'network-opaque', RESET)
    expect(classify(subject)?.maxRetries).toBe(1)
  }
})

test('limits of single lines', () => {
  expect(classify(failure({ code: 'ENOTFOUND' }))).toMatchObject({ maxRetries: 1, minDelayMs: 1_000 })
  expect(classify(failure({ code: 'HPE_INVALID_METHOD' }))).toMatchObject({ maxRetries: 1 })
  expect(classify(failure({ code: 'ECONNRESET' }))).not.toHaveProperty('maxRetries')
})

test('phases of single lines', () => {
  const phase = (code: string) => classify(failure({ code }))?.phase
  expect(
    ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ECONNRESET'].map(phase),
  ).toEqual(['connect', 'connect', 'headers', 'body', 'unknown'])
})

test.each([
  ':ECONNREFUSED|',
  'connect:ECONNRESET|',
  '|terminated',
  ':ERR_HTTP2_STREAM_ERROR|REFUSED_STREAM',
  'NGHTTP2_REFUSED_STREAM',
  'dns%20error:%20',
  ':EMFILE|',
  '|unknown%20scheme',
  ':HPE_',
  ':Z_',
])('a URL inside a message is no sign: %s', (hidden) => {
  const message = `Request failed due to a network error: POST https://a.example/?q=${hidden}`
  expectLine(
    failure({
      name: 'NetworkError',
      message,
      cause: failure({ message: `fetch failed at https://a.example/?q=${hidden}` }),
    }),
    'network-unknown',
    RESET,
  )
})

test('codes nobody has heard of do not pile up', () => {
  for (let index = 0; index < 1_500; index += 1) expect(classify(failure({ code: `E${index}` }))?.code).toBe('unknown')
  expectLine(failure({ code: 'ECONNREFUSED' }), 'connection-refused', UNSENT)
})
