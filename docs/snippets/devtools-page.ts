import { createServer } from 'node:http'
import { standardPolicy } from '@holdfast/core'
import { memorySwitches } from '@holdfast/core/degradation'
import { createMonitor } from '@holdfast/core/monitor'
import { devtools, nodeHandler } from '@holdfast/devtools'

const etsy = standardPolicy({ name: 'etsy', rateLimit: { permits: 10, perMs: 1_000, daily: 10_000 } })
const monitor = createMonitor()
monitor.watch(etsy)
const token = process.env['DEVTOOLS_TOKEN']

// Looks only, unless a token is set; answers to this machine only.
const page = devtools({
  policies: [etsy],
  monitor,
  killSwitches: memorySwitches(),
  path: '/',
  ...(token === undefined ? {} : { allowActions: true, token }),
})

createServer(nodeHandler(page)).listen(4680, '127.0.0.1')
