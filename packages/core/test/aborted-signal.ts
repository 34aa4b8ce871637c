/** A signal that has aborted already, with the platform's own reason unless one is given. */
export const aborted = (reason?: unknown): AbortSignal => {
  const controller = new AbortController()
  controller.abort(reason)
  return controller.signal
}
