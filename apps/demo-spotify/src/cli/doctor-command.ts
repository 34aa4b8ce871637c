import { readSettings } from '../app/settings.ts'
import { examine, exitCodeOf, type Area } from '../doctor/index.ts'
import { guarded, type Terminal } from './context.ts'
import { EXIT } from './exit-codes.ts'

const SIGNS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', skipped: 'skipped' }

/** Looks at every part by itself and says what to do. */
export const doctorCommand = (
  terminal: Terminal,
  areas: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> =>
  guarded(terminal, async () => {
    const known: readonly Area[] = ['database', 'oauth', 'api']
    const unknown = areas.filter((area) => !known.some((name) => name === area))
    if (unknown.length > 0) {
      terminal.error(`doctor: unknown part ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
      return EXIT.usage
    }
    const settings = readSettings(terminal.variables)
    const chosen = areas.length === 0 ? known : known.filter((area) => areas.includes(area))
    const findings = await examine(settings, chosen)
    const exitCode = exitCodeOf(findings)
    if (options.json === true) {
      terminal.out(JSON.stringify({ exitCode, findings }, null, 2))
      return exitCode
    }
    for (const { area, check, status, message } of findings) {
      terminal.out(`${SIGNS[status]}  ${area} ${check}: ${message.what}`)
      if (status === 'ok') continue
      terminal.out(`         Why: ${message.why}`)
      terminal.out(`         What to do: ${message.todo}`)
    }
    return exitCode
  })
