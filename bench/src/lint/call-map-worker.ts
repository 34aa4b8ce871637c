import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { CallMapFigures, CallMapTask } from './tasks.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as CallMapTask

// The command runs as its user starts it; only what it prints goes to the other stream.
process.argv = [process.execPath, task.command, task.root, '--output', task.output]
const printed = process.stdout.write.bind(process.stdout)
process.stdout.write = () => true
await import(pathToFileURL(task.command).href)
const { user } = process.cpuUsage()
const map = JSON.parse(readFileSync(task.output, 'utf8')) as { files: Record<string, { calls: unknown[] }> }
const files = Object.values(map.files)
const figures: CallMapFigures = {
  userMs: user / 1_000,
  files: files.length,
  calls: files.reduce((sum, { calls }) => sum + calls.length, 0),
}
printed(JSON.stringify(figures))
