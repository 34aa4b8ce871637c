/**
 * What a scan costs: generated repositories of 250 to 8,000 files, cold, unchanged and after one edit, and the repository
 * that HOLDFAST_SCAN_REPOSITORY names. Run: node --conditions=@holdfast/source src/scan/run-scan.ts [file counts]
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateRepository } from '../lint/repository/generate-repository.ts'

interface Scanned {
  readonly files: number
  readonly analysed: number
  readonly userSeconds: number
  readonly wallSeconds: number
  readonly maxRssMb: number
}

const worker = path.join(import.meta.dirname, 'scan-worker.ts')

function scan(root: string, mode: 'cold' | 'cached'): Scanned {
  const flags = ['--conditions=@holdfast/source', '--no-warnings', worker, root, mode]
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8', timeout: 300_000 })) as Scanned
}

function row(name: string, { files, analysed, userSeconds, wallSeconds, maxRssMb }: Scanned): void {
  const per450 = ((userSeconds / files) * 450).toFixed(2)
  console.log(
    `${name.padEnd(12)} ${String(files).padStart(6)} files ${String(analysed).padStart(6)} read ${userSeconds.toFixed(2).padStart(7)} s user ${wallSeconds.toFixed(2).padStart(7)} s wall ${maxRssMb.toFixed(0).padStart(5)} MB ${per450.padStart(6)} s user per 450 files`,
  )
}

const given = process.argv.slice(2).map(Number)
const counts = given.length > 0 ? given : [250, 450, 1_000, 2_000, 4_000, 8_000]
for (const count of counts) {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-scan-bench-'))
  try {
    generateRepository(root, count)
    row('cold', scan(root, 'cold'))
    scan(root, 'cached')
    row('unchanged', scan(root, 'cached'))
    const edited = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((file) => /domain.*\.ts$/.test(file))
    if (edited !== undefined) appendFileSync(path.join(root, edited), '\nexport const edited = 1\n')
    row('one edit', scan(root, 'cached'))
  } finally {
    rmSync(root, { recursive: true })
  }
}
const real = process.env['HOLDFAST_SCAN_REPOSITORY']
if (real !== undefined) row('real, cold', scan(real, 'cold'))
