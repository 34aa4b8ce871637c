/** Exit codes of every command. */
export const EXIT = { ok: 0, findings: 1, usage: 2, internal: 3 } as const

/** The command was called wrongly; the message says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
