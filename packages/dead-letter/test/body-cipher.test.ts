import { BodyCipher } from '@holdfast/dead-letter'
import { describe, expect, it } from 'vitest'
import { letter } from './letters.ts'

const keys = new Map([
  ['k1', new Uint8Array(32).fill(1)],
  ['k2', new Uint8Array(32).fill(2)],
  ['short', new Uint8Array(16)],
])
const cipherOf = (currentKeyId: string) => new BodyCipher({ currentKeyId, keyOf: async (id) => keys.get(id) })
const text = new TextEncoder().encode('{"card":"4111"}')

describe('BodyCipher', () => {
  it('gives back what it was given, with old keys as well', async () => {
    const own = letter()
    const bytes = await cipherOf('k1').encrypt(own, text)
    expect(Buffer.from(bytes).includes('card')).toBe(false)
    expect(Buffer.from(await cipherOf('k2').decrypt(own, 'k1', bytes))).toEqual(Buffer.from(text))
    // No nonce is used twice.
    expect(Buffer.from(await cipherOf('k1').encrypt(own, text))).not.toEqual(Buffer.from(bytes))
  })

  it('refuses bytes that were changed, belong to another letter or came with another key', async () => {
    const own = letter()
    const cipher = cipherOf('k1')
    const bytes = await cipher.encrypt(own, text)
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = new Uint8Array(bytes)
      changed[at]! ^= 1
      await expect(cipher.decrypt(own, 'k1', changed)).rejects.toMatchObject({ code: 'wrong-key' })
    }
    for (const other of [letter(), { ...own, path: '/refunds' }, { ...own, origin: 'https://other.example' }])
      await expect(cipher.decrypt(other, 'k1', bytes)).rejects.toMatchObject({ code: 'wrong-key' })
    await expect(cipher.decrypt(own, 'k2', bytes)).rejects.toMatchObject({ code: 'wrong-key' })
    await expect(cipher.decrypt(own, 'k1', bytes.subarray(0, 20))).rejects.toMatchObject({ code: 'wrong-key' })
    await expect(cipher.decrypt(own, 'k9', bytes)).rejects.toThrow('there is no key "k9" of 32 bytes')
  })

  it('refuses keys of another length and bad options', async () => {
    await expect(cipherOf('short').encrypt(letter(), text)).rejects.toMatchObject({ code: 'wrong-key' })
    expect(() => cipherOf('a b')).toThrow('"currentKeyId"')
    expect(() => new BodyCipher({ currentKeyId: 'k', keyOf: undefined as never })).toThrow('"keyOf" must be a function')
  })
})
