import { spawn } from 'node:child_process'
import path from 'node:path'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** From the last output to the exit of the process. */
  readonly lingeredMs: number
}

const modules = path.resolve(import.meta.dirname, '../../node_modules')

/** How each runtime is started with a program and its arguments. */
export const RUNTIMES = {
  'Node 22': [path.join(modules, 'node22/bin/node')],
  'Node 24': [process.execPath],
  'Node 26': [path.join(modules, 'node26/bin/node')],
  Bun: [path.join(modules, '.bin/bun'), 'run'],
  Deno: [path.join(modules, '.bin/deno'), 'run', '--quiet', '--no-lock', '--node-modules-dir=manual', '--allow-all'],
} as const

export type ProcessRuntime = keyof typeof RUNTIMES

/** Runs a program to its own end; it is killed after `longestMs`, which counts as a failure. */
export const runProgram = (
  runtime: ProcessRuntime,
  program: string,
  args: readonly string[],
  longestMs = 60_000,
): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const [command, ...before] = RUNTIMES[runtime]
    const child = spawn(command, [...before, program, ...args], {
      cwd: path.dirname(program),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    })
    let stdout = ''
    let stderr = ''
    let lastOutputMs = performance.now()
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      lastOutputMs = performance.now()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Error(`${runtime} did not end within ${longestMs} ms.\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`),
      )
    }, longestMs)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr, lingeredMs: performance.now() - lastOutputMs })
    })
  })
