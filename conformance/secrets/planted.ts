/** Part of every planted secret; what is shown anywhere must not hold it. */
export const MARK = 'S3CR3T'

const planted = (place: string): string => `${MARK}${place}0123456789`

/** Headers of a request that carry credentials, in the ways people spell them. */
export const requestHeaders: Readonly<Record<string, string>> = {
  Authorization: `Bearer ${planted('bearer')}`,
  cookie: `sid=${planted('cookie')}; theme=dark`,
  'X-API-KEY': planted('apikey'),
  'x-amz-security-token': planted('amz'),
  'Proxy-Authorization': `Basic ${planted('proxy')}`,
  'x-custom-credential': planted('custom'),
}

/** The path and query of every URL. */
export const query = `/v1/items?api_key=${planted('query')}&limit=2&sig=${planted('signature')}#${planted('fragment')}`

/** Sent as body. */
export const requestBody = { password: planted('password'), note: planted('body') }

/** Headers of an answer. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'set-cookie': `sid=${planted('setcookie')}`,
  'www-authenticate': `Bearer realm="${planted('realm')}"`,
  'x-internal-token': planted('internal'),
  location: `https://user:${planted('location')}@elsewhere.example/`,
  ratelimit: `"burst";r=50;t=30;pk=:${Buffer.from(planted('partition')).toString('base64')}:`,
}

/** What upstreams write into their error bodies, one of each shape that is understood. */
export const answerBodies: readonly (readonly [type: string, body: string])[] = [
  [
    'application/json',
    JSON.stringify({ error: { code: 'sk_live_S3CR3T0123456789', message: `bad ${planted('json')}` } }),
  ],
  ['application/json', JSON.stringify({ error: 'invalid_grant', error_description: `code ${planted('oauth')}` })],
  [
    'application/problem+json',
    JSON.stringify({
      type: `https://api.example/${planted('type')}?t=1`,
      title: planted('title'),
      status: 422,
      detail: `value ${planted('detail')}`,
      instance: `/users/${planted('instance')}`,
      // The person who gave the data sees these, so they are scrubbed and not left out.
      errors: [{ pointer: '/card/token', detail: `token=${planted('issue')}` }],
    }),
  ],
  [
    'application/json',
    JSON.stringify([
      {
        path: ['card'],
        message: `key ${planted('array').replace(MARK, `sk_live_${MARK}`)}`,
        code: planted('issuecode'),
      },
    ]),
  ],
  ['text/html', `<html><title>500 ${planted('html')}</title></html>`],
  ['text/plain', `Traceback: token=${planted('plain')}`],
]

/** An error as a driver or a library throws it: secrets in its words, fields, causes and members. */
export const thrown = (): readonly unknown[] => {
  const cause = Object.assign(new Error(`connect https://app:${planted('dsn')}@db.internal/x failed`), {
    config: { headers: { Authorization: planted('config') }, auth: { username: 'u', password: planted('auth') } },
  })
  const withCause = new Error(`request with token=${planted('message')} failed`, { cause })
  const sql = Object.assign(new Error(`duplicate key value violates unique constraint "users_email"`), {
    code: '23505',
    severity: 'ERROR',
    detail: `Key (token)=(${planted('sqldetail')}) already exists.`,
    query: `insert into users values ('${planted('sql')}')`,
    parameters: [planted('parameter')],
  })
  class Hostile extends Error {
    override get message(): string {
      return `password: ${planted('getter')}`
    }
    toJSON(): object {
      return { leak: planted('tojson') }
    }
  }
  const cyclic: Error & { self?: unknown } = new Error(`Authorization: Bearer ${planted('cycle')}`)
  cyclic.cause = cyclic
  cyclic.self = cyclic
  return [
    withCause,
    sql,
    new Hostile(),
    cyclic,
    new AggregateError([withCause, new Error(`api_key=${planted('member')}`)], `secret=${planted('aggregate')}`),
    Object.assign(new Error('both'), { name: 'SuppressedError', error: withCause, suppressed: cause }),
    `password=${planted('string')}`,
    { message: `token: ${planted('object')}`, headers: requestHeaders, data: requestBody },
    new DOMException(`https://h/?token=${planted('dom')}`, 'NetworkError'),
  ]
}

/** Facts an application hands over for its log. */
export const facts = {
  password: planted('fact'),
  request: { headers: requestHeaders, apiKey: planted('nestedfact') },
  note: `called with token=${planted('factnote')}`,
  session: new Map([['id', planted('map')]]),
}

/** An operator's words. */
export const operatorNote = `maintenance, ask with token=${planted('note')}`
