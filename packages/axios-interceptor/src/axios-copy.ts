import peer, { type AxiosAdapter, type AxiosError, type CanceledError, type InternalAxiosRequestConfig } from 'axios'

/** The adapter of a config: a function, a name or a list of both; undefined means axios' own default. */
export type AdapterSpec = InternalAxiosRequestConfig['adapter']

/** What is needed of the copy of axios an instance was made by. */
export interface AxiosCopy {
  readonly interceptors: { readonly request: object }
  readonly defaults: { readonly adapter?: AdapterSpec }
  getUri(config: object): string
  getAdapter(adapters: AdapterSpec, config?: object): AxiosAdapter
  readonly AxiosError: new (
    message?: string,
    code?: string,
    config?: InternalAxiosRequestConfig,
    request?: unknown,
  ) => AxiosError
  readonly CanceledError: new (
    message?: string,
    config?: InternalAxiosRequestConfig,
    request?: unknown,
  ) => CanceledError<unknown>
}

interface ModuleLoader {
  createRequire(from: string): (id: string) => unknown
}

// Every copy has its own class of interceptor managers.
const isMadeBy = (copy: AxiosCopy, instance: { readonly interceptors: { readonly request: object } }): boolean =>
  copy.interceptors.request.constructor === instance.interceptors.request.constructor

// The CommonJS and the ES module build of one version are two copies; `require` reaches the other one.
const commonJsCopy = (): AxiosCopy | undefined => {
  try {
    const runtime = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
    const loader = runtime?.getBuiltinModule?.('node:module') as ModuleLoader | undefined
    return loader?.createRequire(import.meta.url)('axios') as AxiosCopy | undefined
  } catch {
    return undefined
  }
}

/**
 * The copy of axios an instance belongs to: the one given, the one imported here, or the CommonJS build beside it.
 *
 * Adapter names resolved by a stranger would swap the adapter, and errors made by one would fail `instanceof`.
 *
 * @throws {TypeError} When the instance is of none of them.
 */
export const axiosCopyOf = (
  instance: { readonly interceptors: { readonly request: object } },
  given: AxiosCopy | undefined,
): AxiosCopy => {
  if (given !== undefined) {
    if (isMadeBy(given, instance)) return given
    throw new TypeError(
      'attach: "axios" is not the copy that made this instance. Pass the module whose create() made it.',
    )
  }
  if (isMadeBy(peer, instance)) return peer
  const other = commonJsCopy()
  if (other !== undefined && isMadeBy(other, instance)) return other
  throw new TypeError(
    'attach: this instance was made by another copy of axios than the one installed beside Holdfast. ' +
      'Pass that copy: attach(instance, policy, { axios }).',
  )
}
