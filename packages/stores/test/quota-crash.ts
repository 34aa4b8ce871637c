import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, forkSource } from './fleet.ts'
import type { Load } from './limited-process.ts'
import type { Engine } from './open-store.ts'

const PROCESSES = 3
export const BLOCK = 20

/** What came of a day in which processes were killed. */
export interface CrashedDay {
  readonly sent: number
  readonly kills: number
}

/** Three processes share a daily quota; one of them is killed again and again, until all have nothing left. */
export const crashDay = async (engine: Engine, target: string, daily: number, kills: number): Promise<CrashedDay> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-day-'))
  const record = path.join(folder, 'sent')
  writeFileSync(record, '')
  const load: Load = {
    engine,
    target: target === '' ? path.join(folder, 'limits.db') : target,
    instances: PROCESSES,
    permits: 2_000,
    perMs: 1_000,
    burst: 200,
    callers: 2,
    everyMs: 0,
    daily,
    dailyBlock: BLOCK,
    // A busy machine must not make a process count for itself.
    deadlineMs: 5_000,
    record,
  }
  const exhausted = new Set<ChildProcess>()
  const start = (): ChildProcess => {
    const child = forkSource('./limited-process.ts', [JSON.stringify(load)])
    child.on('message', (message) => {
      if (message === 'ready') child.send('go')
      if (message === 'exhausted') exhausted.add(child)
    })
    return child
  }
  const running = Array.from({ length: PROCESSES }, start)
  try {
    let killed = 0
    for (; killed < kills; killed += 1) {
      const before = statSync(record).size
      const untilMs = performance.now() + 10_000
      // A kill before anything was leased would show nothing.
      while (statSync(record).size < before + BLOCK && exhausted.size === 0 && performance.now() < untilMs)
        await pause(5)
      await pause(Math.random() * 60)
      const index = Math.floor(Math.random() * PROCESSES)
      const child = running[index] as ChildProcess
      child.kill('SIGKILL')
      await ended(child)
      running[index] = start()
    }
    const untilMs = performance.now() + 60_000
    while (!running.every((child) => exhausted.has(child)) && performance.now() < untilMs) await pause(20)
    return { sent: statSync(record).size, kills: killed }
  } finally {
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(running.map(ended))
    rmSync(folder, { recursive: true, force: true })
  }
}
