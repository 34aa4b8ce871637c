import type { OutputPort } from './output-port.ts'

const NOTICEABLE_MS = 400
const BETWEEN_MS = 100

/** One line that is written over while a person waits longer than they notice. */
export function progressLine(
  port: OutputPort,
  what: string,
): { readonly show: (done: number, all: number) => void; readonly clear: () => void } {
  const startedMs = performance.now()
  let shownMs = 0
  let isShown = false
  return {
    show(done, all) {
      const nowMs = performance.now()
      if (!port.isTerminal || nowMs - startedMs < NOTICEABLE_MS || nowMs - shownMs < BETWEEN_MS) return
      shownMs = nowMs
      isShown = true
      port.stderr(`\r${what} ${done} of ${all} files\u001B[K`)
    },
    clear() {
      if (isShown) port.stderr('\r\u001B[K')
      isShown = false
    },
  }
}
