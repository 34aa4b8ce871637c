import type { Origin } from '../model/values.ts'

export type ClientName =
  'fetch' | 'undici' | 'axios' | 'ky' | 'got' | 'ofetch' | 'node:http' | 'node-fetch' | 'superagent' | 'HttpService'

export type ClientRole = 'callable' | 'instance' | 'creator'

/** Facts about a client that hold without any configuration. */
export interface ClientFacts {
  readonly methods: ReadonlySet<string>
  readonly creators: ReadonlySet<string>
  /** The client stops by itself: ky after 10 s per attempt. */
  readonly defaultTimeout?: string
  /** Methods that the client retries by itself. */
  readonly retriedMethods: ReadonlySet<string>
  readonly throwsOnStatus: boolean
  readonly timeoutKeys: readonly string[]
}

const HTTP_METHODS = ['get', 'delete', 'head', 'options', 'post', 'put', 'patch']
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])
const none = new Set<string>()

/** The options by which the clients take a base URL. */
export const BASE_URL_KEYS = ['baseURL', 'prefixUrl', 'prefix', 'baseUrl'] as const

const fetchFacts: ClientFacts = {
  methods: none,
  creators: none,
  retriedMethods: none,
  throwsOnStatus: false,
  timeoutKeys: [],
}

export const CLIENTS: Readonly<Record<ClientName, ClientFacts>> = {
  fetch: fetchFacts,
  // node-fetch 2 and its forks know `timeout`; version 3 ignores it.
  'node-fetch': { ...fetchFacts, timeoutKeys: ['timeout'] },
  // undici's headersTimeout and bodyTimeout bound silence, 300 s each by default.
  undici: { ...fetchFacts, methods: new Set(['request', 'fetch']), timeoutKeys: ['headersTimeout', 'bodyTimeout'] },
  axios: {
    methods: new Set([...HTTP_METHODS, 'request', 'postForm', 'putForm', 'patchForm']),
    creators: new Set(['create']),
    retriedMethods: none,
    throwsOnStatus: true,
    timeoutKeys: ['timeout'],
  },
  ky: {
    methods: new Set(HTTP_METHODS),
    creators: new Set(['create', 'extend']),
    defaultTimeout: '10 s for each attempt',
    retriedMethods: REPEATABLE,
    throwsOnStatus: true,
    timeoutKeys: ['timeout', 'totalTimeout'],
  },
  got: {
    methods: new Set([...HTTP_METHODS, 'stream', 'paginate']),
    creators: new Set(['extend']),
    retriedMethods: REPEATABLE,
    throwsOnStatus: true,
    timeoutKeys: ['timeout'],
  },
  ofetch: {
    methods: new Set(['raw', 'native']),
    creators: new Set(['create']),
    retriedMethods: new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']),
    throwsOnStatus: true,
    timeoutKeys: ['timeout'],
  },
  'node:http': { ...fetchFacts, methods: new Set(['get', 'request']), timeoutKeys: ['timeout'] },
  superagent: {
    ...fetchFacts,
    methods: new Set([...HTTP_METHODS, 'del']),
    creators: new Set(['agent']),
    throwsOnStatus: true,
  },
  HttpService: {
    ...fetchFacts,
    methods: new Set([...HTTP_METHODS, 'request']),
    throwsOnStatus: true,
    timeoutKeys: ['timeout'],
  },
}

export interface ClientRoot {
  readonly client: ClientName
  readonly role: ClientRole
  /** A method taken from the module by name, as in `import { get } from 'node:https'`. */
  readonly method?: string
}

const FETCH_MODULES = new Set([
  'node-fetch',
  'cross-fetch',
  'isomorphic-fetch',
  'isomorphic-unfetch',
  'unfetch',
  'node-fetch-native',
  'whatwg-fetch',
])
const HTTP_MODULES = new Set(['http', 'https', 'node:http', 'node:https', 'http2', 'follow-redirects'])

const OTHER_MODULES = new Set(['axios', 'ky', 'ky-universal', 'got', 'ofetch', 'undici', 'superagent'])

/** What the text of a file with a client of its own contains, at the least. */
export const CLIENT_HINT =
  /fetch|axios|superagent|undici|HttpService|follow-redirects|@holdfast|['"`](?:(?:node:)?https?2?|got|ky|ky-universal)['"`]/i

/** The client that an origin is, judged by module and export name; a local name never counts. */
export function clientRootOf(origin: Origin): ClientRoot | undefined {
  const { path: originPath } = origin
  if (origin.from === 'global') {
    if (originPath.length !== 1) return undefined
    if (originPath[0] === 'fetch') return { client: 'fetch', role: 'callable' }
    return originPath[0] === '$fetch' ? { client: 'ofetch', role: 'callable' } : undefined
  }
  const { module } = origin
  if (!OTHER_MODULES.has(module) && !FETCH_MODULES.has(module) && !HTTP_MODULES.has(module)) return undefined
  const [first, ...rest] = originPath
  const tail = rest.filter((name) => name !== 'default')
  const isMain = first === 'default' || first === '*'
  const path = isMain ? tail : [first ?? '', ...tail]
  const name = path[0]
  const main = (client: ClientName, role: ClientRole, ...names: string[]): ClientRoot | undefined => {
    if (name !== undefined && names.includes(name))
      return path.length === 1 ? { client, role } : member(client, path[1])
    return name === undefined ? { client, role } : path.length === 1 ? member(client, name) : undefined
  }
  const member = (client: ClientName, method: string | undefined): ClientRoot | undefined => {
    if (method === undefined) return undefined
    if (CLIENTS[client].methods.has(method)) return { client, role: 'callable', method }
    return CLIENTS[client].creators.has(method) ? { client, role: 'creator' } : undefined
  }
  if (FETCH_MODULES.has(origin.module)) {
    if (name !== undefined && name !== 'fetch') return undefined
    return { client: 'node-fetch', role: 'callable' }
  }
  if (HTTP_MODULES.has(origin.module)) {
    return main('node:http', 'instance', 'http', 'https')
  }
  switch (origin.module) {
    case 'axios':
      if (name === 'Axios') return { client: 'axios', role: 'creator' }
      return main('axios', 'instance', 'axios')
    case 'ky':
    case 'ky-universal':
      return main('ky', 'instance', 'ky')
    case 'got':
      return main('got', 'instance', 'got')
    case 'ofetch':
      if (name === 'createFetch') return { client: 'ofetch', role: 'creator' }
      return main('ofetch', 'instance', 'ofetch', '$fetch')
    case 'undici':
      if (name === 'fetch') return { client: 'undici', role: 'callable' }
      if (name === 'request') return { client: 'undici', role: 'callable', method: 'request' }
      return name === 'Client' || name === 'Pool' || name === 'BalancedPool'
        ? { client: 'undici', role: 'creator' }
        : main('undici', 'instance')
    case 'superagent':
      return main('superagent', 'instance')
    default:
      return undefined
  }
}

/** Type names that declare an injected client, with the module that must export them. */
export const INJECTED_TYPES: Readonly<Record<string, { readonly client: ClientName; readonly module: string }>> = {
  AxiosInstance: { client: 'axios', module: 'axios' },
  AxiosStatic: { client: 'axios', module: 'axios' },
  Axios: { client: 'axios', module: 'axios' },
  KyInstance: { client: 'ky', module: 'ky' },
  Got: { client: 'got', module: 'got' },
  ExtendOptions: { client: 'got', module: 'got' },
  $Fetch: { client: 'ofetch', module: 'ofetch' },
  HttpService: { client: 'HttpService', module: '@nestjs/axios' },
}

export const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])
