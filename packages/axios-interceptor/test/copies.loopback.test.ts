import { createRequire } from 'node:module'
import type { Policy } from '@holdfast/core'
import { json, respond, stall } from '@holdfast/fault-server'
import axios, { type AxiosInstance, type AxiosStatic } from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { attach, type Attachment } from '../src/index.ts'
import { VERSIONS } from './axios-versions.ts'
import { failure, quickPolicy, serve } from './support.ts'

const NAMES: Readonly<Record<string, string>> = { '1.21.1': 'axios', '1.7.9': 'axios-1.7', '1.6.0': 'axios-1.6' }
const require = createRequire(import.meta.url)

/** This package as it runs in a project whose only axios is another version than the one of this repository. */
const besides = async (copy: AxiosStatic): Promise<typeof attach> => {
  vi.resetModules()
  vi.doMock('axios', () => ({ default: copy }))
  onTestFinished(() => {
    vi.doUnmock('axios')
    vi.resetModules()
  })
  const package_ = await import('../src/index.ts')
  return package_.attach
}

/** An answer after a retry, and the error of a call that times out. */
const outcomes = async (api: AxiosInstance, attachTo: (policy: Policy) => Attachment) => {
  const server = await serve({ script: [respond(503), json({}), stall()] })
  api.defaults.baseURL = server.url
  const attachment = attachTo(quickPolicy())
  await api.get('/')
  attachment.detach()
  attachTo(quickPolicy({ attemptMs: 50, maxRetries: 0 }))
  return {
    agents: server.journal.entries.map(({ headers }) => headers['user-agent']),
    error: await failure(api.get('/')),
  }
}

describe.each(VERSIONS)('copies of $label', ({ axios: copy }) => {
  const commonJs = require(NAMES[copy.VERSION] ?? '') as AxiosStatic
  const agents = Array(2).fill(`axios/${copy.VERSION}`)

  it('case 26: installed alone, it needs no option, and errors are of its own class', async () => {
    const api = copy.create({ proxy: false })
    const attachHere = await besides(copy)
    const found = await outcomes(api, (policy) => attachHere(api, policy))
    expect([found.agents, found.error.code]).toEqual([agents, 'ETIMEDOUT'])
    expect(found.error).toBeInstanceOf(copy.AxiosError)
  })

  it('case 26: the ES module and the CommonJS build are two copies; an instance of either gets errors of its own class', async () => {
    expect([commonJs.VERSION, commonJs.AxiosError === copy.AxiosError]).toEqual([copy.VERSION, false])
    for (const own of [commonJs, copy]) {
      const api = own.create({ proxy: false })
      const { error } = await outcomes(api, (policy) => attach(api, policy, { axios: own }))
      expect([error.code, error instanceof own.AxiosError, axios.isAxiosError(error)]).toEqual([
        'ETIMEDOUT',
        true,
        true,
      ])
      expect(error).not.toBeInstanceOf((own === copy ? commonJs : copy).AxiosError)
    }
  })

  it('case 26: an instance of another version is refused with a message that says what to do, and taken with its copy', async () => {
    const api = copy.create({ proxy: false })
    const options = copy === axios ? {} : { axios: copy }
    if (copy !== axios) {
      expect(() => attach(api, quickPolicy())).toThrow(
        'attach: this instance was made by another copy of axios than the one installed beside Holdfast. ' +
          'Pass that copy: attach(instance, policy, { axios }).',
      )
      expect(() => attach(api, quickPolicy(), { axios })).toThrow(/not the copy that made this instance/)
    }
    const found = await outcomes(api, (policy) => attach(api, policy, options))
    // Adapter names are resolved by the instance's own copy.
    expect(found.agents).toEqual(agents)
    expect(found.error).toBeInstanceOf(copy.AxiosError)
  })
})

describe('arguments of attach', () => {
  it('case 26: the CommonJS build of the installed version is found without being named', async () => {
    const server = await serve({ script: [stall()] })
    const commonJs = require('axios') as AxiosStatic
    const api = commonJs.create({ baseURL: server.url, proxy: false })
    attach(api, quickPolicy({ attemptMs: 50, maxRetries: 0 }))
    expect(await failure(api.get('/'))).toBeInstanceOf(commonJs.AxiosError)
  })

  it('case 26: a copy that nobody can find is accepted as an option', () => {
    class StrangeManager {
      use(): number {
        return 0
      }
      eject(): void {
        throw new Error('not called')
      }
    }
    const strange = { interceptors: { request: new StrangeManager() } }
    expect(() => attach(strange, quickPolicy())).toThrow(/another copy of axios/)
    expect(() => attach(axios.create(), quickPolicy(), { axios: strange })).toThrow(
      /not the copy that made this instance/,
    )
    expect(() => attach(strange, quickPolicy(), { axios: strange })).not.toThrow()
  })

  it('refuses what is no instance, no policy or no known option', () => {
    expect(() => attach({} as never, quickPolicy())).toThrow(/first argument must be an axios instance/)
    expect(() => attach(axios.create(), {} as never)).toThrow(/second argument must be a policy/)
    expect(() => attach(axios.create(), quickPolicy(), { retries: 3 } as never)).toThrow(/unknown option "retries"/)
  })
})
