import { attach } from '@holdfast/axios-interceptor'
import { type Policy, wrapFetch } from '@holdfast/core'
import { kyHooks } from '@holdfast/ky-hooks'
import type { AxiosInstance, AxiosRequestConfig, AxiosStatic } from 'axios'
import type { KyInstance, Options } from 'ky'
import { AXIOS_COPIES, type AxiosCopy } from '../src/axios-copies.ts'
import { KY_COPIES, type KyCopy } from '../src/ky-copies.ts'
import type { Family, Scenario, Stage } from './scenario.ts'

/** Sends the request of a scenario once. */
export type Send = (scenario: Scenario, stage: Stage) => Promise<unknown>

/** One client in one version. */
export interface Subject {
  readonly name: string
  readonly family: Family
  /** For the stage of its scenarios. */
  readonly axios: AxiosStatic
  /** The client, under the policy when one is given. */
  make(scenario: Scenario, stage: Stage, policy: Policy | undefined): Send
}

const addressOf = ({ path = '/', query }: Scenario, { url }: Stage): string => {
  const pairs = Object.entries(query ?? {}).map(([name, value]) => [name, String(value)])
  return `${url}${path}${pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`}`
}

const axiosConfig = (scenario: Scenario, stage: Stage): AxiosRequestConfig => ({
  method: scenario.method ?? 'GET',
  url: scenario.path ?? '/',
  ...(scenario.query === undefined ? {} : { params: scenario.query }),
  ...(scenario.headers === undefined ? {} : { headers: { ...scenario.headers } }),
  ...(scenario.body === undefined ? {} : { data: scenario.body() }),
  ...(scenario.json === undefined ? {} : { data: scenario.json }),
  ...(scenario.abort === undefined ? {} : { signal: stage.signal }),
  ...scenario.axios?.(stage),
})

const attachTo = (instance: AxiosInstance, policy: Policy, copy: AxiosCopy): void => {
  attach(instance, policy, { axios: copy.axios })
}

/** An axios client; `put` replaces the way in which the policy gets under it. */
export const axiosSubject = (copy: AxiosCopy, put: typeof attachTo = attachTo): Subject => ({
  name: copy.name,
  family: 'axios',
  axios: copy.axios,
  make(scenario, stage, policy) {
    const instance: AxiosInstance = copy.axios.create({ baseURL: stage.url, adapter: copy.adapter, proxy: false })
    scenario.beforeAttach?.(instance, stage)
    if (policy !== undefined) put(instance, policy, copy)
    scenario.afterAttach?.(instance, stage)
    return () => instance.request(axiosConfig(scenario, stage))
  },
})

/** What a Response-based family sends beside its own options. */
export const commonInit = (scenario: Scenario, stage: Stage): RequestInit => ({
  ...(scenario.method === undefined ? {} : { method: scenario.method }),
  ...(scenario.headers === undefined ? {} : { headers: { ...scenario.headers } }),
  ...(scenario.body === undefined ? {} : { body: scenario.body() as NonNullable<RequestInit['body']> }),
  ...(scenario.abort === undefined ? {} : { signal: stage.signal }),
})

const fetchInit = (scenario: Scenario, stage: Stage): RequestInit => {
  const init = commonInit(scenario, stage)
  if (scenario.json !== undefined) {
    init.body = JSON.stringify(scenario.json)
    init.headers = { 'content-type': 'application/json', ...scenario.headers }
  }
  return { ...init, ...scenario.fetch?.(stage) }
}

type Fetch = typeof globalThis.fetch

/** The platform's fetch; `wrap` replaces the way in which it is put under the policy. */
export const fetchSubject = (wrap: (policy: Policy) => Fetch = (policy) => wrapFetch(policy)): Subject => ({
  name: 'fetch',
  family: 'fetch',
  axios: (AXIOS_COPIES[0] as AxiosCopy).axios,
  make(_scenario, _stage, policy) {
    const send = policy === undefined ? globalThis.fetch : wrap(policy)
    return (scenario, stage) => send(addressOf(scenario, stage), fetchInit(scenario, stage))
  },
})

const kyOptions = (scenario: Scenario, stage: Stage): Options => ({
  ...commonInit(scenario, stage),
  ...(scenario.json === undefined ? {} : { json: scenario.json }),
  ...(scenario.query === undefined ? {} : { searchParams: scenario.query }),
  ...(scenario.isRetryable === true ? { retry: 0 } : {}),
  ...scenario.ky?.(stage),
})

/** ky; `put` replaces the way in which the policy gets under it. */
export const kySubject = (
  { name, ky, TimeoutError }: KyCopy,
  put: (api: KyInstance, policy: Policy) => KyInstance = (api, policy) => api.extend(kyHooks(policy, { TimeoutError })),
): Subject => ({
  name,
  family: 'ky',
  axios: (AXIOS_COPIES[0] as AxiosCopy).axios,
  make(_scenario, _stage, policy) {
    const api = policy === undefined ? ky : put(ky, policy)
    return async (scenario, stage) => {
      const { query: _query, ...pathOnly } = scenario
      const response = api(addressOf(pathOnly, stage), kyOptions(scenario, stage))
      return scenario.shortcut === undefined ? response : response[scenario.shortcut]()
    }
  },
})

/** Every client there is a scenario for. */
export const SUBJECTS: readonly Subject[] = [
  ...AXIOS_COPIES.map((copy) => axiosSubject(copy)),
  fetchSubject(),
  ...KY_COPIES.map((copy) => kySubject(copy)),
]
