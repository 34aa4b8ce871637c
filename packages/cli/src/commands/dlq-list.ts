import type { DeadLetter, LetterStatus } from '@holdfast/dead-letter'
import type { AddCommand } from '../command-context.ts'
import { UsageError } from '../exit.ts'
import { line, printable, styled, table } from '../terminal.ts'
import {
  aNumber,
  filterOf,
  usingQueue,
  withFilter,
  withQueue,
  type FilterOptions,
  type QueueOptions,
} from './dlq-options.ts'

const STYLES: Readonly<Record<LetterStatus, 'yellow' | 'green' | 'red' | 'gray'>> = {
  open: 'yellow',
  replayed: 'green',
  parked: 'red',
  discarded: 'gray',
}

const time = (atMs: number | undefined): string => (atMs === undefined ? '-' : new Date(atMs).toISOString())

const bodyOf = ({ body, bodyState, bodyKeyId }: DeadLetter): string => {
  if (body === undefined) return bodyState === 'none' ? 'none' : `not kept (${bodyState})`
  return `${body.byteLength} bytes${bodyKeyId === undefined ? '' : `, encrypted with key ${bodyKeyId}`}`
}

/** A letter without its body and with its path and headers redacted. */
export const redacted = async (letter: DeadLetter): Promise<Readonly<Record<string, unknown>>> => {
  const { redactHeaders, redactUrl } = await import('@holdfast/core/logging')
  const headers = redactHeaders(letter.headers)
  return {
    id: letter.id,
    status: letter.status,
    parkReason: letter.parkReason,
    upstream: letter.upstream,
    origin: letter.origin,
    method: letter.method,
    path: redactUrl(letter.path),
    headers,
    hiddenHeaders: Object.keys(letter.headers).length - Object.keys(headers).length,
    contentType: letter.contentType,
    body: bodyOf(letter),
    leftOut: letter.dropped,
    idempotencyKey: letter.idempotencyKey === undefined ? undefined : `${letter.idempotencyKey.slice(0, 8)}...`,
    orderKey: letter.orderKey,
    principal: letter.principal,
    error: letter.errorCode,
    errorClass: letter.errorClass,
    httpStatus: letter.httpStatus,
    attempts: letter.attempts,
    replays: letter.replays,
    firstFailedAt: time(letter.firstFailedAtMs),
    lastFailedAt: time(letter.lastFailedAtMs),
    dueAt: letter.status === 'open' ? time(letter.visibleAtMs) : undefined,
    replayedAt: letter.replayedAtMs === undefined ? undefined : time(letter.replayedAtMs),
    replayStatus: letter.replayStatus,
    expiresAt: time(letter.expiresAtMs),
    traceId: letter.traceId,
  }
}

/** `holdfast dlq list` */
export const addList: AddCommand = (dlq, context) => {
  withFilter(dlq.command('list'))
    .description('Lists letters, the oldest first, with redacted paths.')
    .option('--limit <letters>', 'how many, up to 1,000', aNumber(1, true), 50)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  holdfast dlq list --status parked --upstream etsy')
    .action(async (options: FilterOptions & { limit: number; json?: boolean }) => {
      const { terminal } = context
      const letters = await usingQueue(options, context, (queue) =>
        queue.list({ ...filterOf(options), limit: options.limit }),
      )
      if (options.json === true) {
        for (const letter of letters) line(terminal, JSON.stringify(await redacted(letter)))
        return
      }
      if (letters.length === 0) {
        line(terminal, 'No letters.')
        return
      }
      const { redactUrl } = await import('@holdfast/core/logging')
      table(
        terminal,
        ['ID', 'STATUS', 'UPSTREAM', 'FAILED', 'REPLAYS', 'ERROR', 'REQUEST'],
        letters.map((letter) => [
          letter.id,
          letter.parkReason === undefined ? letter.status : `${letter.status} (${letter.parkReason})`,
          letter.upstream,
          time(letter.firstFailedAtMs),
          String(letter.replays),
          letter.errorCode,
          `${letter.method} ${redactUrl(letter.path)}`,
        ]),
      )
      if (letters.length === options.limit) line(terminal, `The first ${options.limit}; --limit shows more.`)
    })
}

/** `holdfast dlq show` */
export const addShow: AddCommand = (dlq, context) => {
  withQueue(dlq.command('show <id>'))
    .description('Shows one letter, redacted and without its body.')
    .option('--body', 'writes the body itself, decrypted where the config has the key; it may hold secrets')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExample:\n  holdfast dlq show 019a9f5e-... --body > body.json')
    .action(async (id: string, options: QueueOptions & { body?: boolean; json?: boolean }) => {
      const { terminal } = context
      await usingQueue(options, context, async (queue, config) => {
        const letter = await queue.get(id)
        if (letter === undefined)
          throw new UsageError(`there is no letter ${printable(id)}. "holdfast dlq list" names them.`)
        if (options.body === true) {
          const { body, bodyKeyId } = letter
          if (body === undefined) throw new UsageError(`the letter has no body: ${bodyOf(letter)}.`)
          const { BodyCipher } = await import('@holdfast/dead-letter')
          const cipher = config.deadLetters?.cipher ?? new BodyCipher({ currentKeyId: 'none', keyOf: () => undefined })
          terminal.stdout.write(bodyKeyId === undefined ? body : await cipher.decrypt(letter, bodyKeyId, body))
          return
        }
        const shown = await redacted(letter)
        if (options.json === true) {
          line(terminal, JSON.stringify(shown))
          return
        }
        for (const [name, value] of Object.entries(shown)) {
          if (value === undefined) continue
          const text = printable(typeof value === 'string' ? value : JSON.stringify(value))
          const isStatus = name === 'status'
          line(terminal, `${name.padEnd(16)}${isStatus ? styled(terminal, STYLES[letter.status], text) : text}`)
        }
      })
    })
}
