import { createFaultServer, hangUp, reset, respond, text, type Answer } from '@holdfast/fault-server'
import type { Probe } from '../cases/resend.ts'

/** What is done to a request the server has read in full. */
export const ENDINGS = { reset: reset('after-reading'), end: hangUp('after-reading') } as const

const METHODS = ['GET', 'PUT', 'POST'] as const

export interface ProbedResend {
  readonly method: (typeof METHODS)[number]
  readonly isReused: boolean
  readonly ending: keyof typeof ENDINGS
  /** Requests on the wire for the one that was made. */
  readonly requests: number
  /** Whether the first of them found a pooled connection. */
  readonly hasReused: boolean
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': '*',
  'access-control-allow-headers': '*',
}

/** Lets a runtime send one stock request each to servers that read it and give up the connection, and counts. */
export const probeResends = async (sendAll: (probes: readonly Probe[]) => Promise<void>): Promise<ProbedResend[]> => {
  const kinds = METHODS.flatMap((method) =>
    [false, true].flatMap((isReused) => (['reset', 'end'] as const).map((ending) => ({ method, isReused, ending }))),
  )
  const probes = await Promise.all(
    kinds.map(async (kind) => {
      let answered = 0
      const server = await createFaultServer({
        handler({ method }): Answer {
          if (method === 'OPTIONS') return respond(204, { headers: CORS })
          answered += 1
          if (kind.isReused && answered === 1) return text('warm', { headers: CORS })
          return answered === (kind.isReused ? 2 : 1) ? ENDINGS[kind.ending] : text('ok', { headers: CORS })
        },
      })
      return { kind, server }
    }),
  )
  try {
    await sendAll(probes.map(({ kind, server }) => ({ ...kind, url: `${server.url}/` })))
    return probes.map(({ kind, server }) => {
      const seen = server.journal.entries.filter(({ method }) => method !== 'OPTIONS')
      const [warm, first] = seen
      const before = kind.isReused ? 1 : 0
      const hasReused = kind.isReused && warm?.connectionId === first?.connectionId
      return { ...kind, requests: seen.length - before, hasReused }
    })
  } finally {
    await Promise.all(probes.map(({ server }) => server.close()))
  }
}
