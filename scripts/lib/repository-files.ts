import { existsSync } from 'node:fs'
import path from 'node:path'
import { capture } from './run.ts'
import { root } from './workspace.ts'

/** Files of the checkout that are tracked or would be: what `.gitignore` names is left out. Paths from the root. */
export function repositoryFiles(): string[] {
  return capture('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'])
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
}
