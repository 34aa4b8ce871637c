import type { DatabaseSync } from 'node:sqlite'
import type { Policy, StandardStrategies } from '@holdfast/core'
import type { CallLine } from '../client/index.ts'

const keepMs = 48 * 3_600_000
const dayMs = 86_400_000

/** Calls of one stretch of time, by what they were for. */
export interface CallBucket {
  readonly fromMs: number
  readonly orders: number
  readonly shop: number
  readonly background: number
  /** Failed ones among them. */
  readonly failed: number
}

/** The record of calls and of what Etsy says about the quota. */
export class CallHistory {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(
      'create table if not exists call_log (seq integer primary key, at_ms integer not null, operation text not null, priority text not null, outcome text not null, status integer, code text, uuid text, duration_ms real not null)',
    )
    database.exec('create index if not exists call_log_by_time on call_log (at_ms)')
    database.exec(
      'create table if not exists quota_seen (id integer primary key check (id = 1), day_limit integer, remaining integer, at_ms integer not null)',
    )
  }

  watch(policy: Policy<StandardStrategies>): void {
    policy.on('quota-observed', ({ quotas }) => {
      const view = quotas.find((quota) => quota.name === 'per-day')
      if (view === undefined) return
      this.#database
        .prepare('insert or replace into quota_seen values (1, ?, ?, ?)')
        .run(view.limit ?? null, view.remaining ?? null, Date.now())
    })
  }

  write(line: CallLine): void {
    const { atMs, operation, priority, outcome, status = null, code = null, requestUuid = null, durationMs } = line
    this.#database
      .prepare(
        'insert into call_log (at_ms, operation, priority, outcome, status, code, uuid, duration_ms) values (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(Math.floor(atMs), operation, priority, outcome, status, code, requestUuid, durationMs)
  }

  /** Drops what is older than two days. */
  trim(): void {
    this.#database.prepare('delete from call_log where at_ms < ?').run(Date.now() - keepMs)
  }

  /** Etsy's last word on the day, also from before a restart. */
  get perDay():
    { readonly limit: number | undefined; readonly remaining: number | undefined; readonly atMs: number } | undefined {
    const row = this.#database.prepare('select * from quota_seen').get()
    if (row === undefined) return undefined
    const known = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]))
    return { limit: known('day_limit'), remaining: known('remaining'), atMs: Number(row['at_ms']) }
  }

  buckets(spanMs: number, bucketMs: number): readonly CallBucket[] {
    const lastFrom = Math.floor(Date.now() / bucketMs) * bucketMs
    const firstFrom = lastFrom - spanMs + bucketMs
    const rows = this.#database
      .prepare(
        'select cast(at_ms / ? as integer) * ? as bucket, priority, outcome, count(*) as n from call_log where at_ms >= ? group by 1, 2, 3',
      )
      .all(bucketMs, bucketMs, firstFrom)
    const count = (fromMs: number, key: 'priority' | 'outcome', value: string): number =>
      rows
        .filter((row) => Number(row['bucket']) === fromMs && row[key] === value)
        .reduce((sum, row) => sum + Number(row['n']), 0)
    return Array.from({ length: spanMs / bucketMs }, (_, index) => {
      const fromMs = firstFrom + index * bucketMs
      return {
        fromMs,
        orders: count(fromMs, 'priority', 'critical'),
        shop: count(fromMs, 'priority', 'default'),
        background: count(fromMs, 'priority', 'background'),
        failed: count(fromMs, 'outcome', 'failed'),
      }
    })
  }

  /** Calls that come free again in each of the next 24 hours: those of the same hour a day before. */
  refill(): readonly { readonly inHours: number; readonly calls: number }[] {
    const now = Date.now()
    return Array.from({ length: 24 }, (_, hour) => {
      const fromMs = now - dayMs + hour * 3_600_000
      const row = this.#database
        .prepare('select count(*) as n from call_log where at_ms >= ? and at_ms < ?')
        .get(fromMs, fromMs + 3_600_000)
      return { inHours: hour + 1, calls: Number(row?.['n']) }
    })
  }

  /** The last failures, with the id that Etsy asks for. */
  failures(
    limit = 20,
  ): readonly { readonly atMs: number; readonly operation: string; readonly code: string; readonly uuid: string }[] {
    return this.#database
      .prepare("select * from call_log where outcome = 'failed' order by seq desc limit ?")
      .all(limit)
      .map((row) => ({
        atMs: Number(row['at_ms']),
        operation: String(row['operation']),
        code: String(row['code'] ?? 'unknown'),
        uuid: row['uuid'] === null ? 'none' : String(row['uuid']),
      }))
  }
}
