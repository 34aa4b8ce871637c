import type { SourceFile } from './source-file.ts'

type Owner = SourceFile | { readonly file: SourceFile }

/**
 * One computed value for each file. It lies on the file itself and dies with it: a WeakMap keeps whole syntax trees alive
 * until the next full garbage collection, which made linting a third slower.
 */
export class FileCache<Of extends Owner, Value> {
  get(owner: Of): Value | undefined {
    return cachesOf(owner).get(this) as Value | undefined
  }

  set(owner: Of, value: Value): void {
    cachesOf(owner).set(this, value)
  }
}

function cachesOf(owner: Owner): Map<object, unknown> {
  return 'caches' in owner ? owner.caches : owner.file.caches
}
