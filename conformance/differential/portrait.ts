/** What a portrait leaves out and what it knows by name. */
export interface PortraitOptions {
  /** Objects of the caller's, whose identity must hold. */
  readonly known: ReadonlyMap<unknown, string>
  /** Makes text comparable, such as by taking the port out. */
  readonly normalise: (text: string) => string
}

// Objects of Node and of the platform: their class says enough, their insides differ from run to run.
const OPAQUE = new Set([
  'ClientRequest',
  'IncomingMessage',
  'RedirectableRequest',
  'Writable',
  'Agent',
  'Socket',
  'ReadableStream',
  'Readable',
  'AxiosTransformStream',
  'BrotliDecompress',
  'Gunzip',
  'Unzip',
  'Transform',
])
// Different in every run, or a place in our files.
const UNSTABLE = new Set([
  'stack',
  'Symbol(causeStack)',
  'date',
  'line',
  'column',
  'duration',
  'port',
  'localPort',
  'remotePort',
])

/**
 * What is ours on purpose: the response of fetch gets readers of its own, not enumerable, so that deadline and idle limit
 * hold until the body is read.
 */
const OURS = new Set(['body', 'text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData', 'clone'])
const isOurs = (value: object, key: PropertyKey): boolean =>
  OURS.has(String(key)) && Object.getOwnPropertyDescriptor(value, key)?.enumerable === false
// undici leaves it on a Request that was given a signal, as an adapter of axios does with ours.
const isUndicis = (key: PropertyKey): boolean => String(key) === 'Symbol(abortController)'
const visibleKeys = (value: object): string[] =>
  Reflect.ownKeys(value)
    .filter((key) => !isOurs(value, key) && !isUndicis(key))
    .map(String)

const classOf = (value: object): string => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return 'null-prototype'
  const maker = (prototype as { constructor?: { name?: unknown } }).constructor
  return typeof maker?.name === 'string' ? maker.name : 'no class'
}

const ancestry = (value: object): string[] => {
  const names: string[] = []
  for (let at: unknown = value; at !== null; at = Object.getPrototypeOf(at)) names.push(classOf(at as object))
  return names.slice(0, -1)
}

/** Draws values as plain data: classes, own keys in their order, values, and which objects are one and the same. */
class Portrait {
  readonly #options: PortraitOptions
  readonly #seen = new Map<object, string>()

  constructor(options: PortraitOptions) {
    this.#options = options
  }

  draw(value: unknown, path: string): unknown {
    const { known, normalise } = this.#options
    const label = known.get(value)
    if (label !== undefined) return label
    if (typeof value === 'string') return normalise(value)
    if (typeof value === 'function') return `function ${value.name}/${value.length}`
    if (typeof value === 'symbol' || typeof value === 'bigint' || value === undefined) return String(value)
    if (typeof value !== 'object' || value === null) return value
    const earlier = this.#seen.get(value)
    if (earlier !== undefined) return `same as ${earlier}`
    this.#seen.set(value, path)
    return this.#drawObject(value, path)
  }

  #drawObject(value: object, path: string): unknown {
    const name = classOf(value)
    if (value instanceof Response || value instanceof Request) return this.#drawMessage(value, path)
    if (value instanceof Headers) return { class: name, entries: this.#entries([...value]) }
    if (value instanceof AbortSignal)
      return { class: name, aborted: value.aborted, reason: this.draw(value.reason, `${path}.reason`) }
    if (value instanceof URL || value instanceof URLSearchParams)
      return `${name} ${this.#options.normalise(String(value))}`
    if (value instanceof Blob) return `${name} ${value.size} ${value.type}`
    if (value instanceof FormData) return { class: name, fields: [...value.keys()] }
    if (ArrayBuffer.isView(value))
      return `${name} ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
    if (value instanceof ArrayBuffer) return `${name} ${Buffer.from(value).toString('hex')}`
    if (OPAQUE.has(name)) return name
    const parts = this.#members(value, path)
    if (value instanceof Error) return { class: ancestry(value), name: value.name, ...parts }
    return Array.isArray(value) ? parts['own'] : { class: name, ...parts }
  }

  #members(value: object, path: string): Record<string, unknown> {
    const own: Record<string, unknown> = {}
    const hidden: string[] = []
    for (const key of Reflect.ownKeys(value)) {
      const text = String(key)
      if (UNSTABLE.has(text)) continue
      const descriptor = Object.getOwnPropertyDescriptor(value, key)
      if (descriptor?.enumerable !== true) hidden.push(text)
      own[text] =
        descriptor !== undefined && 'value' in descriptor
          ? this.draw(descriptor.value, `${path}.${text}`)
          : 'an accessor'
    }
    return { keys: Object.keys(own), hidden, own }
  }

  #drawMessage(value: Response | Request, path: string): unknown {
    const shared = {
      class: classOf(value),
      keys: visibleKeys(value),
      url: this.#options.normalise(value.url),
      headers: this.#entries([...value.headers]),
      bodyUsed: value.bodyUsed,
      hasBody: value.body !== null,
      string: Object.prototype.toString.call(value),
    }
    if (value instanceof Request)
      return { ...shared, method: value.method, signal: this.draw(value.signal, `${path}.signal`) }
    const { status, statusText, ok, redirected, type } = value
    return { ...shared, status, statusText, ok, redirected, type }
  }

  #entries(entries: readonly (readonly [string, string])[]): string[] {
    return entries
      .filter(([name]) => !UNSTABLE.has(name.toLowerCase()))
      .map(([name, value]) => `${name}: ${this.#options.normalise(value)}`)
  }
}

/** A value as plain data that two runs can be compared by. */
export const portrait = (value: unknown, options: PortraitOptions): unknown =>
  new Portrait(options).draw(value, 'result')

/** Where two portraits differ, one line each; equal ones give none. */
export const differences = (stock: unknown, attached: unknown, path = ''): string[] => {
  if (Object.is(stock, attached)) return []
  const isPair = typeof stock === 'object' && typeof attached === 'object' && stock !== null && attached !== null
  if (!isPair || Array.isArray(stock) !== Array.isArray(attached)) {
    return [`${path}: stock ${JSON.stringify(stock)}, attached ${JSON.stringify(attached)}`]
  }
  const [left, right] = [stock as Record<string, unknown>, attached as Record<string, unknown>]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(left[key], right[key], path === '' ? key : `${path}.${key}`),
  )
}
