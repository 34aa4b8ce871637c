import { spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createFaultServer, delayed, json, type FaultServer, type JournalEntry } from '@holdfast/fault-server'
import type { DeadLetterQueue } from '@holdfast/dead-letter'
import { letter } from './letters.ts'
import type { ProcessOptions } from './replayer-process.ts'

export interface CrashRun {
  readonly engine: ProcessOptions['engine']
  readonly place: string
  readonly queue: DeadLetterQueue
  readonly letters: number
  readonly replayers: number
  readonly kills: number
  readonly leaseMs: number
  readonly outlastsLease?: boolean
  /** How long the server works on a request, ms. */
  readonly workMs: readonly [from: number, to: number]
}

export interface CrashResult {
  readonly kills: number
  readonly sends: number
  /** Letters that never arrived. */
  readonly lost: number
  readonly resends: number
  /** Sends of a letter that began while another send of it was under way. */
  readonly overlaps: number
  /** Sends that came before an earlier letter of their order was done. */
  readonly disorders: number
  /** Letters that arrived with another key than their own. */
  readonly otherKeys: number
  readonly replayed: number
  readonly integrity: string
}

// Ten letters each, so that there is an order to keep.
const ordersOf = (letters: number): number => Math.max(4, Math.ceil(letters / 10))
const LONGEST_RUN_MS = 240_000

const program = fileURLToPath(new URL('./replayer-process.ts', import.meta.url))

const startReplayer = (options: ProcessOptions): ChildProcess =>
  spawn(process.execPath, ['--conditions=@holdfast/source', '--no-warnings', program, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve))

const indexOf = ({ path }: JournalEntry): number => Number(path.slice('/orders/'.length))

const groupsBy = (entries: readonly JournalEntry[], keyOf: (index: number) => number): Map<number, JournalEntry[]> => {
  const groups = new Map<number, JournalEntry[]>()
  for (const entry of entries) {
    const key = keyOf(indexOf(entry))
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return groups
}

const judge = (
  entries: readonly JournalEntry[],
  letters: number,
): Omit<CrashResult, 'kills' | 'replayed' | 'integrity'> => {
  const sendsOf = groupsBy(entries, (index) => index)
  let overlaps = 0
  for (const sends of sendsOf.values()) {
    sends.forEach((send, at) => {
      const before = sends[at - 1]
      if (before !== undefined && send.atMs < (before.settledAtMs ?? Infinity)) overlaps += 1
    })
  }
  let disorders = 0
  for (const sends of groupsBy(entries, (index) => index % ordersOf(letters)).values()) {
    sends.forEach((send, at) => {
      if (sends.slice(0, at).some((before) => indexOf(before) > indexOf(send))) disorders += 1
    })
  }
  return {
    sends: entries.length,
    lost: Array.from({ length: letters }, (_, index) => index).filter((index) => !sendsOf.has(index)).length,
    resends: entries.length - sendsOf.size,
    overlaps,
    disorders,
    otherKeys: entries.filter((entry) => entry.headers['idempotency-key'] !== `key-${indexOf(entry)}`).length,
  }
}

const fill = async ({ queue, letters }: CrashRun, server: FaultServer): Promise<void> => {
  for (let index = 0; index < letters; index += 1) {
    const made = letter({
      origin: new URL(server.url).origin,
      path: `/orders/${index}`,
      idempotencyKey: `key-${index}`,
    })
    await queue.add({ ...made, orderKey: `customer-${index % ordersOf(letters)}` })
  }
}

/** Lets replayers work on a queue, kills them one after the other while they send, and judges what the server saw. */
export const crashRun = async (run: CrashRun): Promise<CrashResult> => {
  const [fromMs, toMs] = run.workMs
  const server = await createFaultServer({
    handler: (request) => delayed(json({ ok: true }), fromMs + (toMs - fromMs) * request.random()),
    journal: { headers: ['idempotency-key', 'x-replayer'] },
  })
  const { engine, place, leaseMs, outlastsLease, queue } = run
  const start = (): ChildProcess => startReplayer({ engine, place, leaseMs, outlastsLease, origin: server.url })
  let children: ChildProcess[] = []
  try {
    await fill(run, server)
    children = Array.from({ length: run.replayers }, start)
    const untilMs = performance.now() + LONGEST_RUN_MS
    const perKill = run.letters / (run.kills + 1)
    let kills = 0
    for (;;) {
      if (performance.now() > untilMs) throw new Error(`not done in time: ${JSON.stringify(await queue.stats())}`)
      await pause(5)
      const { entries } = server.journal
      if (kills < run.kills && entries.length >= (kills + 1) * perKill) {
        // Only one that has sent since it started is worth killing, at a moment of its own.
        const senders = new Set(entries.slice(-2 * run.replayers).map(({ headers }) => headers['x-replayer']))
        const victim = children.find(({ pid }) => senders.has(String(pid)))
        if (victim === undefined) continue
        await pause(toMs * Math.random())
        victim.kill('SIGKILL')
        await ended(victim)
        kills += 1
        children = [...children.filter((child) => child !== victim), start()]
      }
      if (entries.length >= run.letters && kills === run.kills && (await queue.stats()).byStatus.open === 0) break
    }
    return {
      kills,
      ...judge(server.journal.entries, run.letters),
      replayed: (await queue.stats()).byStatus.replayed,
      integrity: await queue.check(),
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(ended))
    await server.close()
  }
}
