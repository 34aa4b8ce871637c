/**
 * Whether a body can be read only once: a Node stream, a web stream, an async iterable or the `form-data` package.
 *
 * axios sends such a body empty the second time, with `content-length: 0`, and gets a 200 for it.
 */
export const isOneShotBody = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && ('pipe' in data || 'getReader' in data || Symbol.asyncIterator in data)
