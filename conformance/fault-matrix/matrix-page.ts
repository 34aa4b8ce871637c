import { format, resolveConfig } from 'prettier'
import type { CellResult } from './cell.ts'
import { SHORT } from './faults.ts'

/** The results of one Node. */
export interface MatrixRun {
  readonly node: string
  readonly cells: readonly CellResult[]
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const unique = (values: readonly string[]): string[] => [...new Set(values)]

const cellText = (get: CellResult, post: CellResult): string => {
  if (get.verdict === null) return 'not noticed'
  const code = `\`${get.verdict.code}\``
  return get.isHandedOver ? `${code}, after hand-over` : `${code} ${get.attempts}/${post.attempts}`
}

const faultTable = (cells: readonly CellResult[]): string => {
  const clients = unique(cells.map(({ client }) => client))
  const rows = unique(cells.map(({ fault }) => fault)).map((fault) => [
    fault,
    ...clients.map((client) => {
      const of = (method: string): CellResult =>
        cells.find((cell) => cell.fault === fault && cell.client === client && cell.method === method) as CellResult
      return cellText(of('GET'), of('POST'))
    }),
  ])
  return table(['fault', ...clients], rows)
}

const codeTable = (cells: readonly CellResult[]): string => {
  const verdicts = new Map(cells.flatMap(({ verdict }) => (verdict === null ? [] : [[verdict.code, verdict] as const])))
  const rows = [...verdicts.values()].map(({ code, category, sent, retry, breaker, overload, source }) => [
    `\`${code}\``,
    category,
    sent,
    retry,
    breaker,
    overload ? 'yes' : 'no',
    source,
  ])
  return table(['code', 'category', 'sent', 'retry', 'breaker', 'overload', 'source'], rows)
}

/** The guide made from what was measured; all runs gave the same. */
export const matrixPage = async (runs: readonly MatrixRun[], file: string): Promise<string> => {
  const [first] = runs
  if (first === undefined) throw new RangeError('a page needs at least one run')
  const versions = runs.map(({ node }) => node).join(', ')
  const page = `# What each failure is taken for

Every fault below was met by every client on Node ${versions}, over real sockets, with a policy of two
retries. All three gave the same. This page is written by the test in \`conformance/fault-matrix\` and fails it when it
is out of date.

## Faults and clients

A cell names the [code](#codes) and the number of attempts of a GET and of a POST, such as 3/1.

${faultTable(first.cells)}

- Four attempts where two retries are allowed: a request that provably never left is sent again at once, once, for every
  method, and costs no retry.
- _After hand-over_: axios reads the body before it settles, so a broken body is a failed attempt and is tried again.
  \`fetch\` and ky hand the response over first; when its body then fails, the caller may have used a part of it, and nothing
  is sent again. Deadline and idle limit still hold.
- _Not noticed_: the client takes the announced length and drops the rest.
- A GET stands for the methods that are idempotent, a POST without an idempotency key for those that are not.
- The time limits of the policy, ${SHORT.attemptMs} ms for an attempt and ${SHORT.deadlineMs / 1_000} s for the call, end the faults that would last for ever.
- On a machine without a resolver the host name gives \`dns-temporary\`, which is retried as often as the policy allows.

## Codes

${codeTable(first.cells)}

- **sent**: whether the request reached the other side. \`no\` is a proof.
- **retry**: \`always\` for every method, \`if-idempotent\` for those that may run twice, \`never\`.
- **breaker**: what the circuit breaker counts; a \`dns-not-found\` counts only when nothing at all succeeds.
- **overload**: whether it speaks of too much load, for the adaptive throttle.
`
  return format(page, { ...(await resolveConfig(file)), parser: 'markdown' })
}
