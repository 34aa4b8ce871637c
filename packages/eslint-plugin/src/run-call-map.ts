import { statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildCallMap, withTunedV8, writeCallMap } from '@holdfast/analysis/call-map'

const USAGE =
  'Usage: holdfast-call-map [folder] [--output file]\n\nWrites the cross-file call map that the lint rules read. Default output: .holdfast/call-map.json in the folder.\n'

/** `holdfast-call-map`: writes the map of a folder; gives the exit code, 2 for a wrong use. */
export function runCallMap(args: string[]): 0 | 2 {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) process.stdout.write(USAGE)
    else write(path.resolve(positionals[0] ?? '.'), values.output ?? '.holdfast/call-map.json')
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const isWrongOption = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
    process.stderr.write(`holdfast-call-map: ${error.message}\n${isWrongOption ? USAGE : ''}`)
    return 2
  }
}

function write(root: string, output: string): void {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${root} is not a folder. Give the folder of the project, or run it there without one.`)
  const target = path.resolve(root, output)
  const map = withTunedV8(() => buildCallMap(root))
  writeCallMap(map, target)
  const calls = Object.values(map.files).reduce((sum, file) => sum + file.calls.length, 0)
  process.stdout.write(
    `${Object.keys(map.files).length} files, ${calls} outgoing calls, ${Object.keys(map.instances).length} instances: ${path.relative(process.cwd(), target)}\n`,
  )
  for (const file of map.unparsed) process.stderr.write(`not parsed: ${file}\n`)
}
