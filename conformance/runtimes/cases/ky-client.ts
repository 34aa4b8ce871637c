import { kyHooks } from '@holdfast/ky-hooks'
import ky from 'ky'
import type { ClientKind } from './client.ts'

export const kyClient: ClientKind = {
  name: 'ky',
  timeoutCodes: { deadline: 'TimeoutError', attempt: 'TimeoutError' },
  abortsWith: 'reason',
  make(policy) {
    const api = ky.extend(kyHooks(policy))
    return {
      async send(url, { body, ...rest } = {}) {
        const response = await api(url, { ...rest, ...(body === undefined ? {} : { body }), throwHttpErrors: false })
        return { status: response.status, text: await response.text() }
      },
    }
  },
}
