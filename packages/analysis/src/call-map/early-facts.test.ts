import { expect, it } from 'vitest'
import { noFacts, yes, type ProjectFacts } from '../model/project-facts.ts'
import { earlyFacts } from './early-facts.ts'
import type { FileLinks } from './file-record.ts'

const links: FileLinks = {
  kind: { environment: 'server', isTest: false, isCli: false },
  calls: [],
  effects: [],
  usage: [],
  httpModules: [],
  usesHttpService: false,
}
const client = { client: 'axios' }
const early = () => earlyFacts((specifier) => (specifier === './client' ? { ...client } : undefined), links)
const own = { environment: 'server' } as const

const questions: readonly [string, (facts: Partial<ProjectFacts>) => unknown, Partial<ProjectFacts>][] = [
  ['import', (facts) => facts.imported?.('./client', 'shop'), { imported: () => ({ client: 'ky' }) }],
  ['no import', (facts) => facts.imported?.('./other', 'shop'), { imported: () => client }],
  ['export of a path', (facts) => facts.exported?.('a.ts', 'shop'), { exported: () => client }],
  ['default', (facts) => facts.globalDefault?.('axios', 'timeout'), { globalDefault: () => yes('defaults.timeout') }],
  ['error class', (facts) => facts.hasErrorClass?.(), { hasErrorClass: () => true }],
  ['retried by callers', (facts) => facts.isRetriedByCallers?.('load'), { isRetriedByCallers: () => true }],
  [
    'no deadline',
    (facts) => facts.callersWithout?.('load', 1, 'deadline'),
    { callersWithout: (_name, at) => (at === 1 ? { without: 1, calls: 2 } : undefined) },
  ],
  [
    'instance',
    (facts) => facts.instance?.('shop'),
    { instance: () => ({ callCount: 1, methods: [], timeout: 'defaults.timeout' }) },
  ],
]
const finished: Partial<ProjectFacts> = {
  ...noFacts,
  ...own,
  imported: (specifier) => (specifier === './client' ? client : undefined),
}

it.each(questions)('an answer about the %s counts when the finished map gives it too', (_question, ask, other) => {
  const asked = early()
  ask(asked.facts)
  expect(asked.isConfirmedBy(finished)).toBe(true)
  expect(asked.isConfirmedBy({ ...finished, ...other })).toBe(false)
  expect(early().isConfirmedBy({ ...finished, ...other })).toBe(true)
})

it.each([{ environment: 'browser' }, { isTest: true }, { isCli: true }, { httpModule: 'timeout' }] as const)(
  'a file that turns out to be %o is another one',
  (kind) => {
    expect(early().isConfirmedBy({ ...finished, ...kind })).toBe(false)
  },
)
