import { randomUUID } from 'node:crypto'
import { DeadLetterError } from '../dead-letter-error.ts'
import { LETTER_STATUSES, type DeadLetter, type LetterStatus, type NewDeadLetter } from '../letter.ts'
import type {
  Claim,
  ClaimOptions,
  DeadLetterQueue,
  LetterFilter,
  ListOptions,
  QueueStats,
  ReleaseOptions,
  ReplayFailure,
} from '../queue.ts'
import { Caps, type CapOptions } from './caps.ts'
import type { Dialect, SqlValue } from './dialect.ts'
import { INSERTED, letterOf, numberOf, sizeOf, valuesOf } from './rows.ts'
import { TABLE } from './schema.ts'

const HELD = "lease_token = $2 AND status = 'open' AND seq = $1"
// What somebody is sending is left alone, or a person would be told something else than what happens.
const NOT_UNDER_WAY = "NOT (status = 'open' AND lease_token IS NOT NULL AND visible_at > {now})"

/** Conditions of a filter, with the parameters they need. */
class Where {
  readonly parameters: SqlValue[]
  readonly #conditions: string[] = []
  readonly #dialect: Dialect

  constructor(dialect: Dialect, parameters: readonly SqlValue[] = []) {
    this.#dialect = dialect
    this.parameters = [...parameters]
  }

  next(value: SqlValue): string {
    this.parameters.push(value)
    return `$${this.parameters.length}`
  }

  oneOf(column: string, values: readonly string[] | undefined): this {
    if (values !== undefined) this.#conditions.push(this.#dialect.isOneOf(column, this.next(JSON.stringify(values))))
    return this
  }

  filter({ ids, upstreams, statuses, errorCode, orderKey }: LetterFilter): this {
    this.oneOf('id', ids).oneOf('upstream', upstreams).oneOf('status', statuses)
    if (errorCode !== undefined) this.#conditions.push(`error_code = ${this.next(errorCode)}`)
    if (orderKey !== undefined) this.#conditions.push(`order_key = ${this.next(orderKey)}`)
    return this
  }

  get text(): string {
    return this.#conditions.length === 0 ? 'TRUE' : this.#conditions.join(' AND ')
  }
}

/** The queue over any SQL database that knows `RETURNING`. */
export class SqlQueue implements DeadLetterQueue {
  readonly #dialect: Dialect
  readonly #caps: Caps

  constructor(dialect: Dialect, caps: CapOptions) {
    this.#dialect = dialect
    this.#caps = new Caps(dialect, caps)
  }

  async add(letter: NewDeadLetter): Promise<void> {
    await this.#caps.makeRoom(sizeOf(letter))
    const values = valuesOf(letter)
    const places = values.map((_, index) => `$${index + 1}`).join(', ')
    const at = values.length
    // A letter without its body cannot be sent again, so it waits for a person.
    const isWhole = letter.bodyState === 'stored' || letter.bodyState === 'none'
    // Written twice, it is one letter: the caller of a write that timed out may try again.
    await this.#dialect.change(
      `INSERT INTO ${TABLE} (${INSERTED.join(', ')}, first_failed_at, last_failed_at, visible_at, expires_at, status, park_reason)
       VALUES (${places}, $${at + 1}, $${at + 1}, {now}, {now} + $${at + 2}, $${at + 3}, $${at + 4})
       ON CONFLICT (id) DO NOTHING`,
      [...values, letter.failedAtMs, letter.keepMs, isWhole ? 'open' : 'parked', isWhole ? null : 'body-dropped'],
    )
  }

  async claim({ leaseMs, orderPolicy, upstreams, ids }: ClaimOptions): Promise<Claim | undefined> {
    const token = randomUUID()
    const where = new Where(this.#dialect, [Math.round(leaseMs), token])
      .oneOf('d.upstream', upstreams)
      .oneOf('d.id', ids)
    const inFront = orderPolicy === 'block' ? "('open', 'parked')" : "('open')"
    const [row] = await this.#dialect.rows(
      `UPDATE ${TABLE} SET visible_at = {now} + $1, lease_token = $2, replays = replays + 1
       WHERE seq = (SELECT d.seq FROM ${TABLE} d
         WHERE d.status = 'open' AND d.visible_at <= {now} AND d.expires_at > {now} AND ${where.text}
         AND (d.order_key IS NULL OR NOT EXISTS (SELECT 1 FROM ${TABLE} x
           WHERE x.upstream = d.upstream AND x.order_key = d.order_key AND x.status IN ${inFront} AND x.seq < d.seq))
         ORDER BY d.visible_at, d.seq LIMIT 1 ${this.#dialect.skipLocked})
       RETURNING *`,
      where.parameters,
    )
    return row === undefined ? undefined : { letter: letterOf(row), token }
  }

  async complete({ letter, token }: Claim, replayStatus: number | undefined): Promise<boolean> {
    return this.#changed(
      `UPDATE ${TABLE} SET status = 'replayed', replayed_at = {now}, replay_status = $3 WHERE ${HELD}`,
      [letter.seq, token, replayStatus ?? null],
    )
  }

  async release({ letter, token }: Claim, options: ReleaseOptions): Promise<boolean> {
    const { delayMs, isCounted, isProvenUnsent, failure } = options
    const replays = isCounted ? letter.replays : letter.replays - 1
    return this.#changed(
      `UPDATE ${TABLE} SET visible_at = {now} + $3, lease_token = NULL, replays = $4, unsent_at_replay = $5,
         error_code = $6, http_status = $7, last_failed_at = {now} WHERE ${HELD}`,
      [
        letter.seq,
        token,
        Math.round(delayMs),
        replays,
        // Proven of this send alone; an earlier one that nobody can vouch for stays so.
        isProvenUnsent && letter.unsentAtReplay === letter.replays - 1 ? replays : null,
        failure.errorCode,
        failure.httpStatus ?? null,
      ],
    )
  }

  async park({ letter, token }: Claim, reason: string, failure?: ReplayFailure): Promise<boolean> {
    return this.#changed(
      `UPDATE ${TABLE} SET status = 'parked', park_reason = $3, lease_token = NULL, error_code = $4, http_status = $5,
         replays = $6 WHERE ${HELD}`,
      [
        letter.seq,
        token,
        reason,
        failure?.errorCode ?? letter.errorCode,
        (failure === undefined ? letter.httpStatus : failure.httpStatus) ?? null,
        // Without a failure nothing was sent.
        failure === undefined ? letter.replays - 1 : letter.replays,
      ],
    )
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const [row] = await this.#dialect.rows(`SELECT * FROM ${TABLE} WHERE id = $1`, [id])
    return row === undefined ? undefined : letterOf(row)
  }

  async list(options: ListOptions = {}): Promise<readonly DeadLetter[]> {
    const { afterSeq = 0, limit = 50, ...filter } = options
    const where = new Where(this.#dialect).filter(filter)
    const found = await this.#dialect.rows(
      `SELECT * FROM ${TABLE} WHERE ${where.text} AND seq > ${where.next(afterSeq)}
       ORDER BY seq LIMIT ${where.next(Math.min(1_000, Math.max(1, Math.trunc(limit))))}`,
      where.parameters,
    )
    return found.map(letterOf)
  }

  reopen(filter: LetterFilter): Promise<number> {
    return this.#changeAll(
      `status = 'open', park_reason = NULL, replayed_at = NULL, replay_status = NULL, replays = 0,
       unsent_at_replay = CASE WHEN unsent_at_replay = replays THEN 0 ELSE NULL END,
       visible_at = {now}`,
      [],
      { statuses: ['open', 'parked', 'discarded'], ...filter },
      // Without a body there is nothing to send.
      "body_state IN ('stored', 'none')",
    )
  }

  parkAll(filter: LetterFilter, reason: string): Promise<number> {
    return this.#changeAll("status = 'parked', park_reason = $1, lease_token = NULL", [reason], {
      ...filter,
      statuses: ['open'],
    })
  }

  discard(filter: LetterFilter): Promise<number> {
    const statuses: readonly LetterStatus[] = ['open', 'parked']
    const chosen = statuses.filter((status) => filter.statuses?.includes(status) ?? true)
    return this.#changeAll("status = 'discarded', lease_token = NULL", [], { ...filter, statuses: chosen })
  }

  async stats(): Promise<QueueStats> {
    const [[totals], statuses, upstreams] = await Promise.all([
      this.#dialect.rows(
        `SELECT coalesce(sum(size_bytes), 0) AS bytes,
           coalesce(sum(CASE WHEN status = 'open' AND visible_at <= {now} THEN 1 ELSE 0 END), 0) AS due,
           min(CASE WHEN status = 'open' THEN first_failed_at END) AS oldest FROM ${TABLE}`,
        [],
      ),
      this.#dialect.rows(`SELECT status, count(*) AS letters FROM ${TABLE} GROUP BY status`, []),
      this.#dialect.rows(
        `SELECT upstream, count(*) AS letters FROM ${TABLE} WHERE status = 'open' GROUP BY upstream
         ORDER BY letters DESC LIMIT 200`,
        [],
      ),
    ])
    const counts = new Map(statuses.map((row) => [row['status'] as string, numberOf(row['letters'])]))
    return {
      byStatus: Object.fromEntries(LETTER_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<
        LetterStatus,
        number
      >,
      byUpstream: Object.fromEntries(upstreams.map((row) => [row['upstream'] as string, numberOf(row['letters'])])),
      bytes: numberOf(totals?.['bytes']),
      due: numberOf(totals?.['due']),
      oldestOpenAtMs: totals?.['oldest'] == null ? undefined : numberOf(totals['oldest']),
    }
  }

  async removeExpired(): Promise<{ removed: number; unreplayed: number }> {
    // A letter under way is left until its lease ends.
    const rows = await this.#dialect.rows(
      `DELETE FROM ${TABLE} WHERE expires_at <= {now} AND (status <> 'open' OR visible_at <= {now}) RETURNING status`,
      [],
    )
    this.#caps.forget()
    const unreplayed = rows.filter(({ status }) => status === 'open' || status === 'parked').length
    return { removed: rows.length, unreplayed }
  }

  async vacuum(): Promise<{ removed: number }> {
    const removed = await this.#dialect.change(
      `DELETE FROM ${TABLE} WHERE status IN ('replayed', 'discarded') OR expires_at <= {now}`,
      [],
    )
    this.#caps.forget()
    await this.#dialect.vacuum()
    return { removed }
  }

  check(): Promise<string> {
    return this.#dialect.check()
  }

  close(): Promise<void> {
    return this.#dialect.close()
  }

  #changeAll(set: string, first: readonly SqlValue[], filter: LetterFilter, also = 'TRUE'): Promise<number> {
    const where = new Where(this.#dialect, first).filter(filter)
    return this.#dialect.change(
      `UPDATE ${TABLE} SET ${set} WHERE ${where.text} AND ${also} AND ${NOT_UNDER_WAY}`,
      where.parameters,
    )
  }

  async #changed(sql: string, parameters: readonly SqlValue[]): Promise<boolean> {
    const changed = await this.#dialect.change(sql, parameters)
    if (changed > 1)
      throw new DeadLetterError('corrupt', `${changed} letters have one sequence number. Restore a backup.`)
    return changed === 1
  }
}
