#!/usr/bin/env node
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildCallMap, writeCallMap } from '@holdfast/analysis/call-map'

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } },
})

if (values.help) {
  print(
    'Usage: holdfast-call-map [folder] [--output file]\n\nWrites the cross-file call map that the lint rules read. Default output: .holdfast/call-map.json in the folder.',
  )
} else {
  const root = path.resolve(positionals[0] ?? '.')
  const target = path.resolve(root, values.output ?? '.holdfast/call-map.json')
  const map = buildCallMap(root)
  writeCallMap(map, target)
  const calls = Object.values(map.files).reduce((sum, file) => sum + file.calls.length, 0)
  print(
    `${Object.keys(map.files).length} files, ${calls} outgoing calls, ${Object.keys(map.instances).length} instances: ${path.relative(process.cwd(), target)}`,
  )
  for (const file of map.unparsed) process.stderr.write(`not parsed: ${file}\n`)
}
