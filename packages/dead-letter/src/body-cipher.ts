import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { DeadLetterError } from './dead-letter-error.ts'
import type { NewDeadLetter } from './letter.ts'

type KeyBytes = Uint8Array

/** Where the keys of bodies come from. */
export interface BodyCipherOptions {
  /** Id of the key that new bodies are encrypted with, 1 to 64 characters out of `A-Z a-z 0-9 _ . -`. */
  readonly currentKeyId: string
  /** Gives the 32 bytes of a key; undefined for one it does not know. */
  readonly keyOf: (keyId: string) => KeyBytes | undefined | Promise<KeyBytes | undefined>
}

/** What the body belongs to: bytes of another letter do not decrypt. */
type Owner = Pick<NewDeadLetter, 'id' | 'upstream' | 'origin' | 'method' | 'path'>

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

const boundTo = ({ id, upstream, origin, method, path }: Owner): Buffer =>
  Buffer.from(JSON.stringify([id, upstream, origin, method, path]))

/**
 * Encrypts bodies with AES-256-GCM, each with a nonce of its own and bound to its letter (NIST SP 800-38D).
 *
 * Old keys stay readable as long as `keyOf` knows them, so a key is changed by changing `currentKeyId`.
 */
export class BodyCipher {
  readonly keyId: string
  readonly #keyOf: BodyCipherOptions['keyOf']

  /** @throws {TypeError} For a bad id or no function. */
  constructor({ currentKeyId, keyOf }: BodyCipherOptions) {
    if (typeof currentKeyId !== 'string' || !/^[\w.-]{1,64}$/.test(currentKeyId))
      throw new TypeError('BodyCipher: option "currentKeyId" must be 1 to 64 characters out of A-Z a-z 0-9 _ . -')
    if (typeof keyOf !== 'function') throw new TypeError('BodyCipher: option "keyOf" must be a function.')
    this.keyId = currentKeyId
    this.#keyOf = keyOf
  }

  /** @throws {DeadLetterError} `wrong-key` when there is no such key of 32 bytes. */
  async encrypt(owner: Owner, body: Uint8Array): Promise<Uint8Array> {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', await this.#key(this.keyId), nonce)
    cipher.setAAD(boundTo(owner))
    const encrypted = Buffer.concat([cipher.update(body), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), encrypted])
  }

  /** @throws {DeadLetterError} `wrong-key` for a key nobody knows, or bytes that were changed or belong elsewhere. */
  async decrypt(owner: Owner, keyId: string, bytes: Uint8Array): Promise<Uint8Array> {
    const key = await this.#key(keyId)
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(boundTo(owner))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    } catch (error) {
      throw new DeadLetterError(
        'wrong-key',
        `the body of letter ${owner.id} does not decrypt with key "${keyId}": another key, or the row was changed.`,
        error,
      )
    }
  }

  async #key(keyId: string): Promise<KeyBytes> {
    const key = await this.#keyOf(keyId)
    if (key?.byteLength === KEY_BYTES) return key
    throw new DeadLetterError(
      'wrong-key',
      `there is no key "${keyId}" of ${KEY_BYTES} bytes. "keyOf" must know every key that letters were encrypted with.`,
    )
  }
}
