import process from 'node:process'
import { processTerminal } from './cli/context.ts'
import { runProgram } from './cli/program.ts'

process.exitCode = await runProgram(process.argv.slice(2), processTerminal)
