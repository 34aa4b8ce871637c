import { describe, expect, it } from 'vitest'
import { concurrency } from '../strategies/concurrency.ts'
import { createPolicy } from '../policy.ts'
import { attemptTimeout } from '../strategies/attempt-timeout.ts'
import { wrapFetch } from './fetch.ts'

const TEXT = '{"id":1}'
const stub = async (): Promise<Response> => new Response(TEXT)
const oneAtATime = (name: string) =>
  createPolicy({ name, strategies: [concurrency({ limit: 1, maxQueued: 0 }), attemptTimeout()] })

describe('a watched response', () => {
  it('shows what an unwatched one shows', async () => {
    const watched = await wrapFetch(oneAtATime('shows'), stub)('https://a.example/')
    const plain = await stub()
    expect(Reflect.ownKeys(watched)).toEqual(Reflect.ownKeys(plain))
    expect(watched).toBeInstanceOf(Response)
    expect(watched.constructor).toBe(Response)
    expect(Object.prototype.toString.call(watched)).toBe('[object Response]')
    for (const name of ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData', 'clone'] as const) {
      expect([watched[name].name, watched[name].length]).toEqual([plain[name].name, plain[name].length])
    }
  })

  it('gives its place back when its body was read, under two policies as well', async () => {
    const [outer, inner] = [oneAtATime('outer'), oneAtATime('inner')]
    const get = wrapFetch(outer, wrapFetch(inner, stub) as typeof fetch)
    for (let call = 0; call < 3; call += 1) {
      const response = await get('https://a.example/')
      await expect(get('https://a.example/')).rejects.toMatchObject({ code: 'queue-full' })
      expect(await response.text()).toBe(TEXT)
    }
  })

  it('is cloned and streamed under two policies', async () => {
    const [outer, inner] = [oneAtATime('outer-2'), oneAtATime('inner-2')]
    const get = wrapFetch(outer, wrapFetch(inner, stub) as typeof fetch)
    const response = await get('https://a.example/')
    const copy = response.clone()
    expect(await copy.text()).toBe(TEXT)
    expect(await new Response(response.body).text()).toBe(TEXT)
    expect(await (await get('https://a.example/')).text()).toBe(TEXT)
  })

  it('lends its methods to other responses', async () => {
    const watched = await wrapFetch(oneAtATime('lends'), stub)('https://a.example/')
    const other = new Response('other')
    expect(await watched.clone.call(other).text()).toBe('other')
    expect(await watched.text.call(other)).toBe('other')
    expect(Reflect.get(Object.getPrototypeOf(watched) as object, 'body', new Response('x'))).toBeInstanceOf(
      ReadableStream,
    )
  })
})
