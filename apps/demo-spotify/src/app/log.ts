import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scrubText, useRequestContext, type RequestContext, type StructuredLogger } from '@holdfast/core/logging'
import { pino } from 'pino'
import { createStream, type RotatingFileStream } from 'rotating-file-stream'

const LARGEST_FILE = '1M'
const KEPT_FILES = 5
const FILE = 'time-machine.log'

const correlation = new AsyncLocalStorage<RequestContext>()

/** Everything inside, also what it awaits, is logged under one correlation id. */
export const withCorrelation = <Result>(work: () => Result, requestId: string = randomUUID()): Result =>
  correlation.run({ requestId }, work)

export interface Log {
  readonly logger: StructuredLogger
  close(): Promise<void>
}

/** A log of JSON lines that is turned over at 1 MB, with five old files kept. */
export const openLog = (folder: string): Log => {
  mkdirSync(folder, { recursive: true })
  const stream: RotatingFileStream = createStream(FILE, { path: folder, size: LARGEST_FILE, maxFiles: KEPT_FILES })
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: () => ({ ...correlation.getStore() }) },
    stream,
  )
  useRequestContext(correlation)
  return {
    logger,
    close: () =>
      new Promise((resolve) => {
        stream.end(() => resolve())
      }),
  }
}

export interface LogLine {
  readonly time: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly requestId: string | undefined
  readonly message: string
  readonly code: string | undefined
}

const levelOf = (level: unknown): LogLine['level'] => {
  const number = Number(level)
  if (number >= 50) return 'error'
  if (number >= 40) return 'warn'
  return number >= 30 ? 'info' : 'debug'
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? scrubText(value) : undefined)

const lineOf = (line: string): LogLine[] => {
  try {
    const data = JSON.parse(line) as Readonly<Record<string, unknown>>
    return [
      {
        time: textOf(data['time']) ?? '',
        level: levelOf(data['level']),
        requestId: textOf(data['requestId'] ?? data['request.id']),
        message: textOf(data['msg']) ?? '',
        code: textOf(data['error.type']),
      },
    ]
  } catch {
    // The last line of a process that was killed may be half a line.
    return []
  }
}

/** The newest lines of the log, newest first; scrubbed once more, and without stacks and causes. */
export const readLog = (folder: string, limit = 200): readonly LogLine[] => {
  try {
    const files = readdirSync(folder).filter((file) => file === FILE)
    const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    return lines
      .filter((line) => line !== '')
      .slice(-limit)
      .toReversed()
      .flatMap(lineOf)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
