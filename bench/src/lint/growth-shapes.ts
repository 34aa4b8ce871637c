const call = (id: number): string => `
export async function load${id}(id) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), 1000)
  try {
    const response = await fetch(\`https://a${id}.example.com/\${id}\`, { signal: controller.signal })
    if (!response.ok) throw new Error('failed', { cause: response.status })
    return await response.json()
  } catch (error) {
    logger.error('load ' + error.message)
    return null
  } finally {
    clearTimeout(timer)
  }
}
`
const loop = (id: number): string => `
async function again${id}(url) {
  for (let attempt = 1; attempt < 5; attempt += 1) {
    try {
      return await axios.get(url, { timeout: 100 })
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      log.warn({ err: error }, 'again')
    }
  }
  return load${id}(url).catch(() => undefined)
}
const load${id} = (url) => axios.post(url, {}, { headers: {} })
`
const instance = (id: number): string => `
const api${id} = axios.create({ baseURL: 'https://a${id}.example.com' })
api${id}.defaults.timeout = 1000
axiosRetry(api${id}, { retries: 3, retryDelay: () => 500 })
api${id}.interceptors.response.use((response) => response, (error) => api${id}.request(error.config))
export const user${id} = (id) => api${id}.get('/users/' + id)
`
const method = (id: number): string => `
  async find${id}(id) {
    if (!this.known${id}) this.known${id} = await this.http.get('/find/' + id)
    return this.find${Math.max(0, id - 1)}(id).catch((error) => this.logger.error(String(error)))
  }
`
const handler = (id: number): string => `
app.get('/${id}', async (request, response) => {
  const all = await Promise.all(request.body.ids.map((id) => fetch('https://b.example.com/' + id)))
  try {
    await db.query('select ${id}')
  } catch (error) {
    console.error(error)
    response.status(500).json({ error: error.stack, token: request.headers.authorization, all })
  }
})
`

const head = `import axios from 'axios'\nimport axiosRetry from 'axios-retry'\nimport pino from 'pino'\nimport express from 'express'\nconst logger = pino()\nconst log = logger\nconst app = express()\n`
const repeat = (block: (id: number) => string, count: number): string =>
  Array.from({ length: count }, (_, id) => block(id)).join('')

/** Files of a number of equal blocks, each a way in which real files grow. */
export const GROWTH_SHAPES: Readonly<Record<string, (blocks: number) => string>> = {
  functions: (blocks) => head + repeat(call, blocks),
  loops: (blocks) => head + repeat(loop, blocks),
  instances: (blocks) => head + repeat(instance, blocks),
  handlers: (blocks) => head + repeat(handler, blocks),
  class: (blocks) =>
    `${head}export class Api {\n  constructor(logger) {\n    this.logger = logger\n    this.http = axios.create({})\n  }\n${repeat(method, blocks)}}\n`,
  'one function': (blocks) =>
    `${head}export async function all() {\n${repeat((id) => loop(id).replace('export ', ''), blocks)}}\n`,
  // Half as many: the parser goes down a chain by recursion.
  'one chain': (blocks) =>
    `${head}export const chained = fetch('https://c.example.com')${repeat((id) => `\n  .then((value) => step${id}(value))`, blocks / 2)}\n`,
}
