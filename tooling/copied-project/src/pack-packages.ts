import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root, run } from './commands.ts'

const lockWaitMs = 500
const mostWaits = 480

/** Two that build one package at the same time would take each other's files away. */
async function locked<Result>(work: () => Result): Promise<Result> {
  const lock = join(root, 'node_modules/.packing')
  for (let waits = 0; ; waits += 1) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      const isHeld = (error as { code?: unknown }).code === 'EEXIST'
      if (!isHeld) throw error
      if (waits >= mostWaits)
        throw new Error(`${lock} is held for too long; remove it if nobody packs`, { cause: error })
      await wait(lockWaitMs)
    }
  }
  try {
    return work()
  } finally {
    rmSync(lock, { recursive: true })
  }
}

/**
 * Builds and packs packages of this repository as they would be published.
 *
 * @param names - Folders under `packages/`.
 * @param destination - A folder for the tarballs; made when missing.
 * @returns Name to tarball.
 */
export function packPackages(names: readonly string[], destination: string): Promise<ReadonlyMap<string, string>> {
  mkdirSync(destination, { recursive: true })
  return locked(() => {
    const tarballs = names.map((name): readonly [string, string] => {
      const folder = join(root, 'packages', name)
      run('tsdown', [], folder)
      run('npx', ['pnpm@12.15.0', 'pack', '--pack-destination', destination], folder)
      const file = readdirSync(destination).find(
        (entry) => entry.startsWith(`holdfast-${name}-`) && entry.endsWith('.tgz'),
      )
      if (file === undefined) throw new Error(`no tarball of ${name} in ${destination}`)
      return [name, join(destination, file)]
    })
    return new Map(tarballs)
  })
}
