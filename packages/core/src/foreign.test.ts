import { expect, it } from 'vitest'
import { callReport } from './call-report.ts'
import { createPolicy } from './policy.ts'

it('a report is found on frozen errors, functions and proxies, and shows on none of them', async () => {
  const policy = createPolicy({ name: 'foreign', strategies: [] })
  const thrown = [Object.freeze(new Error('cold')), () => undefined, new Proxy({}, {})]
  for (const error of thrown) {
    const before = Reflect.ownKeys(error)
    const caught = await policy.execute(() => Promise.reject(error as Error)).catch((given: unknown) => given)
    expect(caught).toBe(error)
    expect(callReport(error)?.policy).toBe('foreign')
    expect(Reflect.ownKeys(error)).toEqual(before)
  }
})

it('the last call that met an object is the one it tells of', async () => {
  const error = new Error('again')
  for (const name of ['first', 'second']) {
    await createPolicy({ name, strategies: [] })
      .execute(() => Promise.reject(error))
      .catch(() => undefined)
    expect(callReport(error)?.policy).toBe(name)
  }
})
