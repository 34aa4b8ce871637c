import { attach } from '@holdfast/axios-interceptor'
import { callReport } from '@holdfast/core'
import { json, reset, respond, text, type Answer } from '@holdfast/fault-server'
import axios, { AxiosError, type CreateAxiosDefaults } from 'axios'
import type { Case } from './case.ts'
import { equal, isTrue, rejection, same } from './check.ts'

const BUSY = respond(503, { headers: { 'content-type': 'application/json' }, body: '{"why":"busy"}' })

/** What only axios has, with the adapter given or the one axios chooses in the runtime. */
export const axiosCases = (adapter?: 'xhr' | 'fetch'): readonly Case[] => {
  const name = adapter === undefined ? 'axios' : `axios ${adapter}`
  const create = (defaults: CreateAxiosDefaults = {}) =>
    axios.create({ ...(adapter === undefined ? {} : { adapter }), ...defaults })
  const cases: readonly Case[] = [
    {
      name: '1 to 4 interceptors and transforms run once, whatever the attempts',
      async run({ serve, policy }) {
        const { url, requests } = await serve([BUSY, BUSY, json({ n: 1 })])
        const runs: string[] = []
        const api = create()
        const note = <Value>(what: string, value: Value): Value => {
          runs.push(what)
          return value
        }
        api.interceptors.request.use((config) => note('request', config))
        api.interceptors.response.use((response) => note('response before', response))
        attach(api, policy())
        api.interceptors.response.use((response) => note('response after', response))
        const response = await api.put<{ n: number }>(
          url,
          { a: 1 },
          {
            transformRequest: (data: unknown) => note('transformRequest', JSON.stringify(data)),
            transformResponse: (data: string) => note('transformResponse', JSON.parse(data) as unknown),
          },
        )
        equal(response.data, { n: 1 }, 'data')
        equal(runs, ['request', 'transformRequest', 'transformResponse', 'response before', 'response after'], 'runs')
        const seen = await requests()
        equal(
          seen.map(({ body }) => body),
          ['{"a":1}', '{"a":1}', '{"a":1}'],
          '5 bodies',
        )
        const fields = seen.map(({ headers }) => JSON.stringify(Object.entries(headers).sort()))
        equal(new Set(fields).size, 1, '5 sets of headers')
      },
    },
    {
      name: '30 an exhausted call ends in the error of axios itself',
      async run({ serve, policy }) {
        const { url } = await serve([BUSY])
        const api = create()
        attach(api, policy())
        const error = await rejection(api.get(url))
        isTrue(axios.isAxiosError(error) && error instanceof AxiosError, 'an AxiosError')
        equal([error.code, error.response?.status], ['ERR_BAD_RESPONSE', 503], 'code and status')
        equal(error.response?.data, { why: 'busy' }, 'transformed data')
        same(error.config, error.response?.config, '7 one config')
        JSON.stringify(error.toJSON())
        equal(callReport(error)?.attempts.length, 3, 'attempts')
      },
    },
    {
      name: '31 and 33 a reset without a code is a failure of the transport',
      async run({ serve, policy }) {
        const { url } = await serve([reset('after-reading')])
        const api = create()
        attach(api, policy())
        const error = await rejection(api.post(url, 'order'))
        isTrue(axios.isAxiosError(error), 'an AxiosError')
        equal(error.response, undefined, 'response')
        equal(callReport(error)?.attempts.length, 1, 'attempts of a POST')
      },
    },
    {
      name: '32 a body cut short is fetched again, though its status was 200',
      async run({ serve, policy }) {
        const cut: Answer = {
          ...json({ long: 'x'.repeat(100) }),
          delivery: { mode: 'cut', afterBytes: 20, ending: 'reset' },
        }
        const { url } = await serve([cut, json({ n: 2 })])
        const api = create()
        attach(api, policy())
        equal((await api.get<unknown>(url)).data, { n: 2 }, 'data')
      },
    },
    {
      name: '37 a cancelled call is a CanceledError and stays one',
      async run({ policy }) {
        const api = create()
        attach(api, policy())
        const error = await rejection(api.get('http://127.0.0.1:1/', { signal: AbortSignal.abort() }))
        isTrue(axios.isCancel(error), 'isCancel')
      },
    },
    {
      name: '10 and 14 the config of a result carries no policy',
      async run({ serve, policy }) {
        const { url, requests } = await serve([BUSY, text('a'), BUSY, text('b')])
        const api = create()
        attach(api, policy())
        const { config } = await api.get(url)
        isTrue(typeof config.adapter !== 'function', 'the adapter slot is as stock leaves it')
        equal(
          ((await rejection(axios.request(config))) as AxiosError).response?.status,
          503,
          'status on another instance',
        )
        equal((await requests()).length, 3, 'requests')
      },
    },
    {
      name: '24 detach makes the instance stock again',
      async run({ serve, policy }) {
        const { url, requests } = await serve([BUSY, text('a')])
        const api = create()
        attach(api, policy()).detach()
        equal(((await rejection(api.get(url))) as AxiosError).response?.status, 503, 'status')
        equal((await requests()).length, 1, 'requests')
      },
    },
  ]
  return cases.map((one) => ({ ...one, name: `${name}: ${one.name}` }))
}
