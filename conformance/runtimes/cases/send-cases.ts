import { bodyCases } from './body-cases.ts'
import type { Case } from './case.ts'
import type { ClientKind } from './client.ts'
import { inFlightCases, timeCases, waitingAbortCases } from './ending-cases.ts'
import { retryCases } from './retry-cases.ts'
import { combinatorCases, stateCases } from './state-cases.ts'

/** What every client must do in every runtime, through the client's own interface. */
export const sendCases = (kind: ClientKind): readonly Case[] =>
  [
    ...retryCases(kind),
    ...timeCases(kind),
    ...inFlightCases(kind),
    ...waitingAbortCases(kind),
    ...stateCases(kind),
    ...bodyCases(kind),
    // ky calls AbortSignal.any itself.
    ...(kind.name === 'ky' ? [] : combinatorCases(kind)),
  ].map((one) => ({ ...one, name: `${kind.name}: ${one.name}` }))
