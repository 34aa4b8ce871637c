import { expect, it } from 'vitest'
import { coverageCommand } from '../src/commands/coverage.ts'
import { projectWith, recordedPort } from './project-folder.ts'

interface Coverage {
  readonly calls: readonly {
    readonly client: string
    readonly operation: string
    readonly protections: Readonly<Record<string, { readonly state: string; readonly source?: string }>>
  }[]
}

async function callsOf(source: string) {
  const port = recordedPort()
  await coverageCommand({ folder: projectWith({ 'a.ts': source }), format: 'json', cache: false }, port)
  const { calls } = JSON.parse(port.out()) as Coverage
  return calls.map(({ operation, protections: { deadline, retry, responseCheck } }) => ({
    operation,
    deadline: deadline?.source ?? deadline?.state,
    retry: retry?.source ?? retry?.state,
    responseCheck: responseCheck?.state,
  }))
}

// What each does by itself: the table in `sdk-calls.ts` of the analysis, from the documentation of the SDKs.
it.each([
  ['openai', 'OpenAI', '{}', 'client.chat.completions.create({})', 'openai: 10 min', 'openai: 2 retries'],
  [
    '@anthropic-ai/sdk',
    'Anthropic',
    '{ maxRetries: 0 }',
    'client.messages.create({})',
    '@anthropic-ai/sdk: 10 min',
    'no',
  ],
  ['stripe', 'Stripe', "'key', { timeout: 5_000 }", 'client.charges.create({})', 'stripe timeout', 'stripe: 2 retries'],
  ['@slack/web-api', 'WebClient', "'token'", 'client.chat.postMessage({})', 'no', '@slack/web-api: 10 retries'],
  ['@aws-sdk/client-s3', 'S3Client', '{}', 'client.send(command)', 'no', '@aws-sdk/client-s3: 3 attempts'],
  ['octokit', 'Octokit', '{}', "client.request('GET /user')", 'no', 'no'],
])('a call of %s counts with what the SDK does', async (module, name, options, call, deadline, retry) => {
  const [found, ...others] = await callsOf(
    `import { ${name} } from '${module}'\nconst client = new ${name}(${options})\nexport const run = (command: object) => ${call}\n`,
  )
  expect(others).toEqual([])
  expect(found).toMatchObject({ deadline, retry, responseCheck: 'yes' })
})

it('what is no request of an SDK is none, and options from elsewhere leave the answer open', async () => {
  const source = `import OpenAI from 'openai'\nexport const make = (options: object) => {\n  const client = new OpenAI({ ...options })\n  return client.models.list()\n}\nexport const page = (client: OpenAI) => client.toString()\n`
  const calls = await callsOf(source)
  expect(calls).toMatchObject([{ operation: 'api.openai.com models.list', deadline: 'options', retry: 'options' }])
})
