import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { OutputPort } from '../src/commands/output-port.ts'

/** A folder with files that is gone after the test. */
export function projectWith(files: Readonly<Record<string, string>>, parent: string = tmpdir()): string {
  const root = mkdtempSync(path.join(parent, 'holdfast-scan-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  writeFiles(root, files)
  return root
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
}

/** A port that keeps what a command writes. */
export function recordedPort(): OutputPort & { readonly out: () => string; readonly err: () => string } {
  let out = ''
  let err = ''
  return {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    isTerminal: false,
    columns: 120,
    out: () => out,
    err: () => err,
  }
}
