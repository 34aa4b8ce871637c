import type {
  Durability,
  PutOptions,
  Reserved,
  SeenQuota,
  StateStore,
  StoreQuota,
  StoreRate,
  Taken,
} from '@holdfast/core/shared'
import { StoreError } from '../store-error.ts'
import { ScriptRunner, type RedisCommand } from './script-runner.ts'
import { LIST, OBSERVE, PUT, RESERVE, TAKE } from './scripts.ts'

export type { RedisCommand } from './script-runner.ts'

/**
 * Subscribes to a channel and returns, soon or later, the function that ends it. It needs a connection of its own and
 * must subscribe again by itself after a lost connection, as the clients do.
 */
export type RedisSubscribe = (
  channel: string,
  listener: (message: string) => void,
) => Promise<() => unknown> | (() => unknown)

export interface RedisStoreOptions {
  /** Sends one command: `(args) => client.sendCommand(args)` for node-redis, `([name, ...args]) => client.call(name, ...args)` for ioredis. */
  readonly command: RedisCommand
  /** For news within milliseconds; without it they come with the next poll. */
  readonly subscribe?: RedisSubscribe
  /** Begin of every key and channel. Default `holdfast`. */
  readonly prefix?: string
  /** Told when `subscribe` fails; polling goes on. */
  readonly onSubscribeError?: (error: unknown) => void
  /** Time in us, for tests. Default: the server's clock. */
  readonly nowUs?: () => number
}

const US_PER_MS = 1_000
const NAME = /^[A-Za-z0-9_.:-]{1,64}$/

const numbers = (answer: unknown, count: number): readonly number[] => {
  const values = Array.isArray(answer) ? answer.map(Number) : [Number(answer)]
  if (values.length < count || values.some((value) => !Number.isFinite(value)))
    throw new StoreError('store-unavailable', 'Redis', undefined, 'a script gave no numbers')
  return values
}

// Both protocols and all clients: text, bytes or anything that can be made text of.
const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)

class RedisStore implements StateStore {
  readonly name = 'redis'
  readonly shared = true
  readonly watch?: NonNullable<StateStore['watch']>
  readonly #scripts: ScriptRunner
  readonly #prefix: string
  readonly #command: RedisCommand
  readonly #nowUs: (() => number) | undefined
  readonly #ends = new Set<() => void>()

  constructor({ command, subscribe, prefix = 'holdfast', nowUs, onSubscribeError }: RedisStoreOptions) {
    this.#command = command
    this.#scripts = new ScriptRunner(command)
    this.#prefix = prefix
    this.#nowUs = nowUs
    if (subscribe !== undefined) {
      this.watch = (keyPrefix, listener) => this.#watch(subscribe, onSubscribeError, keyPrefix, listener)
    }
  }

  async durability(): Promise<Durability> {
    const info = textOf(await this.#command(['INFO']))
    const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
    if (field('aof_enabled') !== '1')
      return { durable: false, detail: 'appendonly is off, so a restart loses what came after the last snapshot' }
    const policy = field('maxmemory_policy')
    if (field('maxmemory') !== '0' && policy.startsWith('allkeys'))
      return { durable: false, detail: `maxmemory-policy ${policy} may remove counts` }
    return { durable: true, detail: 'appendonly is on' }
  }

  async take(key: string, { emissionUs, burst }: StoreRate, cost: number): Promise<Taken> {
    const answer = await this.#scripts.run(TAKE, this.#key(key, 'rate'), [emissionUs, burst, cost, this.#now()])
    const [granted = 0, remaining = 0, retryUs = 0] = numbers(answer, 3)
    return { granted, remaining, retryAfterMs: retryUs / US_PER_MS }
  }

  async reserve(key: string, { limit, windowMs, bucketMs }: StoreQuota, cost: number): Promise<Reserved> {
    const args = [limit, windowMs, bucketMs, cost, this.#now()]
    const answer = await this.#scripts.run(RESERVE, this.#key(key, 'quota'), args)
    const [granted = 0, remaining = 0, resetMs = 0] = numbers(answer, 3)
    return { granted, remaining, resetMs }
  }

  async observe(key: string, { limit, windowMs, bucketMs }: StoreQuota, seen: SeenQuota): Promise<void> {
    const used = (seen.limit ?? limit) - seen.remaining
    await this.#scripts.run(OBSERVE, this.#key(key, 'quota'), [limit, windowMs, bucketMs, used, this.#now()])
  }

  async put(key: string, value: string, { ttlMs, ifAbsent = false }: PutOptions): Promise<boolean> {
    const args = [key, value, ttlMs, ifAbsent ? 1 : 0, this.#now(), this.#channel]
    return numbers(await this.#scripts.run(PUT, this.#state, args), 1)[0] === 1
  }

  async list(prefix: string): Promise<(readonly [key: string, value: string, ttlMs: number])[]> {
    const answer = await this.#scripts.run(LIST, this.#state, [prefix, this.#now()])
    const flat = Array.isArray(answer) ? answer.map(textOf) : []
    const found: (readonly [string, string, number])[] = []
    for (let index = 0; index + 2 < flat.length; index += 3)
      found.push([flat[index] ?? '', flat[index + 1] ?? '', Number(flat[index + 2])])
    return found
  }

  close(): Promise<void> {
    for (const end of this.#ends) end()
    return Promise.resolve()
  }

  get #channel(): string {
    return `${this.#prefix}:changes`
  }

  get #state(): string {
    return `{${this.#prefix}}:state`
  }

  // The braces keep the keys of one script on one node of a cluster.
  #key(key: string, kind: string): string {
    return `${this.#prefix}:{${key}}:${kind}`
  }

  #now(): string {
    return this.#nowUs === undefined ? '' : String(this.#nowUs())
  }

  #watch(
    subscribe: RedisSubscribe,
    onError: ((error: unknown) => void) | undefined,
    keyPrefix: string,
    listener: (key: string, value: string | null) => void,
  ): () => void {
    let isEnded = false
    let unsubscribe: (() => unknown) | undefined
    const hear = (message: string): void => {
      const change = parseChange(message)
      if (!isEnded && change?.[0].startsWith(keyPrefix) === true) listener(change[0], change[1])
    }
    const leave = (): void => {
      // The connection may be gone already, and then there is nothing to leave.
      Promise.resolve(unsubscribe?.()).catch(() => undefined)
    }
    const begun = Promise.resolve().then(() => subscribe(this.#channel, hear))
    begun.then(
      (end) => {
        unsubscribe = end
        if (isEnded) leave()
      },
      (error: unknown) => onError?.(error),
    )
    const end = (): void => {
      isEnded = true
      this.#ends.delete(end)
      leave()
    }
    this.#ends.add(end)
    return end
  }
}

/** What came over the channel, which anybody may publish to; undefined if it is not ours. */
const parseChange = (message: string): readonly [key: string, value: string | null] | undefined => {
  try {
    const parsed: unknown = JSON.parse(message)
    if (!Array.isArray(parsed) || typeof parsed[0] !== 'string') return undefined
    return [parsed[0], typeof parsed[1] === 'string' ? parsed[1] : null]
  } catch {
    // Not JSON, so not ours.
    return undefined
  }
}

/**
 * A store in Redis or Valkey, for any number of machines, with push where `subscribe` is given.
 *
 * Daily quotas need `appendonly yes`; without it they are refused. Configure the client not to queue commands while it is
 * disconnected (`disableOfflineQueue: true` in node-redis): what is queued runs later and spends permits nobody uses.
 *
 * @throws {TypeError} For a bad option.
 * @example
 * const client = await createClient({ url, disableOfflineQueue: true }).connect()
 * const store = redisStore({ command: (args) => client.sendCommand(args) })
 */
export const redisStore = (options: RedisStoreOptions): StateStore => {
  if (typeof options.command !== 'function')
    throw new TypeError('redisStore: option "command" must be a function that sends one command.')
  if (options.prefix !== undefined && !NAME.test(options.prefix))
    throw new TypeError('redisStore: option "prefix" must be 1 to 64 characters out of A-Z a-z 0-9 _ . : -')
  return new RedisStore(options)
}
