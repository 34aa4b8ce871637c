import { capital, NOUNS, type SeededChoice } from './seeded-choice.ts'

/** The modules that services of a package share: instances, a retry helper, a wrapper of fetch, a logger, a base class. */
export const sharedModules = (name: string): Readonly<Record<string, string>> => ({
  'http/instances.ts': `
import axios from 'axios'
import axiosRetry from 'axios-retry'

export const ${name}Api = axios.create({ baseURL: process.env.${name.toUpperCase()}_API, timeout: 8_000 })
export const ${name}Reports = axios.create({ baseURL: process.env.${name.toUpperCase()}_REPORTS })
axiosRetry(${name}Api, { retries: 2 })
`,
  'http/request.ts': `
import { setTimeout as sleep } from 'node:timers/promises'

export async function withRetry<Result>(run: () => Promise<Result>, attempts = 3): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= attempts) throw error
      await sleep(2 ** attempt * 100 * Math.random())
    }
  }
}

export async function requestJson<Result>(url: string, init?: RequestInit): Promise<Result> {
  const response = await fetch(url, { ...init, headers: { accept: 'application/json', ...init?.headers } })
  if (!response.ok) throw new Error(\`\${url} answered \${response.status}\`)
  return (await response.json()) as Result
}
`,
  'http/base-client.ts': `
import axios, { type AxiosInstance } from 'axios'

export abstract class BaseClient {
  protected readonly axios: AxiosInstance

  constructor(baseURL: string, token: string) {
    this.axios = axios.create({ baseURL, headers: { authorization: \`Bearer \${token}\` } })
  }

  protected async read<Result>(path: string): Promise<Result> {
    const { data } = await this.axios.get<Result>(path)
    return data
  }
}
`,
  'logger.ts': `
import pino from 'pino'

export const logger = pino({ name: '${name}' })
`,
  'index.ts': `
export * from './http/instances.js'
export { requestJson, withRetry } from './http/request.js'
export { logger } from './logger.js'
`,
})

const methods: readonly [(noun: string, name: string) => string, ...((noun: string, name: string) => string)[]] = [
  (noun, name) => `
  async find(id: string) {
    const { data } = await ${name}Api.get(\`/${noun}s/\${id}\`, { params: { expand: 'lines' } })
    return data
  }
`,
  (noun, name) => `
  async list(page: number, size = 50) {
    try {
      const { data } = await ${name}Reports.get('/${noun}s', { params: { page, size } })
      return data.items.map((item: { id: string; total: number }) => ({ id: item.id, total: item.total / 100 }))
    } catch (error) {
      logger.error(\`listing ${noun}s failed: \${error}\`)
      return []
    }
  }
`,
  (noun) => `
  async save(${noun}: { id: string; lines: readonly string[] }) {
    const saved = await withRetry(() =>
      requestJson<{ version: number }>(\`\${this.base}/${noun}s/\${${noun}.id}\`, {
        method: 'PUT',
        body: JSON.stringify(${noun}),
        signal: AbortSignal.timeout(5_000),
      }),
    )
    this.versions.set(${noun}.id, saved.version)
    return saved
  }
`,
  (noun) => `
  async remove(id: string) {
    const response = await fetch(\`https://api.example.com/${noun}s/\${id}\`, { method: 'DELETE' })
    if (response.status === 404) return false
    if (!response.ok) throw new Error('remove failed', { cause: response.status })
    this.versions.delete(id)
    return true
  }
`,
  (noun) => `
  async warm(ids: readonly string[]) {
    for (const id of ids) {
      if (this.versions.has(id)) continue
      try {
        await this.refresh(id)
      } catch (error) {
        logger.warn({ err: error, id }, '${noun} not warmed')
      }
    }
  }

  private async refresh(id: string) {
    const version = await requestJson<number>(\`\${this.base}/${noun}s/\${id}/version\`)
    this.versions.set(id, version)
  }
`,
  (noun) => `
  summary(ids: readonly string[]) {
    const known = ids.filter((id) => this.versions.has(id))
    const newest = known.reduce((best, id) => Math.max(best, this.versions.get(id) ?? 0), 0)
    return { what: '${noun}', known: known.length, missing: ids.length - known.length, newest }
  }
`,
  (noun) => `
  schedule(id: string, afterMs: number) {
    const timer = setTimeout(() => {
      this.refresh(id).catch((error: unknown) => {
        logger.error({ err: error }, 'refresh of ${noun}')
      })
    }, afterMs)
    return () => clearTimeout(timer)
  }
`,
]

/** A class over a remote API: calls through instances of another file, wrappers, catches, logs. */
export function serviceFile(choice: SeededChoice, number: number, name: string, up: string): string {
  const noun = choice.oneOf(NOUNS)
  const inherits = choice.chance(25)
  const body: string[] = []
  for (const method of methods) if (choice.chance(85)) body.push(method(noun, name))
  const own = inherits
    ? `  constructor(token: string) {
    super('https://${noun}.example.com', token)
  }

  ratings(id: string) {
    return this.read<number[]>(\`/ratings/\${id}\`)
  }

  rate(id: string, stars: number) {
    return this.axios.post(\`/ratings/\${id}\`, { stars })
  }
`
    : `  constructor(token: string) {
    this.token = token
  }
`
  return `import { logger, requestJson, withRetry } from '${up}index.js'
import { ${name}Api, ${name}Reports } from '${up}http/instances.js'
${inherits ? `import { BaseClient } from '${up}http/base-client.js'\n` : ''}
export class ${capital(noun)}Service${number}${inherits ? ' extends BaseClient' : ''} {
  ${inherits ? '' : 'readonly token: string\n  '}private readonly base = process.env.${noun.toUpperCase()}_URL
  private readonly versions = new Map<string, number>()

${own}${body.join('')}${body.join('').includes('refresh(id: string)') ? '' : '\n  private async refresh(id: string) {\n    this.versions.set(id, await requestJson<number>(`${this.base}/versions/${id}`))\n  }\n'}}

export const ${noun}Service${number} = new ${capital(noun)}Service${number}(process.env.TOKEN ?? '')
`
}
