import process from 'node:process'
import { sendAll, type Probe } from './resend.ts'

await sendAll(JSON.parse(process.argv[2] ?? '[]') as readonly Probe[])
