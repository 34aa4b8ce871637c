import { wrapFetch } from '@holdfast/core'
import type { ClientKind } from './client.ts'

export const fetchClient: ClientKind = {
  name: 'fetch',
  timeoutCodes: { deadline: 'deadline-exceeded', attempt: 'attempt-timeout' },
  abortsWith: 'reason',
  make(policy) {
    const wrapped = wrapFetch(policy)
    return {
      async send(url, sending = {}) {
        const response = await wrapped(url, sending)
        return { status: response.status, text: await response.text() }
      },
    }
  },
}
