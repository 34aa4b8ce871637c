import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { projectWith } from './project-folder.ts'

const BYTES = 200_000_000
const module = path.resolve(import.meta.dirname, '../src/files/atomic-write.ts')
const program = `import { writeWhole } from ${JSON.stringify(module)}
const text = 'x'.repeat(${BYTES})
writeWhole(process.argv[1], text)
setTimeout(() => console.log('went on'), 1000)`

it('Ctrl-C while a file is written leaves it whole, nothing beside it, and ends the process', async () => {
  const folder = projectWith({ 'report.json': 'old' })
  const target = path.join(folder, 'report.json')
  const child = spawn(
    process.execPath,
    ['--conditions=@holdfast/source', '--no-warnings', '--input-type=module', '--eval', program, target],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const beside = `${target}.${child.pid}.tmp`
  while (!existsSync(beside) && statSync(target).size < BYTES && child.exitCode === null) await nextTurn()
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(out).toBe('')
  expect(readdirSync(folder)).toEqual(['report.json'])
  expect(readFileSync(target).length).toBe(BYTES)
})
