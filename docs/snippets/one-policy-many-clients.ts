import { attach } from '@holdfast/axios-interceptor'
import { standardPolicy, wrapFetch } from '@holdfast/core'
import axios from 'axios'

// One breaker, one retry budget and one quota for everything that calls this provider.
export const etsy = standardPolicy({
  name: 'etsy',
  rateLimit: { permits: 10, perMs: 1_000, daily: 10_000, reserve: 0.1 },
})

export const etsyAxios = axios.create({ baseURL: 'https://openapi.etsy.com/v3' })
attach(etsyAxios, etsy)

export const etsyFetch = wrapFetch(etsy)
