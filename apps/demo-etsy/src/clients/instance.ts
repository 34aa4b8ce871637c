import axios, { type AxiosInstance } from 'axios'
import { demoApp } from '../simulator/index.ts'

/** A call that takes longer than this is of no use to the shop any more, milliseconds. */
export const callDeadlineMs = 3_000

/** The axios instance of the shop, the same for all three clients. */
export function createInstance(baseUrl: string, accessToken: string): AxiosInstance {
  return axios.create({
    baseURL: baseUrl,
    timeout: 2_500,
    headers: {
      'x-api-key': `${demoApp.keystring}:${demoApp.sharedSecret}`,
      authorization: `Bearer ${accessToken}`,
      'user-agent': 'holdfast-demo-etsy',
    },
  })
}
