import { afterEach, describe, expect, test } from 'vitest'
import type { Devtools, DevtoolsOptions } from '../src/index.ts'
import { ask, somePolicy, someTools } from './support.ts'

const open: Devtools[] = []
const make = (options: Partial<DevtoolsOptions> = {}): Devtools => {
  const tools = someTools(options)
  open.push(tools)
  return tools
}
const errorOf = async (response: Response): Promise<unknown> => ((await response.json()) as { error: unknown }).error

afterEach(() => {
  for (const tools of open.splice(0)) tools.close()
})

describe('who may look', () => {
  test.each(['localhost', 'localhost:4680', 'app.localhost:80', '127.0.0.1:4680', '127.8.9.1', '[::1]:4680'])(
    'the host %s is this machine',
    async (host) => {
      expect((await ask(make(), '/devtools/', { host })).status).toBe(200)
    },
  )

  // DNS rebinding: the name of somebody else's page points to this machine, and its Host header says so.
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.7',
    '[fe80::1]',
    '192.168.1.5:80',
  ])('the host %s is refused', async (host) => {
    const response = await ask(make(), '/devtools/events', { host })
    expect([response.status, await errorOf(response)]).toEqual([403, 'not-loopback'])
  })

  test('an address of another machine is refused, whatever the host says', async () => {
    const response = await ask(make(), '/devtools/', { remoteAddress: '10.0.0.7' })
    expect([response.status, await errorOf(response)]).toEqual([403, 'not-loopback'])
    for (const remoteAddress of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect((await ask(make(), '/devtools/', { remoteAddress })).status).toBe(200)
    }
  })

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])(
    'a proxy that says so with %s is refused, because behind it everybody looks local',
    async (header) => {
      const response = await ask(make(), '/devtools/', { headers: { [header]: '10.0.0.7' } })
      expect([response.status, await errorOf(response)]).toEqual([403, 'behind-proxy'])
    },
  )

  test('other machines come in by the names that were given, and by these alone', async () => {
    const tools = make({ remote: { hosts: ['Ops.example.com'] } })
    const remoteAddress = '10.0.0.7'
    const headers = { 'x-forwarded-for': '10.0.0.8' }
    expect((await ask(tools, '/devtools/', { host: 'ops.example.com', remoteAddress, headers })).status).toBe(200)
    const response = await ask(tools, '/devtools/', { host: 'evil.example', remoteAddress })
    expect([response.status, await errorOf(response)]).toEqual([403, 'unknown-host'])
  })

  test('a page of another site cannot make the browser open the events', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const response = await ask(make(), '/devtools/events', { headers: { 'sec-fetch-site': site } })
      expect([response.status, await errorOf(response)]).toEqual([403, 'other-origin'])
    }
  })
})

describe('the answers', () => {
  test('the page is one file whose policy allows its own script and style and nothing else', async () => {
    const response = await ask(make())
    const page = await response.text()
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).toMatch(/script-src 'sha256-[\w+/]{43}='/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const urls = page.match(/https?:\/\/[^"'\s)]+/g) ?? []
    // Names of XML namespaces, which nobody fetches.
    expect(urls.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([])
    expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/)
  })

  test('a path without its slash leads to the page, another path to a 404 that says where the page is', async () => {
    const tools = make({ path: '/ops/holdfast' })
    const moved = await ask(tools, '/ops/holdfast')
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/ops/holdfast/'])
    const missing = await ask(tools, '/devtools/')
    expect(missing.status).toBe(404)
    expect(await missing.text()).toContain('/ops/holdfast/')
    expect((await ask(make({ path: '/' }), '/')).status).toBe(200)
  })

  test.each([
    ['/devtools/', 'POST', 'GET'],
    ['/devtools/events', 'POST', 'GET'],
    ['/devtools/actions', 'GET', 'POST'],
    ['/devtools/actions', 'PUT', 'POST'],
  ])('%s refuses %s and names %s', async (path, method, allow) => {
    const response = await ask(make({ allowActions: true, token: 'a-token-of-some-length' }), path, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  })

  test('more pages than allowed are told to wait', async () => {
    const tools = make({ maxPages: 1 })
    const first = await ask(tools, '/devtools/events')
    const second = await ask(tools, '/devtools/events')
    expect([second.status, await errorOf(second)]).toEqual([503, 'too-many-pages'])
    await first.body?.cancel()
    expect((await ask(tools, '/devtools/events')).status).toBe(200)
  })
})

describe('options', () => {
  test.each([
    [{ policies: [] }, /"policies" must be a list of policies/],
    [{ monitor: {} }, /"monitor" must be what createMonitor/],
    [{ allowActions: true }, /"allowActions" needs a "token"/],
    [{ allowActions: 'yes' }, /"allowActions" must be true or false/],
    [{ token: 'short' }, /"token" must be a string of at least 16 characters/],
    [{ path: 'devtools/' }, /"path" must be/],
    [{ remote: { hosts: ['https://ops.example.com/'] } }, /"remote" must be/],
    [{ remote: {} }, /"remote" must be/],
    [{ maxPages: 0 }, /"maxPages" must be an integer from 1 to 100/],
    [{ refresh: 1 }, /unknown option "refresh"/],
  ])('%o is refused', (options, message) => {
    expect(() => someTools(options as Partial<DevtoolsOptions>)).toThrow(message)
  })

  test('a token that is too short is not repeated', () => {
    expect(() => someTools({ token: 'hunter2' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    )
  })

  test('two policies of one name are refused', () => {
    const policy = somePolicy()
    expect(() => someTools({ policies: [policy, policy] })).toThrow(/two policies are called/)
  })
})
