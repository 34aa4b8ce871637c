import type { FixCommandOptions } from './fix.ts'
import type { ExitCode, OutputPort } from './output-port.ts'

/** `holdfast fix`: shows what a codemod changes as a diff, and with `write` changes it. */
export async function fixCommand(options: FixCommandOptions, port: OutputPort): Promise<ExitCode> {
  // It brings a whole TypeScript, half a second and 80 MB that no other command should pay.
  const command = await import('./fix.ts')
  return command.fixCommand(options, port)
}
