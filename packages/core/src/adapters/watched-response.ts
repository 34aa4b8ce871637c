import { Foreign } from '../foreign.ts'

const READERS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const

export type Reader = (typeof READERS)[number]

/** Takes the place of a response's own readers. */
export interface ResponseWatch {
  readonly body: ReadableStream<Uint8Array>
  /** What the response's own members stand on; a second watch of the same response calls them through the first. */
  readonly own: Response
  read(reader: Reader): Promise<unknown>
  clone(): Response
  /** A clone made before the watch began was cancelled. */
  cloneGivenUp(): void
}

class WatchMark extends Foreign {
  #watch: ResponseWatch

  private constructor(response: object, watch: ResponseWatch) {
    super(response)
    this.#watch = watch
  }

  static put(response: object, watch: ResponseWatch): void {
    if (#watch in response) response.#watch = watch
    else new WatchMark(response, watch)
  }

  static on(response: object): ResponseWatch | undefined {
    return #watch in response ? response.#watch : undefined
  }
}

export const watchOf = (response: Response): ResponseWatch | undefined => WatchMark.on(response)

const watchedPrototypes = new WeakMap<Response, object>()

const watchedPrototypeOf = (own: Response): object => {
  let watched = watchedPrototypes.get(own)
  if (watched !== undefined) return watched
  // Methods and a getter, so that names and kinds are those of the platform.
  const members: PropertyDescriptorMap = Object.getOwnPropertyDescriptors({
    get body(): unknown {
      const response = this as unknown as Response
      return WatchMark.on(response)?.body ?? Reflect.get(own, 'body', response)
    },
    clone(this: Response): Response {
      const watch = WatchMark.on(this)
      return watch === undefined ? own.clone.call(this) : watch.clone()
    },
  })
  for (const reader of READERS) {
    if (!(reader in own)) continue
    Object.assign(
      members,
      Object.getOwnPropertyDescriptors({
        [reader](this: Response): Promise<unknown> {
          const watch = WatchMark.on(this)
          return watch === undefined ? own[reader].call(this) : watch.read(reader)
        },
      }),
    )
  }
  watched = Object.create(own, members) as object
  watchedPrototypes.set(own, watched)
  return watched
}

/**
 * Lets `watch` answer for the body of a response, which stays the platform's own object.
 *
 * By a prototype that all watched responses share: members of its own would give every response a hidden class of its
 * own, which the collector frees late; that made them 20 us a call.
 */
export const watchResponse = (response: Response, watch: ResponseWatch): void => {
  if (WatchMark.on(response) === undefined) Object.setPrototypeOf(response, watchedPrototypeOf(watch.own))
  WatchMark.put(response, watch)
}
