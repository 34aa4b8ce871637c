import { attach } from '@holdfast/axios-interceptor'
import { standardPolicy } from '@holdfast/core'
import { createTestClock, createTestRandom } from '@holdfast/core/testing'
import MockAdapter from 'axios-mock-adapter'
import axios from 'axios'
import { expect, test } from 'vitest'

const shop = standardPolicy({ name: 'shop' })
const api = axios.create()
attach(api, shop)

test('waits as long as the server asks', async () => {
  const clock = createTestClock()
  attach(api, shop.fork({ clock, random: createTestRandom(1) }))
  const mock = new MockAdapter(api as never) // its types name the CommonJS build of axios
  mock.onGet('/items').replyOnce(429, '', { 'Retry-After': '7' }).onGet('/items').reply(200, [])

  expect((await clock.run(api.get('/items'))).status).toBe(200)
  expect(clock.now()).toBeGreaterThanOrEqual(7_000)
  expect(mock.history['get']).toHaveLength(2) // attempts, not calls
  mock.restore()
})

import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'

test('comes back after an outage', async () => {
  const clock = createTestClock()
  const policy = shop.fork({ clock, random: createTestRandom(1) })
  policy.on('retry-scheduled', ({ delayMs }) => void clock.advance(delayMs))
  attach(api, policy)
  const server = setupServer(
    http.get('http://shop.test/items', () => new HttpResponse(null, { status: 503 }), { once: true }),
    http.get('http://shop.test/items', () => HttpResponse.json([])),
  )
  server.listen()
  expect((await api.get('http://shop.test/items')).status).toBe(200)
  server.close()
})
