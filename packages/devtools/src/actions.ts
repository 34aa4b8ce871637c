import { hostOf, isSameOrigin, type Refusal } from './access.ts'
import type { KeyViews } from './key-views.ts'
import type { DevtoolsAction, Settings } from './options.ts'
import type { Timeline } from './timeline.ts'
import type { TokenCheck } from './token-check.ts'

const MOST_BODY_BYTES = 4_096
const LONGEST_REASON = 200
const LONGEST_SERVICE = 100

export const TOKEN_HEADER = 'x-holdfast-token'

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message })
const badAction = (message: string): Refusal => refusal(400, 'bad-action', message)

const readBody = async (request: Request): Promise<string | undefined> => {
  const reader = request.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > MOST_BODY_BYTES) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

const textIn = (fields: Readonly<Record<string, unknown>>, name: string, longest: number): string | undefined => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest ? value.trim() : undefined
}

/** Carries out what an operator orders from the page. */
export class Actions {
  readonly #settings: Settings
  readonly #token: TokenCheck | undefined
  readonly #keys: KeyViews
  readonly #timeline: Timeline

  constructor(settings: Settings, token: TokenCheck | undefined, keys: KeyViews, timeline: Timeline) {
    this.#settings = settings
    this.#token = token
    this.#keys = keys
    this.#timeline = timeline
  }

  /** Carries out the order in a request; undefined when it was done. */
  async handle(request: Request): Promise<Refusal | undefined> {
    const refused = await this.#refuse(request)
    if (refused !== undefined) return refused
    const body = await readBody(request)
    if (body === undefined) return refusal(413, 'too-large', `An action has ${MOST_BODY_BYTES} bytes at most.`)
    let fields: unknown
    try {
      fields = JSON.parse(body)
    } catch {
      return badAction('The body is not JSON.')
    }
    if (typeof fields !== 'object' || fields === null) return badAction('The body is not a JSON object.')
    const order = this.#read(fields as Readonly<Record<string, unknown>>)
    return 'status' in order ? order : this.#carryOut(order)
  }

  async #refuse(request: Request): Promise<Refusal | undefined> {
    if (!this.#settings.allowActions || this.#token === undefined) {
      return refusal(403, 'no-actions', 'This page may only look: set "allowActions" and "token" of devtools().')
    }
    if (!isSameOrigin(request)) {
      return refusal(403, 'other-origin', `Actions are taken from the page at ${hostOf(request)} itself only.`)
    }
    if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
      return refusal(415, 'not-json', 'An action is sent as application/json.')
    }
    const given = request.headers.get(TOKEN_HEADER)
    if (given === null) return refusal(401, 'no-token', `The header ${TOKEN_HEADER} is missing.`)
    const verdict = await this.#token.check(given)
    if (verdict === 'too-many') {
      return refusal(429, 'too-many-tokens', 'Too many wrong tokens; none is looked at for up to a minute.')
    }
    return verdict === 'right' ? undefined : refusal(401, 'wrong-token', 'This is not the token given to devtools().')
  }

  #read(fields: Readonly<Record<string, unknown>>): DevtoolsAction | Refusal {
    const action = textIn(fields, 'action', 20)
    const reason = textIn(fields, 'reason', LONGEST_REASON)
    const needsReason = badAction(`"reason" must be a text of 1 to ${LONGEST_REASON} characters.`)
    if (action === 'kill' || action === 'revive') {
      const service = textIn(fields, 'service', LONGEST_SERVICE)
      if (service === undefined) return badAction(`"service" must be a text of 1 to ${LONGEST_SERVICE} characters.`)
      if (action === 'kill' && reason === undefined) return needsReason
      return { action, service, reason, policy: undefined, key: undefined }
    }
    if (action !== 'force-open' && action !== 'reset') {
      return badAction('"action" must be "force-open", "reset", "kill" or "revive".')
    }
    if (action === 'force-open' && reason === undefined) return needsReason
    const policy = textIn(fields, 'policy', 1_000)
    if (policy === undefined || !this.#settings.policies.some(({ name }) => name === policy)) {
      return refusal(404, 'no-policy', 'There is no policy of that name.')
    }
    if (fields['key'] === undefined) return { action, policy, key: undefined, reason, service: undefined }
    const key = this.#keys.keyOf(policy, textIn(fields, 'key', 20) ?? '')
    if (key === undefined) return refusal(404, 'no-key', 'There is no such key any more; it was not used for a while.')
    return { action, policy, key, reason, service: undefined }
  }

  #carryOut(order: DevtoolsAction): Refusal | undefined {
    const { action, policy: name, key, service, reason = '' } = order
    const { policies, killSwitches, onAction } = this.#settings
    const policy = policies.find((known) => known.name === name)
    const scope = key === undefined ? {} : { key }
    try {
      if (action === 'force-open') policy?.forceOpen(reason, scope)
      else if (action === 'reset') policy?.reset(scope)
      else if (killSwitches?.kill === undefined || killSwitches.revive === undefined) {
        return refusal(409, 'no-switches', 'The kill switches given to devtools() cannot be turned from here.')
      } else if (action === 'kill') killSwitches.kill(service ?? '', reason)
      else killSwitches.revive(service ?? '')
    } catch (error) {
      // Such as a policy without a breaker.
      return refusal(409, 'refused', error instanceof Error ? error.message : 'The policy refused.')
    }
    const what = [action, service, reason === '' ? undefined : `(${reason})`].filter((part) => part !== undefined)
    this.#timeline.add({ kind: 'action', level: 'warn', policy: name, key, text: `from this page: ${what.join(' ')}` })
    try {
      onAction?.(order)
    } catch {
      // The order is carried out all the same.
    }
    return undefined
  }
}
