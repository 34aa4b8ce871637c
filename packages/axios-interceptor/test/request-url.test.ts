import axios, { type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { finalUrl } from '../src/request-url.ts'

describe('finalUrl', () => {
  it.each([
    { url: '/a', baseURL: 'https://shop.test/v3' },
    { url: 'a', baseURL: 'https://shop.test/v3/' },
    { url: '/a', baseURL: 'https://shop.test/v3/' },
    { url: '', baseURL: 'https://shop.test/v3' },
    { baseURL: 'https://shop.test/v3' },
    { url: 'https://other.test/b', baseURL: 'https://shop.test' },
    { url: '//other.test/b', baseURL: 'https://shop.test' },
    { url: 'https://other.test/b', baseURL: 'https://shop.test', allowAbsoluteUrls: false },
    { url: 'https://other.test/b?q=1' },
    { url: '/relative' },
  ])('combines %j as axios does', (config) => {
    expect(finalUrl(config as InternalAxiosRequestConfig)).toBe(axios.getUri(config))
  })

  it('takes a URL object for its text, and nothing for nothing', () => {
    expect(finalUrl({ url: new URL('https://shop.test/a') } as unknown as InternalAxiosRequestConfig)).toBe(
      'https://shop.test/a',
    )
    expect(finalUrl({} as InternalAxiosRequestConfig)).toBeUndefined()
  })
})
