/** A file, or a context in which it is seen. */
export interface CacheOwner {
  readonly caches: Map<object, unknown>
}

/**
 * One computed value for each file, or for each context in which a file is seen: what depends on the facts of the project
 * belongs to the context. It lies on its owner and dies with it: a WeakMap keeps whole syntax trees alive until the next
 * full garbage collection, which made linting a third slower.
 */
export class FileCache<Of extends CacheOwner, Value> {
  get(owner: Of): Value | undefined {
    return owner.caches.get(this) as Value | undefined
  }

  set(owner: Of, value: Value): void {
    owner.caches.set(this, value)
  }
}
