import { createPolicy, type Policy } from '@holdfast/core'
import { deadLetters, type DeadLettersOptions } from '@holdfast/dead-letter'
import { describe, expect, it } from 'vitest'

const queue = { add: async () => undefined }

describe('deadLetters', () => {
  it.each<[Partial<DeadLettersOptions>, string]>([
    [{}, 'option "queue" must be a queue or another sink'],
    [{ queue: {} as never }, 'option "queue"'],
    [{ queue, when: true as never }, 'option "when" must be a function'],
    [{ queue, maxBodyBytes: 262_145 }, 'option "maxBodyBytes" must be an integer from 0 to 262144'],
    [{ queue, keepMs: 0 }, 'option "keepMs"'],
    [{ queue, cipher: {} as never }, 'option "cipher" must be a BodyCipher'],
    [{ queue, headers: ['a b'] }, 'no header name'],
    [{ queue, body: true } as never, 'unknown option "body"'],
  ])('refuses %o', (options, message) => {
    expect(() => deadLetters(options as DeadLettersOptions)).toThrow(message)
  })

  it('checks what a call says', async () => {
    const policy: Policy = createPolicy({ name: 'checked', strategies: [deadLetters({ queue })] })
    const call = (options: object) => policy.execute(async () => 1, { deadLetters: options })
    await expect(call({ orderKey: '' })).rejects.toThrow('option "orderKey" must be a string of 1 to 256 characters')
    await expect(call({ order: 'x' })).rejects.toThrow('unknown option "order"')
    await expect(call({ orderKey: 'x', principal: 'user-1' })).resolves.toBe(1)
    policy.close()
  })
})
