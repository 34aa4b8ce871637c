import { capital, NOUNS, type SeededChoice } from './seeded-choice.ts'

/** A React component that asks its own origin and renders a table. */
export function componentFile(choice: SeededChoice, number: number): string {
  const noun = choice.oneOf(NOUNS)
  const columns = Array.from({ length: choice.between(6, 16) }, () => choice.oneOf(NOUNS))
  const cells = columns.map(
    (column, index) => `            <td
              key="${column}-${index}"
              className={selected === row.id ? 'cell cell--selected' : 'cell'}
              onClick={() => setSelected(row.id)}
            >
              {format(row.${column})}
            </td>`,
  )
  return `import { useCallback, useEffect, useMemo, useState, type FormEvent } from 'react'

interface ${capital(noun)}Row {
  id: string
${[...new Set(columns)].map((column) => `  ${column}: string | number`).join('\n')}
}

const format = (value: string | number) => (typeof value === 'number' ? value.toFixed(2) : value)

export function ${capital(noun)}Table${number}({ customer }: { customer: string }) {
  const [rows, setRows] = useState<${capital(noun)}Row[]>([])
  const [selected, setSelected] = useState<string>()
  const [failure, setFailure] = useState<Error>()
  const [filter, setFilter] = useState('')

  const load = useCallback(async () => {
    try {
      const response = await fetch(\`/api/customers/\${customer}/${noun}s\`)
      setRows(await response.json())
    } catch (error) {
      setFailure(error as Error)
    }
  }, [customer])

  useEffect(() => {
    void load()
  }, [load])

  const visible = useMemo(
    () => rows.filter((row) => Object.values(row).some((value) => String(value).includes(filter))),
    [rows, filter],
  )

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = JSON.stringify({ selected, filter })
    fetch('/api/selection', { method: 'POST', body }).catch((error) => setFailure(error))
  }

  if (failure) return <p role="alert">{failure.message}</p>
  return (
    <form onSubmit={submit}>
      <input value={filter} onChange={(event) => setFilter(event.target.value)} placeholder="Search ${noun}s" />
      <table>
        <tbody>
          {visible.map((row) => (
            <tr key={row.id} aria-selected={selected === row.id}>
${cells.join('\n')}
            </tr>
          ))}
        </tbody>
      </table>
      <button type="submit" disabled={!selected}>
        Use this ${noun}
      </button>
    </form>
  )
}
`
}

/** Express routes over services of the same package. */
export function routeFile(choice: SeededChoice, number: number, services: readonly string[]): string {
  const used = [...new Set(Array.from({ length: 3 }, () => services[choice.between(0, services.length - 1)] ?? ''))]
  const imports = used.filter(Boolean).map((path, index) => `import * as service${index} from '${path}'`)
  const routes = Array.from({ length: choice.between(5, 12) }, (_, index) => {
    const noun = choice.oneOf(NOUNS)
    return `
router.get('/${noun}s/:id/${index}', async (request, response, next) => {
  try {
    const accepts = request.get('accept') ?? 'application/json'
    const names = Object.keys(service${index % Math.max(1, imports.length)})
    const cached = await cache.get(request.params.id).catch(() => null)
    if (cached && accepts.includes('json')) return response.json(cached)
    const answer = await fetch(\`\${upstream}/${noun}s/\${request.params.id}\`, { signal: AbortSignal.timeout(2_000) })
    if (!answer.ok) return response.status(502).json({ error: '${noun}', names })
    response.json(await answer.json())
  } catch (error) {
    next(error)
  }
})
`
  })
  return `import express from 'express'
${imports.join('\n')}

const router = express.Router()
const upstream = process.env.UPSTREAM_${number}
const cache = new Map<string, never>() as unknown as { get(key: string): Promise<object | null> }
${routes.join('')}
export default router
`
}

/** A CommonJS job with a hand-written retry loop. */
export function jobFile(choice: SeededChoice, number: number): string {
  const noun = choice.oneOf(NOUNS)
  const steps = Array.from(
    { length: choice.between(2, 6) },
    (_, index) => `
async function step${index}(item) {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      const response = await axios.post('https://${noun}.example.com/steps/${index}', { item, attempt }, { timeout: 4000 })
      return response.data
    } catch (error) {
      if (attempt === 3 || !error.response || error.response.status < 500) throw error
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 250 * Math.random()))
    }
  }
}
exports.step${index} = step${index}
`,
  )
  return `const axios = require('axios').default
const fs = require('node:fs/promises')
${steps.join('')}
exports.run${number} = async function run(file) {
  const items = JSON.parse(await fs.readFile(file, 'utf8'))
  const results = []
  for (const item of items) results.push(await step0(item))
  await fs.writeFile(\`\${file}.done\`, JSON.stringify(results))
}
`
}

/** A test file: quiet for every rule, but it has to be read. */
export function testFile(choice: SeededChoice, subject: string): string {
  const cases = Array.from({ length: choice.between(6, 16) }, (_, index) => {
    const noun = choice.oneOf(NOUNS)
    return `
  it('keeps ${noun} ${index}', async () => {
    const given = { sku: '${noun}-${index}', quantity: ${index}, priceInCents: ${index * 125} }
    const answer = await fetch('http://localhost:4010/${noun}s', { method: 'POST', body: JSON.stringify(given) })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toMatchObject({ ...given, total: ${index * index * 125} })
  })
`
  })
  return `import { describe, expect, it } from 'vitest'
import * as subject from '${subject}'

describe('${subject}', () => {
  it('is there', () => {
    expect(Object.keys(subject).length).toBeGreaterThan(0)
  })
${cases.join('')}})
`
}
