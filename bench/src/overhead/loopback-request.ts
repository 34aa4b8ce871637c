import type { Run } from './measure.ts'

/** A plain axios GET of a small JSON document over a kept-alive connection to 127.0.0.1. */
export const createLoopbackRequest = async (url: string): Promise<Run> => {
  const { default: axios } = await import('axios')
  const instance = axios.create({ baseURL: url, proxy: false })
  return () => instance.get('/listings/1')
}
