import { expect, it, vi } from 'vitest'
import { onAbort } from './abort.ts'

it('runs the listener when the signal aborts', () => {
  const controller = new AbortController()
  const listener = vi.fn()
  onAbort(controller.signal, listener)
  controller.abort()
  expect(listener).toHaveBeenCalledTimes(1)
})

it('takes the listener away', () => {
  const controller = new AbortController()
  const listener = vi.fn()
  onAbort(controller.signal, listener)()
  controller.abort()
  expect(listener).not.toHaveBeenCalled()
})
