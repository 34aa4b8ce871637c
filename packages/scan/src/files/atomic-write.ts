import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { reasonOf, ScanError } from '../errors.ts'

/**
 * Writes a file whole or not at all: beside it first, then over it in one step. Ctrl-C meanwhile ends the process once
 * the file is there.
 * @throws ScanError that names the file and the reason
 */
export function writeWhole(target: string, content: string): void {
  const beside = `${target}.${process.pid}.tmp`
  writing += 1
  if (writing === 1) process.on('SIGINT', endLater)
  try {
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(beside, content)
    renameSync(beside, target)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new ScanError(`${target} cannot be written: ${reasonOf(error)}.`, { cause: error })
  } finally {
    // A signal that came meanwhile is delivered in the next turn.
    setImmediate(() => {
      writing -= 1
      if (writing === 0) process.off('SIGINT', endLater)
    })
  }
}

const INTERRUPTED = 130
let writing = 0

/** Whoever else listens ends in an order of its own. */
function endLater(): void {
  if (process.listeners('SIGINT').every((listener) => listener === endLater)) process.exit(INTERRUPTED)
}
