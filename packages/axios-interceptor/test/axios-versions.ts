import axios, { type AxiosInstance, type AxiosStatic, type CreateAxiosDefaults } from 'axios'
import axios16 from 'axios-1.6'
import axios17 from 'axios-1.7'
import type { Policy } from '@holdfast/core'
import { attach, type AttachOptions, type Attachment } from '../src/index.ts'

/** One version of axios, with the adapter its instances are made with. */
export class Client {
  readonly axios: AxiosStatic
  readonly adapter: 'http' | 'fetch' | undefined
  readonly label: string

  constructor(copy: AxiosStatic, adapter?: 'http' | 'fetch') {
    this.axios = copy
    this.adapter = adapter
    this.label = `axios ${copy.VERSION}${adapter === undefined ? '' : `, ${adapter} adapter`}`
  }

  /** Whether this is the given minor version of axios 1 or a later one. */
  isFrom(minor: number): boolean {
    return Number(this.axios.VERSION.split('.')[1]) >= minor
  }

  /** An instance without any policy, for comparison. */
  stock(defaults: CreateAxiosDefaults = {}): AxiosInstance {
    const adapter = this.adapter === undefined ? {} : { adapter: this.adapter }
    return this.axios.create({ proxy: false, ...adapter, ...defaults })
  }

  attach(instance: AxiosInstance, policy: Policy, options: AttachOptions = {}): Attachment {
    return attach(instance, policy, { axios: this.axios, ...options })
  }

  /** The same instance with a policy under it. */
  attached(defaults: CreateAxiosDefaults, policy: Policy, options?: AttachOptions): AxiosInstance {
    const instance = this.stock(defaults)
    this.attach(instance, policy, options)
    return instance
  }
}

// The types of three versions do not agree; what the tests use of them does.
const copies = [axios, axios17, axios16] as unknown as readonly AxiosStatic[]

/** Newest, middle and oldest supported version, with the adapter each takes by itself in Node. */
export const VERSIONS: readonly Client[] = copies.map((copy) => new Client(copy))

/** The same versions with each adapter that works in Node; 1.6 has no fetch adapter. */
export const CLIENTS: readonly Client[] = VERSIONS.flatMap((version) =>
  (version.isFrom(7) ? (['http', 'fetch'] as const) : (['http'] as const)).map(
    (adapter) => new Client(version.axios, adapter),
  ),
)

export const FETCH_CLIENTS: readonly Client[] = CLIENTS.filter(({ adapter }) => adapter === 'fetch')
