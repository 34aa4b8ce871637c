import axios, { type AxiosInstance } from 'axios'

/** A call that takes longer than this is of no use to the shop any more, milliseconds. */
export const callDeadlineMs = 3_000

/** The axios instance of the shop, the same for all three clients. */
export function createInstance(baseUrl: string): AxiosInstance {
  return axios.create({
    baseURL: baseUrl,
    timeout: 2_500,
    headers: { 'x-api-key': 'demokeystring:demosecret', 'user-agent': 'holdfast-demo-etsy' },
  })
}
