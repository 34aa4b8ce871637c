import { axiosCases } from './axios-cases.ts'
import { axiosClient } from './axios-client.ts'
import { browserCases, browserFetchCases, browserXhrCases } from './browser-cases.ts'
import type { Case, RuntimeName } from './case.ts'
import { fetchCases } from './fetch-cases.ts'
import { fetchClient } from './fetch-client.ts'
import { kyCases } from './ky-cases.ts'
import { kyClient } from './ky-client.ts'
import { sendCases } from './send-cases.ts'

const serverSide = (): readonly Case[] => [...sendCases(axiosClient()), ...axiosCases()]

const inPages = (): readonly Case[] => [
  ...sendCases(axiosClient('xhr')),
  ...axiosCases('xhr'),
  ...browserXhrCases,
  ...browserFetchCases,
  ...[fetchClient, kyClient, axiosClient('xhr'), axiosClient('fetch')].flatMap(browserCases),
]

/** Every case a runtime is asked to hold, in the order they run. */
export const allCases = (runtime: RuntimeName): readonly Case[] => [
  ...sendCases(fetchClient),
  ...fetchCases,
  ...sendCases(kyClient),
  ...kyCases,
  ...sendCases(axiosClient('fetch')),
  ...axiosCases('fetch'),
  ...(runtime === 'chromium' ? inPages() : serverSide()),
]
