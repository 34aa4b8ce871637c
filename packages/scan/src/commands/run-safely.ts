import { ScanError } from '../errors.ts'
import type { ExitCode, OutputPort } from './output-port.ts'

/** Runs a command; a problem that has words of its own is printed without a stack. */
export async function runSafely(port: OutputPort, command: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await command()
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    port.stderr(`holdfast: ${error.message}\n`)
    return 2
  }
}
