import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../arguments.ts'

/**
 * Where results will be written, relative to where the command was typed; found out before minutes of measuring.
 *
 * @throws {UsageError} When nothing can be written there.
 */
export const checkJsonFile = (given: string): string => {
  // Script runners change into the workspace and leave the caller's directory in INIT_CWD.
  const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), given)
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch {
    throw new UsageError(`--json: cannot write to the folder ${dirname(file)}.`)
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`--json: ${file} is a folder.`)
  return file
}
