/** Sends one command and resolves to its answer; the client's errors pass through. */
export type RedisCommand = (args: string[]) => Promise<unknown>

/** Runs scripts by their hash and sends their text only where the server does not know it. */
export class ScriptRunner {
  readonly #command: RedisCommand
  readonly #hashes = new Map<string, Promise<string>>()

  constructor(command: RedisCommand) {
    this.#command = command
  }

  async run(script: string, key: string, args: readonly (string | number)[]): Promise<unknown> {
    const rest = ['1', key, ...args.map(String)]
    try {
      return await this.#command(['EVALSHA', await this.#hashOf(script), ...rest])
    } catch (error) {
      // A server that was restarted has forgotten it.
      if (error instanceof Error && error.message.includes('NOSCRIPT')) return this.#command(['EVAL', script, ...rest])
      throw error
    }
  }

  #hashOf(script: string): Promise<string> {
    let hash = this.#hashes.get(script)
    if (hash === undefined) {
      hash = sha1(script)
      this.#hashes.set(script, hash)
    }
    return hash
  }
}

const sha1 = async (text: string): Promise<string> => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
