/**
 * Scans a repository and prints one line of JSON: user CPU, wall time, memory and how many files were read anew.
 * Arguments: the folder, and `cold` for a scan without what the last one kept.
 */
import { scanProject } from '@holdfast/scan'

const [root = '', mode] = process.argv.slice(2)
const cpu = process.cpuUsage()
const startedMs = performance.now()
const { files, analysed } = scanProject({ root, cache: mode !== 'cold' })
console.log(
  JSON.stringify({
    files: files.length,
    analysed,
    userSeconds: process.cpuUsage(cpu).user / 1e6,
    wallSeconds: (performance.now() - startedMs) / 1_000,
    maxRssMb: process.resourceUsage().maxRSS / 1_024,
  }),
)
