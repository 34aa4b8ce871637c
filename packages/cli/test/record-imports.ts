import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'

// Given to a process with --import: each thing it imports stands on a line of its standard error.
// Names as they are written in the sources are the same for sources and built files, which paths are not.
registerHooks({
  resolve(specifier, context, nextResolve) {
    writeSync(2, `imports ${specifier}\n`)
    return nextResolve(specifier, context)
  },
})
