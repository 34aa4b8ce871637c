import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { meetAll } from './network-failures.ts'

// Few descriptors, so that they are quickly used up; only a shell can set the limit.
const FEW = 'few-descriptors'

if (process.argv.includes(FEW)) {
  const met = await meetAll()
  process.stdout.write(JSON.stringify(met), () => process.exit(0))
} else {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1), FEW]
  const { status, stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -n 256; exec "$0" "$@"', ...command])
  process.stderr.write(stderr)
  process.stdout.write(stdout, () => process.exit(status ?? 1))
}
