import { respond, text } from '@holdfast/fault-server'
import type { Case } from './case.ts'
import { equal, isTrue } from './check.ts'
import type { ClientKind, Sending } from './client.ts'

const OK = text('ok')
const BUSY = respond(503, { body: 'busy' })

const bodies = (): Readonly<Record<string, () => NonNullable<Sending['body']>>> => ({
  text: () => 'plain text',
  JSON: () => JSON.stringify({ listing: 42 }),
  bytes: () => new Uint8Array([0, 1, 2, 253, 254, 255]),
  params: () => new URLSearchParams({ a: '1', b: 'two words' }),
  Blob: () => new Blob(['blob content'], { type: 'text/x-blob' }),
  FormData: () => {
    const form = new FormData()
    form.set('field', 'value')
    form.set('file', new Blob(['file content'], { type: 'text/plain' }), 'name.txt')
    return form
  },
})

/** Bodies of every kind that can be sent twice. */
export const bodyCases = (kind: ClientKind): readonly Case[] =>
  Object.entries(bodies()).map(([name, make]) => ({
    name: `75 a body of kind ${name} reaches every attempt whole`,
    async run({ serve, policy }) {
      const scenario = await serve([BUSY, OK])
      const sent = await kind.make(policy()).send(scenario.url, { method: 'PUT', body: make() })
      equal(sent.status, 200, 'status')
      const [first, second] = await scenario.requests()
      isTrue((first?.bodyBytes ?? 0) > 0, 'the first request has a body')
      equal(second?.bodyBytes, first?.bodyBytes, 'bytes of the second body')
      equal(second?.headers['content-length'], first?.headers['content-length'], 'content-length')
      // Each serialisation of a FormData has a boundary of its own.
      if (name !== 'FormData') equal(second?.bodySha256, first?.bodySha256, 'hash of the second body')
      const withoutBoundary = (type: string | undefined): string | undefined => type?.replace(/boundary=.*/, '')
      equal(
        withoutBoundary(second?.headers['content-type']),
        withoutBoundary(first?.headers['content-type']),
        'content-type',
      )
    },
  }))
