import { attach } from '@holdfast/axios-interceptor'
import { wrapFetch } from '@holdfast/core'
import { kyHooks } from '@holdfast/ky-hooks'
import { json, stall } from '@holdfast/fault-server'
import { describe, expect, test } from 'vitest'
import { AXIOS_COPIES } from '../src/axios-copies.ts'
import { KY_COPIES } from '../src/ky-copies.ts'
import { compare } from './observe.ts'
import { AXIOS_SABOTAGES, FETCH_SABOTAGES } from './sabotage.ts'
import type { Scenario } from './scenario.ts'
import { axiosSubject, fetchSubject, kySubject, type Subject } from './subjects.ts'

// Few scenarios are enough for each saboteur to show.
const SCENARIOS: readonly Scenario[] = [
  { name: 'a success' },
  { name: 'a failure', answers: [json({ no: 1 }, { status: 404 })] },
  { name: 'a failure of the transport', isRefused: true, isRetryable: true },
  { name: 'an abort', abort: 60, answers: [stall()] },
]
// The newest version: up to 1.7 a config is a plain object and a spread of it is hard to tell.
const NEWEST = AXIOS_COPIES.filter(({ name }) => name.includes('1.21'))

/** The differences of all scenarios, up to the first that `shows` fits. */
const found = async (subject: Subject, attached: Subject, shows?: string): Promise<string[]> => {
  const lines: string[] = []
  for (const scenario of SCENARIOS) {
    lines.push(...(await compare(subject, scenario, attached)))
    if (shows !== undefined && lines.some((line) => line.startsWith(shows))) break
  }
  return lines
}

describe.each(NEWEST)('a sabotaged plug-in for $name', (copy) => {
  test.concurrent('case 103: without a saboteur these scenarios show no difference', async () => {
    expect(await found(axiosSubject(copy), axiosSubject(copy))).toEqual([])
  })

  test.concurrent.each(AXIOS_SABOTAGES)('case 103: that $name is found', async ({ shows, spoil }) => {
    const attached = axiosSubject(copy, (instance, policy) => {
      attach(instance, policy, { axios: copy.axios })
      spoil(instance)
    })
    expect(await found(axiosSubject(copy), attached, shows)).toContainEqual(expect.stringMatching(`^${shows}`))
  })

  test.concurrent('case 103: that does nothing at all is found', async () => {
    const attached = axiosSubject(copy, () => undefined)
    expect(await found(axiosSubject(copy), attached)).toContain('policySaw: stock 1, attached 0')
  })
})

describe('a sabotaged plug-in for fetch', () => {
  test.concurrent('case 103: without a saboteur these scenarios show no difference', async () => {
    expect(await found(fetchSubject(), fetchSubject())).toEqual([])
  })

  test.concurrent.each(FETCH_SABOTAGES)('case 103: that $name is found', async ({ shows, spoil }) => {
    const attached = fetchSubject((policy) => spoil(wrapFetch(policy)))
    expect(await found(fetchSubject(), attached, shows)).toContainEqual(expect.stringMatching(`^${shows}`))
  })
})

describe.each(KY_COPIES)('a sabotaged plug-in for $name', (copy) => {
  const { TimeoutError } = copy

  test.concurrent('case 103: without a saboteur these scenarios show no difference', async () => {
    expect(await found(kySubject(copy), kySubject(copy))).toEqual([])
  })

  test.concurrent.each(FETCH_SABOTAGES.filter(({ isHealed }) => isHealed !== true))(
    'case 103: that $name is found',
    async ({ shows, spoil }) => {
      const attached = kySubject(copy, (api, policy) =>
        api.extend({ fetch: spoil(globalThis.fetch) }).extend(kyHooks(policy, { TimeoutError })),
      )
      expect(await found(kySubject(copy), attached, shows)).toContainEqual(expect.stringMatching(`^${shows}`))
    },
  )

  test.concurrent('case 103: that does nothing at all is found', async () => {
    expect(
      await found(
        kySubject(copy),
        kySubject(copy, (api) => api.extend({})),
      ),
    ).toContain('policySaw: stock 1, attached 0')
  })
})
