import { describe, expect, it, vi } from 'vitest'
import { createPolicy } from '../policy.ts'
import { createTestClock, createTestRandom, recordEvents, scriptedFetch } from './index.ts'

describe('createTestClock', () => {
  it('stands still until it is moved, and fires in order', async () => {
    const clock = createTestClock({ nowMs: 100, wallMs: 5_000 })
    const fired: string[] = []
    clock.setTimer(() => fired.push('late'), 20)
    clock.setTimer(() => fired.push('early'), 10)
    clock.setTimer(() => fired.push('second early'), 10)
    clock.setTimer(() => fired.push('never'), 21)
    expect([clock.now(), clock.wall(), clock.pendingTimers]).toEqual([100, 5_000, 4])
    await clock.advance(20)
    expect(fired).toEqual(['early', 'second early', 'late'])
    expect([clock.now(), clock.wall(), clock.pendingTimers]).toEqual([120, 5_020, 1])
  })

  it('fires what a timer sets, within the same advance', async () => {
    const clock = createTestClock()
    const inner = vi.fn(() => clock.now())
    clock.setTimer(() => {
      void Promise.resolve().then(() => clock.setTimer(inner, 5))
    }, 5)
    await clock.advance(10)
    expect(inner).toHaveReturnedWith(10)
  })

  it('forgets a cleared timer, and takes a negative delay for none', async () => {
    const clock = createTestClock()
    const [cleared, atOnce] = [vi.fn(), vi.fn()]
    clock.clearTimer(clock.setTimer(cleared, 5))
    clock.setTimer(atOnce, -5)
    await clock.advance(0)
    expect(atOnce).toHaveBeenCalledTimes(1)
    await clock.advance(10)
    expect(cleared).not.toHaveBeenCalled()
  })

  it('jumps without firing, and back on the wall alone', async () => {
    const clock = createTestClock()
    const fired = vi.fn(() => clock.now())
    clock.setTimer(fired, 10)
    clock.jump(1_000)
    expect(fired).not.toHaveBeenCalled()
    const wallMs = clock.wall()
    clock.jump(-500)
    expect([clock.now(), clock.wall()]).toEqual([1_000, wallMs - 500])
    await clock.advance(0)
    expect(fired).toHaveReturnedWith(1_000)
  })

  it('runs until a promise settles, either way', async () => {
    const clock = createTestClock()
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(resolve, ms))
    expect(await clock.run(wait(50).then(() => wait(50).then(() => 'woken')))).toBe('woken')
    expect(clock.now()).toBe(100)
    await expect(clock.run(wait(5).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no')
  })

  it('says so when a promise waits for something else', async () => {
    const clock = createTestClock()
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('not on the test clock')
  })

  it('settles what is pending without moving, where there is no setImmediate either', async () => {
    const clock = createTestClock()
    const steps: number[] = []
    const chain = async (): Promise<void> => {
      for (let step = 0; step < 5; step += 1) {
        await Promise.resolve()
        steps.push(step)
      }
    }
    void chain()
    await clock.settle()
    expect(steps).toHaveLength(5)
    vi.stubGlobal('setImmediate', undefined)
    try {
      void chain()
      await clock.settle()
    } finally {
      vi.unstubAllGlobals()
    }
    expect(steps).toHaveLength(10)
    expect(clock.now()).toBe(0)
  })
})

describe('createTestRandom', () => {
  it('repeats for a seed and differs between seeds', () => {
    const draw = (seed: number): number[] => Array.from({ length: 1_000 }, createTestRandom(seed))
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    const values = draw(3)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1)
  })
})

describe('scriptedFetch', () => {
  it('answers from its script, the last answer again and again, and keeps what it got', async () => {
    const clock = createTestClock()
    const fetch = scriptedFetch(clock, [204, { status: 200, headers: { 'x-a': '1' }, body: 'hello', delayMs: 50 }])
    expect((await fetch('https://a.example/')).body).toBeNull()
    for (let time = 1; time <= 2; time += 1) {
      const response = await clock.run(
        fetch('https://a.example/x', { method: 'POST', body: 'data', headers: { 'x-b': '2' } }),
      )
      expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([200, '1', 'hello'])
    }
    expect(clock.now()).toBe(100)
    expect(fetch.attempts.map(({ atMs, method, url, body }) => [atMs, method, url, body])).toEqual([
      [0, 'GET', 'https://a.example/', ''],
      [0, 'POST', 'https://a.example/x', 'data'],
      [50, 'POST', 'https://a.example/x', 'data'],
    ])
    expect(fetch.attempts[1]?.headers.get('x-b')).toBe('2')
  })

  it('rejects with an error of the script', async () => {
    const broken = new Error('ECONNRESET')
    await expect(scriptedFetch(createTestClock(), [broken])('https://a.example/')).rejects.toBe(broken)
  })

  it('hangs until the abort, and holds no timer then', async () => {
    const clock = createTestClock()
    const controller = new AbortController()
    const fetch = scriptedFetch(clock, ['hang', { status: 200, delayMs: 50 }])
    const hanging = fetch('https://a.example/', { signal: controller.signal }).catch((error: unknown) => error)
    await clock.advance(1_000)
    controller.abort('enough')
    expect(await hanging).toBe('enough')
    expect(clock.pendingTimers).toBe(0)
    await expect(fetch('https://a.example/', { signal: controller.signal })).rejects.toBe('enough')
    expect(fetch.attempts).toHaveLength(1)
  })

  it('needs at least one answer', () => {
    expect(() => scriptedFetch(createTestClock(), [])).toThrow('the script needs at least one answer')
  })
})

describe('recordEvents', () => {
  it('collects the named events in order', async () => {
    const clock = createTestClock()
    const policy = createPolicy({ name: 'recorded', strategies: [], clock })
    const events = recordEvents(policy, 'attempt-ended', 'call-ended')
    await policy.execute(() => 1)
    expect(events.map(({ type }) => type)).toEqual(['attempt-ended', 'call-ended'])
  })
})
