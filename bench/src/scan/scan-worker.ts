/**
 * Runs `holdfast scan` over a folder as the command does and prints one line of JSON: user CPU of the whole process, its
 * peak memory and what was found. Arguments: the folder, and `cold` for a scan without what the last one kept.
 */
import { setFlagsFromString } from 'node:v8'
import { scanCommand } from '@holdfast/scan'
import type { ScanFigures } from './run-scan.ts'

// As the command sets it before it scans.
setFlagsFromString('--semi-space-growth-factor=1')

const [folder = '', mode] = process.argv.slice(2)
const startedMs = performance.now()
let report = ''
const exitCode = await scanCommand(
  { folder, format: 'json', cache: mode !== 'cold' },
  { stdout: (text) => void (report += text), stderr: (text) => process.stderr.write(text), isTerminal: false },
)
if (exitCode === 2) process.exit(2)
const figures: ScanFigures = {
  userMs: process.cpuUsage().user / 1_000,
  wallMs: performance.now() - startedMs,
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
  findings: (JSON.parse(report) as { findings: unknown[] }).findings.length,
}
console.log(JSON.stringify(figures))
