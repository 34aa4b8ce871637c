import { CASES } from './cases.ts'
import { createLoopbackRequest } from './loopback-request.ts'
import { cpuNsPerCall, heapBytesPerCall, type Run, warmUp } from './measure.ts'
import type { Task, TaskResult } from './task.ts'

const task = JSON.parse(process.argv[2] ?? 'null') as Task

interface Lane {
  readonly name: string
  readonly run: Run
  readonly calls: number
  readonly figures: number[]
}

const createRun = (name: string): Promise<Run> => {
  const found = CASES.get(name)
  if (found === undefined) throw new Error(`unknown case "${name}"`)
  return found.create()
}

const runs: readonly (readonly [string, Run])[] =
  task.kind === 'loopback'
    ? [['loopback', await createLoopbackRequest(task.url)]]
    : await Promise.all(task.names.map(async (name) => [name, await createRun(name)] as const))

const measure = task.kind === 'heap' ? heapBytesPerCall : cpuNsPerCall

const lanes: Lane[] = []
for (const [name, run] of runs)
  lanes.push({ name, run, calls: await warmUp(run, task.warmUpMs, task.blockMs), figures: [] })
// Once more in turns, because a second lane changed what the compiler knew about the first.
if (lanes.length > 1) for (const { run } of lanes) await warmUp(run, task.warmUpMs / 2, task.blockMs)

for (let round = 0; round < task.rounds; round += 1) {
  // Every other round backwards, so that drift favours nobody.
  const order = round % 2 === 0 ? lanes : lanes.toReversed()
  for (const { run, calls, figures } of order) figures.push(await measure(run, calls))
}

const result: TaskResult = Object.fromEntries(lanes.map(({ name, figures }) => [name, figures]))
// Libraries leave timers behind; nobody waits for them.
process.stdout.write(JSON.stringify(result), () => process.exit(0))
