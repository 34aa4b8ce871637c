import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { reasonOf, ScanError } from '../errors.ts'

/**
 * Writes a file whole or not at all: beside it first, then over it in one step.
 * @throws ScanError that names the file and the reason
 */
export function writeWhole(target: string, content: string): void {
  const beside = `${target}.${process.pid}.tmp`
  try {
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(beside, content)
    renameSync(beside, target)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new ScanError(`${target} cannot be written: ${reasonOf(error)}.`, { cause: error })
  }
}
