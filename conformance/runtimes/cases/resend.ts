/**
 * What the runtime does by itself: one stock `fetch` for each address given, after a first one that makes a connection
 * where that is asked for. Whether it resolves is of no interest; the server counts.
 */
export interface Probe {
  readonly url: string
  readonly method: string
  /** Sends one request before, so that the probe finds a pooled connection. */
  readonly isReused: boolean
}

const send = async ({ url, method, isReused }: Probe): Promise<void> => {
  if (isReused) {
    await (await fetch(url)).text()
    // The connection goes back to the pool a moment later.
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const init = method === 'GET' ? { method } : { method, body: 'order' }
  await fetch(url, init).then(
    (response) => response.text(),
    () => undefined,
  )
}

export const sendAll = async (probes: readonly Probe[]): Promise<void> => {
  for (const probe of probes) await send(probe)
}
