/** A caller's signal that counts the abort listeners hung on it and not taken away again. */
export interface CountingSignal {
  readonly signal: AbortSignal
  readonly listeners: number
  abort(reason?: unknown): void
}

export const countingSignal = (): CountingSignal => {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: AddEventListenerOptions | boolean,
  ) => {
    listeners.add(listener)
    add(type, listener, options)
  }
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.delete(listener)
    remove(type, listener)
  }
  return {
    signal,
    get listeners() {
      return listeners.size
    },
    abort: (reason) => {
      controller.abort(reason)
    },
  }
}
