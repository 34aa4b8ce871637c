import type { AxiosInstance } from 'axios'
import * as axiosRetryClient from './axios-retry.ts'
import type { ClientName } from './client-name.ts'
import * as holdfastClient from './holdfast.ts'
import * as plainClient from './plain.ts'

/** Puts a client's protection under an instance; the only step in which the three runs differ. */
export function connectClient(
  name: ClientName,
  instance: AxiosInstance,
  limits: { readonly perSecond: number; readonly perDay: number },
): void {
  switch (name) {
    case 'plain':
      plainClient.connect()
      return
    case 'axios-retry':
      axiosRetryClient.connect(instance)
      return
    case 'holdfast':
      holdfastClient.connect(instance, limits)
  }
}
