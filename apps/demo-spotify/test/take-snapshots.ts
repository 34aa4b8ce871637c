import process from 'node:process'
import { readSettings } from '../src/app/settings.ts'
import { openTimeMachine } from '../src/app/time-machine.ts'
import { syncPlaylist } from '../src/playlist/index.ts'
import { takeSnapshot } from '../src/snapshot/index.ts'

// A process of its own, to be killed: the job with the settings of its environment.
const machine = openTimeMachine(readSettings(process.env), { windowPermits: false })
process.stdout.write('ready\n')
const { outcome, month } = await takeSnapshot(machine)
if (process.argv.includes('--playlist')) await syncPlaylist(machine, month)
process.stdout.write(`${outcome}\n`)
await machine.close()
