/** One kind of event of all policies; in Node a channel of `node:diagnostics_channel`. */
export interface EventChannel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
  subscribe(subscriber: (message: unknown) => void): void
  unsubscribe(subscriber: (message: unknown) => void): unknown
}

// What browsers and workers get instead.
class LocalChannel implements EventChannel {
  readonly #subscribers = new Set<(message: unknown) => void>()

  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0
  }

  publish(message: unknown): void {
    for (const subscriber of this.#subscribers) subscriber(message)
  }

  subscribe(subscriber: (message: unknown) => void): void {
    this.#subscribers.add(subscriber)
  }

  unsubscribe(subscriber: (message: unknown) => void): void {
    this.#subscribers.delete(subscriber)
  }
}

// On the global object, so that two copies of this package agree.
const LOCAL = Symbol.for('holdfast.channels')

const localChannel = (name: string): EventChannel => {
  const holder = globalThis as unknown as Record<symbol, Map<string, EventChannel> | undefined>
  const channels = (holder[LOCAL] ??= new Map<string, EventChannel>())
  let channel = channels.get(name)
  if (channel === undefined) channels.set(name, (channel = new LocalChannel()))
  return channel
}

/** The channel `holdfast:<event>`. */
export const channelOf = (event: string): EventChannel => {
  const name = `holdfast:${event}`
  // Reached without an import, so that the entry loads where `node:` modules do not exist.
  const runtime = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
  const diagnostics = runtime?.getBuiltinModule?.('node:diagnostics_channel') as
    { channel(name: string): EventChannel } | undefined
  return diagnostics?.channel(name) ?? localChannel(name)
}
