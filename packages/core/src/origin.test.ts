import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { originOf } from './origin.ts'

const reference = (url: string, base?: string): string | undefined => {
  try {
    return new URL(url, base).origin
  } catch {
    return undefined
  }
}

describe('agrees with the URL parser', () => {
  test.each([
    'https://api.etsy.com/v3/x?y#z',
    'https://api.etsy.com',
    'https://api.etsy.com?x',
    'https://api.etsy.com#x',
    'HTTPS://API.Etsy.com/v3',
    'https://api.etsy.com:443/x',
    'http://api.etsy.com:80',
    'http://api.etsy.com:443',
    'https://api.etsy.com:8443/x',
    'https://a.com:0/',
    'https://a.com:00443/',
    'https://a.com:65535',
    'https://a.com:65536',
    'https://a.com:99999',
    'https://a.com:',
    'https://a.com:x',
    'http://localhost:3000/',
    'http://127.0.0.1:41325/x',
    'http://127.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://256.1.1.1/',
    'http://01.2.3.4',
    'http://1.2.3.4.',
    'http://1.2.3',
    'http://1.2.3.4.5',
    'http://a.1',
    'http://1.a',
    'http://[::1]:8080/x',
    'http://[::1]',
    'http://[::0001]/',
    'http://[zz]/',
    'https://user:secret@a.com/x',
    'https://a.com@evil.com/',
    'https://a.com:80@evil.com/',
    'https://a.com\\@evil.com',
    'https:\\\\a.com\\x',
    'https:a.com',
    'https:/a.com',
    'https:///a.com',
    ' https://a.com ',
    'ht\ntps://a.com',
    'https://a.c\tom/',
    'https://a.com\n/',
    'https://a.com\u0001',
    'https://a.com\u0001/x',
    'https://bücher.example/',
    'https://xn--bcher-kva.example/',
    'https://xn--a/',
    'https://a.xn--zz--/',
    'https://a..b/',
    'https://a./',
    'https://.a/',
    'https://-a-/',
    'https://a_b.c',
    'https://a%41.com',
    'https://a%2fb/',
    'https://',
    'http:',
    '',
    'x',
    '/x',
    '//x',
    'ftp://A.com:21/x',
    'ws://a.com:80',
    'wss://a.com',
    'data:text/plain,x',
    'blob:https://a.com/1',
    'file:///x',
    'foo://bar',
    'mailto:a@b.c',
    'https://a.com:80 0/',
    'https://a b/',
    'https://a<b/',
  ])('%j', (url) => {
    expect(originOf(url)).toBe(reference(url))
    expect(originOf(url), 'the second time').toBe(reference(url))
  })

  test.each([
    ['/v3/x', 'https://api.etsy.com/base'],
    ['/', 'https://a.com'],
    ['//b.com/x', 'https://a.com'],
    ['/\\b.com', 'https://a.com'],
    ['/\t/b.com', 'https://a.com'],
    ['/\n\\b.com', 'https://a.com'],
    ['x', 'https://a.com'],
    ['', 'https://a.com'],
    ['?q', 'https://a.com'],
    ['https://b.com', 'https://a.com'],
    ['https:x', 'https://a.com'],
    ['/x', 'nope'],
    ['/x', 'https://'],
    ['/x', 'data:a'],
    ['/x', 'blob:https://a.com/1'],
    ['/x', 'https:a.com'],
    ['/x', ' HTTPS://A.com:443'],
    ['/x', 'HTTPS://A.com:443'],
    ['/x', 'file:///a'],
    ['mailto:x', 'https://a.com'],
  ])('%j on %j', (url, base) => {
    expect(originOf(url, base)).toBe(reference(url, base))
  })

  test('on anything near a URL', () => {
    const piece = fc.constantFrom(
      'http',
      'https',
      'HTTP',
      ':',
      '/',
      '//',
      '\\',
      '@',
      '?',
      '#',
      '.',
      '..',
      '-',
      '_',
      '%',
      '[',
      ']',
      '::1',
      'a',
      'Z',
      'api',
      'com',
      'xn--',
      'ß',
      '1',
      '0',
      '127.0.0.1',
      '256',
      '0x1',
      ':80',
      ':443',
      ':8080',
      ':70000',
      ' ',
      '\t',
      '\n',
      '\u0000',
      '|',
      '^',
    )
    const near = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
    const absolute = fc
      .tuple(fc.constantFrom('http://', 'https://', 'HTTPS://', ''), near)
      .map(([scheme, rest]) => scheme + rest)
    fc.assert(
      fc.property(absolute, fc.option(absolute, { nil: undefined }), (url, base) => {
        // An absolute URL needs no base, so that a bad one may stand beside it; the parser refuses that.
        fc.pre(base === undefined || URL.canParse(base) || !URL.canParse(url))
        expect(originOf(url, base)).toBe(reference(url, base))
      }),
      { numRuns: 3_000 },
    )
  })

  test('on valid URLs', () => {
    const letter = fc.constantFrom(...Array.from('abcxyzABCXYZ0123456789-_'))
    const label = fc.string({ unit: letter, minLength: 1, maxLength: 6 })
    const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    const port = fc.oneof(
      fc.constant(''),
      fc.constantFrom(':80', ':443', ':0080', ':'),
      fc.nat({ max: 70_000 }).map((value) => `:${value}`),
    )
    const rest = fc.constantFrom('', '/', '/v3/listings?limit=5#x', '?a=@b', '#//c', '/a@b:80', '\\x')
    fc.assert(
      fc.property(
        fc.constantFrom('http', 'https', 'HttpS'),
        fc.constantFrom('', 'me@', 'me:secret@'),
        host,
        port,
        rest,
        (scheme, user, ...tail) => {
          const url = `${scheme}://${user}${tail.join('')}`
          expect(originOf(url)).toBe(reference(url))
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

test('the URL parser runs once for each origin, and on no path', () => {
  const parse = vi.spyOn(globalThis, 'URL')
  try {
    for (const url of [
      'https://once.example:8080/x',
      'http://[::2]/x',
      'https://other.example',
      'HTTPS://Once.example:8080',
      'https://once.example:8080/y?z',
    ])
      originOf(url)
    expect(parse).toHaveBeenCalledTimes(4)
    for (const url of ['https://once.example:8080?a', 'http://[::2]/y', 'HTTPS://Once.example:8080/z']) originOf(url)
    expect(originOf('/x', 'https://other.example/y')).toBe('https://other.example')
    expect(parse).toHaveBeenCalledTimes(4)
  } finally {
    parse.mockRestore()
  }
})

test('a thousand origins', () => {
  for (const round of [1, 2]) {
    for (let index = 0; index < 1_000; index += 1)
      expect(originOf(`https://h${index}.example/${round}`)).toBe(`https://h${index}.example`)
  }
})

test('a remembered origin matches whole hosts only', () => {
  expect(originOf('https://a.example/x')).toBe('https://a.example')
  expect(originOf('https://a.example.evil/x')).toBe('https://a.example.evil')
  expect(originOf('https://a.example:8443/x')).toBe('https://a.example:8443')
  expect(originOf('https://a.example@evil.example/x')).toBe('https://evil.example')
  expect(originOf('https://a.example\\x')).toBe('https://a.example')
})
