/** Why a command could not do its work; `exitCode` is 2 for everything that is not a finding. */
export class ScanError extends Error {
  override readonly name = 'ScanError'
  readonly exitCode = 2
}

/** The reason inside an error of the file system, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ENOENT') return 'it does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOTDIR') return 'a part of its path is no folder'
  if (code === 'ENOSPC') return 'the disk is full'
  return error instanceof Error ? error.message : String(error)
}
