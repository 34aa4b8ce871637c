import axios, { type AxiosStatic } from 'axios'
import axios16 from 'axios-1.6'
import axios17 from 'axios-1.7'

/** One copy of axios and one of its adapters. */
export interface AxiosCopy {
  readonly name: string
  readonly axios: AxiosStatic
  readonly adapter: 'http' | 'fetch'
}

// The types of three versions do not agree; at run time the members used here are the same.
const copy = (module: unknown, adapter: AxiosCopy['adapter']): AxiosCopy => {
  const own = module as AxiosStatic
  return { name: `axios ${own.VERSION} ${adapter}`, axios: own, adapter }
}

/** The oldest supported axios, the last 1.7 and the newest one, with every adapter that works in Node. */
export const AXIOS_COPIES: readonly AxiosCopy[] = [
  copy(axios16, 'http'),
  copy(axios17, 'http'),
  copy(axios17, 'fetch'),
  copy(axios, 'http'),
  copy(axios, 'fetch'),
]
